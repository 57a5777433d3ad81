"""Corpora as JSON Lines: one JSON object per line and document, in, and `Document`s out (and back).

`claimclf.corpora.records` says which fields a record may have.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from claimclf.corpora.problems import OnError, Problem, check_on_error, log_rejects
from claimclf.corpora.records import document_from_record, record_id
from claimclf.documents import Document
from claimclf.labels import TYPES


def read_jsonl(
    path: str | Path,
    *,
    types: Sequence[str] = TYPES,
    on_error: OnError = "raise",
    rejects: list[Problem] | None = None,
) -> Iterator[Document]:
    """Read a JSON Lines corpus, one document at a time.

    Args:
        path: UTF-8 file; blank lines are passed over.
        types: The types that annotators decided, where a record declares no `known_types`.
        on_error: `"raise"` stops at the first bad record; `"skip"` logs how many were left out.
        rejects: With `"skip"`, records that are left out are appended here while reading.

    Raises:
        FileNotFoundError: If there is no such file; at once, not when reading starts.
        ValueError: If `on_error` is unknown, or, while reading, a bad record may not be skipped.
    """
    check_on_error(on_error)
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(
            f"{path} is not a file. Expected a JSON Lines corpus, one document per line."
        )
    return _documents(path, tuple(types), on_error, [] if rejects is None else rejects)


def _documents(
    path: Path, types: tuple[str, ...], on_error: OnError, rejects: list[Problem]
) -> Iterator[Document]:
    """The reading itself, apart so that `read_jsonl` can complain about its arguments at once."""
    num_records, num_before = 0, len(rejects)
    for line, record in records_by_line(path):
        num_records += 1
        try:
            if isinstance(record, ValueError):
                raise record
            document = document_from_record(record, types=types, default_id=f"{path.stem}:{line}")
        except ValueError as error:
            reject = Problem(line, record_id(record), "error", str(error))
            if on_error == "raise":
                raise ValueError(
                    f"{path}, {reject} (`claimclf data check` lists every problem of a corpus.)"
                ) from error
            rejects.append(reject)
        else:
            yield document
    log_rejects(path, rejects[num_before:], num_records)


def records_by_line(path: Path) -> Iterator[tuple[int, Any]]:
    """Number and record of every line that is not blank; a `ValueError` for a broken one."""
    # Binary, so that a line that is not UTF-8 spoils only itself and only "\n" ends a line.
    with path.open("rb") as file:
        for line, raw in enumerate(file, start=1):
            if not raw.strip():
                continue
            try:
                yield line, json.loads(raw.decode("utf-8-sig" if line == 1 else "utf-8"))
            except UnicodeDecodeError as error:
                yield line, ValueError(f"Not UTF-8: {error.reason} at byte {error.start}.")
            except (json.JSONDecodeError, RecursionError) as error:
                yield line, ValueError(f"Not JSON: {error}.")


def write_jsonl(documents: Iterable[Document], path: str | Path) -> int:
    """Write documents as `read_jsonl` reads them back, nothing lost; return how many there were.

    The file appears, or is replaced, only once all documents are written.

    Raises:
        ValueError: If a document's metadata holds what JSON can't.
    """
    path = Path(path)
    unfinished = path.with_name(f"{path.name}.part")
    num_documents = 0
    try:
        with unfinished.open("w", encoding="utf-8", newline="\n") as file:
            for document in documents:
                file.write(json_of(document.to_dict(), document) + "\n")
                num_documents += 1
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return num_documents


def json_of(record: Mapping[str, Any], document: Document) -> str:
    """The JSON of a document's dictionary or of a part of it.

    Raises:
        ValueError: If the document's metadata holds what JSON can't.
    """
    try:
        return json.dumps(record, ensure_ascii=False)
    except TypeError as error:
        raise ValueError(
            f"Document {document.id!r}: metadata must fit JSON, got "
            f"{document.metadata!r:.120}: {error}. Write dates and the like as strings."
        ) from error
