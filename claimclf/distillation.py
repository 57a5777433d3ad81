"""Distillation: what a trained model, the teacher, says of documents becomes labels to learn from.

Before training: the documents that come out are a corpus like any other (`write_jsonl` writes
them, a config names the file). Only what nobody decided is filled in, so the same step labels news
that has no labels, adds spans to documents that have types, and types to documents that have spans.
Types are learned from the teacher's probabilities, which say more than its decisions (Hinton et
al., 2015, https://arxiv.org/abs/1503.02531); spans and perspectives from its best guess, as whole
sequences are (Kim and Rush, 2016, https://arxiv.org/abs/1606.07947).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice

from claimclf.classifier import ClaimClassifier, interpret
from claimclf.documents import Document, Perspective, Sentence, Source
from claimclf.labels import UNRESOLVED
from claimclf.perspectives.withholding import check_min_score
from claimclf.targets import DISTILLED

_CHUNK = 32
"""Documents that the teacher reads at once."""


def pseudo_label(
    documents: Iterable[Document], teacher: ClaimClassifier, *, min_score: float = 0.7
) -> Iterator[Document]:
    """Fill in what nobody decided with what the teacher says.

    Args:
        documents: Documents with sentences, of any corpus, with or without labels.
        teacher: A trained model.
        min_score: Calibrated probability from which on the teacher's perspective is believed; below
            it the perspective stays open.

    Yields:
        Every document, with `known_types` and `scores` of every sentence complete (0 and 1 for
        types that annotators decided), perspectives where the teacher is sure, and attributions.

    Raises:
        ValueError: If `min_score` is no probability.
    """
    check_min_score(min_score)
    remaining = iter(documents)
    while chunk := list(islice(remaining, _CHUNK)):
        for document, predictions in zip(chunk, teacher.read(chunk), strict=True):
            predicted = interpret(
                document,
                predictions,
                teacher.calibration,
                parties=teacher.parties,
                min_perspective_score=min_score,
            )
            yield fill_in(document, predicted)


def fill_in(gold: Document, predicted: Document) -> Document:
    """One document with its own labels where it has some, else the teacher's.

    Perspectives that the teacher left unresolved stay open.
    """
    sentences = tuple(
        _fill_sentence(mine, theirs, has_spans=gold.attributions is not None)
        for mine, theirs in zip(gold.sentences, predicted.sentences, strict=True)
    )
    used: dict[str, Source] = {
        sentence.perspective.source.id: sentence.perspective.source
        for sentence in sentences
        if sentence.perspective and sentence.perspective.source
    }
    return gold.replace(
        sentences=sentences,
        sources=(*used.values(), *(source for source in gold.sources if source.id not in used)),
        attributions=predicted.attributions if gold.attributions is None else gold.attributions,
        metadata={**gold.metadata, DISTILLED: True},
    )


def _fill_sentence(gold: Sentence, predicted: Sentence, *, has_spans: bool) -> Sentence:
    scores = {
        name: float(name in gold.types) if name in gold.known_types else score
        for name, score in predicted.scores.items()
    }
    types = tuple(
        name
        for name in predicted.known_types
        if name in (gold.types if name in gold.known_types else predicted.types)
    )
    return replace(
        gold,
        types=types,
        known_types=predicted.known_types,
        scores=scores,
        perspective=_fill_perspective(gold.perspective, predicted.perspective),
        spans=gold.spans if has_spans else predicted.spans,
    )


def _fill_perspective(
    gold: Perspective | None, predicted: Perspective | None
) -> Perspective | None:
    """The annotators' perspective; the teacher's where it says more: who, of what kind."""
    if predicted is None or predicted.status == UNRESOLVED:
        return gold
    if gold is None:
        return _of_teacher(predicted)
    # Corpora of spans mark mentions without saying who is meant: the teacher links them.
    if gold.source and gold.source.kind is None and gold.mention and predicted.mention:
        return _of_teacher(predicted) if gold.mention.overlap(predicted.mention) else gold
    return gold


def _of_teacher(perspective: Perspective) -> Perspective:
    """The perspective with a source whose id can't be one of the annotators'."""
    if perspective.source is None:
        return perspective
    source = replace(perspective.source, id=f"teacher:{perspective.source.id}")
    return replace(perspective, source=source)
