"""Where a classifier is good and where it is not: the same figures on parts of the sentences."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
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
        for of_sentence in sentence_groups(document):
            for grouping, value in of_sentence.items():
                groups.setdefault(grouping, []).append(value)
    slices = []
    for grouping, found in groups.items():
        labels = _merge_rare(found)
        values = _ordered(labels)
        for value in values if len(values) > 1 else ():
            is_inside = np.array([label == value for label in labels])
            judgements = {}
            for name, outcomes in report.judgements.items():
                of_sentences = outcomes.where(outcomes.sentences >= 0)
                positions = offsets[of_sentences.documents] + of_sentences.sentences
                kept = of_sentences.where(is_inside[positions])
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


def sentence_groups(document: Document) -> list[dict[str, str | None]]:
    """What each gold sentence is counted under: value by grouping; None leaves it out."""
    mentioned = _mentioned(document)
    return [
        _groups(document, index, sentence, mentioned)
        for index, sentence in enumerate(document.sentences)
    ]


def _groups(
    document: Document, index: int, sentence: Sentence, mentioned: Mapping[str, Sequence[int]]
) -> dict[str, str | None]:
    """What one sentence is counted under."""
    source = sentence.perspective.source if sentence.perspective else None
    return {
        "corpus": str(document.metadata.get("corpus") or "unknown"),
        "publisher": str(document.metadata.get("publisher") or "unknown"),
        "words in the sentence": _range(len(sentence.text.split()), (10, 20, 30, 40)),
        "position in the article": _range(index + 1, (1, 5, 15, 30)),
        "quotation marks": "with" if _QUOTE.search(sentence.text) else "without",
        "numbers": "with" if _NUMBER.search(sentence.text) else "without",
        "kind of source": source.kind if source else None,
        "sentences to the nearest mention": _distance(index, sentence, mentioned),
    }


def _mentioned(document: Document) -> dict[str, list[int]]:
    """Positions of the sentences that mention a source, by its id, in order."""
    starts = [sentence.start for sentence in document.sentences]
    mentioned = {}
    for source in document.sources:
        positions = set()
        for mention in source.mentions:
            position = bisect_right(starts, mention.start) - 1
            if position >= 0 and document.sentences[position].span.contains(mention):
                positions.add(position)
        mentioned[source.id] = sorted(positions)
    return mentioned


def _distance(index: int, sentence: Sentence, mentioned: Mapping[str, Sequence[int]]) -> str | None:
    """How far the nearest mention of the gold source is, in sentences."""
    perspective = sentence.perspective
    if perspective is None or perspective.source is None:
        return None
    if perspective.mention is not None:
        return "here"
    positions = mentioned.get(perspective.source.id, ())
    after = bisect_left(positions, index)
    distances = [abs(position - index) for position in positions[max(0, after - 1) : after + 1]]
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
