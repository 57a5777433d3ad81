"""The flow of an evaluation: read once, calibrate, interpret, judge, measure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Protocol

from claimclf.calibration import Calibration
from claimclf.documents import Document, Prediction
from claimclf.evaluation.fitting import cross_fit, fit_calibration
from claimclf.interpretation import interpret
from claimclf.metrics import (
    NUM_DRAWS,
    PERSPECTIVE,
    Figure,
    Kept,
    Outcomes,
    Score,
    accuracy_at_coverage,
    draw_documents,
    figures,
    judge,
    score_figures,
)
from claimclf.metrics.outcomes import Floats
from claimclf.provenance import versions

HEADLINE = (
    "types/macro/f1",
    "perspective/is_source/accuracy",
    "perspective/source/accuracy",
    "spans/source/f1",
    "spans/cue/f1",
    "spans/content/f1",
    "sentences/attribution_from_type/f1",
)
"""The figures that are looked at first."""

CROSS_FITTED = "cross-fitted by document"
STORED = "as stored with the model"
RAW = "left raw, because a single text cannot be cross-fitted"
"""Where calibration and thresholds of a report come from, in words."""

Predictions = list[list[Prediction]]


class Reader(Protocol):
    """What an evaluation needs of a classifier: a `ClaimClassifier`, or a floor."""

    @property
    def calibration(self) -> Calibration:
        """The stored calibration."""
        ...

    @property
    def parties(self) -> Mapping[str, Sequence[str]]:
        """The caller's own parties, as `claimclf.perspectives.own_parties` reads them."""
        ...

    @property
    def min_perspective_score(self) -> float:
        """See `claimclf.ClaimClassifier`."""
        ...

    def read(self, documents: Sequence[Document]) -> Predictions:
        """Raw predictions on the sentences of documents."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """What a classifier did on gold documents, and every figure of it."""

    gold: tuple[Document, ...]
    predicted: tuple[Document, ...]
    """On the same sentences, in the same order."""
    judgements: Mapping[str, Outcomes]
    """Judged items by the name of the judgement, see `claimclf.metrics.judge`."""
    scores: Mapping[str, Score]
    """Figures with their intervals, by name."""
    calibrations: tuple[Calibration, ...]
    """The calibration that each document was interpreted with."""
    weights: Floats
    """The bootstrap draws behind the intervals, `(draws, documents)`."""
    is_cross_fitted: bool
    """Whether no document had a part in its own calibration."""
    floors: Mapping[str, Mapping[str, Score]] = field(default_factory=dict)
    """The same figures of systems that anybody could build, by name."""
    provenance: Mapping[str, Any] = field(default_factory=dict)
    """Model, data, versions, date and command."""

    def headline(self) -> dict[str, float]:
        """The figures that are looked at first, as far as gold has labels for them."""
        return {name: self.scores[name].value for name in HEADLINE if name in self.scores}

    def figures(self) -> list[Figure]:
        """What is reported, in the order of reports."""
        return figures(self.judgements)

    def coverage(self) -> list[Kept]:
        """How right perspectives are when the least sure ones are left open; empty without any."""
        outcomes = self.judgements.get(PERSPECTIVE)
        return [] if outcomes is None else accuracy_at_coverage(outcomes, self.weights)

    def thresholds(self) -> dict[str, list[float]]:
        """Every distinct threshold that was in use, by type."""
        names = self.calibrations[0].types if self.calibrations else ()
        return {
            name: sorted({item.types[name].threshold for item in self.calibrations})
            for name in names
        }


def evaluate(
    classifier: Reader,
    documents: Sequence[Document],
    *,
    cross_fit: bool = False,
    floors_from: Sequence[Document] | None = None,
    num_draws: int = NUM_DRAWS,
    seed: int = 0,
    provenance: Mapping[str, Any] | None = None,
) -> Report:
    """Measure a classifier on gold documents, on their own sentence boundaries.

    Args:
        classifier: What is measured; it is read once.
        documents: Gold labels.
        cross_fit: Calibrate each document on the other folds instead of with the stored
            calibration: for figures on the very data that the stored one was fitted on. A single
            text stays uncalibrated, which is logged.
        floors_from: Training documents; adds the floors to the report. Empty for those that need
            no training. The one that learns from words has no stored calibration: it is always
            cross-fitted.
        num_draws: Bootstrap draws behind the intervals.
        seed: Of folds and draws.
        provenance: What to record beside date, versions and hash of the data.

    Raises:
        ValueError: If there are no documents.
    """
    report, _ = _evaluate(classifier, documents, cross_fit, num_draws, seed, provenance)
    if floors_from is None:
        return report
    from claimclf.evaluation.floors import floors

    measured = {
        name: _evaluate(floor, documents, floor.is_learned, num_draws, seed, None)[0].scores
        for name, floor in floors(floors_from, form=report.calibrations[0]).items()
    }
    return replace(report, floors=measured)


def calibrate(
    classifier: Reader,
    documents: Sequence[Document],
    *,
    num_draws: int = NUM_DRAWS,
    seed: int = 0,
    provenance: Mapping[str, Any] | None = None,
) -> tuple[Report, Calibration]:
    """Calibrate on gold documents and measure there too, with one reading.

    Returns:
        The cross-fitted report, and the calibration that is fitted on all documents, to be stored.
    """
    report, predictions = _evaluate(classifier, documents, True, num_draws, seed, provenance)
    calibration = fit_calibration(
        documents,
        predictions,
        parties=classifier.parties,
        provenance={"documents_sha256": hash_documents(documents), "date": _now()},
    )
    return report, _in_form_of(classifier, calibration)


def hash_documents(documents: Sequence[Document]) -> str:
    """SHA-256 of the texts and labels, so that a report says what it was measured on."""
    digest = hashlib.sha256()
    for document in documents:
        record = document.to_dict()
        digest.update(json.dumps(record, sort_keys=True, default=str).encode())
    return digest.hexdigest()


def _evaluate(
    classifier: Reader,
    documents: Sequence[Document],
    cross_fit_here: bool,
    num_draws: int,
    seed: int,
    provenance: Mapping[str, Any] | None,
) -> tuple[Report, Predictions]:
    """The report without floors, with the raw predictions behind it."""
    if not documents:
        raise ValueError("There are no documents to evaluate on.")
    predictions = classifier.read(documents)
    parties = classifier.parties
    calibrations = (
        [
            _in_form_of(classifier, calibration)
            for calibration in cross_fit(documents, predictions, parties=parties, seed=seed)
        ]
        if cross_fit_here
        else [classifier.calibration] * len(documents)
    )
    is_cross_fitted = cross_fit_here and all(
        calibration.provenance.get("cross_fitted") for calibration in calibrations
    )
    not_crossed = RAW if cross_fit_here else STORED
    # Withheld perspectives are for what is judged: fitting looks at every answer.
    min_score = classifier.min_perspective_score
    predicted = [
        interpret(
            document, of_document, calibration, parties=parties, min_perspective_score=min_score
        )
        for document, of_document, calibration in zip(
            documents, predictions, calibrations, strict=True
        )
    ]
    judgements = judge(documents, predicted)
    weights = draw_documents(len(documents), num_draws=num_draws, seed=seed)
    report = Report(
        gold=tuple(documents),
        predicted=tuple(predicted),
        judgements=judgements,
        scores=score_figures(judgements, figures(judgements), weights),
        calibrations=tuple(calibrations),
        weights=weights,
        is_cross_fitted=is_cross_fitted,
        provenance={
            **(provenance or {}),
            "documents_sha256": hash_documents(documents),
            "num_documents": len(documents),
            "num_sentences": sum(len(document.sentences) for document in documents),
            "num_draws": num_draws,
            "seed": seed,
            "calibration": CROSS_FITTED if is_cross_fitted else not_crossed,
            **({"min_perspective_score": min_score} if min_score else {}),
            **({"parties": _told_parties(parties)} if parties else {}),
            "versions": versions(),
            "date": _now(),
        },
    )
    return report, predictions


def _in_form_of(classifier: Reader, calibration: Calibration) -> Calibration:
    """A fitted calibration that decides the same things as the classifier's own."""
    stored = classifier.calibration
    if not stored.is_exclusive and stored.has_perspective:
        return calibration
    return replace(
        calibration, is_exclusive=stored.is_exclusive, has_perspective=stored.has_perspective
    )


def _told_parties(parties: Mapping[str, Sequence[str]]) -> str:
    """Own parties by name, with a hash of their words."""
    digest = hashlib.sha256(json.dumps(list(parties.items())).encode()).hexdigest()
    return f"{', '.join(parties)} ({digest[:8]})"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
