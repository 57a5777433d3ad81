"""From raw model probabilities to calibrated ones, and the thresholds that decide.

What comes in are gold documents and the model's predictions on their sentences; what goes out is a
`Calibration`, small enough for the model's `config.json`. `claimclf.classifier.interpret` applies
it, so trying another one never runs the model again: that is how figures are cross-fitted, each
document being judged by a calibration that has not seen it.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from claimclf.corpora.attributions import ATTRIBUTION_TYPE
from claimclf.corpora.splits import folds, text_key
from claimclf.documents import Document, Prediction, Sentence
from claimclf.labels import UNRESOLVED
from claimclf.metrics import right_perspectives

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

logger = logging.getLogger(__name__)

_SMALLEST = 1e-6
"""Probabilities are kept this far from 0 and 1, where a logit would be infinite."""

_PLATEAU = 0.02
"""Thresholds whose F1 is this close to the best count as equally good. Fitted on 65 articles
and tested on 131 others, 0.02 was better than 0 (the best threshold itself) by 0.1 to 0.2 points of
macro-F1 for a weak and for a strong model, over 8 splits, and 0.04 was worse."""


@dataclass(frozen=True, slots=True)
class Platt:
    """Platt scaling: a line on the logit of a raw probability; the default changes nothing."""

    scale: float = 1.0
    bias: float = 0.0

    def __call__(self, probability: float) -> float:
        """The calibrated probability."""
        return _sigmoid(self.scale * _logit(probability) + self.bias)


@dataclass(frozen=True, slots=True)
class Logistic:
    """Logistic regression on what several heads say: Platt scaling with more than one input."""

    weights: Mapping[str, float]
    """Weight of every feature's logit, by feature."""
    bias: float = 0.0

    def __call__(self, features: Mapping[str, float]) -> float:
        """The calibrated probability, from the features' raw probabilities."""
        logits = (weight * _logit(features[name]) for name, weight in self.weights.items())
        return _sigmoid(sum(logits) + self.bias)


_UNCALIBRATED_SOURCE = Logistic({"pointer": 1.0})
"""The pointer's own opinion of author or source."""


