"""One input file → its rows, not yet parsed, so that passing over rows costs next to nothing.

Every format gives `(place, content)` pairs in the order of the file; `place` is what a person would
look for: a line of JSON Lines or CSV, a row of Parquet, counted from 1.
"""

from __future__ import annotations

import io
import json
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, islice
from pathlib import Path
from typing import Any, BinaryIO, Final, TextIO, TypeAlias, cast

import pyarrow as pa
import pyarrow.parquet as pq

from claimclf.corpora.csv_records import CsvRecord, csv_records

COMPRESSIONS: Final = {".gz": "gzip", ".zst": "zstd"}
"""Compression by the last suffix of a file name."""

MAX_RECORD_BYTES: Final = 64 * 2**20
"""Longest line or CSV field that is held in memory; a longer one is rejected as too large."""

KNOWN_FORMATS: Final = "Parquet, or JSON Lines, CSV, TSV or .txt, also as .gz or .zst"
"""What an error says is expected."""

SAMPLED_RECORDS: Final = 1000
"""Records of a JSON Lines file that are looked at to choose the columns."""

ROWS_AT_ONCE: Final = 256
"""Rows of Parquet or of a dataset that are in memory at the same time."""


class InputError(ValueError):
    """The input as a whole can't be read; the message says where and what to do."""


class BadRow(ValueError):
    """One row can't be scored."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        """One of `claimclf.scoring.inputs.REJECT_CODES`."""


PlacedRow: TypeAlias = tuple[int, Any]
"""Place in the file, and whatever the format's parser needs."""

Progress: TypeAlias = Callable[[], float]
"""Share of the file that has been read, in [0, 1]."""


class FileRows(Iterator[PlacedRow]):
    """Rows of one file, not yet parsed, in order.

    Args:
        rows: The rows.
        progress: How much of the file has been read.
    """

    def __init__(self, rows: Iterator[PlacedRow], progress: Progress) -> None:
        self._rows = rows
        self._progress = progress

    def __next__(self) -> PlacedRow:
        return next(self._rows)

    def progress(self) -> float:
        """Share of the file that has been read, in [0, 1]."""
        return self._progress()

    def skip(self, count: int) -> None:
        """Pass over rows, as many as there are at most."""
        for _ in islice(self, count):
            pass


class BlockRows(FileRows):
    """Rows in blocks, such as Parquet's row groups, that can be passed over unread.

    Args:
        read: Gives the rows from one of them on, counted from 0; their places count from 1.
        starts: First row of each block, and at the end the number of rows.
    """

    def __init__(self, read: Callable[[int], Iterator[PlacedRow]], starts: Sequence[int]) -> None:
        super().__init__(read(0), lambda: 0.0)
        self._read = read
        self._starts = starts
        self._num_read = 0

    def __next__(self) -> PlacedRow:
        row = super().__next__()
        self._num_read = row[0]
        return row

    def progress(self) -> float:
        """Share of the rows that have been read or passed over, in [0, 1]."""
        return self._num_read / max(1, self._starts[-1])

    def skip(self, count: int) -> None:
        """Pass over rows; those in blocks that end before the next wanted row are not read."""
        wanted = self._num_read + count
        if self._starts[bisect_right(self._starts, wanted) - 1] > self._num_read:
            self._rows, self._num_read = self._read(wanted), wanted
        else:
            super().skip(count)


@dataclass(frozen=True, slots=True)
class Columns:
    """Where a row's text and id are.

    A file of plain text has neither.
    """

    text: str
    id: str | None
    """None gives every row its file and place as id."""


def format_of(path: Path) -> str | None:
    """Format by the suffix of a file name, compressed or not: parquet, jsonl, csv, tsv, txt."""
    name = path.with_suffix("") if path.suffix.lower() in COMPRESSIONS else path
    known = {".ndjson": "jsonl", ".text": "txt", ".pq": "parquet"}
    suffix = name.suffix.lower()
    found = known.get(suffix, suffix.removeprefix("."))
    return found if found in FORMATS else None


def known_format(path: Path) -> str:
    """Format of a file whose format is known to be one."""
    found = format_of(path)
    if found is None:
        raise InputError(f"{path}: expected {KNOWN_FORMATS}.")
    return found


def shown_names(names: Any) -> str:
    """The first names of many."""
    names = list(names)
    more = f" and {len(names) - 12} more" if len(names) > 12 else ""
    return (", ".join(map(repr, names[:12])) or "nothing") + more


