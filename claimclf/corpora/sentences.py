"""A user's own labelled sentences (CSV, TSV or JSON Lines) → documents with any type names.

No spans, no sources, no articles needed: a row is a sentence with its labels. Sentences that name
the same `document` are put together, so that each is read in the context of the others.
"""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from claimclf.corpora.csv_records import csv_records
from claimclf.documents import Document, Sentence, half_character

TEXT_COLUMNS = ("text", "sentence")
LABEL_COLUMNS = ("labels", "label", "types", "type")
DOCUMENT_COLUMN = "document"

RESERVED = frozenset({"macro", "exact_set", "perspective"})
"""Names that reports use for figures over all types, and tables for the score of a perspective."""

MAX_CELL_CHARACTERS = 131_072
"""Longest cell of a table; a longer one is no sentence."""

MAX_SHOWN = 5
"""Most problems that an error lists."""

LabelledRow = tuple[str, Sequence[str], str | None]
"""Text, labels, and document where one is named."""


@dataclass(frozen=True, slots=True)
class LabelledSentences:
    """Documents of a user's own sentences, and what their labels are."""

    documents: tuple[Document, ...]
    types: tuple[str, ...]
    """Every label name, sorted."""
    is_exclusive: bool
    """Whether every sentence has exactly one label."""

    def counts(self) -> dict[str, int]:
        """Number of sentences of each type."""
        found = Counter(name for sentence in self.sentences() for name in sentence.types)
        return {name: found[name] for name in self.types}

    def sentences(self) -> Iterator[Sentence]:
        """Every sentence of every document."""
        return (sentence for document in self.documents for sentence in document.sentences)


