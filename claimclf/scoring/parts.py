"""Parts: fixed ranges of rows, each scored by itself and written as a whole or not at all.

A part is finished exactly when its file of sentences is there: that one is put in place last. What
a part was scored from stands in the file's own metadata, so that a later run can tell whether the
input is still the same.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from claimclf.scoring.ids import SeenIds
from claimclf.scoring.inputs import Article, Input, Reject, Row
from claimclf.tables import sentence_columns

TABLES: Final = ("rejects", "sources", "sentences")
"""Folders of the output, in the order in which a part's files are put in place."""

_METADATA: Final = b"claimclf"
"""Key of a part's report in the metadata of its file of sentences."""

_DUPLICATE: Final = b"duplicate"
"""What a row adds to its part's digest if an earlier one has its id."""


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


@dataclass(frozen=True, slots=True)
class PartReport:
    """What came of a part."""

    index: int
    first_row: int
    num_rows: int
    digest: str
    num_documents: int
    """Documents that were scored; the other rows are rejects."""
    num_sentences: int
    num_characters: int
    """Characters of the scored documents."""

    @property
    def num_rejects(self) -> int:
        """Rows that were not scored."""
        return self.num_rows - self.num_documents


def sentence_schema(types: Sequence[str], *, with_text: bool) -> pa.Schema:
    """Columns of the table of sentences: those of a frame of them, in Arrow's types."""
    return pa.schema(
        [
            pa.field("doc_id", pa.string(), nullable=False),
            pa.field("sentence_id", pa.int32(), nullable=False),
            *(
                pa.field(column.name, pa.type_for_alias(column.arrow), nullable=column.is_nullable)
                for column in sentence_columns(types, with_text=with_text)
            ),
        ]
    )


SOURCE_SCHEMA: Final = pa.schema(
    [
        pa.field("doc_id", pa.string(), nullable=False),
        pa.field("source_id", pa.string(), nullable=False),
        pa.field("source_name", pa.string(), nullable=False),
        pa.field("source_kind", pa.string()),
        pa.field("source_party", pa.string()),
        pa.field("num_sentences", pa.int32(), nullable=False),
        pa.field("mention_starts", pa.list_(pa.int32()), nullable=False),
        pa.field("mention_ends", pa.list_(pa.int32()), nullable=False),
    ]
)
"""Columns of the table of sources: one row per source and document."""

REJECT_SCHEMA: Final = pa.schema(
    [
        pa.field("row", pa.int64(), nullable=False),
        pa.field("file", pa.string(), nullable=False),
        pa.field("place", pa.int64(), nullable=False),
        pa.field("doc_id", pa.string()),
        pa.field("code", pa.string(), nullable=False),
        pa.field("reason", pa.string(), nullable=False),
    ]
)
"""Columns of the table of rejects: one row per row of the input that was not scored."""


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

    def read(self, part: Part) -> Iterator[Row]:
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


class ChangedInputError(ValueError):
    """The input is not what it was when scoring began."""