def open_binary(path: Path) -> tuple[BinaryIO, Progress]:
    """Open a file for reading, decompressed; with it, how much of it has been read."""
    raw = path.open("rb")
    num_bytes = max(1, path.stat().st_size)
    compression = COMPRESSIONS.get(path.suffix.lower())

    def progress() -> float:
        return min(1.0, raw.tell() / num_bytes)

    if compression is None:
        return raw, progress
    if not path.stat().st_size:  # the decompressor would take it for one without content
        raise OSError(f"{path.name} is empty, which no {compression} file is")
    stream = pa.CompressedInputStream(pa.PythonFile(raw, "r"), compression)
    return cast("BinaryIO", io.BufferedReader(stream, 2**16)), progress


# JSON Lines


def sample_fields(path: Path) -> Iterator[list[str]]:
    """Fields of each of the first `SAMPLED_RECORDS` records of a JSON Lines file."""
    return islice(_fields(path), SAMPLED_RECORDS)


def _fields(path: Path) -> Iterator[list[str]]:
    """Fields of every record; lines that are none are left out."""
    for _, line in _jsonl_rows(path, Columns("", None)):
        try:
            record = json.loads(line)
        except (ValueError, TypeError, RecursionError):
            continue
        if isinstance(record, dict):
            yield list(record)


def _jsonl_rows(path: Path, columns: Columns) -> FileRows:
    file, progress = open_binary(path)
    return FileRows(_lines(file), progress)


def _lines(file: BinaryIO) -> Iterator[PlacedRow]:
    """Lines that are not blank; None for one that is too long to hold."""
    number = 0
    with file:
        while line := file.readline(MAX_RECORD_BYTES):
            number += 1
            if len(line) == MAX_RECORD_BYTES and not line.endswith(b"\n"):
                while (more := file.readline(2**20)) and not more.endswith(b"\n"):
                    pass
                yield number, None
            elif line.strip():
                yield number, line


def _parse_jsonl(content: Any, columns: Columns) -> tuple[Any, Any]:
    if content is None:
        raise BadRow("too_large", f"The line is longer than {MAX_RECORD_BYTES:,} bytes.")
    try:
        record = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise BadRow("encoding", f"Not UTF-8: {error.reason} at byte {error.start}.") from error
    except (ValueError, RecursionError) as error:
        raise BadRow("json", f"Not JSON: {error}.") from error
    if not isinstance(record, dict):
        raise BadRow("json", f"Expected a JSON object, got {type(record).__name__}.")
    if columns.text not in record:
        raise BadRow("not_text", f"No field {columns.text!r}; it has {sorted(record)!s:.200}.")
    if columns.id is not None and columns.id not in record:
        raise BadRow("no_id", f"No field {columns.id!r}; it has {sorted(record)!s:.200}.")
    return record[columns.text], None if columns.id is None else record[columns.id]


# CSV


def _lines_of(record: CsvRecord) -> str:
    """How a message names the lines of a record, if they are several: a quote may be amiss."""
    if not record.is_joined:
        return ""
    return f" in lines {record.first_line} to {record.last_line}, none of which is scored"


def _open_csv(path: Path) -> tuple[TextIO, Progress]:
    """A CSV file, decompressed, and how far it has been read."""
    file, progress = open_binary(path)
    # Bytes that are not UTF-8 come through as lone surrogates and spoil only their own record.
    return io.TextIOWrapper(file, "utf-8-sig", errors="surrogateescape", newline=""), progress


def _read_header(path: Path, text: TextIO) -> tuple[list[str], Iterator[CsvRecord]]:
    """Header of a CSV file, and the records that follow it."""
    delimiter = "\t" if ".tsv" in (suffix.lower() for suffix in path.suffixes) else ","
    records = csv_records(text, delimiter, max_field=MAX_RECORD_BYTES)
    header = next((record for record in records if record.fields), CsvRecord(1, 1, []))
    if isinstance(header.fields, str):
        raise InputError(f"{path.name}: the header is no CSV: {header.fields}{_lines_of(header)}.")
    names = "".join(header.fields)
    bad = (f"byte 0x{ord(char) - 0xDC00:02x}" for char in names if "\udc80" <= char <= "\udcff")
    if found := "UTF-16" if "\0" in names else next(bad, ""):
        raise InputError(
            f"{path.name}: expected UTF-8, got {found} in the header. Save the file as UTF-8."
        )
    return header.fields, records


