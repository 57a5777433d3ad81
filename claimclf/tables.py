"""Documents, gold or predicted → a pandas table with one row per sentence.

pandas is imported by the function that needs it, so that importing stays fast.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import count
from typing import TYPE_CHECKING, Final, NamedTuple

from claimclf.documents import Document, Perspective, Sentence, Source, Span
from claimclf.labels import TYPES

if TYPE_CHECKING:
    import pandas as pd

STRING: Final = "string[python]"
"""Python storage, because Arrow's refuses the lone surrogates that a text may hold."""


def type_names(documents: Iterable[Document]) -> tuple[str, ...]:
    """Every sentence type that the documents know, in schema order.

    The types of `claimclf.labels.TYPES` are always all there, so that a table's columns don't
    depend on what an article happens to hold. Documents with other types have theirs instead.
    """
    seen = dict.fromkeys(
        name
        for document in documents
        for sentence in document.sentences
        for name in (*sentence.known_types, *sentence.scores, *sentence.types)
    )
    return TYPES if set(seen) <= set(TYPES) else tuple(seen)


def document_names(documents: Sequence[Document]) -> list[str]:
    """Each document's id, or its position where it has none; numbered where that is taken.

    So documents stay apart: an id that several have is the first one's.
    """
    ids = {document.id for document in documents}
    taken, names = set(ids), []
    numbers: defaultdict[str, Iterator[int]] = defaultdict(lambda: count(2))
    for index, document in enumerate(documents):
        name = wanted = document.id or str(index)
        if document.id and wanted in ids:
            ids.remove(wanted)
        else:
            while name in taken:
                name = f"{wanted} ({next(numbers[wanted])})"
        taken.add(name)
        names.append(name)
    return names


def sentence_frame(documents: Iterable[Document]) -> pd.DataFrame:
    """One row per sentence, in order.

    Args:
        documents: Gold or predicted documents.

    Returns:
        A frame whose columns and dtypes are the same for any documents with the same types:

        - `doc_id` (the document's id, or its position where it has none; "id (2)" where that is
          taken), `sentence_id` (counted from 0 in its document), `start`, `end`, `text`;
        - for every type `is_<type>` (boolean, missing where nobody decided it) and `p_<type>`
          (probability, NaN for gold);
        - `status` of the perspective, `source_id`, `source_name`, `source_kind`, `source_party`,
          `mention_start`, `mention_end`, `p_perspective`: missing where there is none.
    """
    import pandas as pd

    documents = list(documents)
    columns = sentence_columns(type_names(documents))
    rows = [
        (name, index, *(column.cell(sentence) for column in columns))
        for name, document in zip(document_names(documents), documents, strict=True)
        for index, sentence in enumerate(document.sentences)
    ]
    dtypes = {
        "doc_id": STRING,
        "sentence_id": "int64",
        **{column.name: column.pandas for column in columns},
    }
    return pd.DataFrame(rows, columns=list(dtypes), dtype=object).astype(dtypes)


class Column(NamedTuple):
    """One flat value of a sentence."""

    name: str
    cell: Callable[[Sentence], object]
    """The value; None where there is none."""
    pandas: str
    """Its type in a frame."""
    arrow: str
    """Its type in the tables that scoring writes."""
    is_nullable: bool = False
    """Whether it may be missing there, where every type is decided."""


def sentence_columns(types: Sequence[str], *, with_text: bool = True) -> list[Column]:
    """What frames, batch scoring and the pipeline give of each sentence, in order.

    Args:
        types: The sentence types.
        with_text: Whether the text is among them.
    """
    text = [Column("text", lambda sentence: sentence.text, STRING, "string")]
    return [
        Column("start", lambda sentence: sentence.start, "int64", "int32"),
        Column("end", lambda sentence: sentence.end, "int64", "int32"),
        *(text if with_text else []),
        *(Column(f"is_{name}", _decision(name), "boolean", "bool") for name in types),
        *(Column(f"p_{name}", _probability(name), "float64", "float") for name in types),
        # Null for a model of one's own types, which decides no perspective.
        Column("status", _of(_perspective, "status"), STRING, "string", True),
        Column("source_id", _of(_source, "id"), STRING, "string", True),
        Column("source_name", _of(_source, "name"), STRING, "string", True),
        Column("source_kind", _of(_source, "kind"), STRING, "string", True),
        Column("source_party", _of(_source, "party"), STRING, "string", True),
        Column("mention_start", _of(_mention, "start"), "Int64", "int32", True),
        Column("mention_end", _of(_mention, "end"), "Int64", "int32", True),
        Column("p_perspective", _of(_perspective, "score"), "float64", "float", True),
    ]


def _decision(name: str) -> Callable[[Sentence], bool | None]:
    """Whether a sentence has a type; None where nobody decided it."""

    def cell(sentence: Sentence) -> bool | None:
        has_type = name in sentence.types
        return has_type if has_type or name in sentence.known_types else None

    return cell


def _probability(name: str) -> Callable[[Sentence], float | None]:
    return lambda sentence: sentence.scores.get(name)


def _of(owner: Callable[[Sentence], object], name: str) -> Callable[[Sentence], object]:
    """An attribute of what a sentence may have."""
    return lambda sentence: getattr(owner(sentence), name, None)


def _perspective(sentence: Sentence) -> Perspective | None:
    return sentence.perspective


def _source(sentence: Sentence) -> Source | None:
    return sentence.perspective.source if sentence.perspective else None


def _mention(sentence: Sentence) -> Span | None:
    return sentence.perspective.mention if sentence.perspective else None
