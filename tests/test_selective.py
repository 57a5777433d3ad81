"""Accuracy and coverage when the least sure answers are left open: by hand and the slow way."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimclf.metrics import (
    Item,
    Outcomes,
    accuracy_at_coverage,
    accuracy_coverage_curve,
    draw_documents,
)


def outcomes_of(*rows: tuple[float, bool]) -> Outcomes:
    """A judged answer per (score, whether it is right), each in a document of its own."""
    return Outcomes.of(Item(i, 0, right, True, score) for i, (score, right) in enumerate(rows))


FOUR = outcomes_of((0.8, True), (0.4, False), (0.9, True), (0.8, False))


def test_curve_by_hand():
    coverage, accuracy, scores = accuracy_coverage_curve(FOUR)
    assert scores.tolist() == [0.9, 0.8, 0.4]
    assert coverage.tolist() == [0.25, 0.75, 1.0]
    assert accuracy.tolist() == pytest.approx([1, 2 / 3, 1 / 2])


def test_accuracy_at_a_coverage_by_hand_keeps_equal_scores_together():
    kept = accuracy_at_coverage(FOUR, draw_documents(4, num_draws=200), coverages=(1, 0.5, 0.25))
    assert [item.min_score for item in kept] == [0.4, 0.8, 0.9]
    assert [item.coverage for item in kept] == [1.0, 0.75, 0.25]
    assert [item.accuracy.value for item in kept] == pytest.approx([1 / 2, 2 / 3, 1])
    assert [item.accuracy.num_items for item in kept] == [4, 3, 1]
    assert kept[0].accuracy.low < 0.5 < kept[0].accuracy.high


def test_a_coverage_that_floating_point_misses_is_met():
    ten = outcomes_of(*((score / 10, True) for score in range(10)))
    (kept,) = accuracy_at_coverage(ten, np.ones((1, 10)), coverages=(0.7,))
    assert kept.coverage == pytest.approx(0.7)


def test_nothing_judged_gives_no_curve():
    nothing = Outcomes.of([])
    assert [len(column) for column in accuracy_coverage_curve(nothing)] == [0, 0, 0]
    assert accuracy_at_coverage(nothing, np.ones((1, 1))) == []


@given(st.lists(st.tuples(st.sampled_from([0.0, 0.2, 0.5, 0.7, 1.0]), st.booleans()), min_size=1))
def test_curve_is_what_counting_gives(rows):
    columns = accuracy_coverage_curve(outcomes_of(*rows))
    for coverage, accuracy, score in zip(*columns, strict=True):
        kept = [right for other, right in rows if other >= score]
        assert coverage == pytest.approx(len(kept) / len(rows))
        assert accuracy == pytest.approx(sum(kept) / len(kept))
    assert columns[0][-1] == 1.0
    assert len(columns[0]) == len({score for score, _ in rows})
