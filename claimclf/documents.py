"""What goes in and what comes out: documents, sentences, spans, sources, predictions.

Frozen, hashable dataclasses on the standard library only. Gold annotation and model output are the
same classes: a sentence's `known_types` says which types somebody (an annotator or a model)
decided, `perspective is None` that nobody decided the perspective, `attributions is None` that
nobody marked spans.

Offsets everywhere are half-open character ranges into `Document.text`: `text[start:end]` is the
span.
"""

from __future__ import annotations

import dataclasses
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from claimclf.labels import AUTHOR, SOURCE, SPAN_LABELS, STATUSES, UNRESOLVED

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, order=True, slots=True)
class Span:
    """Half-open character range `[start, end)` of a document's text.

    Raises:
        ValueError: If not `0 <= start <= end`.
    """

    start: int
    """First character, counted from 0."""
    end: int
    """One past the last character."""

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(
                f"A span needs 0 <= start <= end, got start={self.start}, end={self.end}."
            )

    def __len__(self) -> int:
        return self.end - self.start

    def of(self, text: str) -> str:
        """The characters of `text` that this span covers."""
        return text[self.start : self.end]

    def overlap(self, other: Span) -> int:
        """Number of characters that both spans cover."""
        return max(0, min(self.end, other.end) - max(self.start, other.start))

    def contains(self, other: Span) -> bool:
        """Whether every character of `other` is covered."""
        return self.start <= other.start and other.end <= self.end


@dataclass(frozen=True, order=True, slots=True)
class LabeledSpan(Span):
    """A span with one of the span labels: source, cue or content."""

    label: str
    """Name of the label, see `claimclf.labels.SPAN_LABELS`."""


@dataclass(frozen=True, slots=True)
class Source:
    """Somebody whose view a sentence carries: an entity of one document, with all its mentions."""

    id: str
    """Identifier, local to the document."""
    name: str
    """Fullest name in the document."""
    kind: str | None = None
    """One of `claimclf.labels.KINDS`; None where nobody decided it."""
    party: str | None = None
    """The side that the source speaks for; None where there is none or no evidence of one."""
    mentions: tuple[Span, ...] = ()
    """Every known mention, pronouns and titles too, in order of appearance."""


@dataclass(frozen=True, slots=True)
class Perspective:
    """Whose view a sentence carries.

    Raises:
        ValueError: If `status` is unknown, or says "source" without a source or the reverse.
    """

    status: str
    """`"author"`, `"source"` or `"unresolved"`."""
    source: Source | None = None
    """The source, set exactly when `status` is `"source"`."""
    mention: Span | None = None
    """The source's words in this sentence; None where the sentence has none."""
    antecedent: Span | None = None
    """The source's nearest mention elsewhere; set only where `mention` is None."""
    score: float | None = None
    """Calibrated probability that this perspective is right, in [0, 1].

    None for gold, and where the source is unresolved because nothing is known of it. Where the
    perspective was withheld because this was too low, it is that of the withheld one.
    """

    def __post_init__(self) -> None:
        if self.status not in STATUSES:
            raise ValueError(
                f"Unknown perspective status {self.status!r}; expected one of {STATUSES}."
            )
        if (self.status == SOURCE) != (self.source is not None):
            raise ValueError(
                f"A perspective has a source exactly when its status is {SOURCE!r}; "
                f"got status {self.status!r} with source {self.source!r}."
            )

    @property
    def is_author(self) -> bool:
        """Whether the sentence is in the article's own voice."""
        return self.status == AUTHOR

    @property
    def is_withheld(self) -> bool:
        """Whether it is unresolved because its score was too low, see `ClaimClassifier`."""
        return self.status == UNRESOLVED and self.score is not None

    @property
    def is_source(self) -> bool:
        """Whether the sentence carries a source's view."""
        return self.status == SOURCE


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a document with its labels, gold or predicted.

    Raises:
        ValueError: If `text` is not as long as the range `[start, end)`.
    """

    start: int
    end: int
    text: str
    """The characters `[start, end)` of the document."""
    types: tuple[str, ...] = ()
    """Types that the sentence has, schema order; may be empty."""
    scores: Mapping[str, float] = field(default_factory=dict, hash=False)
    """Calibrated probability of every type; empty for gold that no teacher has completed."""
    perspective: Perspective | None = None
    """Whose view it carries; None where nobody decided it."""
    spans: tuple[LabeledSpan, ...] = ()
    """Source, cue and content spans, cut to this sentence, by start."""
    known_types: tuple[str, ...] = ()
    """Types that were decided, present or not; the others are unknown, not absent."""

    def __post_init__(self) -> None:
        if len(self.text) != self.end - self.start:
            raise ValueError(
                f"Sentence [{self.start}, {self.end}) needs a text of {self.end - self.start} "
                f"characters, got {len(self.text)}: {self.text[:60]!r}."
            )

    @property
    def span(self) -> Span:
        """The sentence's range in the document."""
        return Span(self.start, self.end)


