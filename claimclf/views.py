"""Document → what a page or a terminal shows of it: paragraphs, underlines, words for scores.

No markup and no escaping here; `claimclf.render` and `claimclf.terminal` take it from there.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from claimclf.documents import Document, LabeledSpan, Perspective, Sentence, Source, Span
from claimclf.labels import AUTHOR, SPAN_LABELS, TYPE_DEFINITIONS
from claimclf.segmentation import paragraphs
from claimclf.voices import count_voices

NUM_COLORS: Final = 8
"""Type colours there are; a ninth type starts over and is told apart by its sign."""

TYPE_SIGNS: Final = {
    "attribution": "“",
    "official_statement": "§",
    "statistic": "#",
    "speculation": "~",
}
"""The sign that stands beside each type's colour; other types have their number."""


@dataclass(frozen=True, slots=True)
class TypeView:
    """A type as the legend shows it."""

    index: int
    name: str
    label: str
    """The name in words."""
    definition: str
    sign: str
    """Stands for the type without its colour."""
    color: int
    """Number of its colour, below `NUM_COLORS`."""
    count: int
    """Sentences that have it."""


@dataclass(frozen=True, slots=True)
class VoiceView:
    """The author, a source, or what is unresolved, as legend and bar show it."""

    index: int
    status: str
    source: Source | None
    name: str
    about: str
    """Kind and party."""
    sign: str
    """Number of the source, loudest first; "A" for the author, "?" for what is unresolved."""
    sentences: int
    characters: int
    share: float
    """Share of the characters in the document's sentences, in [0, 1]."""

    @property
    def title(self) -> str:
        """Everything in one line."""
        about = f" ({self.about})" if self.about else ""
        count = "1 sentence" if self.sentences == 1 else f"{self.sentences} sentences"
        return f"{self.name}{about}: {count}, {self.share:.0%} of the characters"


@dataclass(frozen=True, slots=True)
class TypeScore:
    """One type of one sentence."""

    type: TypeView
    is_on: bool
    share: float
    """Probability; 0 or 1 for gold."""
    text: str


@dataclass(frozen=True, slots=True)
class SentenceView:
    """One sentence with the words for all that is known of it."""

    number: int
    """Counted from 1."""
    text: str
    cells: tuple[TypeScore, ...]
    is_plain: bool
    """Whether it was decided that it has none of the types."""
    voice: VoiceView | None
    """None where nobody decided the perspective."""
    whose: str
    """The perspective with its score and the words that name it."""

    @property
    def types(self) -> list[TypeView]:
        """Types that the sentence has."""
        return [cell.type for cell in self.cells if cell.is_on]

    @property
    def name(self) -> str:
        """What a screen reader says."""
        types = ", ".join(type.label for type in self.types) or "no type"
        voice = self.voice
        about = f", {voice.about}" if voice and voice.about else ""
        return f"Sentence {self.number}: {types}" + (f"; {voice.name}{about}" if voice else "")

    @property
    def title(self) -> str:
        """All scores in one line."""
        scores = ", ".join(f"{cell.type.label} {cell.text}" for cell in self.cells)
        return f"{scores}; {self.whose}"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text with at most one underline."""

    text: str
    label: str | None = None


@dataclass(frozen=True, slots=True)
class TextPart:
    """What one paragraph holds of one sentence, or of the text between two."""

    pieces: tuple[Piece, ...]
    row: SentenceView | None = None
    is_last: bool = False
    """Whether the sentence ends here."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A block of text, with the sources that speak in it in order."""

    parts: tuple[TextPart, ...]
    voices: tuple[VoiceView, ...]


@dataclass(frozen=True, slots=True)
class DocumentView:
    """Everything that is shown of one document."""

    title: str
    byline: str
    types: tuple[TypeView, ...]
    voices: tuple[VoiceView, ...]
    rows: tuple[SentenceView, ...]
    paragraphs: tuple[Paragraph, ...]
    facts: tuple[tuple[str, str], ...]
    """Identifier and metadata."""

    @property
    def num_plain(self) -> int:
        """Sentences with none of the types."""
        return sum(row.is_plain for row in self.rows)


def view_document(document: Document, types: tuple[str, ...]) -> DocumentView:
    """Prepare one document to be shown, with these types in this order."""
    voices = _voices(document)
    by_key = {_voice_key(voice): voice for voice in voices}
    type_views = tuple(
        TypeView(
            index=index,
            name=name,
            label=name.replace("_", " "),
            definition=TYPE_DEFINITIONS.get(name, ""),
            sign=TYPE_SIGNS.get(name, str(index + 1)),
            color=index % NUM_COLORS,
            count=sum(name in sentence.types for sentence in document.sentences),
        )
        for index, name in enumerate(types)
    )
    rows = tuple(
        SentenceView(
            number=number,
            text=sentence.text,
            cells=tuple(_cell(sentence, type_view) for type_view in type_views),
            is_plain=not sentence.types and set(types) <= set(sentence.known_types),
            voice=by_key[_voice_key(sentence.perspective)] if sentence.perspective else None,
            whose=_whose(sentence.perspective, document.text),
        )
        for number, sentence in enumerate(document.sentences, start=1)
    )
    metadata = {name: str(value) for name, value in document.metadata.items() if value is not None}
    return DocumentView(
        title=metadata.pop("title", "") or document.id,
        byline=" · ".join(metadata[name] for name in ("publisher", "date") if metadata.get(name)),
        types=type_views,
        voices=voices,
        rows=rows,
        paragraphs=tuple(_paragraphs(document, rows)),
        facts=tuple((({"id": document.id} if document.id else {}) | metadata).items()),
    )


