"""What is wrong with a corpus, and what a reader does about it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

logger = logging.getLogger(__name__)

Level: TypeAlias = Literal["error", "warning"]
"""An error makes a record unreadable; a warning is worth a look."""

OnError: TypeAlias = Literal["raise", "skip"]
"""What a reader does with a record that it can't read."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is wrong with one record of a corpus."""

    line: int
    """Line of the file, counted from 1."""
    doc_id: str | None
    """The record's id; None where it has none or is no record at all."""
    level: Level
    message: str
    """What was expected, what came, and where in the record."""

    def __str__(self) -> str:
        name = "" if self.doc_id is None else f" ({self.doc_id})"
        return f"line {self.line}{name}: {self.level}: {self.message}"


def check_on_error(on_error: str) -> None:
    """Raise `ValueError` unless the value is one that readers know."""
    if on_error not in ("raise", "skip"):
        raise ValueError(f"on_error must be 'raise' or 'skip', got {on_error!r}.")


def log_rejects(path: Path, rejects: Sequence[Problem], num_records: int) -> None:
    """Say once how many records a reader left out, and why the first of them."""
    if rejects:
        logger.warning(
            "%s: left out %d of %d records. The first: %s",
            path,
            len(rejects),
            num_records,
            rejects[0],
        )
