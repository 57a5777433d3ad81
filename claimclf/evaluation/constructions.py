"""Which hard constructions are solved: passages that show one each, named in their metadata."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from claimclf.documents import Document
from claimclf.metrics.judging import EXACT_SET, PERSPECTIVE, SOURCE_NAME

if TYPE_CHECKING:
    from claimclf.evaluation.run import Report

CONSTRUCTION = "construction"
"""Key of a document's metadata that names what it shows."""


@dataclass(frozen=True, slots=True)
class Count:
    """How many of some sentences are right."""

    num_right: int
    num_sentences: int

    @property
    def is_complete(self) -> bool:
        """Whether all are right."""
        return self.num_right == self.num_sentences


@dataclass(frozen=True, slots=True)
class Construction:
    """How the passages of one construction were read."""

    name: str
    num_documents: int
    types: Count
    """Sentences whose types are all right."""
    perspectives: Count
    """Sentences with the right perspective: the author, or the right source."""
    sources: Count
    """Sentences with a gold source for which the right one is named."""

    @property
    def is_solved(self) -> bool:
        """Whether every sentence has the right types and the right perspective."""
        is_judged = self.types.num_sentences or self.perspectives.num_sentences
        return bool(is_judged) and self.types.is_complete and self.perspectives.is_complete


def construction_of(document: Document) -> str | None:
    """The construction that a document shows; None where its metadata name none."""
    name = document.metadata.get(CONSTRUCTION)
    return None if name is None else str(name)


def read_constructions(report: Report) -> list[Construction]:
    """Every construction of the gold documents, the solved ones first, then by name."""
    found: dict[str, list[int]] = {}
    for index, document in enumerate(report.gold):
        if (name := construction_of(document)) is not None:
            found.setdefault(name, []).append(index)
    constructions = [
        Construction(name, len(indices), *_counts(report, indices))
        for name, indices in found.items()
    ]
    return sorted(constructions, key=lambda item: (not item.is_solved, item.name))


def _counts(report: Report, documents: list[int]) -> Iterator[Count]:
    """Right types, perspectives and sources in some documents."""
    for judgement in (EXACT_SET, PERSPECTIVE, SOURCE_NAME):
        outcomes = report.judgements.get(judgement)
        if outcomes is None:
            yield Count(0, 0)
            continue
        inside = outcomes.where(np.isin(outcomes.documents, documents))
        yield Count(int((inside.gold == inside.predicted).sum()), len(inside))
