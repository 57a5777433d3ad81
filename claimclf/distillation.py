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
        Every document, with `known_types` of every sentence complete, `scores` where the teacher
        was asked, perspectives where it is sure, and attributions.
    """
    if not 0 <= min_score <= 1:
        raise ValueError(f"min_score must be a probability in [0, 1], got {min_score}.")
    remaining = iter(documents)
    while chunk := list(islice(remaining, _CHUNK)):
        for document, predictions in zip(chunk, teacher.read(chunk), strict=True):
            yield fill_in(
                document, interpret(document, predictions, teacher.calibration), min_score
            )


def fill_in(gold: Document, predicted: Document, min_score: float) -> Document:
    """One document with its own labels where it has some, else the teacher's."""
    sentences = tuple(
        _fill_sentence(mine, theirs, min_score, has_spans=gold.attributions is not None)
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
    )


def _fill_sentence(
    gold: Sentence, predicted: Sentence, min_score: float, *, has_spans: bool
) -> Sentence:
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
        perspective=_fill_perspective(gold.perspective, predicted.perspective, min_score),
        spans=gold.spans if has_spans else predicted.spans,
    )


def _fill_perspective(
    gold: Perspective | None, predicted: Perspective | None, min_score: float
) -> Perspective | None:
    """The annotators' perspective; the teacher's where it says more: who, of what kind."""
    is_sure = (
        predicted is not None
        and predicted.score is not None
        and predicted.score >= min_score
        and (predicted.is_author or predicted.is_source)
    )
    if not is_sure or predicted is None:
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