def _voice_key(voice: VoiceView | Perspective) -> tuple[str, str | None]:
    """What tells voices of one document apart: an id, as a source's hash reads all its mentions."""
    return voice.status, voice.source.id if voice.source else None


def _voices(document: Document) -> tuple[VoiceView, ...]:
    """The voices in the order of `count_voices`, the sources among them numbered from 1."""
    voices = count_voices(document)
    sources = [voice.source.id for voice in voices if voice.source]
    signs = {source: str(number) for number, source in enumerate(sources, start=1)}
    return tuple(
        VoiceView(
            index=index,
            status=voice.status,
            source=voice.source,
            name=voice.name,
            about=" · ".join(filter(None, (voice.source.kind, voice.source.party)))
            if voice.source
            else "",
            sign=signs[voice.source.id]
            if voice.source
            else ("A" if voice.status == AUTHOR else "?"),
            sentences=voice.sentences,
            characters=voice.characters,
            share=voice.character_share,
        )
        for index, voice in enumerate(voices)
    )


def _cell(sentence: Sentence, type_view: TypeView) -> TypeScore:
    """What is known of one type of one sentence."""
    is_on = type_view.name in sentence.types
    score = sentence.scores.get(type_view.name)
    if score is not None:
        text = f"{score:.0%}"
    elif is_on or type_view.name in sentence.known_types:
        text = "yes" if is_on else "no"
    else:
        text = "unknown"
    return TypeScore(type_view, is_on, float(is_on) if score is None else score, text)


def _whose(perspective: Perspective | None, text: str) -> str:
    """A perspective in words."""
    if perspective is None:
        return "perspective unknown"
    source = perspective.source
    words = source.name if source else perspective.status
    if source and (source.kind or source.party):
        words += f" ({', '.join(filter(None, (source.kind, source.party)))})"
    if perspective.score is not None:
        words += f", {perspective.score:.0%}"
    if perspective.mention:
        words += f", here “{perspective.mention.of(text)}”"
    elif perspective.antecedent:
        words += f", elsewhere “{perspective.antecedent.of(text)}”"
    return words


def _paragraphs(document: Document, rows: tuple[SentenceView, ...]) -> Iterator[Paragraph]:
    """Cut the text into paragraphs, and these into sentences and what stands between them."""
    text = document.text
    first = 0  # first sentence that may reach into the paragraph
    for paragraph in paragraphs(text):
        while first < len(rows) and document.sentences[first].end <= paragraph.start:
            first += 1
        parts: list[TextPart] = []
        position, index = paragraph.start, first
        while index < len(rows) and document.sentences[index].start < paragraph.end:
            sentence = document.sentences[index]
            part = Span(max(sentence.start, paragraph.start), min(sentence.end, paragraph.end))
            if position < part.start:
                parts.append(TextPart((Piece(text[position : part.start]),)))
            has_end = not text[part.end : sentence.end].strip()
            is_last = has_end and bool(part.of(text).strip())
            parts.append(TextPart(tuple(_pieces(text, sentence, part)), rows[index], is_last))
            position = part.end
            index += 1
        if position < paragraph.end:
            parts.append(TextPart((Piece(text[position : paragraph.end]),)))
        if paragraph.of(text).strip():
            voices = (part.row.voice for part in parts if part.row)
            speaking = {voice.index: voice for voice in voices if voice and voice.source}
            yield Paragraph(tuple(parts), tuple(speaking.values()))


def _pieces(text: str, sentence: Sentence, part: Span) -> Iterator[Piece]:
    """Cut a part of a sentence where an underline starts or ends; a source goes before a cue."""
    spans = list(sentence.spans)
    mention = sentence.perspective.mention if sentence.perspective else None
    if mention:
        spans.append(LabeledSpan(mention.start, mention.end, SPAN_LABELS[0]))
    edges = {part.start, part.end}
    edges.update(
        edge for span in spans for edge in (span.start, span.end) if part.start < edge < part.end
    )
    for start, end in pairwise(sorted(edges)):
        labels = {span.label for span in spans if span.start <= start and end <= span.end}
        yield Piece(text[start:end], next((name for name in SPAN_LABELS if name in labels), None))