class PartWriter:
    """Writes the three files of one part; nothing is seen of them before `finish`.

    Args:
        folder: The output folder.
        part: The part.
        schema: Columns of the table of sentences.
    """

    def __init__(self, folder: Path, part: Part, schema: pa.Schema) -> None:
        self._folder = folder
        self._part = part
        # Process ids are not enough: machines and containers that share the folder have the same.
        self._token = secrets.token_hex(8)
        schemas = {"rejects": REJECT_SCHEMA, "sources": SOURCE_SCHEMA, "sentences": schema}
        self._files = {table: self._temporary(table).open("wb") for table in TABLES}
        self._writers = {
            table: pq.ParquetWriter(self._files[table], schemas[table], compression="zstd")
            for table in TABLES
        }
        self._num_rejects = self._num_sentences = self._num_documents = self._num_characters = 0

    def add(self, articles: Sequence[Article], sentences: pa.Table, sources: pa.Table) -> None:
        """Append scored articles."""
        self._num_documents += len(articles)
        self._num_characters += sum(len(article.text) for article in articles)
        self._num_sentences += sentences.num_rows
        self._writers["sentences"].write_table(sentences)
        self._writers["sources"].write_table(sources)

    def reject(self, rejects: Sequence[Reject]) -> None:
        """Append rows that are not scored."""
        if rejects:
            rows = [_readable(asdict(reject)) for reject in rejects]
            self._num_rejects += len(rows)
            self._writers["rejects"].write_table(pa.Table.from_pylist(rows, REJECT_SCHEMA))

    def finish(self) -> PartReport:
        """Put the files in place, each whole and on the disk, that of the sentences last."""
        part = self._part
        report = PartReport(
            index=part.index,
            first_row=part.first_row,
            num_rows=part.num_rows,
            digest=part.digest,
            num_documents=self._num_documents,
            num_sentences=self._num_sentences,
            num_characters=self._num_characters,
        )
        self._writers["sentences"].add_key_value_metadata({_METADATA: json.dumps(asdict(report))})
        for table in TABLES:
            self._writers[table].close()
            sync_and_close(self._files[table])
        # A part that is scored again is unfinished until all of its new files are there.
        (self._folder / "sentences" / part.file_name).unlink(missing_ok=True)
        sync_folder(self._folder / "sentences")
        for table in TABLES:
            target = self._folder / table / part.file_name
            if table == "rejects" and not self._num_rejects:
                self._temporary(table).unlink()
                target.unlink(missing_ok=True)
            else:
                self._temporary(table).replace(target)
            sync_folder(target.parent)
        return report

    def discard(self) -> None:
        """Remove what was written, where `finish` has not put it in place."""
        for table in TABLES:
            # Left to itself, a writer would complain when it is collected.
            with suppress(OSError, ValueError, pa.ArrowException):
                self._writers[table].close()
            self._files[table].close()
            self._temporary(table).unlink(missing_ok=True)

    def _temporary(self, table: str) -> Path:
        # A leading dot hides it from Spark, DuckDB's globs and pyarrow's datasets.
        return self._folder / table / f".{self._part.file_name}.{self._token}.tmp"


@contextmanager
def part_writer(folder: Path, part: Part, schema: pa.Schema) -> Iterator[PartWriter]:
    """A writer whose files are removed if anything goes wrong before they are in place."""
    writer = PartWriter(folder, part, schema)
    try:
        yield writer
    finally:
        writer.discard()


def read_report(folder: Path, index: int) -> PartReport | None:
    """What came of a part earlier; None if it is not finished."""
    path = folder / "sentences" / part_file(index)
    try:
        metadata = pq.read_metadata(path).metadata or {}
        return PartReport(**json.loads(metadata[_METADATA]))
    except (FileNotFoundError, KeyError, ValueError, TypeError, pa.ArrowException):
        return None


def is_finished(folder: Path, part: Part, *, retry_rejects: bool) -> PartReport | None:
    """The report of a part that need not be scored again; None if it has to be.

    Args:
        folder: The output folder.
        part: The part as it is planned now.
        retry_rejects: Whether to score parts again whose rows were repaired or caused an error.

    Raises:
        ChangedInputError: If it was made from other rows, unless `retry_rejects`.
    """
    report = read_report(folder, part.index)
    if report is None:
        return None
    planned = (part.first_row, part.num_rows, part.digest)
    is_same = (report.first_row, report.num_rows, report.digest) == planned
    if retry_rejects:
        return report if is_same and not _has_errors(folder, report) else None
    if not is_same:
        raise changed_input(part)
    return report


def _has_errors(folder: Path, report: PartReport) -> bool:
    """Whether rows of a part were rejected for no reason of their own, or nobody knows why."""
    if not report.num_rejects:
        return False
    path = folder / "rejects" / part_file(report.index)
    try:
        return "error" in pq.read_table(path, columns=["code"]).column("code").to_pylist()
    except (OSError, pa.ArrowException):
        return True


def remove_unfinished(folder: Path, belongs: Callable[[int], bool] = lambda index: True) -> None:
    """Remove what processes left behind that were killed in the middle of a part.

    Args:
        folder: The output folder.
        belongs: Which parts' files are nobody else's.
    """
    for table in TABLES:
        for path in (folder / table).glob(".part-*.tmp"):
            if belongs(int(path.name.removeprefix(".part-").partition(".")[0])):
                path.unlink(missing_ok=True)


def sync_and_close(file: Any) -> None:
    """Close a file once its content is on the disk."""
    with file:
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Bring renamed files' names to the disk; does nothing where folders can't be opened."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _readable(row: dict[str, Any]) -> dict[str, Any]:
    """Strings that UTF-8 can hold: halves of characters are written as escapes."""
    return {
        name: value.encode("utf-8", "backslashreplace").decode()
        if isinstance(value, str)
        else value
        for name, value in row.items()
    }
