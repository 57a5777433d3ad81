"""What is to be scored → articles in a fixed order, and what can't be one, with place and reason.

An `Input` is a small description that worker processes get a copy of; each reads the rows that it
needs by itself. The order of rows never depends on who reads: files by name, rows as they stand.
"""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import pyarrow as pa

from claimclf.scoring.columns import choose_columns, guess_columns
from claimclf.scoring.files import find_files
from claimclf.scoring.formats import (
    FORMATS,
    ROWS_AT_ONCE,
    BadRow,
    BlockRows,
    Columns,
    FileRows,
    InputError,
    known_format,
    shown_names,
)
from claimclf.scoring.ids import to_id

if TYPE_CHECKING:
    from datasets import Dataset

REJECT_CODES: Final = (
    "null",
    "not_text",
    "empty",
    "encoding",
    "json",
    "csv",
    "too_large",
    "no_id",
    "bad_id",
    "duplicate",
    "error",
)
"""Why a row was not scored: `error` is a failure of ours, all others are the row's."""


@dataclass(frozen=True, slots=True)
class Article:
    """One row that can be scored."""

    row: int
    """Position in the whole input, from 0."""
    file: str
    place: int
    """Line or row of the file, from 1."""
    doc_id: str
    text: str

    def update(self, digest: hashlib.blake2b) -> None:
        """Add the content to a digest."""
        digest.update(f"{len(self.doc_id)} {len(self.text)} {self.doc_id}{self.text}".encode())

    def reject(self, code: str, reason: str) -> RejectedRow:
        """The same row as one that is not scored."""
        return RejectedRow(self.row, self.file, self.place, self.doc_id, code, reason)


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """One row that is not scored."""

    row: int
    """Position in the whole input, from 0."""
    file: str
    place: int
    """Line or row of the file, from 1."""
    doc_id: str | None
    code: str
    """One of `REJECT_CODES`."""
    reason: str
    """What was expected and what came."""

    def update(self, digest: hashlib.blake2b) -> None:
        """Add the content to a digest."""
        content = f"{self.file} {self.place} {self.doc_id} {self.code} {self.reason}"
        digest.update(content.encode("utf-8", "backslashreplace"))


InputRow: TypeAlias = Article | RejectedRow


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row, not yet parsed."""

    row: int
    file: int
    """Position of the file in the input."""
    place: int
    content: Any


_NO_ROWS: Final = FileRows(iter(()), lambda: 0.0)


class RowStream(Iterator[RawRow]):
    """All rows of an input, from the first on."""

    def __init__(self, data: Input) -> None:
        self.row = 0
        """Rows that have been read or passed over, which is the number of the next one."""
        self.file = -1
        """Position of the file that is being read; -1 before the first."""
        self.file_row = 0
        """Rows of this file that have been read or passed over."""
        self._data = data
        self._rows = _NO_ROWS
        self._bytes_before = 0
        self._num_bytes = max(1, sum(data.num_bytes))

    def __next__(self) -> RawRow:
        while True:
            try:
                place, content = next(self._rows)
                break
            except StopIteration:
                self._open(self.file + 1)
            except (OSError, pa.ArrowException) as error:
                raise unreadable(self._data.names[self.file], error) from error
        raw = RawRow(self.row, self.file, place, content)
        self.row += 1
        self.file_row += 1
        return raw

    def skip_to(self, row: int, *, file: int, file_row: int) -> None:
        """Pass over rows, without reading them as far as their format allows.

        Args:
            row: Number of the row in the input, not before the next one.
            file: Position of the file that holds it.
            file_row: How many rows of the file come before it.
        """
        if file != self.file:
            self._open(file)
        try:
            self._rows.skip(file_row - self.file_row)
        except (OSError, pa.ArrowException) as error:
            raise unreadable(self._data.names[file], error) from error
        self.row, self.file_row = row, file_row

    @property
    def share(self) -> float:
        """Share of the input's bytes that has been read, in [0, 1]."""
        size = sum(self._data.num_bytes[max(0, self.file) : self.file + 1])
        return min(1.0, (self._bytes_before + size * self._rows.progress()) / self._num_bytes)

    def _open(self, file: int) -> None:
        """Go to the first row of a file; StopIteration after the last file."""
        data = self._data
        self._bytes_before += sum(data.num_bytes[max(0, self.file) : file])
        self.file, self.file_row = min(file, len(data.names)), 0
        self._rows = _NO_ROWS
        if file >= len(data.names):
            raise StopIteration
        try:
            self._rows = data.open(file)
        except (OSError, pa.ArrowException) as error:
            raise unreadable(data.names[file], error) from error