@dataclass(frozen=True, slots=True)
class Decision:
    """How a raw probability becomes a calibrated one, and from where on the answer is yes."""

    platt: Platt = Platt()
    threshold: float = 0.5
    """Smallest calibrated probability that counts as yes."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """Everything that stands between raw probabilities and decisions, with where it comes from."""

    types: Mapping[str, Decision]
    """One decision per sentence type, schema order."""
    source: Logistic = _UNCALIBRATED_SOURCE
    """From `source_features` to the probability that a sentence carries a source's view."""
    perspective: Logistic = Logistic({"mention": 1.0})
    """From `perspective_features` to the probability that the named source is the right one."""
    is_exclusive: bool = False
    """Whether a sentence has exactly one type, the most probable, whatever the thresholds."""
    has_perspective: bool = True
    """Whether the model learned perspectives; without, they and the spans are left undecided."""
    provenance: Mapping[str, Any] = field(default_factory=dict)
    """What it was fitted on and how: file names and hashes, number of documents, date."""

    @classmethod
    def identity(cls, types: Sequence[str]) -> Calibration:
        """Raw probabilities as they are, every threshold at one half."""
        return cls(types={name: Decision() for name in types})

    def type_scores(self, prediction: Prediction) -> dict[str, float]:
        """Calibrated probability of every type, schema order."""
        return {
            name: decision.platt(prediction.type_scores[name])
            for name, decision in self.types.items()
        }

    def decided_types(self, type_scores: Mapping[str, float]) -> tuple[str, ...]:
        """The types whose calibrated probability reaches their threshold, schema order.

        Where types exclude each other, the most probable one.
        """
        if self.is_exclusive:
            return (max(self.types, key=lambda name: type_scores[name]),)
        return tuple(
            name for name, decision in self.types.items() if type_scores[name] >= decision.threshold
        )

    def source_score(self, prediction: Prediction) -> float:
        """Calibrated probability that the sentence carries a source's view."""
        return self.source(source_features(prediction))

    def is_source(self, prediction: Prediction) -> bool:
        """Whether the sentence is given to a source rather than to the author: the more probable.

        Both errors are equally bad, so that a calibrated probability needs no fitted threshold.
        """
        return self.source_score(prediction) >= 0.5

    def perspective_score(self, prediction: Prediction) -> float:
        """Calibrated probability that the chosen perspective, author or source, is right.

        Giving a sentence to the author is right exactly when it carries no source, so that side
        needs no second fit.
        """
        if self.is_source(prediction):
            return self.perspective(perspective_features(prediction))
        return 1.0 - self.source_score(prediction)

    def to_dict(self) -> dict[str, Any]:
        """Plain dictionaries for `config.json`; `from_dict` reads them back."""
        return {
            "types": {name: _decision_to_dict(decision) for name, decision in self.types.items()},
            "source": _logistic_to_dict(self.source),
            "perspective": _logistic_to_dict(self.perspective),
            "exclusive": self.is_exclusive,
            "has_perspective": self.has_perspective,
            "provenance": dict(self.provenance),
        }

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> Calibration:
        """Read what `to_dict` wrote.

        Raises:
            ValueError: If a key is missing or unknown.
        """
        try:
            return cls(
                types={
                    name: _decision_from_dict(values) for name, values in record["types"].items()
                },
                source=_logistic_from_dict(record["source"]),
                perspective=_logistic_from_dict(record["perspective"]),
                is_exclusive=record.get("exclusive", False),
                has_perspective=record.get("has_perspective", True),
                provenance=dict(record.get("provenance", {})),
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(
                "Expected a calibration as `Calibration.to_dict` writes it (types, source, "
                f"perspective, provenance), got one that fails with {error!r}: {record!r}."
            ) from error


def source_features(prediction: Prediction) -> dict[str, float]:
    """What tells author from source: the pointer, and the type head.

    An attributed sentence always has a source, and only the official texts of an institution have
    sourced sentences that are not attributed (the label guide), so the type says nearly as much.
    """
    features = {"pointer": 1.0 - prediction.author_score}
    if ATTRIBUTION_TYPE in prediction.type_scores:
        features["attribution"] = prediction.type_scores[ATTRIBUTION_TYPE]
    return features


def perspective_features(prediction: Prediction) -> dict[str, float]:
    """What tells whether a source is the right one: how sure each head is that looks at it."""
    return {
        "pointer": 1.0 - prediction.author_score,
        "mention": prediction.mention_score,
        "name": prediction.name_score,
        "kind": max(prediction.kind_scores.values(), default=0.5),
    }


Interpret = Callable[[Document, Sequence[Prediction], Calibration], Document]
"""`claimclf.classifier.interpret`, handed in because it belongs to a later stage of the flow."""


def fit_calibration(
    documents: Sequence[Document],
    predictions: Sequence[Sequence[Prediction]],
    *,
    interpret: Interpret | None = None,
    provenance: Mapping[str, Any] | None = None,
) -> Calibration:
    """Fit Platt scaling and thresholds on gold documents.

    Thresholds maximise the F1 of each type, on the calibrated probabilities. What nobody decided
    (`known_types`, a perspective of None) is left out; a type without both a positive and a
    negative sentence keeps its raw probability and one half.

    Args:
        documents: Gold labels.
        predictions: The model's predictions, one per sentence of each document.
        interpret: Makes documents of predictions. Whether a source is the right one is known only
            once mentions are linked, so without it the score of a source stays raw.
        provenance: What to remember of the data beside the numbers of documents and sentences.

    Raises:
        ValueError: If predictions and documents differ in length.
    """
    pairs = _aligned(documents, predictions)
    types = list(pairs[0][1].type_scores) if pairs else []
    decisions = {}
    for name in types:
        known = [pair for pair in pairs if name in pair[0].known_types]
        decisions[name] = fit_decision(
            [prediction.type_scores[name] for _, prediction in known],
            [name in sentence.types for sentence, _ in known],
        )
    decided = [
        (sentence.perspective.is_source, prediction)
        for sentence, prediction in pairs
        if sentence.perspective and sentence.perspective.status != UNRESOLVED
    ]
    calibration = Calibration(
        types=decisions,
        source=fit_logistic(
            [source_features(prediction) for _, prediction in decided],
            [is_source for is_source, _ in decided],
        )
        or _UNCALIBRATED_SOURCE,
        provenance={
            "num_documents": len(documents),
            "num_sentences": len(pairs),
            **(provenance or {}),
        },
    )
    if interpret is None:
        return calibration
    predicted = [
        interpret(document, of_document, calibration)
        for document, of_document in zip(documents, predictions, strict=True)
    ]
    perspective = fit_perspective_score(documents, predicted, predictions)
    return replace(calibration, perspective=perspective)


def fit_perspective_score(
    gold: Sequence[Document],
    predicted: Sequence[Document],
    predictions: Sequence[Sequence[Prediction]],
) -> Logistic:
    """Fit the score of a source to whether it is the right one, where a source is predicted."""
    features, is_right = [], []
    for gold_document, document, of_document in zip(gold, predicted, predictions, strict=True):
        right = right_perspectives(gold_document, document)
        for sentence, prediction, truth in zip(document.sentences, of_document, right, strict=True):
            if truth is not None and sentence.perspective and not sentence.perspective.is_author:
                features.append(perspective_features(prediction))
                is_right.append(truth)
    return fit_logistic(features, is_right) or Logistic({"mention": 1.0})


def cross_fit(
    documents: Sequence[Document],
    predictions: Sequence[Sequence[Prediction]],
    *,
    interpret: Interpret | None = None,
    num_folds: int = 5,
    seed: int = 0,
) -> list[Calibration]:
    """One calibration per document, fitted on the folds that the document is not in.

    Copies of a text share a fold; there are never more folds than texts. Where there is only one
    text, nothing is left to fit on, and its raw probabilities are kept.
    """
    num_texts = len({text_key(document.text) for document in documents})
    if num_texts < 2:
        logger.warning("One text cannot be cross-fitted: probabilities and thresholds stay raw.")
        pairs = _aligned(documents, predictions)
        types = tuple(pairs[0][1].type_scores) if pairs else ()
        return [Calibration.identity(types)] * len(documents)
    num_folds = min(num_folds, num_texts)
    fold_of = folds(documents, num_folds, seed=seed)
    fitted = {}
    for fold in sorted(set(fold_of)):
        kept = [index for index, other in enumerate(fold_of) if other != fold]
        fitted[fold] = fit_calibration(
            [documents[index] for index in kept],
            [predictions[index] for index in kept],
            interpret=interpret,
            provenance={"cross_fitted": True, "left_out_fold": fold, "num_folds": num_folds},
        )
    return [fitted[fold] for fold in fold_of]


def fit_decision(probabilities: Sequence[float], gold: Sequence[bool]) -> Decision:
    """Platt scaling and the best threshold after it; the identity where gold has one class only."""
    import numpy as np

    platt = fit_platt(probabilities, gold)
    if len(set(gold)) < 2:
        return Decision(platt)
    calibrated = np.array([platt(probability) for probability in probabilities])
    return Decision(platt, best_threshold(calibrated, np.array(gold)))


def fit_platt(probabilities: Sequence[float], gold: Sequence[bool]) -> Platt:
    """Regularised logistic regression of gold on the logit; the identity for a single class."""
    logistic = fit_logistic([{"raw": probability} for probability in probabilities], gold)
    return Platt(logistic.weights["raw"], logistic.bias) if logistic else Platt()


def fit_logistic(features: Sequence[Mapping[str, float]], gold: Sequence[bool]) -> Logistic | None:
    """Regularised logistic regression of gold on the features' logits; None for a single class.

    Args:
        features: Raw probabilities by feature, the same features in every row.
        gold: Whether the answer is yes, one per row.
    """
    from sklearn.linear_model import LogisticRegression

    if len(set(gold)) < 2:
        return None
    names = list(features[0])
    logits = [[_logit(row[name]) for name in names] for row in features]
    model = LogisticRegression(C=1.0, max_iter=1000).fit(logits, list(gold))
    weights = dict(zip(names, map(float, model.coef_[0]), strict=True))
    return Logistic(weights, float(model.intercept_[0]))


def best_threshold(probabilities: Floats, gold: Bools) -> float:
    """The middle of the stretch of thresholds around that of the best F1 that are about as good.

    The best threshold itself jumps with every sentence that is added; the middle of its plateau
    does not.

    Args:
        probabilities: `(sentences,)`.
        gold: Whether the answer is yes, same shape, both classes present.
    """
    import numpy as np

    order = np.argsort(-probabilities, kind="stable")
    ranked, gold = probabilities[order], gold[order]
    num_yes = np.arange(len(ranked) + 1)
    true_yes = np.concatenate([[0], np.cumsum(gold)])
    values = 2 * true_yes / (num_yes + gold.sum())
    # Saying yes to the first k is possible only where a threshold fits below rank k - 1.
    edges = np.concatenate([[1.0], ranked, [0.0]])
    possible = np.flatnonzero(edges[:-1] > edges[1:])
    values = values[possible]
    good = values >= values.max() - _PLATEAU
    first = last = int(values.argmax())
    while first > 0 and good[first - 1]:
        first -= 1
    while last + 1 < len(good) and good[last + 1]:
        last += 1
    return float((edges[possible[first]] + edges[possible[last] + 1]) / 2)


def _aligned(
    documents: Sequence[Document], predictions: Sequence[Sequence[Prediction]]
) -> list[tuple[Sentence, Prediction]]:
    """Pairs of gold sentence and prediction over all documents."""
    if len(documents) != len(predictions):
        raise ValueError(
            f"Expected one list of predictions per document, got {len(predictions)} lists for "
            f"{len(documents)} documents."
        )
    pairs: list[tuple[Sentence, Prediction]] = []
    for document, of_document in zip(documents, predictions, strict=True):
        if len(document.sentences) != len(of_document):
            raise ValueError(
                f"Document {document.id!r} has {len(document.sentences)} sentences but "
                f"{len(of_document)} predictions; predict on its own sentence boundaries."
            )
        pairs.extend(zip(document.sentences, of_document, strict=True))
    return pairs


def _logit(probability: float) -> float:
    probability = min(max(probability, _SMALLEST), 1.0 - _SMALLEST)
    return math.log(probability / (1.0 - probability))


def _sigmoid(logit: float) -> float:
    return 0.5 * (1.0 + math.tanh(0.5 * logit))  # the form that cannot overflow


def _logistic_to_dict(logistic: Logistic) -> dict[str, Any]:
    return {"weights": dict(logistic.weights), "bias": logistic.bias}


def _logistic_from_dict(values: Mapping[str, Any]) -> Logistic:
    return Logistic(dict(values["weights"]), values["bias"])


def _decision_to_dict(decision: Decision) -> dict[str, float]:
    return {
        "scale": decision.platt.scale,
        "bias": decision.platt.bias,
        "threshold": decision.threshold,
    }


def _decision_from_dict(values: Mapping[str, float]) -> Decision:
    return Decision(Platt(values["scale"], values["bias"]), values["threshold"])