def _csv_columns(path: Path) -> list[str]:
    text, _ = _open_csv(path)
    with text:
        return _read_header(path, text)[0]


def _csv_rows(path: Path, columns: Columns) -> FileRows:
    text, progress = _open_csv(path)
    return FileRows(_csv_records(path, text), progress)


def _csv_records(path: Path, text: TextIO) -> Iterator[PlacedRow]:
    """Records that are not blank, each with the header."""
    with text:
        header, records = _read_header(path, text)
        for record in records:
            if record.fields:
                yield record.first_line, (header, record)


def _parse_csv(content: Any, columns: Columns) -> tuple[Any, Any]:
    header, record = content
    fields = record.fields
    if isinstance(fields, str):
        raise BadRow("csv", f"Not CSV: {fields}{_lines_of(record)}.")
    if len(fields) != len(header):
        raise BadRow(
            "csv",
            f"Expected {len(header)} fields as in the header, got {len(fields)}"
            f"{_lines_of(record)}.",
        )
    text = fields[header.index(columns.text)]
    return text, None if columns.id is None else fields[header.index(columns.id)]


# Parquet


def _parquet_columns(path: Path) -> list[str]:
    if path.suffix.lower() in COMPRESSIONS:
        raise InputError(f"{path.name}: Parquet is compressed inside. Decompress it first.")
    return list(pq.read_schema(path).names)


def _parquet_rows(path: Path, columns: Columns) -> FileRows:
    names = [columns.text] if columns.id is None else [columns.text, columns.id]
    metadata = pq.read_metadata(path)
    groups = range(metadata.num_row_groups)
    starts = [0, *accumulate(metadata.row_group(group).num_rows for group in groups)]

    def read(first: int) -> Iterator[PlacedRow]:
        group = bisect_right(starts, first) - 1
        row = starts[group]
        with pq.ParquetFile(path, metadata=metadata) as file:
            for batch in file.iter_batches(ROWS_AT_ONCE, groups[group:], names):
                cells = [batch.column(name) for name in names]
                for index in range(max(0, first - row), batch.num_rows):
                    yield row + index + 1, [column[index] for column in cells]
                row += batch.num_rows

    return BlockRows(read, starts)


def _parse_parquet(content: Any, columns: Columns) -> tuple[Any, Any]:
    try:
        values = [cell.as_py() for cell in content]
    except UnicodeDecodeError as error:
        raise BadRow("encoding", f"Not UTF-8: {error.reason} at byte {error.start}.") from error
    return values[0], None if columns.id is None else values[1]


# Plain text


def _text_rows(path: Path, columns: Columns) -> FileRows:
    return FileRows(iter([(1, path)]), lambda: 0.0)


def _parse_text(content: Path, columns: Columns) -> tuple[Any, Any]:
    file, _ = open_binary(content)
    with file:
        data = file.read(MAX_RECORD_BYTES + 1)
    if len(data) > MAX_RECORD_BYTES:
        raise BadRow("too_large", f"The file is larger than {MAX_RECORD_BYTES:,} bytes.")
    try:
        return data.decode("utf-8-sig"), None
    except UnicodeDecodeError as error:
        raise BadRow("encoding", f"Not UTF-8: {error.reason} at byte {error.start}.") from error


@dataclass(frozen=True, slots=True)
class Format:
    """How a format is read."""

    columns: Callable[[Path], list[str]]
    """Names of a file's columns; none for plain text, nor for JSON Lines, whose records differ."""
    rows: Callable[[Path, Columns], FileRows]
    """Rows, not yet parsed."""
    parse: Callable[[Any, Columns], tuple[Any, Any]]
    """Text and id of a row, of whatever type they are; raises `BadRow`."""


_CSV: Final = Format(_csv_columns, _csv_rows, _parse_csv)

FORMATS: Final = {
    "parquet": Format(_parquet_columns, _parquet_rows, _parse_parquet),
    "jsonl": Format(lambda path: [], _jsonl_rows, _parse_jsonl),
    "csv": _CSV,
    "tsv": _CSV,
    "txt": Format(lambda path: [], _text_rows, _parse_text),
}
"""Every format that can be scored."""
