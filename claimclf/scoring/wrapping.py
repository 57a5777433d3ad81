"""Whether texts are wrapped at a fixed width, of which every line would end a sentence."""

from __future__ import annotations

import logging
from itertools import islice, pairwise
from typing import Final

from claimclf.scoring.formats import InputError
from claimclf.scoring.inputs import Article, Input

logger = logging.getLogger(__name__)

_NUM_SAMPLED: Final = 100
"""Rows that are looked at."""

_MIN_BREAKS: Final = 3
"""Line breaks inside paragraphs from which on a text may count as wrapped."""


def warn_if_wrapped(data: Input) -> None:
    """Log a warning where at least half of the first articles look wrapped."""
    try:
        rows = [data.parse(raw) for raw in islice(data.stream(), _NUM_SAMPLED)]
    except InputError:  # whoever reads the whole input says so
        return
    texts = [row.text for row in rows if isinstance(row, Article)]
    num_wrapped = sum(map(is_wrapped, texts))
    if texts and 2 * num_wrapped >= len(texts):
        logger.warning(
            "%d of the first %d articles look wrapped at a fixed width. Every line break ends a "
            "sentence: join the lines of each paragraph first.",
            num_wrapped,
            len(texts),
        )


def is_wrapped(text: str) -> bool:
    """Whether most lines within paragraphs go on with a small letter."""
    lines = [line.strip() for line in text.splitlines()]
    starts = [after[0] for before, after in pairwise(lines) if before and after]
    return len(starts) >= _MIN_BREAKS and 2 * sum(map(str.islower, starts)) > len(starts)