@dataclass(frozen=True, slots=True)
class Input:
    """Files, or a dataset, with their columns; picklable."""

    names: tuple[str, ...]
    """Each file's name below the common folder, in order."""
    num_bytes: tuple[int, ...]
    columns: Columns
    max_characters: int
    """Longer texts are rejected."""
    paths: tuple[Path, ...] = ()
    """The files; none for a dataset."""
    dataset: Dataset | None = None

    @property
    def sizes(self) -> tuple[int, ...]:
        """Sizes that tell of a changed input: bytes of each file, rows of a dataset."""
        return self.num_bytes if self.dataset is None else (len(self.dataset),)

    def stream(self) -> RowStream:
        """All rows from the first on, not yet parsed."""
        return RowStream(self)

    def open(self, index: int) -> FileRows:
        """Rows of one file."""
        if self.dataset is not None:
            return _dataset_rows(self.dataset, self.columns)
        path = self.paths[index]
        return FORMATS[known_format(path)].rows(path, self.columns)

    def parse(self, raw: RawRow) -> InputRow:
        """What a row holds: an article, or why it is none."""
        name = self.names[raw.file]
        doc_id: str | None = None
        try:
            if self.dataset is not None:
                text, key = raw.content
            else:
                form = FORMATS[known_format(self.paths[raw.file])]
                text, key = form.parse(raw.content, self.columns)
            doc_id = self._id(raw, key)
            return Article(raw.row, name, raw.place, doc_id, self._text(text))
        except BadRow as error:
            return RejectedRow(raw.row, name, raw.place, doc_id, error.code, str(error))
        except OSError as error:  # a text file is opened only now
            raise unreadable(name, error) from error

    def _id(self, raw: RawRow, key: Any) -> str:
        if self.columns.id is None:
            name = self.names[raw.file]
            is_text = bool(self.paths) and known_format(self.paths[raw.file]) == "txt"
            return name if is_text else f"{name}:{raw.place}"
        if key is None or key in ("", b"") or key != key:  # NaN
            raise BadRow("no_id", f"The id in {self.columns.id!r} is empty.")
        try:
            doc_id = to_id(key)
        except ValueError as error:
            raise BadRow("bad_id", str(error)) from error
        return _check_encoding(doc_id, "id")

    def _text(self, text: Any) -> str:
        if text is None:
            raise BadRow("null", "The text is null.")
        if isinstance(text, bytes):
            try:
                text = text.decode()
            except UnicodeDecodeError as error:
                reason = f"Not UTF-8: {error.reason} at byte {error.start}."
                raise BadRow("encoding", reason) from error
        if not isinstance(text, str):
            raise BadRow("not_text", f"The text must be a string, got {type(text).__name__}.")
        if len(text) > self.max_characters:
            raise BadRow(
                "too_large",
                f"The text has {len(text):,} characters, more than {self.max_characters:,}. "
                "Split it, or raise --max-characters and run with --retry-rejects.",
            )
        if not text or text.isspace():
            raise BadRow("empty", "The text is empty.")
        return _check_encoding(text, "text")


def unreadable(name: str, error: Exception) -> InputError:
    """What to say of a file that can't be read to its end."""
    return InputError(
        f"{name} can't be read: {error}. What is finished stays. If the disk was only away for a "
        "moment, run the same command again; if the file is broken, repair it or take it away, and "
        "run again with --retry-rejects."
    )


