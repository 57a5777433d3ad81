"""Corpora: files in, `Document`s out; one reader per format, all behind `read_documents`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from claimclf.corpora.jsonl import OnError, Reject, read_jsonl, write_jsonl
from claimclf.documents import Document
from claimclf.labels import TYPES

__all__ = ["Reject", "read_documents", "read_jsonl", "write_jsonl"]


def read_documents(
    path: str | Path,
    *,
    types: Sequence[str] = TYPES,
    on_error: OnError = "raise",
    rejects: list[Reject] | None = None,
) -> Iterator[Document]:
    """Read a corpus of any supported format.

    Args:
        path: A `.jsonl` file.
        types: The types that annotators decided, in schema order, where a record declares no `known_types`.
        on_error: `"raise"` stops at the first bad record; `"skip"` goes on, and logs how many were left out.
        rejects: With `"skip"`, every record that was left out is appended here while the iterator runs.

    Raises:
        FileNotFoundError: If there is nothing at `path`.
        ValueError: If the format is unknown, or a record is bad and `on_error` is `"raise"`.
    """
    path = Path(path)
    if path.is_file() and path.suffix.lower() in (".jsonl", ".ndjson"):
        return read_jsonl(path, types=types, on_error=on_error, rejects=rejects)
    if not path.exists():
        raise FileNotFoundError(f"There is no corpus at {path}.")
    raise ValueError(f"{path} is no corpus that can be read. Expected a .jsonl file.")
