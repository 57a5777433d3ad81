"""Where a classifier is good and where it is not: the same figures on parts of the sentences."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from claimclf.documents import Document, Sentence
from claimclf.metrics import Score, figures, score_figures

if TYPE_CHECKING:
    from claimclf.evaluation.run import Report

MAX_VALUES = 12
"""Most values of one grouping; the rarer ones (publishers) are put together."""

OTHER = "other"
"""The value of the rarer ones."""

_QUOTE = re.compile(r"[\"“”«»]")
_NUMBER = re.compile(
    r"\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|dozens?|hundreds?|thousands?|millions?|"
    r"billions?|half|third|quarter|doubled|tripled)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Slice:
    """Figures of the sentences that share something."""

    grouping: str
    """What is shared, such as `publisher`."""
    value: str
    num_sentences: int
    scores: Mapping[str, Score]


def slice_report(report: Report) -> list[Slice]:
    """F1 and accuracy of every slice, with intervals, in the order of `sentence_groups`.

    A grouping that leaves all sentences together is no slice.
    """
    offsets = np.cumsum([0, *(len(document.sentences) for document in report.gold)])
    groups: dict[str, list[str | None]] = {}
    for document in report.gold:
        for index in range(len(document.sentences)):
            for grouping, value in sentence_groups(document, index):
                groups.setdefault(grouping, []).append(value)
    slices = []
    for grouping, found in groups.items():
        labels = _merge_rare(found)
        values = _ordered(labels)
        for value in values if len(values) > 1 else ():
            is_inside = np.array([label == value for label in labels])
            judgements = {}
            for name, outcomes in report.judgements.items():
                positions = offsets[outcomes.documents] + np.maximum(outcomes.sentences, 0)
                kept = outcomes.where(is_inside[positions] & (outcomes.sentences >= 0))
                if len(kept):
                    judgements[name] = kept
            reported = [item for item in figures(judgements) if item.measure in ("f1", "accuracy")]
            slices.append(
                Slice(
                    grouping,
                    value,
                    int(is_inside.sum()),
                    score_figures(judgements, reported, report.weights),
                )
            )
    return slices


def sentence_groups(document: Document, index: int) -> Iterator[tuple[str, str | None]]:
    """What a gold sentence is counted under: (grouping, value); None leaves it out."""
    sentence = document.sentences[index]
    num_words = len(sentence.text.split())
    yield "corpus", str(document.metadata.get("corpus") or "unknown")
    yield "publisher", str(document.metadata.get("publisher") or "unknown")
    yield "words in the sentence", _range(num_words, (10, 20, 30, 40))
    yield "position in the article", _range(index + 1, (1, 5, 15, 30))
    yield "quotation marks", "with" if _QUOTE.search(sentence.text) else "without"
    yield "numbers", "with" if _NUMBER.search(sentence.text) else "without"
    source = sentence.perspective.source if sentence.perspective else None
    yield "kind of source", source.kind if source else None
    yield "sentences to the nearest mention", _distance(document, index, sentence)


def _distance(document: Document, index: int, sentence: Sentence) -> str | None:
    """How far the nearest mention of the gold source is, in sentences."""
    perspective = sentence.perspective
    if perspective is None or perspective.source is None:
        return None
    if perspective.mention is not None:
        return "here"
    distances = []
    for other, candidate in enumerate(document.sentences):
        if any(candidate.span.contains(mention) for mention in perspective.source.mentions):
            distances.append(abs(other - index))
    return _range(min(distances), (1, 2, 5)) if distances else "never mentioned"


def _range(number: int, ends: tuple[int, ...]) -> str:
    """The range that a number falls in, such as "11–20"."""
    start = 1
    for end in ends:
        if number <= end:
            return str(end) if start == end else f"{start}–{end}"
        start = end + 1
    return f"{start}+"


def _merge_rare(labels: list[str | None]) -> list[str | None]:
    """Put the rarer values together where there are many."""
    counts = Counter(label for label in labels if label is not None)
    if len(counts) <= MAX_VALUES:
        return labels
    frequent = {label for label, _ in counts.most_common(MAX_VALUES - 1)}
    return [label if label is None or label in frequent else OTHER for label in labels]


def _ordered(labels: list[str | None]) -> list[str]:
    """Distinct values: ranges by their start, names by frequency, the rest last."""
    counts = Counter(label for label in labels if label is not None)

    def place(label: str) -> tuple[bool, bool, int]:
        number = re.match(r"\d+", label)
        is_last = label in (OTHER, "never mentioned")
        return is_last, label != "here", int(number.group()) if number else -counts[label]

    return sorted(counts, key=place)