def _check_encoding(text: str, what: str) -> str:
    """The text, which must be encodable as UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        bad = text[error.start]
        # CSV is decoded with surrogateescape: U+DC80 to U+DCFF stand for single bytes.
        if "\udc80" <= bad <= "\udcff":
            reason = f"The {what} is not UTF-8: byte 0x{ord(bad) - 0xDC00:02x}."
        else:
            reason = f"The {what} holds half a character (U+{ord(bad):04X}) at {error.start}."
        raise BadRow("encoding", reason) from error
    return text


def open_input(
    data: str | Path | Sequence[str | Path] | Dataset,
    *,
    text_column: str | None = None,
    id_column: str | None = None,
    max_characters: int = 1_000_000,
    output: Path | None = None,
) -> Input:
    """Find the files of an input and the columns in them.

    Args:
        data: A file, a folder, a glob, several of these, or a `datasets.Dataset`. Of a folder, all
            files of one known format are read, but not hidden ones, those whose names begin with
            `_`, and what scoring wrote; a folder that `Dataset.save_to_disk` wrote is read as the
            dataset.
        text_column: Column with the texts; guessed by its name where None.
        id_column: Column with the ids, which must differ; guessed where None, and where nothing can
            be guessed, file and place are the id.
        max_characters: Longer texts are rejected.
        output: Folder that is passed over wherever a folder or glob has it.

    Raises:
        InputError: If there is nothing to read, or a column is missing; the message lists what is
            there.
    """
    if not isinstance(data, str | Path | list | tuple):
        return _dataset_input(data, "dataset", text_column, id_column, max_characters)
    given = [data] if isinstance(data, str | Path) else list(data)
    if not given:
        raise InputError("Expected a file, folder or glob, got an empty list.")
    if "" in given:
        raise InputError("Expected a file, folder or glob, got ''. This folder is '.'.")
    saved = ("state.json", "dataset_dict.json")
    if len(given) == 1 and any((Path(given[0]) / name).is_file() for name in saved):
        from datasets import load_from_disk

        dataset = load_from_disk(str(given[0]))
        return _dataset_input(dataset, Path(given[0]).name, text_column, id_column, max_characters)
    # A link is read under its own name, whatever the file is called that it points at.
    paths = (path for item in given for path in find_files(item, output))
    places = {path.parent.resolve() / path.name: path for path in paths}
    formats = Counter(known_format(path) for path in places.values())
    if len(formats) > 1:
        found = ", ".join(f"{count} {name}" for name, count in sorted(formats.items()))
        raise InputError(
            f"{_shown(given)} holds files of several formats ({found}), of which some may be no "
            "articles. Choose one with a glob, such as 'folder/*.jsonl'."
        )
    root = os.path.commonpath([place.parent for place in places])
    named = sorted(
        (_encodable(place.relative_to(root).as_posix()), path) for place, path in places.items()
    )
    try:
        columns = choose_columns([path for _, path in named], text_column, id_column)
        sizes = tuple(path.stat().st_size for _, path in named)
    except (OSError, pa.ArrowException) as error:
        raise InputError(f"{_shown(given)} can't be read: {error}.") from error
    return Input(
        names=tuple(name for name, _ in named),
        num_bytes=sizes,
        columns=columns,
        max_characters=max_characters,
        paths=tuple(path for _, path in named),
    )


def _dataset_input(
    dataset: Any, name: str, text_column: str | None, id_column: str | None, max_characters: int
) -> Input:
    names = getattr(dataset, "column_names", None)
    if isinstance(names, dict):
        raise InputError(
            f"{name} holds several splits: {shown_names(names)}. Choose one: dataset['train'], or "
            "the folder's subfolder."
        )
    if not isinstance(names, list) or not hasattr(dataset, "__len__"):
        raise TypeError(
            "Expected a file, folder, glob or datasets.Dataset with a length, got "
            f"{type(dataset).__name__}."
        )
    columns = guess_columns(name, names, text_column, id_column)
    kept = [columns.text] if columns.id is None else [columns.text, columns.id]
    return Input(
        names=(name,),
        num_bytes=(int(dataset.data.nbytes),),
        columns=columns,
        max_characters=max_characters,
        dataset=dataset.select_columns(list(dict.fromkeys(kept))).with_format(None),
    )


def _dataset_rows(dataset: Dataset, columns: Columns) -> FileRows:
    """Rows of a dataset."""

    def read(first: int) -> Iterator[tuple[int, Any]]:
        for start in range(first, len(dataset), ROWS_AT_ONCE):
            batch = dataset[start : start + ROWS_AT_ONCE]
            texts = batch[columns.text]
            keys = [None] * len(texts) if columns.id is None else batch[columns.id]
            yield from enumerate(zip(texts, keys, strict=True), start=start + 1)

    return BlockRows(read, [*range(0, len(dataset), ROWS_AT_ONCE), len(dataset)])


def _encodable(name: str) -> str:
    """A file name in which bytes that are not UTF-8 are escapes, so that it can be written."""
    return name.encode("utf-8", "backslashreplace").decode()


def _shown(given: Sequence[str | Path]) -> str:
    return ", ".join(map(str, given[:3])) + (" …" if len(given) > 3 else "")
