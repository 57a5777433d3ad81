"""Attribution spans → labels of sentences, for corpora that mark spans only (PolNeAR, GUM, brat).

A sentence that overlaps the content of an attribution has the type "attribution"; the other types
stay unknown. Its perspective is the source of the attribution that covers most of it; a sentence
outside all content is the author's.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

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
    names: Sequence[str | None] | None = None,
) -> tuple[tuple[Sentence, ...], tuple[Source, ...]]:
    """Label sentences by the attributions whose content they overlap (white space does not count).

    Where two attributions cover equally many characters of a sentence, one with a source goes
    first, then the one whose content starts first: of nested attributions, the outermost.

    Args:
        text: The document's text.
        sentence_spans: Sentences in order of the text, not overlapping.
        attributions: All attributions of the document.
        names: Name of each attribution's source: the same name is the same source. Where it is
            None, the first source span is it, and the same span the same source.

    Returns:
        The sentences, and the sources by first mention. The perspective is None where an
        attribution without a source covers most of a sentence.
    """
    mentions = [
        _cut(text, sentence_spans, item.source[0]) if item.source else None for item in attributions
    ]
    owners = _owners(text, sentence_spans, attributions)
    sources = _sources(text, mentions, names or [None] * len(attributions))
    spans: list[list[LabeledSpan]] = [[] for _ in sentence_spans]
    for labeled in {span for item in attributions for span in item.labeled_spans()}:
        for position in _overlapping(sentence_spans, labeled):
            spans[position].append(labeled)
    sentences = tuple(
        Sentence(
            start=span.start,
            end=span.end,
            text=span.of(text),
            types=() if owner is None else (ATTRIBUTION_TYPE,),
            perspective=Perspective(AUTHOR)
            if owner is None
            else _perspective(span, sources[owner], mentions[owner]),
            spans=clip_spans(overlapping, span),
            known_types=(ATTRIBUTION_TYPE,),
        )
        for span, owner, overlapping in zip(sentence_spans, owners, spans, strict=True)
    )
    distinct = {source.id: source for source in sources if source is not None}
    return sentences, tuple(sorted(distinct.values(), key=lambda source: source.mentions))


def _perspective(sentence: Span, source: Source | None, mention: Span | None) -> Perspective | None:
    """A source's perspective, mentioned by the attribution's own source span or by another one."""
    if source is None or mention is None:
        return None
    candidates = (mention, *source.mentions)
    return Perspective(
        SOURCE, source, mention=next((m for m in candidates if sentence.contains(m)), None)
    )


def _owners(
    text: str, sentence_spans: Sequence[Span], attributions: Sequence[Attribution]
) -> list[int | None]:
    """Per sentence the attribution whose content covers most of it; None where none does."""
    best: list[tuple[int, bool, int, int] | None] = [None] * len(sentence_spans)
    owners: list[int | None] = [None] * len(sentence_spans)
    for index, attribution in enumerate(attributions):
        covered: dict[int, int] = {}
        for span in attribution.content:
            for position in _overlapping(sentence_spans, span):
                num_visible = _num_visible(text, _overlap(span, sentence_spans[position]))
                covered[position] = covered.get(position, 0) + num_visible
        for position, num_visible in covered.items():
            start = min(span.start for span in attribution.content)
            end = max(span.end for span in attribution.content)
            rank = (num_visible, bool(attribution.source), -start, end)
            current = best[position]
            if num_visible and (current is None or rank > current):
                best[position], owners[position] = rank, index
    return owners


def _sources(
    text: str, mentions: Sequence[Span | None], names: Sequence[str | None]
) -> list[Source | None]:
    """Per attribution its source, shared by all that have the same name or the same mention."""
    ids: dict[str | Span, str] = {}
    keys: list[str | None] = []
    full_names: dict[str, str] = {}
    grouped: dict[str, set[Span]] = {}
    for index, (mention, name) in enumerate(zip(mentions, names, strict=True)):
        if mention is None:
            keys.append(None)
            continue
        key = ids.get(name or mention) or ids.get(mention) or f"a{index}"
        ids.setdefault(mention, key)
        ids.setdefault(name or mention, key)
        keys.append(key)
        full_names.setdefault(key, name or " ".join(mention.of(text).split()))
        grouped.setdefault(key, set()).add(mention)
    sources = {
        key: Source(id=key, name=full_names[key], mentions=tuple(sorted(spans)))
        for key, spans in grouped.items()
    }
    return [None if key is None else sources[key] for key in keys]


def _cut(text: str, sentence_spans: Sequence[Span], span: Span) -> Span:
    """The part of a span in the sentence that holds most of it; all of it if no sentence does."""
    parts = [_overlap(span, sentence_spans[i]) for i in _overlapping(sentence_spans, span)]
    return max(parts, key=lambda part: _num_visible(text, part), default=span)


def _overlap(span: Span, sentence: Span) -> Span:
    return Span(max(span.start, sentence.start), min(span.end, sentence.end))


def _overlapping(sentence_spans: Sequence[Span], span: Span) -> Iterator[int]:
    """Positions of the sentences that share a character with a span."""
    first = bisect_right(sentence_spans, span.start, key=lambda sentence: sentence.end)
    stop = bisect_left(sentence_spans, span.end, key=lambda sentence: sentence.start)
    return iter(range(first, stop))


def _num_visible(text: str, span: Span) -> int:
    """Number of characters that are not white space."""
    return sum(not char.isspace() for char in span.of(text))
