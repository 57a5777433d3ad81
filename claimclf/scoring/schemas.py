"""The three tables that scoring writes, and their columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pyarrow as pa

from claimclf.tables import sentence_columns

TABLES: Final = ("rejects", "sources", "sentences")
"""Folders of the output, in the order in which a part's files are put in place."""


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
