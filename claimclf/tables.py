"""Documents, gold or predicted → pandas tables: one row per sentence, or one per voice and a chart.

pandas and matplotlib are imported by the functions that need them, so that importing stays fast.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from claimclf.documents import Document, Perspective, Sentence, Source, Span
from claimclf.labels import AUTHOR, SOURCE, TYPES, UNRESOLVED

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

VOICES: Final = ("source", "party", "kind")
"""What a share of voice can be counted by."""

MEASURES: Final = ("sentences", "characters")
"""What a share of voice can be counted in."""

NO_VALUE: Final = "(none)"
"""Row of the sources that have no party, or no kind."""

MAX_NAME_CHARACTERS: Final = 28
"""Longest name in a chart, so that four columns of the legend fit on its width."""

OTHERS: Final = (SOURCE, "(others)")
"""Bar segment of the voices that are too many to have a colour each."""

VOICE_COLORS: Final = (
    *("#332288", "#88CCEE", "#117733", "#DDCC77", "#CC6677"),
    *("#44AA99", "#AA4499", "#999933", "#882255"),
)
"""Segment colours, told apart by the colour-blind too: the scheme "muted" of Paul Tol.

https://personal.sron.nl/~pault/data/colourschemes.pdf
"""

_STRING: Final = "string[python]"
"""Python storage, because Arrow's refuses the lone surrogates that a text may hold."""

_AUTHOR, _NO_VALUE, _UNRESOLVED = (AUTHOR, AUTHOR), (SOURCE, NO_VALUE), (UNRESOLVED, UNRESOLVED)

PLAIN_COLORS: Final = {
    _AUTHOR: "#D5D8DC",
    _NO_VALUE: "#A6ACB3",
    OTHERS: "#6B727A",
    _UNRESOLVED: "#FFFFFF",
}
"""Segment greys of what is no particular voice."""

_Key: TypeAlias = tuple[str, str]  # status and name of a voice


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
        "doc_id": _STRING,
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
    text = [Column("text", lambda sentence: sentence.text, _STRING, "string")]
    return [
        Column("start", lambda sentence: sentence.start, "int64", "int32"),
        Column("end", lambda sentence: sentence.end, "int64", "int32"),
        *(text if with_text else []),
        *(Column(f"is_{name}", _decision(name), "boolean", "bool") for name in types),
        *(Column(f"p_{name}", _probability(name), "float64", "float") for name in types),
        # Null for a model of one's own types, which decides no perspective.
        Column("status", _of(_perspective, "status"), _STRING, "string", True),
        Column("source_id", _of(_source, "id"), _STRING, "string", True),
        Column("source_name", _of(_source, "name"), _STRING, "string", True),
        Column("source_kind", _of(_source, "kind"), _STRING, "string", True),
        Column("source_party", _of(_source, "party"), _STRING, "string", True),
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

    documents = _listed(documents)
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
        "doc_id": _STRING,
        "status": _STRING,
        "source_id": _STRING,
        by: _STRING,
        "sentences": "int64",
        "characters": "int64",
        "sentence_share": "float64",
        "character_share": "float64",
    }
    frame = pd.DataFrame(rows, columns=list(dtypes), dtype=object).astype(dtypes)
    return frame if by == "source" else frame.drop(columns="source_id")


