"""Attribution spans → labels of sentences, for corpora that mark spans only (PolNeAR, GUM, brat standoff).

A sentence that overlaps the content of an attribution has the type "attribution"; the other types stay unknown. Its
perspective is the source of the attribution that covers most of it; a sentence outside all content is the author's.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from claimclf.documents import (
    Attribution,
    LabeledSpan,
    Perspective,
    Sentence,
    Source,
    Span,
    clip_spans,
)
from claimclf.labels import AUTHOR, SOURCE

ATTRIBUTION_TYPE = "attribution"
"""The one type that attribution spans decide."""


def sentences_from_attributions(
    text: str,
    sentence_spans: Sequence[Span],
    attributions: Sequence[Attribution],
    *,
    names: Sequence[str | None] = (),
) -> tuple[tuple[Sentence, ...], tuple[Source, ...]]:
    """Label sentences by the attributions that they overlap.

    Where two attributions cover equally many characters of a sentence (white space does not count), one with a known
    source goes first, then the one whose content starts first: of nested attributions, the outermost.

    Args:
        text: The document's text.
        sentence_spans: Sentences in order of the text, not overlapping.
        attributions: All attributions of the document.
        names: Per attribution the name of its source, None where unknown; the same name is the same source. Without a
            name, the text of the first source span is the name, and the same span is the same source.

    Returns:
        The sentences, and the sources by first mention. A sentence has no perspective (None) where an attribution
        without a source covers most of it.
    """
    source_ids, mentions, full_names = _group_sources(text, sentence_spans, attributions, names)
    sources = {
        key: Source(id=key, name=full_names[key], mentions=tuple(sorted(set(spans))))
        for key, spans in mentions.items()
    }
    best: list[tuple[int, bool, int, int] | None] = [None] * len(sentence_spans)
    owner = [-1] * len(sentence_spans)
    spans: list[list[LabeledSpan]] = [[] for _ in sentence_spans]
    for labeled in {span for item in attributions for span in item.labeled_spans()}:
        for position in _overlapping(sentence_spans, labeled):
            spans[position].append(labeled)
    for index, attribution in enumerate(attributions):
        for position, covered in _coverage(text, sentence_spans, attribution.content).items():
            start = min(span.start for span in attribution.content)
            end = max(span.end for span in attribution.content)
            rank = (covered, source_ids[index] is not None, -start, end)
            current = best[position]
            if current is None or rank > current:
                best[position], owner[position] = rank, index
    sentences = []
    for position, span in enumerate(sentence_spans):
        is_attributed = best[position] is not None
        source_id = source_ids[owner[position]] if is_attributed else None
        perspective: Perspective | None = None
        if not is_attributed:
            perspective = Perspective(AUTHOR)
        elif source_id is not None:
            source = sources[source_id]
            own = _cut(text, sentence_spans, attributions[owner[position]].source[0])
            perspective = Perspective(
                SOURCE,
                source,
                # The attribution's own source span, else another mention of the same source in this sentence.
                mention=next((m for m in (own, *source.mentions) if span.contains(m)), None),
            )
        sentences.append(
            Sentence(
                start=span.start,
                end=span.end,
                text=span.of(text),
                types=(ATTRIBUTION_TYPE,) if is_attributed else (),
                perspective=perspective,
                spans=clip_spans(spans[position], span),
                known_types=(ATTRIBUTION_TYPE,),
            )
        )
    return tuple(sentences), tuple(sorted(sources.values(), key=lambda source: source.mentions[0]))


def _group_sources(
    text: str,
    sentence_spans: Sequence[Span],
    attributions: Sequence[Attribution],
    names: Sequence[str | None],
) -> tuple[list[str | None], dict[str, list[Span]], dict[str, str]]:
    """Per attribution the id of its source (None: unknown); per id its mentions; per id its name."""
    source_ids: list[str | None] = []
    mentions: dict[str, list[Span]] = {}
    full_names: dict[str, str] = {}
    by_name: dict[str, str] = {}
    by_span: dict[Span, str] = {}
    for index, attribution in enumerate(attributions):
        name = names[index] if index < len(names) else None
        if not attribution.source:
            source_ids.append(None)
            continue
        mention = _cut(text, sentence_spans, attribution.source[0])
        source_id = by_name.get(name or "") or by_span.get(mention) or f"a{index}"
        if name:
            by_name.setdefault(name, source_id)
        by_span.setdefault(mention, source_id)
        mentions.setdefault(source_id, []).append(mention)
        full_names.setdefault(source_id, name or " ".join(mention.of(text).split()))
        source_ids.append(source_id)
    return source_ids, mentions, full_names


def _cut(text: str, sentence_spans: Sequence[Span], span: Span) -> Span:
    """The part of a span in the sentence that holds most of it; the whole span where no sentence holds any."""
    inside = [
        Span(max(span.start, sentence.start), min(span.end, sentence.end))
        for sentence in (sentence_spans[i] for i in _overlapping(sentence_spans, span))
    ]
    return max(inside, key=lambda part: _num_visible(text, part), default=span)


def _coverage(text: str, sentence_spans: Sequence[Span], content: Sequence[Span]) -> dict[int, int]:
    """Number of characters, white space aside, that content covers of each sentence that it touches."""
    covered: dict[int, int] = {}
    for span in content:
        for position in _overlapping(sentence_spans, span):
            sentence = sentence_spans[position]
            part = Span(max(span.start, sentence.start), min(span.end, sentence.end))
            num_visible = _num_visible(text, part)
            if num_visible:
                covered[position] = covered.get(position, 0) + num_visible
    return covered


def _overlapping(sentence_spans: Sequence[Span], span: Span) -> range:
    """Positions of the sentences that share a character with a span."""
    first = bisect_right(sentence_spans, span.start, key=lambda sentence: sentence.end)
    stop = bisect_left(sentence_spans, span.end, key=lambda sentence: sentence.start)
    return range(first, max(first, stop))


def _num_visible(text: str, span: Span) -> int:
    """Number of characters that are not white space."""
    return sum(not char.isspace() for char in span.of(text))
