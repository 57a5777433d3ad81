"""Documents ↔ `datasets.Dataset`, nothing lost on the way.

One row per document, in columns that need no knowledge of this library: `id`, `text`, `metadata`
(JSON, because every corpus has other keys), `sentences`, `sources`, `attributions` (null where
nobody marked spans). Only the scores of a sentence are a list of pairs here, not a mapping.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from claimclf.corpora.jsonl import json_of
from claimclf.documents import Document
from claimclf.labels import SPAN_LABELS

if TYPE_CHECKING:
    import pyarrow as pa
    from datasets import Dataset


def to_dataset(documents: Iterable[Document]) -> Dataset:
    """Put documents into a dataset that can be mapped, filtered, saved and pushed to the Hub.

    Raises:
        ValueError: If a document's metadata holds what JSON can't.
    """
    import pyarrow as pa
    from datasets import Dataset

    return Dataset(pa.Table.from_pylist([_row(document) for document in documents], _schema()))


def from_dataset(dataset: Dataset) -> Iterator[Document]:
    """Read back what `to_dataset` made; rows may have been filtered, shuffled or reloaded.

    Raises:
        ValueError: If the dataset lacks a column that `to_dataset` writes.
    """
    expected = set(_schema().names)
    missing = sorted(expected - set(dataset.column_names))
    if missing:
        raise ValueError(
            f"The dataset lacks the columns {missing}; it has {sorted(dataset.column_names)}. "
            "Expected a dataset that `to_dataset` made."
        )
    return _documents(dataset)


def _documents(dataset: Dataset) -> Iterator[Document]:
    for row in dataset:
        sentences = [
            {**sentence, "scores": {pair["type"]: pair["score"] for pair in sentence["scores"]}}
            for sentence in row["sentences"]
        ]
        metadata = json.loads(row["metadata"])
        yield Document.from_dict({**row, "sentences": sentences, "metadata": metadata})


def _row(document: Document) -> dict[str, Any]:
    row = document.to_dict()
    row["metadata"] = json_of(row["metadata"], document)
    for sentence in row["sentences"]:
        sentence["scores"] = [{"type": k, "score": v} for k, v in sentence["scores"].items()]
    return row


def _schema() -> pa.Schema:
    import pyarrow as pa

    pair = pa.list_(pa.int64())
    perspective = {
        "status": pa.string(),
        "source": pa.string(),
        "mention": pair,
        "antecedent": pair,
        "score": pa.float64(),
    }
    sentence = {
        "start": pa.int64(),
        "end": pa.int64(),
        "text": pa.string(),
        "types": pa.list_(pa.string()),
        "scores": pa.list_(_struct({"type": pa.string(), "score": pa.float64()})),
        "known_types": pa.list_(pa.string()),
        "perspective": _struct(perspective),
        "spans": pa.list_(_struct({"start": pa.int64(), "end": pa.int64(), "label": pa.string()})),
    }
    source = {name: pa.string() for name in ("id", "name", "kind", "party")}
    return pa.schema(
        {
            "id": pa.string(),
            "text": pa.string(),
            "metadata": pa.string(),
            "sentences": pa.list_(_struct(sentence)),
            "sources": pa.list_(_struct({**source, "mentions": pa.list_(pair)})),
            "attributions": pa.list_(_struct({label: pa.list_(pair) for label in SPAN_LABELS})),
        }
    )


def _struct(fields: dict[str, Any]) -> Any:
    import pyarrow as pa

    return pa.struct(list(fields.items()))
