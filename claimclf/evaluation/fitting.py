"""Gold documents and what the model says of their sentences → a `Calibration`.

A calibration is applied after the model, so figures are cross-fitted with one reading: each
document is judged by a calibration that has not seen it.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from claimclf.calibration import (
    UNCALIBRATED_SOURCE,
    Calibration,
    Decision,
    Logistic,
    Platt,
    logit,
    perspective_features,
    source_features,
)
from claimclf.corpora.splits import folds, text_key
from claimclf.documents import Document, Prediction, Sentence
from claimclf.interpretation import interpret
from claimclf.labels import UNRESOLVED
from claimclf.metrics import right_perspectives
from claimclf.metrics.outcomes import Bools, Floats
from claimclf.perspectives.own_parties import Parties

logger = logging.getLogger(__name__)

_PLATEAU = 0.02
"""Thresholds whose F1 is this close to the best count as equally good. Fitted on 65 articles
and tested on 131 others, 0.02 was better than 0 (the best threshold itself) by 0.1 to 0.2 points of
macro-F1 for a weak and for a strong model, over 8 splits, and 0.04 was worse."""


def fit_calibration(
    documents: Sequence[Document],
    predictions: Sequence[Sequence[Prediction]],
    *,
    parties: Parties | None = None,
    provenance: Mapping[str, Any] | None = None,
) -> Calibration:
    """Fit Platt scaling and thresholds on gold documents.

    Thresholds maximise the F1 of each type, on the calibrated probabilities. What nobody decided
    (`known_types`, a perspective of None) is left out; a type without both a positive and a
    negative sentence keeps its raw probability and one half.

    Args:
        documents: Gold labels.
        predictions: The model's predictions, one per sentence of each document.
        parties: The caller's own, as `read_parties` gives them.
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
        or UNCALIBRATED_SOURCE,
        provenance={
            "num_documents": len(documents),
            "num_sentences": len(pairs),
            **(provenance or {}),
        },
    )
    predicted = [
        interpret(document, of_document, calibration, parties=parties)
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
            if truth is not None and sentence.perspective and sentence.perspective.is_source:
                source = sentence.perspective.source
                features.append(perspective_features(prediction, source))
                is_right.append(truth)
    return fit_logistic(features, is_right) or Logistic({"mention": 1.0})


def cross_fit(
    documents: Sequence[Document],
    predictions: Sequence[Sequence[Prediction]],
    *,
    parties: Parties | None = None,
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
            parties=parties,
            provenance={"cross_fitted": True, "left_out_fold": fold, "num_folds": num_folds},
        )
    return [fitted[fold] for fold in fold_of]


def fit_decision(probabilities: Sequence[float], gold: Sequence[bool]) -> Decision:
    """Platt scaling and the best threshold after it; the identity where gold has one class only."""
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
    if len(set(gold)) < 2:
        return None
    names = list(features[0])
    logits = [[logit(row[name]) for name in names] for row in features]
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
