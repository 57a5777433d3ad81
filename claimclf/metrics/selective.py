"""How right the answers are that remain when the least sure ones are left open.

Selective prediction as El-Yaniv and Wiener define it (2010, On the Foundations of Noise-free
Selective Classification, JMLR 11, https://www.jmlr.org/papers/v11/el-yaniv10a.html): coverage is
the share of items that get an answer, selective risk the share of these answers that are wrong.
Here the risk is turned into an accuracy, 1 − risk. What goes in are outcomes whose score is the
probability of being right, such as `perspective/right`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from claimclf.metrics.bootstrap import Figure, Score, score_figures
from claimclf.metrics.outcomes import Floats, Outcomes, at_distinct_scores

COVERAGES = (1.0, 0.95, 0.9, 0.8, 0.7, 0.6, 0.5)
"""Shares of answered items at which the accuracy is reported."""


class Kept(NamedTuple):
    """The answers that are kept from some score on."""

    min_score: float
    """Smallest score that is kept."""
    coverage: float
    """Share of the items that are kept, in [0, 1]."""
    accuracy: Score
    """Share of the kept answers that are right."""


def accuracy_coverage_curve(outcomes: Outcomes) -> tuple[Floats, Floats, Floats]:
    """Coverage and accuracy when answers are kept down to every distinct score, from high to low.

    Returns:
        Coverages, accuracies and scores, each `(distinct scores,)`.
    """
    scores, num_kept, num_right = at_distinct_scores(outcomes)
    return num_kept / max(1, len(outcomes)), num_right / num_kept, scores


def accuracy_at_coverage(
    outcomes: Outcomes, weights: Floats, *, coverages: Sequence[float] = COVERAGES
) -> list[Kept]:
    """The accuracy where about these shares of the items are answered, with intervals.

    Items of the same score are kept or left together, so that the coverage is at least what was
    asked for. The score is found once, on all documents; the intervals are of the accuracy from
    there on.

    Args:
        outcomes: What is judged.
        weights: Draws of `claimclf.metrics.draw_documents`.
        coverages: In (0, 1].

    Returns:
        One entry per coverage; none where there are no items.
    """
    ranked = np.sort(outcomes.scores)[::-1]
    figure = Figure("accuracy", ("kept",), "accuracy")
    kept = []
    for coverage in coverages if len(ranked) else ():
        # Rounded first: 0.7 * 10 is a little more than 7.
        smallest = ranked[max(0, math.ceil(round(coverage * len(ranked), 6)) - 1)]
        is_kept = outcomes.scores >= smallest
        score = score_figures({"kept": outcomes.where(is_kept)}, [figure], weights)[figure.name]
        kept.append(Kept(float(smallest), float(is_kept.mean()), score))
    return kept