def plot_share_of_voice(
    documents: Document | Iterable[Document],
    *,
    by: str = "source",
    measure: str = "characters",
    ax: Axes | None = None,
) -> Axes:
    """Draw the share of voice: one stacked bar per document, first document on top.

    The voices with the largest shares over all documents have a colour each, the rest are one
    segment, "(others)". A segment that is wide enough carries its share in per cent.

    Args:
        documents: One document or many, gold or predicted.
        by: `"source"`, `"party"` or `"kind"`.
        measure: What the shares are counted in, `"sentences"` or `"characters"`.
        ax: Axes to draw on; a new figure of a fitting size where None.

    Returns:
        The axes, ready for a title or `ax.figure.savefig(path)`.

    Raises:
        ValueError: If `by` or `measure` is something else, there is no document, or no sentence
            has a perspective.
    """
    if measure not in MEASURES:
        raise ValueError(f"Shares are counted in one of {MEASURES}, got measure={measure!r}.")
    documents = _listed(documents)
    if not documents:
        raise ValueError("There is no document to draw: pass at least one.")
    bars = [_shares(document, by, measure) for document in documents]
    totals: dict[_Key, float] = defaultdict(float)
    for bar in bars:
        for key, share in bar.items():
            totals[key] += share
    if not totals:
        raise ValueError("No sentence has a perspective, so that there is nothing to draw.")
    ranked = sorted(totals.keys() - PLAIN_COLORS.keys(), key=lambda key: (-totals[key], key))
    colors = PLAIN_COLORS | dict(zip(ranked, VOICE_COLORS, strict=False))
    for bar in bars:
        bar[OTHERS] = sum(bar.pop(key, 0.0) for key in ranked[len(VOICE_COLORS) :])
    if ax is None:
        import matplotlib.pyplot as plt

        _, ax = plt.subplots(figsize=(9, 1.4 + 0.45 * len(documents)), layout="constrained")
    left = [0.0] * len(bars)
    for key in (_AUTHOR, *ranked[: len(VOICE_COLORS)], _NO_VALUE, OTHERS, _UNRESOLVED):
        widths = [100 * bar.get(key, 0.0) for bar in bars]
        if any(widths):
            _draw_segments(ax, left, widths, name=key[1], color=colors[key])
            left = [start + width for start, width in zip(left, widths, strict=True)]
    _dress(ax, document_names(documents), f"share of {measure}, %")
    return ax


def _listed(documents: Document | Iterable[Document]) -> list[Document]:
    """One document or many as a list."""
    return [documents] if isinstance(documents, Document) else list(documents)


def _shares(document: Document, by: str, measure: str) -> dict[_Key, float]:
    """Share of each voice of one document; namesakes, which no legend tells apart, add up."""
    shares: dict[_Key, float] = defaultdict(float)
    for voice in count_voices(document, by=by):
        share = voice.sentence_share if measure == "sentences" else voice.character_share
        shares[voice.status, voice.name] += share
    return shares


def _draw_segments(
    ax: Axes, left: Sequence[float], widths: Sequence[float], *, name: str, color: str
) -> None:
    """Draw one voice's segment in every bar, with its share where there is room for it."""
    segments = ax.barh(
        range(len(widths)),
        widths,
        left=left,
        height=0.62,
        color=color,
        edgecolor="white" if color != PLAIN_COLORS[_UNRESOLVED] else "#7C838B",
        hatch="////" if color == PLAIN_COLORS[_UNRESOLVED] else None,
        label=_plain(name),
    )
    labels = [f"{width:.0f}" if width >= 4 else "" for width in widths]
    ax.bar_label(segments, labels, label_type="center", color=_ink(color), fontsize=9)


def _ink(color: str) -> str:
    """Black or white, whichever stands out more from a colour, by WCAG's relative luminance."""
    shares = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares
    )
    return "black" if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 else "white"


def _dress(ax: Axes, names: Sequence[str], label: str) -> None:
    """Name the bars, put the legend above them and take away what carries nothing."""
    ax.set_yticks(range(len(names)), [_plain(name) for name in names])
    ax.set_xlim(0, 100)
    ax.set_xlabel(label)
    ax.set_ylim(len(names) - 0.5, -0.5)  # first document on top
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.legend(
        loc="lower left", bbox_to_anchor=(0, 1), ncols=4, frameon=False, handlelength=1, fontsize=9
    )


def _plain(name: str) -> str:
    """A name, shortened, as matplotlib shows it: `$` starts a formula, `_` first hides a label."""
    if len(name) > MAX_NAME_CHARACTERS:
        name = f"{name[: MAX_NAME_CHARACTERS - 1].rstrip()}…"
    name = name.replace("$", r"\$")
    return f" {name}" if name.startswith("_") else name
