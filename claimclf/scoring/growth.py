"""How predict's time grows with the length of one document, and what linking takes of it.

Reading (segmentation, encoder, heads, decoding) is linear because windows are; linking looks at the
whole document, so that its share is worth watching.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import cycle
from pathlib import Path
from typing import Any, Final

import torch

from claimclf.backend import choose_backend
from claimclf.classifier import ClaimClassifier
from claimclf.interpretation import interpret
from claimclf.scoring.machine import available_cores
from claimclf.segmentation import split_document, split_sentences

SIZES: Final = (100, 300, 1_000, 3_000, 5_000)
"""Sentences of the documents that are measured."""


@dataclass(frozen=True, slots=True)
class DocumentTime:
    """What one document took."""

    num_sentences: int
    reading_seconds: float
    """Segmentation, encoder, heads and decoding."""
    linking_seconds: float
    """Linking mentions, describing sources, grouping attributions, calibrating and deciding."""

    @property
    def seconds(self) -> float:
        """What predict takes in all."""
        return self.reading_seconds + self.linking_seconds

    @property
    def linking_share(self) -> float:
        """Share of the time after the model, in [0, 1]."""
        return self.linking_seconds / self.seconds


@dataclass(frozen=True, slots=True)
class GrowthResult:
    """What `measure_growth` found."""

    backend: str
    num_threads: int
    times: tuple[DocumentTime, ...]
    """From the shortest document to the longest."""

    def to_dict(self) -> dict[str, Any]:
        """Plain values, ready for JSON."""
        return asdict(self)

    def to_markdown(self) -> str:
        """A small table, with what it was measured on above it."""
        lines = [
            f"One document at a time; {self.num_threads} threads, {self.backend}.",
            "",
            "| sentences | predict, s | ms per sentence | linking and description, s | "
            "ms per sentence | share |",
            "|--:|--:|--:|--:|--:|--:|",
        ]
        for item in self.times:
            each = 1000 / item.num_sentences
            lines.append(
                f"| {item.num_sentences:,} | {item.seconds:.2f} | {item.seconds * each:.2f} | "
                f"{item.linking_seconds:.2f} | {item.linking_seconds * each:.2f} | "
                f"{item.linking_share:.1%} |"
            )
        return "\n".join(lines) + "\n"


def measure_growth(
    texts: Sequence[str],
    *,
    model: str | Path | None = None,
    backend: str = "auto",
    num_threads: int | None = None,
    sizes: Sequence[int] = SIZES,
) -> GrowthResult:
    """Time predict on documents of growing length, each the beginning of the next.

    Args:
        texts: Articles; the documents are made of them in order, over again if they are too few.
        model: Folder or Hub id; None takes the model inside this package.
        backend: See `claimclf.backend`.
        num_threads: Threads of the model; None takes all cores.
        sizes: Sentences of the documents, ascending.

    Raises:
        ValueError: If no text has a sentence.
    """
    chosen = choose_backend(backend)
    num_threads = num_threads or available_cores()
    torch.set_num_threads(num_threads)
    classifier = ClaimClassifier.from_pretrained(model, device=chosen.device, dtype=chosen.dtype)
    if chosen.is_compiled:
        classifier.compile()
    text, ends = _long_text(texts, max(sizes))
    _time(classifier, text[: ends[min(sizes) - 1]])  # fills caches
    times = tuple(_best_time(classifier, text[: ends[size - 1]]) for size in sizes)
    return GrowthResult(str(chosen), num_threads, times)


def _long_text(texts: Sequence[str], num_sentences: int) -> tuple[str, list[int]]:
    """Articles one after the other, with the end of every sentence."""
    parts: list[str] = []
    ends: list[int] = []
    start = 0
    for number, text in enumerate(cycle(texts), start=1):
        ends += [start + span.end for span in split_sentences(text)]
        parts.append(text)
        start += len(text) + 2
        if len(ends) >= num_sentences or (number == len(texts) and not ends):
            break
    if not ends:
        raise ValueError("There is nothing to measure on: give at least one article.")
    return "\n\n".join(parts), ends


def _best_time(classifier: ClaimClassifier, text: str) -> DocumentTime:
    """The best of two runs for each half, because anything else on the machine only adds."""
    first, second = _time(classifier, text), _time(classifier, text)
    return DocumentTime(
        first.num_sentences,
        min(first.reading_seconds, second.reading_seconds),
        min(first.linking_seconds, second.linking_seconds),
    )


def _time(classifier: ClaimClassifier, text: str) -> DocumentTime:
    """Predict in its two halves."""
    started = time.perf_counter()
    document = split_document(text)
    (predictions,) = classifier.read([document])
    is_read = time.perf_counter()
    interpret(document, predictions, classifier.calibration, parties=classifier.parties)
    done = time.perf_counter()
    return DocumentTime(len(document.sentences), is_read - started, done - is_read)
