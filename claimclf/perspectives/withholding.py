"""How sure a perspective is, and from where on it is better left open.

The last step of "perspectives": what comes in is a sentence's perspective and the calibrated
probability that it is right, what goes out is the perspective with its score, or "unresolved".
"""

from __future__ import annotations

from dataclasses import replace
from typing import SupportsFloat

from claimclf.documents import Perspective
from claimclf.labels import UNRESOLVED


def check_min_score(score: float, name: str = "min_perspective_score") -> float:
    """A smallest perspective score, if it is one.

    Raises:
        ValueError: If it is no number in [0, 1]; calls it by its `name`.
    """
    if not isinstance(score, SupportsFloat) or not 0.0 <= score <= 1.0:
        raise ValueError(f"{name} must be a probability in [0, 1], got {score!r}.")
    return score


def with_score(perspective: Perspective, score: float, *, min_score: float) -> Perspective:
    """The perspective with its score, withheld where that is below `min_score`.

    A source of whom nothing is known stays unresolved and has no score.
    """
    if perspective.status == UNRESOLVED:
        return perspective
    if score < min_score:
        return Perspective(UNRESOLVED, score=score)
    return replace(perspective, score=score)