@dataclass(frozen=True, slots=True)
class Attribution:
    """Source, cue and content spans that belong together; discontinuous parts are several spans."""

    source: tuple[Span, ...] = ()
    cue: tuple[Span, ...] = ()
    content: tuple[Span, ...] = ()

    def labeled_spans(self) -> tuple[LabeledSpan, ...]:
        """All fragments with their labels, by start."""
        return tuple(
            sorted(
                LabeledSpan(span.start, span.end, label)
                for label in SPAN_LABELS
                for span in getattr(self, label)
            )
        )


@dataclass(frozen=True, slots=True)
class Prediction:
    """What the model says of one sentence, before mentions are linked into sources."""

    start: int
    end: int
    type_scores: Mapping[str, float] = field(hash=False)
    """Probability of every type, before calibration."""
    author_score: float
    """Probability that the sentence is in the author's voice, in [0, 1], before calibration."""
    mention: Span | None
    """Most probable mention of the source in the sentence; None if the model points elsewhere."""
    antecedent: Span | None
    """Most probable mention of the source in another sentence of the window.

    Set only where `mention` is None.
    """
    name_mention: Span | None
    """Most probable full-name mention of the same source in the window; None if outside."""
    mention_score: float
    """Probability of the chosen mention, given that there is a source, in [0, 1].

    That of all places with the same words together; where neither mention is set, that of a source
    whose mention is outside the window.
    """
    name_score: float
    """Probability of `name_mention`, all places with the same words together, in [0, 1].

    Where that is None, the probability that no name is in the window.
    """
    kind_scores: Mapping[str, float] = field(hash=False)
    """Probability of every kind, for the source that was pointed at."""
    spans: tuple[LabeledSpan, ...] = ()
    """Source, cue and content spans in this sentence, by start."""


@dataclass(frozen=True, slots=True)
class Document:
    """An article with its sentences and sources, gold or predicted.

    Raises:
        ValueError: If offsets do not fit the text, sentences overlap or are out of order, two
            sources have one id, or a perspective has a source that is not in `sources`.
    """

    text: str
    sentences: tuple[Sentence, ...] = ()
    """In order of the text, not overlapping."""
    sources: tuple[Source, ...] = ()
    """Every source, in order of first mention; all that a sentence's perspective has are here."""
    attributions: tuple[Attribution, ...] | None = None
    """Attributions across sentences; None where nobody marked spans."""
    id: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict, hash=False)
    """What the corpus or caller says of it: publisher, date, licence, …"""

    def __post_init__(self) -> None:
        problems = list(document_problems(self))
        if problems:
            more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
            raise ValueError(f"Document {self.id!r}: {problems[0]}{more}")

    def spans(self) -> tuple[LabeledSpan, ...]:
        """Every distinct source, cue and content span of all attributions, by start."""
        return distinct_spans(self.attributions or ())

    def replace(self, **changes: Any) -> Document:
        """A copy with some fields changed, as `dataclasses.replace`."""
        return dataclasses.replace(self, **changes)

    # The next seven are doors to other modules; they import only when called.

    def to_dict(self) -> dict[str, Any]:
        """Plain lists and dictionaries, ready for JSON; `Document.from_dict` reads them back."""
        from claimclf.document_json import document_to_dict

        return document_to_dict(self)

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> Document:
        """Read what `to_dict` wrote.

        Raises:
            ValueError: If a required key is missing or a value has the wrong form.
        """
        from claimclf.document_json import document_from_dict

        return document_from_dict(record)

    def rename_sources(self, names: Mapping[str, str]) -> Document:
        """A copy with sources renamed; those that get the same name become one.

        Sentences, mentions and shares of voice follow. A source that bears the name already takes
        the others in; otherwise the first of them does. It keeps its id, its kind and its party,
        or takes those of the others where it has none.

        Args:
            names: New name by id or present name: `{"s2": "Jan Smith", "Mr Smith": "Jan Smith"}`
                makes one source of the two. A name means every source that bears it.

        Raises:
            ValueError: If the document has no such source, or a new name is empty.
        """
        from claimclf.renaming import rename_in_document

        return rename_in_document(self, names)

    def to_pandas(self) -> pd.DataFrame:
        """One row per sentence, flat columns; see `claimclf.tables.sentence_frame`."""
        from claimclf.tables import sentence_frame

        return sentence_frame([self])

    def share_of_voice(self, *, by: str = "source") -> pd.DataFrame:
        """Sentences and characters per source, party or kind; see `claimclf.voices`."""
        from claimclf.voices import share_of_voice

        return share_of_voice([self], by=by)

    def to_html(self) -> str:
        """A self-contained page with the article and its labels; see `claimclf.render`."""
        from claimclf.render import document_page

        return document_page(self)

    def _repr_html_(self) -> str:
        """What a notebook shows: see `claimclf.render.document_fragment`."""
        from claimclf.render import document_fragment

        return document_fragment(self)


