"""Whose words fill a document: sentences and characters per source, party or kind, as a table.

pandas is imported by the function that needs it, so that importing stays fast.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from claimclf.documents import Document, Perspective, Source
from claimclf.labels import AUTHOR, SOURCE, UNRESOLVED
from claimclf.tables import STRING, document_names

if TYPE_CHECKING:
    import pandas as pd

VOICES: Final = ("source", "party", "kind")
"""What a share of voice can be counted by."""

NO_VALUE: Final = "(none)"
"""Row of the sources that have no party, or no kind."""


@dataclass(frozen=True, slots=True)
class Voice:
    """How much of one document is somebody's: the author's, a source's, a party's, a kind's."""

    status: str
    """`"author"`, `"source"` or `"unresolved"`."""
    name: str
    """The source, party or kind; the status where it is no source."""
    source: Source | None
    """The source, when counted by source."""
    sentences: int
    characters: int
    sentence_share: float
    """Share of the document's sentences, in [0, 1]."""
    character_share: float
    """Share of the characters in the document's sentences, in [0, 1]."""


def count_voices(document: Document, *, by: str = "source") -> list[Voice]:
    """The rows of `share_of_voice` for one document, without pandas.

    Raises:
        ValueError: If `by` is none of `VOICES`.
    """
    if by not in VOICES:
        raise ValueError(f"A share of voice is counted by one of {VOICES}, got by={by!r}.")
    # Ids for sources, whose hash goes through all their mentions.
    sources: dict[str | None, Source | None] = {}
    sentences: Counter[tuple[str, str, str | None]] = Counter()
    characters: Counter[tuple[str, str, str | None]] = Counter()
    for sentence in document.sentences:
        if sentence.perspective is not None:
            status, name, source = _voice(sentence.perspective, by)
            voice = (status, name, source.id if source else None)
            sources[voice[2]] = source
            sentences[voice] += 1
            characters[voice] += len(sentence.text)
    order = (AUTHOR, SOURCE, UNRESOLVED)
    return [
        Voice(
            *voice[:2],
            source=sources[voice[2]],
            sentences=sentences[voice],
            characters=characters[voice],
            sentence_share=sentences[voice] / sentences.total(),
            character_share=characters[voice] / characters.total(),
        )
        for voice in sorted(sentences, key=lambda key: (order.index(key[0]), -characters[key]))
    ]


def _voice(perspective: Perspective, by: str) -> tuple[str, str, Source | None]:
    """Status, name and (by source) source of the voice that a sentence counts for."""
    source = perspective.source
    if source is None:
        return perspective.status, perspective.status, None
    if by == "source":
        return SOURCE, source.name, source
    return SOURCE, (source.party if by == "party" else source.kind) or NO_VALUE, None


def share_of_voice(documents: Document | Iterable[Document], *, by: str = "source") -> pd.DataFrame:
    """How much of each document is whose: sentences and characters per source, party or kind.

    Args:
        documents: One document or many, gold or predicted.
        by: `"source"`, `"party"` or `"kind"`.

    Returns:
        One row per document and voice. Columns: `doc_id`; `status` ("author", "source" or
        "unresolved"); `source_id` (by source only); the voice, in a column named as `by`;
        `sentences`, `characters`; `sentence_share`, `character_share`, which add up to 1 in each
        document. The author comes first, then the sources from the most characters to the fewest,
        then what is unresolved. Sources without a party or kind are one row, "(none)". Sentences
        whose perspective nobody decided are not counted.

    Raises:
        ValueError: If `by` is something else.
    """
    import pandas as pd

    documents = listed(documents)
    rows = [
        (
            name,
            voice.status,
            voice.source.id if voice.source else None,
            voice.name,
            voice.sentences,
            voice.characters,
            voice.sentence_share,
            voice.character_share,
        )
        for name, document in zip(document_names(documents), documents, strict=True)
        for voice in count_voices(document, by=by)
    ]
    dtypes = {
        "doc_id": STRING,
        "status": STRING,
        "source_id": STRING,
        by: STRING,
        "sentences": "int64",
        "characters": "int64",
        "sentence_share": "float64",
        "character_share": "float64",
    }
    frame = pd.DataFrame(rows, columns=list(dtypes), dtype=object).astype(dtypes)
    return frame if by == "source" else frame.drop(columns="source_id")


def listed(documents: Document | Iterable[Document]) -> list[Document]:
    """One document or many as a list."""
    return [documents] if isinstance(documents, Document) else list(documents)
