"""Corpora: files in, `Document`s out; one reader per format, `read_documents` for all of news."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from claimclf.corpora.attributions import mask_partial_content
from claimclf.corpora.brat import read_brat, write_brat
from claimclf.corpora.check import CorpusReport, check_corpus
from claimclf.corpora.hf import from_dataset, to_dataset
from claimclf.corpora.jsonl import read_jsonl, write_jsonl
from claimclf.corpora.problems import OnError, Problem
from claimclf.corpora.sentences import LabelledSentences, read_sentences
from claimclf.corpora.splits import folds, split_documents
from claimclf.documents import Document
from claimclf.labels import TYPES

__all__ = [
    "CorpusReport",
    "LabelledSentences",
    "Problem",
    "check_corpus",
    "filter_by_licence",
    "folds",
    "from_dataset",
    "mask_partial_content",
    "read_brat",
    "read_documents",
    "read_jsonl",
    "read_sentences",
    "split_documents",
    "to_dataset",
    "write_brat",
    "write_jsonl",
]


def read_documents(
    path: str | Path,
    *,
    types: Sequence[str] = TYPES,
    on_error: OnError = "raise",
    rejects: list[Problem] | None = None,
) -> Iterator[Document]:
    """Read a corpus of any supported format.

    Args:
        path: A `.jsonl` file, or a folder of brat standoff (`.txt` and `.ann` files).
        types: The types that annotators decided, where a JSON record declares no `known_types`.
        on_error: `"raise"` stops at the first bad record; `"skip"` logs how many were left out.
        rejects: With `"skip"`, records that are left out are appended here while reading.

    Raises:
        FileNotFoundError: If there is nothing at `path`, or a folder without `.ann` files.
        ValueError: If the format is unknown, or, while reading, a bad record may not be skipped.
    """
    path = Path(path)
    if path.is_dir():
        return read_brat(path, on_error=on_error, rejects=rejects)
    if not path.exists():
        raise FileNotFoundError(
            f"There is no corpus at {path}. Expected a .jsonl file or a folder of brat standoff."
        )
    if path.suffix.lower() not in (".jsonl", ".ndjson"):
        raise ValueError(
            f"{path}: expected a .jsonl file or a folder of brat standoff, got {path.suffix!r}. "
            "Write one JSON object per line, with at least a 'text'."
        )
    return read_jsonl(path, types=types, on_error=on_error, rejects=rejects)


def filter_by_licence(
    documents: Iterable[Document],
    *,
    allow: Sequence[str] | None = None,
    deny: Sequence[str] = (),
) -> Iterator[Document]:
    """Keep the documents whose licence may be used.

    A document's licence is its `metadata["license"]`, empty where it states none. Terms match
    anywhere in it, in upper or lower case: "cc by" matches "CC BY-NC 4.0" too, so deny "-nc" where
    only free licences will do.

    Args:
        documents: Documents of any corpus.
        allow: Keep only documents whose licence has one of these terms; None keeps all.
        deny: Leave out documents whose licence has one of these terms, even if allowed.
    """
    for document in documents:
        licence = str(document.metadata.get("license") or "").casefold()
        is_allowed = allow is None or any(term.casefold() in licence for term in allow)
        if is_allowed and not any(term.casefold() in licence for term in deny):
            yield document
