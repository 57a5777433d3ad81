"""Parts: fixed ranges of rows, each scored by itself.

Where they are cut depends on the rows alone, and a hash of what they hold lets a later run tell
whether the input is still the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from claimclf.scoring.ids import SeenIds
from claimclf.scoring.inputs import Article, Input, InputRow

_DUPLICATE: Final = b"duplicate"
"""What a row adds to its part's digest if an earlier one has its id."""


class ChangedInputError(ValueError):
    """The input is not what it was when scoring began."""


def part_file(index: int) -> str:
    """Name of a part's file in each of the tables' folders."""
    return f"part-{index:06d}.parquet"


@dataclass(frozen=True, slots=True)
class Part:
    """A range of rows of the input."""

    index: int
    first_row: int
    num_rows: int
    digest: str
    """Hash of what the rows hold, and of which are duplicates."""
    duplicates: tuple[int, ...] = ()
    """Rows whose id an earlier row has."""
    share: float = 0.0
    """Share of the input that has been read at the end of the part, in [0, 1]."""
    file: int = 0
    """Position of the file that holds the first row."""
    file_row: int = 0
    """How many rows of this file come before the first row."""

    @property
    def file_name(self) -> str:
        """The part's file in each of the tables' folders."""
        return part_file(self.index)


def plan_parts(data: Input, *, rows_per_part: int, unique_ids: bool) -> Iterator[Part]:
    """Cut an input into parts, reading it once from the first row to the last.

    Args:
        data: What is to be scored.
        rows_per_part: Rows of every part but the last.
        unique_ids: Whether the second and later rows with the same id are rejects.

    Raises:
        InputError: If a file can't be read.
    """
    seen = SeenIds() if unique_ids else None
    stream = data.stream()
    index = first_row = num_rows = file = file_row = 0
    digest, duplicates = hashlib.blake2b(digest_size=16), []
    for raw in stream:
        if num_rows == 0:
            file, file_row = raw.file, stream.file_row - 1
        row = data.parse(raw)
        row.update(digest)
        if seen is not None and isinstance(row, Article) and not seen.add(row.doc_id):
            duplicates.append(row.row)
            digest.update(_DUPLICATE)
        num_rows += 1
        if num_rows == rows_per_part:
            found = (digest.hexdigest(), tuple(duplicates), stream.share)
            yield Part(index, first_row, num_rows, *found, file, file_row)
            index, first_row, num_rows = index + 1, first_row + num_rows, 0
            digest, duplicates = hashlib.blake2b(digest_size=16), []
    if num_rows:
        found = (digest.hexdigest(), tuple(duplicates), 1.0)
        yield Part(index, first_row, num_rows, *found, file, file_row)


class PartRows:
    """Reads the rows of parts, which should come in order: reading never starts anew then."""

    def __init__(self, data: Input) -> None:
        self._data = data
        self._stream = data.stream()

    def read(self, part: Part) -> Iterator[InputRow]:
        """The rows of a part, duplicated ids among the rejects.

        Raises:
            InputError: If a file can't be read.
            ChangedInputError: If it does not hold what the part was planned on.
        """
        if part.first_row < self._stream.row:
            self._stream = self._data.stream()
        self._stream.skip_to(part.first_row, file=part.file, file_row=part.file_row)
        duplicates = set(part.duplicates)
        digest = hashlib.blake2b(digest_size=16)
        for raw in islice(self._stream, part.num_rows):
            row = self._data.parse(raw)
            row.update(digest)
            if isinstance(row, Article) and row.row in duplicates:
                digest.update(_DUPLICATE)
                yield row.reject("duplicate", f"An earlier row has the id {row.doc_id!r} too.")
            else:
                yield row
        if digest.hexdigest() != part.digest:
            raise changed_input(part)


def changed_input(part: Part) -> ChangedInputError:
    """What to say of a part whose rows are not what they were."""
    return ChangedInputError(
        f"Rows {part.first_row:,} to {part.first_row + part.num_rows - 1:,} of the input are not "
        f"what {part.file_name} was made from. Score the changed input into a new folder; if some "
        "rows were repaired, run with --retry-rejects."
    )
