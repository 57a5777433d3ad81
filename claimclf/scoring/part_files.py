"""The files of a part, written as a whole or not at all, and what they say of it.

A part is finished exactly when its file of sentences is there: that one is put in place last. What
a part was scored from stands in the file's own metadata.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from claimclf.scoring.durable import sync_and_close, sync_folder
from claimclf.scoring.inputs import Article, RejectedRow
from claimclf.scoring.parts import Part, changed_input, part_file
from claimclf.scoring.schemas import REJECT_SCHEMA, SOURCE_SCHEMA, TABLES

_METADATA: Final = b"claimclf"
"""Key of a part's report in the metadata of its file of sentences."""


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

    def reject(self, rejects: Sequence[RejectedRow]) -> None:
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


def _readable(row: dict[str, Any]) -> dict[str, Any]:
    """Strings that UTF-8 can hold: halves of characters are written as escapes."""
    return {
        name: value.encode("utf-8", "backslashreplace").decode()
        if isinstance(value, str)
        else value
        for name, value in row.items()
    }
