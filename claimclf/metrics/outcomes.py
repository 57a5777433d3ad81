"""Judged items, and the figures that are computed from them.

Every figure of the library is a `Measure` of some `Outcomes`: one entry per judged item (a sentence
and a type, a span, a word), with the document and sentence it belongs to. Hence errors can be
looked up, slices are selections of entries, and the bootstrap is a reweighting of documents.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

Measure = Literal["precision", "recall", "f1", "accuracy", "average_precision", "calibration_error"]

NUM_BINS = 15
"""Bins of the calibration error, each with the same number of items."""

_MAX_CELLS = 4_000_000
"""Largest `draws x items` matrix that is held at once."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class PRF:
    """Counts of a yes/no decision or a match, and the shares that follow from them."""

    true_positives: int = 0
    false_positives: int = 0
    false_negatives: int = 0

    @property
    def precision(self) -> float:
        """Share of the predicted items that are gold; NaN when nothing is predicted."""
        return _ratio(self.true_positives, self.true_positives + self.false_positives)

    @property
    def recall(self) -> float:
        """Share of the gold items that are predicted; NaN when nothing is gold."""
        return _ratio(self.true_positives, self.true_positives + self.false_negatives)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall; NaN when nothing is gold or predicted."""
        twice = 2 * self.true_positives
        return _ratio(twice, twice + self.false_positives + self.false_negatives)


class Item(NamedTuple):
    """One judged item: where it is, what gold and prediction say of it."""

    document: int
    sentence: int
    gold: bool
    predicted: bool
    score: float = float("nan")


@dataclass(frozen=True, slots=True, eq=False)
class Outcomes:
    """Judged items as columns of equal length.

    For a match (spans, words), a gold item that is not found has `predicted` False and a predicted
    item without a gold one has `gold` False. For a plain right or wrong (the named source), `gold`
    is True throughout and `predicted` says whether it is right; in `perspective/right` it is the
    other way round, because its `scores` are the probabilities of being right.
    """

    documents: Ints
    """Index of the document."""
    sentences: Ints
    """Index of the sentence in its document; -1 for a span outside every sentence."""
    gold: Bools
    predicted: Bools
    scores: Floats
    """Calibrated probability of yes; NaN where the decision has none."""

    @classmethod
    def of(cls, items: Iterable[Item]) -> Outcomes:
        """Columns from items."""
        rows = list(items)
        return cls(
            documents=np.array([row.document for row in rows], dtype=np.int64),
            sentences=np.array([row.sentence for row in rows], dtype=np.int64),
            gold=np.array([row.gold for row in rows], dtype=np.bool_),
            predicted=np.array([row.predicted for row in rows], dtype=np.bool_),
            scores=np.array([row.score for row in rows], dtype=np.float64),
        )

    def __len__(self) -> int:
        return len(self.gold)

    def where(self, keep: Bools) -> Outcomes:
        """The items for which `keep` is True."""
        return Outcomes(
            self.documents[keep],
            self.sentences[keep],
            self.gold[keep],
            self.predicted[keep],
            self.scores[keep],
        )

    def counts(self) -> PRF:
        """Counts over all items."""
        return PRF(
            int((self.gold & self.predicted).sum()),
            int((~self.gold & self.predicted).sum()),
            int((self.gold & ~self.predicted).sum()),
        )

    def errors(self) -> list[tuple[int, int]]:
        """(document, sentence) of every item that was judged wrong, in order, each once."""
        wrong = self.gold != self.predicted
        return sorted(
            {
                (int(document), int(sentence))
                for document, sentence in zip(
                    self.documents[wrong], self.sentences[wrong], strict=True
                )
            }
        )

    def measure(self, measure: Measure) -> float:
        """The figure over all items; NaN where it is undefined."""
        num_documents = int(self.documents.max()) + 1 if len(self) else 1
        return float(self.measure_draws(measure, np.ones((1, num_documents)))[0])

    def measure_draws(self, measure: Measure, weights: Floats) -> Floats:
        """The figure for every reweighting of the documents.

        Args:
            measure: Which figure.
            weights: How often each document counts, `(draws, documents)`.

        Returns:
            `(draws,)`, NaN where the figure is undefined.
        """
        if measure in ("average_precision", "calibration_error"):
            return self._ranked_draws(measure, weights)
        num_documents = weights.shape[1]

        def count(mask: Bools) -> Floats:
            per_document = np.bincount(self.documents[mask], minlength=num_documents)
            return np.asarray(weights @ per_document, dtype=np.float64)

        hits = count(self.gold & self.predicted)
        if measure == "accuracy":
            return _ratios(count(self.gold == self.predicted), weights @ self._sizes(num_documents))
        if measure == "precision":
            return _ratios(hits, count(self.predicted))
        if measure == "recall":
            return _ratios(hits, count(self.gold))
        return _ratios(2 * hits, count(self.gold) + count(self.predicted))

    def _sizes(self, num_documents: int) -> Ints:
        """Number of items per document."""
        return np.bincount(self.documents, minlength=num_documents)

    def _ranked_draws(self, measure: Measure, weights: Floats) -> Floats:
        """Figures that rank the items by score, a block of draws at a time."""
        rows = max(1, _MAX_CELLS // max(1, len(self)))
        order = np.argsort(-self.scores, kind="stable")
        scores, gold, documents = self.scores[order], self.gold[order], self.documents[order]
        function = average_precision if measure == "average_precision" else calibration_error
        blocks = [np.empty(0)]
        blocks += [
            function(scores, gold, weights[start : start + rows, documents])
            for start in range(0, len(weights), rows)
        ]
        return np.concatenate(blocks)


def average_precision(scores: Floats, gold: Bools, weights: Floats) -> Floats:
    """Precision at every distinct score, weighted by the recall gained there.

    As scikit-learn defines it: no interpolation, tied scores count as one threshold.

    Args:
        scores: `(items,)`, from the highest to the lowest.
        gold: `(items,)`.
        weights: How often each item counts, `(draws, items)`.

    Returns:
        `(draws,)`, NaN for a draw without gold items.
    """
    if not len(scores):
        return np.full(len(weights), np.nan)
    is_last_of_tie = np.append(scores[1:] != scores[:-1], True)
    hits = np.cumsum(weights * gold, axis=1)[:, is_last_of_tie]
    predicted = np.cumsum(weights, axis=1)[:, is_last_of_tie]
    gained = np.diff(hits, axis=1, prepend=0)
    precision = np.divide(hits, predicted, out=np.zeros_like(hits), where=predicted > 0)
    return _ratios((precision * gained).sum(axis=1), hits[:, -1])


def calibration_error(scores: Floats, gold: Bools, weights: Floats) -> Floats:
    """Expected calibration error over bins of exactly equal mass.

    An item on the edge of two bins counts in both by its share, so that a weight of two is the same
    as two copies.

    Args:
        scores: `(items,)`, sorted.
        gold: `(items,)`.
        weights: How often each item counts, `(draws, items)`.

    Returns:
        `(draws,)`: mean distance between a bin's mean score and its share of gold items.
    """
    gaps = [np.abs(_binned(scores - gold, row)).sum() for row in weights]
    return _ratios(np.array(gaps), weights.sum(axis=1))


def _binned(values: Floats, weights: Floats) -> Floats:
    """Weighted sum of `values` in each of `NUM_BINS` bins of equal mass, `(bins,)`."""
    mass = np.concatenate([[0.0], np.cumsum(weights)])
    total = np.concatenate([[0.0], np.cumsum(weights * values)])
    return np.diff(np.interp(np.linspace(0, mass[-1], NUM_BINS + 1), mass, total))


class Bin(NamedTuple):
    """One bin of a reliability diagram."""

    mean_score: float
    gold_share: float


def reliability(outcomes: Outcomes) -> list[Bin]:
    """The bins of equal mass behind the calibration error, from low to high scores."""
    if not len(outcomes):
        return []
    order = np.argsort(outcomes.scores, kind="stable")
    once = np.ones(len(order))
    size = len(order) / NUM_BINS
    scores = _binned(outcomes.scores[order], once) / size
    gold = _binned(outcomes.gold[order].astype(np.float64), once) / size
    return [Bin(float(score), float(share)) for score, share in zip(scores, gold, strict=True)]


def precision_recall_curve(outcomes: Outcomes) -> tuple[Floats, Floats, Floats]:
    """Precision and recall at every distinct score, with the scores, from high to low."""
    scores, num_kept, hits = at_distinct_scores(outcomes)
    return hits / num_kept, _ratios(hits, np.full(len(hits), outcomes.gold.sum())), scores


def at_distinct_scores(outcomes: Outcomes) -> tuple[Floats, Ints, Ints]:
    """What is kept down to every distinct score, from high to low.

    Returns:
        Scores, numbers of items with these or higher scores, and numbers of those that gold has,
        each `(distinct scores,)`.
    """
    order = np.argsort(-outcomes.scores, kind="stable")
    scores, gold = outcomes.scores[order], outcomes.gold[order]
    is_last_of_tie = np.append(scores[1:] != scores[:-1], True)[: len(scores)]
    num_kept = np.flatnonzero(is_last_of_tie) + 1
    return scores[is_last_of_tie], num_kept, np.cumsum(gold)[is_last_of_tie]


def _ratio(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")


def _ratios(parts: Floats | Ints, wholes: Floats | Ints) -> Floats:
    """Elementwise division with NaN for nothing out of nothing."""
    undefined: Floats = np.full(len(parts), np.nan)
    return np.divide(parts, wholes, out=undefined, where=wholes > 0)
