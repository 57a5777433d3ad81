"""How sure a figure is: intervals and paired comparisons from resampled documents.

Sentences of one article resemble each other, so the unit that is drawn is the document.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from claimclf.metrics.outcomes import Floats, Measure, Outcomes

NUM_DRAWS = 1_000
"""Bootstrap draws behind every interval."""

LEVEL = 0.95
"""Share of the draws that an interval covers."""


@dataclass(frozen=True, slots=True)
class Figure:
    """What a reported number is: a measure of some judgements, averaged if there are several.

    The mean is over the judgements that gold has something for: it can't be said how well a type is
    found that does not occur.
    """

    name: str
    """As reports and `metrics.json` call it, such as `types/statistic/f1`."""
    parts: tuple[str, ...]
    """Names of the judgements."""
    measure: Measure

    def value(self, judgements: Mapping[str, Outcomes], num_documents: int) -> float:
        """The figure itself; NaN where it is undefined."""
        return float(self._reweighted(judgements, np.ones((1, num_documents)))[0])

    def draws(self, judgements: Mapping[str, Outcomes], weights: Floats) -> Floats:
        """The figure for every row of `weights`, `(draws,)`; NaN where it is undefined.

        Items of a single document tell nothing about other documents: their draws are all NaN.

        Resampling makes gaps between probability and truth where there were none, so a calibration
        error comes out too high in every draw; its draws are moved to lie around the value.
        """
        if max(len(set(judgements[part].documents)) for part in self.parts) < 2:
            return np.full(len(weights), np.nan)
        draws = self._reweighted(judgements, weights)
        defined = draws[~np.isnan(draws)]
        if self.measure != "calibration_error" or not len(defined):
            return draws
        bias = defined.mean() - self.value(judgements, weights.shape[1])
        moved: Floats = np.maximum(draws - bias, 0.0)
        return moved

    def _reweighted(self, judgements: Mapping[str, Outcomes], weights: Floats) -> Floats:
        parts = [part for part in self.parts if judgements[part].gold.any()] or self.parts
        values = [judgements[part].measure_draws(self.measure, weights) for part in parts]
        return np.asarray(np.mean(values, axis=0), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Score:
    """A figure with its interval; NaN where it is undefined."""

    value: float
    low: float
    high: float
    num_items: int
    """Judged items behind it: sentences, spans or words."""


@dataclass(frozen=True, slots=True)
class Difference:
    """How much the second of two systems differs from the first on the same documents."""

    first: float
    second: float
    low: float
    """Lower end of the interval of `second - first`."""
    high: float
    share_better: float
    """Share of the draws in which the second is better: higher, a calibration error lower."""

    @property
    def value(self) -> float:
        """How far the second is above the first."""
        return self.second - self.first


def draw_documents(num_documents: int, *, num_draws: int = NUM_DRAWS, seed: int = 0) -> Floats:
    """How often each document is drawn: `(draws, documents)`, every row sums to `documents`.

    Raises:
        ValueError: If there are no documents.
    """
    if not num_documents:
        raise ValueError("There are no documents to draw from. Give at least one.")
    shares = np.full(num_documents, 1.0 / num_documents)
    drawn = np.random.default_rng(seed).multinomial(num_documents, shares, size=num_draws)
    return drawn.astype(np.float64)


def score_figures(
    judgements: Mapping[str, Outcomes], figures: Iterable[Figure], weights: Floats
) -> dict[str, Score]:
    """Every figure with its interval, from draws as `draw_documents` makes them."""
    scores = {}
    for figure in figures:
        value = figure.value(judgements, weights.shape[1])
        num_items = max(len(judgements[part]) for part in figure.parts)
        low, high = _interval(figure.draws(judgements, weights))
        scores[figure.name] = Score(value, low, high, num_items)
    return scores


def compare_figures(
    first: Mapping[str, Outcomes],
    second: Mapping[str, Outcomes],
    figures: Iterable[Figure],
    weights: Floats,
) -> dict[str, Difference]:
    """Paired bootstrap: both systems are measured on the same documents in every draw."""
    num_documents = weights.shape[1]
    differences = {}
    for figure in figures:
        gains = figure.draws(second, weights) - figure.draws(first, weights)
        low, high = _interval(gains)
        defined = gains[~np.isnan(gains)]
        is_better = defined < 0 if figure.measure == "calibration_error" else defined > 0
        differences[figure.name] = Difference(
            first=figure.value(first, num_documents),
            second=figure.value(second, num_documents),
            low=low,
            high=high,
            share_better=float(is_better.mean()) if len(defined) else float("nan"),
        )
    return differences


def _interval(draws: Floats) -> tuple[float, float]:
    """The central share of the draws for which the figure is defined."""
    defined = draws[~np.isnan(draws)]
    if not len(defined):
        return float("nan"), float("nan")
    low, high = np.quantile(defined, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return float(low), float(high)