def half_character(text: str) -> str | None:
    """What to say of a text that UTF-8 cannot hold, None where it can: an emoji was cut in two."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        return (
            f"Character {error.start} of the text is half of a surrogate pair, "
            f"{text[error.start]!r}, which UTF-8 cannot hold. Write the whole character."
        )
    return None


def document_problems(document: Document) -> Iterator[str]:
    """Say what does not fit together in a document: a message per problem, none if it is sound."""
    yield from _sentence_problems(document)
    yield from _source_problems(document)
    num_characters = len(document.text)
    for name, span in _document_spans(document):
        if span.end > num_characters:
            yield f"{name} {span} is outside the text of {num_characters} characters."


def _sentence_problems(document: Document) -> Iterator[str]:
    """Sentences that are empty, out of order or not the document's text; stray mentions."""
    num_characters = len(document.text)
    previous_end = 0
    for index, sentence in enumerate(document.sentences):
        where = f"sentence {index} [{sentence.start}, {sentence.end})"
        if not previous_end <= sentence.start < sentence.end <= num_characters:
            yield (
                f"{where} must be non-empty, start at or after {previous_end} "
                f"and end within the text of {num_characters} characters."
            )
        elif sentence.span.of(document.text) != sentence.text:
            yield f"{where} does not hold its own text {sentence.text[:40]!r}."
        previous_end = max(previous_end, sentence.end)
        mention = sentence.perspective.mention if sentence.perspective else None
        if mention is not None and not sentence.span.contains(mention):
            yield f"{where} does not contain its mention {mention}."


def _source_problems(document: Document) -> Iterator[str]:
    """Ids that several sources have; perspectives with a source that the document does not have."""
    by_id = {source.id: source for source in document.sources}
    if len(by_id) < len(document.sources):
        ids = [source.id for source in document.sources]
        yield f"every source needs an id of its own, got {ids}."
    for index, sentence in enumerate(document.sentences):
        source = sentence.perspective.source if sentence.perspective else None
        if source is not None and source.id not in by_id:
            yield (
                f"sentence {index} has the source {source.id!r} ({source.name!r}), which is not "
                f"in `sources`; the ids there are {list(by_id)}."
            )
        elif source is not None and by_id[source.id] != source:
            yield (
                f"sentence {index} has the source {source}, but `sources` has another one of "
                f"that id: {by_id[source.id]}."
            )


def _document_spans(document: Document) -> Iterator[tuple[str, Span]]:
    """Every span that only has to lie within the text, with the name to report it by."""
    for source in document.sources:
        for span in source.mentions:
            yield f"source {source.id!r}: mention", span
    for index, sentence in enumerate(document.sentences):
        if sentence.perspective and sentence.perspective.antecedent:
            yield f"sentence {index}: antecedent", sentence.perspective.antecedent
        for labeled_span in sentence.spans:
            yield f"sentence {index}: {labeled_span.label} span", labeled_span
    for attribution in document.attributions or ():
        for labeled_span in attribution.labeled_spans():
            yield f"{labeled_span.label} span", labeled_span


def distinct_spans(attributions: Iterable[Attribution]) -> tuple[LabeledSpan, ...]:
    """Every distinct source, cue and content span of some attributions, by start."""
    return tuple(sorted({span for item in attributions for span in item.labeled_spans()}))


def overlapping_sentences(sentence_spans: Sequence[Span], span: Span) -> range:
    """Positions of the sentences, in order of the text, that share a character with a span."""
    first = bisect_right(sentence_spans, span.start, key=lambda sentence: sentence.end)
    stop = bisect_left(sentence_spans, span.end, key=lambda sentence: sentence.start)
    return range(first, stop if len(span) else first)


def spans_by_sentence(
    sentence_spans: Sequence[Span], spans: Iterable[LabeledSpan]
) -> list[tuple[LabeledSpan, ...]]:
    """Per sentence, in order of the text, the parts of the spans that lie inside it, by start."""
    parts: list[list[LabeledSpan]] = [[] for _ in sentence_spans]
    for span in spans:
        for position in overlapping_sentences(sentence_spans, span):
            sentence = sentence_spans[position]
            start, end = max(span.start, sentence.start), min(span.end, sentence.end)
            parts[position].append(LabeledSpan(start, end, span.label))
    return [tuple(sorted(inside)) for inside in parts]
