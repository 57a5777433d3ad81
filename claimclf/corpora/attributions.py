"""Attribution spans → labels of sentences, for corpora that mark spans only (PolNeAR, GUM, brat).

A sentence that overlaps the content of an attribution has the type "attribution"; the other types
stay unknown. Its perspective is the source of the attribution that covers most of it; a sentence
outside all content is the author's.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from claimclf.documents import (
    Attribution,
    Document,
    Perspective,
    Sentence,
    Source,
    Span,
    distinct_spans,
    overlapping_sentences,
    spans_by_sentence,
)
from claimclf.labels import ATTRIBUTION, AUTHOR, SOURCE


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
    best = _best(text, sentence_spans, attributions)
    sources = _sources(text, mentions, names or [None] * len(attributions))
    spans = spans_by_sentence(sentence_spans, distinct_spans(attributions))
    sentences = tuple(
        Sentence(
            start=span.start,
            end=span.end,
            text=span.of(text),
            types=() if covering is None else (ATTRIBUTION,),
            perspective=Perspective(AUTHOR)
            if covering is None
            else _perspective(span, sources[covering.index], mentions[covering.index]),
            spans=inside,
            known_types=(ATTRIBUTION,),
        )
        for span, covering, inside in zip(sentence_spans, best, spans, strict=True)
    )
    distinct = {source.id: source for source in sources if source is not None}
    return sentences, tuple(sorted(distinct.values(), key=lambda source: source.mentions))


def mask_partial_content(documents: Iterable[Document], *, min_share: float) -> Iterator[Document]:
    """Leave sentences open that attribution spans label, but of which only little is content.

    Corpora of spans call any clause an attribution; a sentence belongs to a source only if most of
    it does. Between the two, neither label is safe to learn from: such sentences lose their type
    and their perspective ("not annotated"), and keep their spans. Labels that were not derived
    from spans are left alone.

    Args:
        documents: Documents of any corpus.
        min_share: Share of a sentence's characters, white space aside, that one attribution's
            content must cover, in [0, 1].
    """
    for document in documents:
        sentence_spans = [sentence.span for sentence in document.sentences]
        best = _best(document.text, sentence_spans, document.attributions or ())
        yield document.replace(
            sentences=tuple(
                dataclasses.replace(sentence, types=(), known_types=(), perspective=None)
                if sentence.known_types == (ATTRIBUTION,)
                and covering is not None
                and covering.num_visible < min_share * _num_visible(document.text, sentence.span)
                else sentence
                for sentence, covering in zip(document.sentences, best, strict=True)
            )
        )


def _perspective(sentence: Span, source: Source | None, mention: Span | None) -> Perspective | None:
    """A source's perspective, mentioned by the attribution's own source span or by another one."""
    if source is None or mention is None:
        return None
    candidates = (mention, *source.mentions)
    return Perspective(
        SOURCE, source, mention=next((m for m in candidates if sentence.contains(m)), None)
    )


@dataclass(frozen=True, order=True, slots=True)
class _Covering:
    """How well an attribution covers a sentence: the largest holds the sentence."""

    num_visible: int
    has_source: bool
    minus_start: int
    end: int
    index: int = field(compare=False)


def _best(
    text: str, sentence_spans: Sequence[Span], attributions: Sequence[Attribution]
) -> list[_Covering | None]:
    """Per sentence the attribution whose content covers most of it; None where none does."""
    best: list[_Covering | None] = [None] * len(sentence_spans)
    for index, attribution in enumerate(attributions):
        covered: Counter[int] = Counter()
        for span in attribution.content:
            for position in overlapping_sentences(sentence_spans, span):
                covered[position] += _num_visible(text, _overlap(span, sentence_spans[position]))
        for position, num_visible in covered.items():
            covering = _Covering(
                num_visible,
                bool(attribution.source),
                -min(span.start for span in attribution.content),
                max(span.end for span in attribution.content),
                index,
            )
            current = best[position]
            if num_visible and (current is None or covering > current):
                best[position] = covering
    return best


def _sources(
    text: str, mentions: Sequence[Span | None], names: Sequence[str | None]
) -> list[Source | None]:
    """Per attribution its source, shared by all that have the same name or the same mention."""
    ids: dict[str | Span, str] = {}
    keys: list[str | None] = []
    full_names: dict[str, str] = {}
    unnamed: set[str] = set()
    grouped: dict[str, set[Span]] = {}
    for index, (mention, name) in enumerate(zip(mentions, names, strict=True)):
        if mention is None:
            keys.append(None)
            continue
        key = ids.get(name or mention)
        if key is None and ids.get(mention) in unnamed:
            key = ids[mention]
        key = key or f"a{index}"
        if name:
            unnamed.discard(key)
        else:
            unnamed.add(key)
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
    parts = [_overlap(span, sentence_spans[i]) for i in overlapping_sentences(sentence_spans, span)]
    return max(parts, key=lambda part: _num_visible(text, part), default=span)


def _overlap(span: Span, sentence: Span) -> Span:
    return Span(max(span.start, sentence.start), min(span.end, sentence.end))


def _num_visible(text: str, span: Span) -> int:
    """Number of characters that are not white space."""
    return sum(not char.isspace() for char in span.of(text))