def read_sentences(
    path: str | Path,
    *,
    text_column: str | None = None,
    label_column: str | None = None,
    separator: str = "|",
    types: Sequence[str] | None = None,
) -> LabelledSentences:
    """Read labelled sentences.

    Args:
        path: A `.csv`, `.tsv` or `.jsonl` file with one sentence per row, UTF-8.
        text_column: Its text; None takes `text` or `sentence`.
        label_column: Its label or labels; None takes `label`, `labels`, `type` or `types`. In JSON
            a string or a list of strings; in a table several are parted by `separator`. Empty
            means that the sentence has none.
        separator: Parts the labels of one table cell.
        types: The labels that there may be; None takes those that occur.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If a column is missing or rows are bad; lists the first of them with lines.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(
            f"There is no file {path}. Expected a .csv, .tsv or .jsonl file, a sentence per row."
        )
    rows = list(_rows(path))
    if not rows:
        raise ValueError(f"{path} holds no sentences.")
    keys = dict.fromkeys(key for _, row in rows for key in row)
    text_column = _column(path, keys, text_column, TEXT_COLUMNS, "text_column")
    label_column = _column(path, keys, label_column, LABEL_COLUMNS, "label_column")

    document_column = next(
        (key for key in keys if key.strip().casefold() == DOCUMENT_COLUMN), DOCUMENT_COLUMN
    )
    problems: list[str] = []
    labelled: list[LabelledRow] = []
    for line, row in rows:
        try:
            text = _text(row.get(text_column))
            labels = _labels(row.get(label_column), separator, types)
        except ValueError as error:
            problems.append(f"line {line}: {error}")
            continue
        document = row.get(document_column)
        labelled.append((text, labels, None if document in (None, "") else str(document)))
    if problems:
        more = f"; and {len(problems) - MAX_SHOWN} more" if len(problems) > MAX_SHOWN else ""
        raise ValueError(f"{path}: {'; '.join(problems[:MAX_SHOWN])}{more}.")
    names = tuple(types or sorted({name for _, labels, _ in labelled for name in labels}))
    if not names:
        raise ValueError(
            f"{path}: no row has a label in the column {label_column!r}. Expected label names."
        )
    return LabelledSentences(
        documents=tuple(sentence_documents(labelled, names)),
        types=names,
        is_exclusive=len(names) > 1 and all(len(labels) == 1 for _, labels, _ in labelled),
    )


def _rows(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """Rows with the number of their line."""
    suffix = path.suffix.lower()
    try:
        content = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{path}: expected UTF-8 text, got byte 0x{error.object[error.start]:02x} at position "
            f"{error.start}. Save it as UTF-8."
        ) from error
    if suffix in (".jsonl", ".ndjson"):
        yield from _json_rows(path, content)
    elif suffix in (".csv", ".tsv"):
        yield from _table_rows(path, content)
    else:
        raise ValueError(f"{path}: expected a .csv, .tsv or .jsonl file, got {suffix!r}.")


def _table_rows(path: Path, content: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    delimiter = max("\t;,", key=content.partition("\n")[0].count)
    # Not by splitlines: a text may hold other separators that Unicode knows.
    lines = io.StringIO(content, newline="")
    header: list[str] = []
    for record in csv_records(lines, delimiter, max_field=MAX_CELL_CHARACTERS):
        line, cells = record.first_line, record.fields
        place = f"lines {line} to {record.last_line}" if record.is_joined else f"line {line}"
        if isinstance(cells, str):
            raise ValueError(
                f"{path}: {place}: not CSV: {cells}. Write quotes inside a cell twice."
            )
        if header and cells and len(cells) != len(header):
            raise ValueError(
                f"{path}: {place}: {len(cells)} cells for {len(header)} columns. "
                f"Put texts that hold {delimiter!r} in double quotes."
            )
        if header and cells:
            yield line, dict(zip(header, cells, strict=True))
        header = header or cells


def _json_rows(path: Path, content: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for line, text in enumerate(content.split("\n"), start=1):
        if not text.strip():
            continue
        try:
            row = json.loads(text)
        except json.JSONDecodeError as error:
            raise ValueError(f"{path}: line {line} is not JSON: {error}.") from error
        if not isinstance(row, dict):
            raise ValueError(
                f"{path}: line {line}: expected an object such as "
                f'{{"text": "…", "label": "…"}}, got {type(row).__name__}.'
            )
        yield line, row


def _column(
    path: Path,
    keys: Mapping[str, None],
    wanted: str | None,
    candidates: Sequence[str],
    option: str,
) -> str:
    """The column that holds something."""
    found = [
        name
        for name in keys
        if name == wanted or (wanted is None and name.strip().casefold() in candidates)
    ]
    if len(found) > 1:
        raise ValueError(f"{path}: the columns {found} may all be meant. Name one with {option}.")
    if not found:
        expected = repr(wanted) if wanted else " or ".join(map(repr, candidates))
        raise ValueError(
            f"{path}: expected a column {expected}, got the columns {list(keys)}. "
            f"Name it with {option}."
        )
    return found[0]


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"expected a sentence, got {value!r}")
    if problem := half_character(value):
        raise ValueError(problem)
    return " ".join(value.split())


def _labels(value: Any, separator: str, types: Sequence[str] | None) -> tuple[str, ...]:
    """The labels of one row, each once."""
    if value is None:
        parts: list[Any] = []
    elif isinstance(value, str):
        parts = value.split(separator)
    else:
        parts = value if isinstance(value, list) else [value]
    labels = []
    for part in parts:
        if isinstance(part, bool) or not isinstance(part, str | int):
            raise ValueError(f"expected label names, got {part!r}")
        name = str(part).strip()
        if name in RESERVED:
            raise ValueError(f"the label {name!r} has a meaning of its own in reports; rename it")
        if name and types is not None and name not in types:
            raise ValueError(f"unknown label {name!r}, expected one of {list(types)}")
        if name:
            labels.append(name)
    return tuple(dict.fromkeys(labels))


def sentence_documents(rows: Iterable[LabelledRow], types: Sequence[str]) -> Iterator[Document]:
    """One document per document that rows name, or per row without one, in order of appearance.

    Args:
        rows: Text, labels and, where there is one, document of each sentence.
        types: Every label that was decided.
    """
    groups: dict[str, list[tuple[str, Sequence[str]]]] = {}
    for number, (text, labels, document) in enumerate(rows, start=1):
        key = f"sentence {number}" if document is None else document
        groups.setdefault(key, []).append((text, labels))
    for key, members in groups.items():
        start, sentences = 0, []
        for text, labels in members:
            ordered = tuple(name for name in types if name in labels)
            end = start + len(text)
            sentences.append(Sentence(start, end, text, types=ordered, known_types=tuple(types)))
            start = end + 1
        yield Document(" ".join(text for text, _ in members), tuple(sentences), id=key)
