"""From raw model probabilities to calibrated ones, and the thresholds that decide.

A `Calibration` is small enough for the model's `config.json`; `claimclf.evaluation.fitting` fits it
on gold documents, and `claimclf.interpretation` applies it, so that trying another one never runs
the model again.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from claimclf.documents import Prediction, Source
from claimclf.labels import ATTRIBUTION
from claimclf.perspectives.mentions import is_named

_SMALLEST = 1e-6
"""Probabilities are kept this far from 0 and 1, where a logit would be infinite."""


@dataclass(frozen=True, slots=True)
class Platt:
    """Platt scaling: a line on the logit of a raw probability; the default changes nothing."""

    scale: float = 1.0
    bias: float = 0.0

    def __call__(self, probability: float) -> float:
        """The calibrated probability."""
        return sigmoid(self.scale * logit(probability) + self.bias)


@dataclass(frozen=True, slots=True)
class Logistic:
    """Logistic regression on what several heads say: Platt scaling with more than one input."""

    weights: Mapping[str, float]
    """Weight of every feature's logit, by feature."""
    bias: float = 0.0

    def __call__(self, features: Mapping[str, float]) -> float:
        """The calibrated probability, from the features' raw probabilities."""
        logits = (weight * logit(features[name]) for name, weight in self.weights.items())
        return sigmoid(sum(logits) + self.bias)


UNCALIBRATED_SOURCE = Logistic({"pointer": 1.0})
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
    source: Logistic = UNCALIBRATED_SOURCE
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

    def perspective_score(self, prediction: Prediction, source: Source | None) -> float:
        """Calibrated probability that the chosen perspective, author or source, is right.

        Giving a sentence to the author is right exactly when it carries no source, so that side
        needs no second fit.
        """
        if self.is_source(prediction):
            return self.perspective(perspective_features(prediction, source))
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
            ValueError: If a key is missing, or a value is of another form.
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
    if ATTRIBUTION in prediction.type_scores:
        features["attribution"] = prediction.type_scores[ATTRIBUTION]
    return features


def perspective_features(prediction: Prediction, source: Source | None) -> dict[str, float]:
    """What tells whether a source is the right one: how sure each head is that looks at it.

    And whether it goes by a name: "the group" may be anybody, whoever the model means by it.
    """
    return {
        "pointer": 1.0 - prediction.author_score,
        "mention": prediction.mention_score,
        "name": prediction.name_score,
        "kind": max(prediction.kind_scores.values(), default=0.5),
        "named": 0.5 if source is None else float(is_named(source.name)),
    }


def logit(probability: float) -> float:
    """Log odds, of 0 and 1 those of what is next to them."""
    probability = min(max(probability, _SMALLEST), 1.0 - _SMALLEST)
    return math.log(probability / (1.0 - probability))


def sigmoid(value: float) -> float:
    """The reverse of `logit`."""
    return 0.5 * (1.0 + math.tanh(0.5 * value))  # the form that cannot overflow


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
