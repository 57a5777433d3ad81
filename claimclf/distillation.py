"""Distillation: what trained models, the teachers, say of documents becomes labels to learn from.

Before training: the documents that come out are a corpus like any other (`write_jsonl` writes
them, a config names the file). Only what nobody decided is filled in, so the same step labels news
that has no labels, adds spans to documents that have types, and types to documents that have spans.
Types are learned from the teachers' mean probabilities, which say more than decisions and, mixed
into the annotators' labels, soften these (Hinton et al., 2015, https://arxiv.org/abs/1503.02531);
spans and perspectives from the best guess of one, as whole sequences are (Kim and Rush, 2016,
https://arxiv.org/abs/1606.07947).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from statistics import fmean

from claimclf.calibration import Calibration
from claimclf.classifier import ClaimClassifier
from claimclf.documents import Document, Perspective, Sentence, Source
from claimclf.labels import UNRESOLVED
from claimclf.perspectives.withholding import check_min_score
from claimclf.targets import DISTILLED

_CHUNK = 32
"""Documents that a teacher reads at once."""

_TEACHER = "teacher:"
"""What the ids of the teachers' sources begin with."""


def pseudo_label(
    documents: Iterable[Document],
    teachers: Sequence[ClaimClassifier],
    *,
    min_score: float = 0.7,
    softening: float = 0.0,
) -> Iterator[Document]:
    """Fill in what nobody decided with what the teachers say.

    Args:
        documents: Documents with sentences, of any corpus, with or without labels.
        teachers: Trained models of the same types, at least one; types are their mean, all
            else is the first one's.
        min_score: Mean calibrated probability from which on a perspective is believed.
        softening: Weight of the teachers' probabilities beside the annotators' labels.

    Returns:
        Every document, one at a time, with `known_types` and `scores` of every sentence complete,
        perspectives where the teachers are sure, and attributions.

    Raises:
        ValueError: If `min_score` or `softening` is no probability, there is no teacher, or the
            teachers have other types; at once, not when reading starts.
    """
    check_min_score(min_score, "min_score")
    if not 0 <= softening <= 1:
        raise ValueError(f"softening must be a share in [0, 1], got {softening}.")
    if not teachers:
        raise ValueError("Give at least one teacher, a trained model; got none.")
    found = [tuple(teacher.calibration.types) for teacher in teachers]
    if different := [types for types in found if set(types) != set(found[0])]:
        raise ValueError(
            f"Teachers must have the same types; the first has {list(found[0])}, another one "
            f"{list(different[0])}."
        )
    return _labelled(documents, teachers, min_score=min_score, softening=softening)


def _labelled(
    documents: Iterable[Document],
    teachers: Sequence[ClaimClassifier],
    *,
    min_score: float,
    softening: float,
) -> Iterator[Document]:
    """The labelling itself, apart so that `pseudo_label` can complain about its arguments."""
    remaining = iter(documents)
    while chunk := list(islice(remaining, _CHUNK)):
        opinions = zip(*(teacher.predict_documents(chunk) for teacher in teachers), strict=True)
        for document, predicted in zip(chunk, opinions, strict=True):
            pooled = pool(predicted, teachers[0].calibration, min_score=min_score)
            yield fill_in(document, pooled, softening=softening)


def pool(
    predicted: Sequence[Document], calibration: Calibration, *, min_score: float = 0.0
) -> Document:
    """One opinion out of several of the same document.

    Types get their mean probability, and `calibration` decides. Everything else is the first
    teacher's; a perspective stays open where some teacher leaves it open, or where the mean
    probability of what the first one says, source or author, is below `min_score`.
    """
    first = predicted[0]
    sentences = []
    for opinions in zip(*(document.sentences for document in predicted), strict=True):
        scores = {
            name: fmean(opinion.scores[name] for opinion in opinions) for name in opinions[0].scores
        }
        agreement = _agreement([opinion.perspective for opinion in opinions])
        sentences.append(
            replace(
                opinions[0],
                types=calibration.decided_types(scores),
                scores=scores,
                perspective=opinions[0].perspective if agreement >= min_score else None,
            )
        )
    return first.replace(sentences=tuple(sentences))


def _agreement(perspectives: Sequence[Perspective | None]) -> float:
    """Mean probability of what the first says, source or author; −1 where one is open."""
    first = perspectives[0]
    probabilities = [
        perspective.score if first and perspective.status == first.status else 1 - perspective.score
        for perspective in perspectives
        if perspective and perspective.status != UNRESOLVED and perspective.score is not None
    ]
    return fmean(probabilities) if len(probabilities) == len(perspectives) else -1.0


def fill_in(gold: Document, predicted: Document, *, softening: float = 0.0) -> Document:
    """One document with its own labels where it has some, else the teachers'.

    Types that only the annotators decided are kept beside the teachers'. Perspectives that the
    teachers left open stay open. In the `scores` that types are learned from, annotated labels are
    mixed with the teachers' probabilities, which weigh `softening`.
    """
    predicted = _with_new_ids(predicted, gold)
    sentences = tuple(
        _fill_sentence(mine, theirs, has_spans=gold.attributions is not None, softening=softening)
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


def _with_new_ids(predicted: Document, gold: Document) -> Document:
    """The teachers' document with ids of sources that none of the annotators' can have."""
    prefix = _TEACHER
    while any(source.id.startswith(prefix) for source in gold.sources):  # earlier teachers'
        prefix += _TEACHER
    sources = {source.id: replace(source, id=prefix + source.id) for source in predicted.sources}
    sentences = tuple(
        replace(sentence, perspective=replace(perspective, source=sources[perspective.source.id]))
        if (perspective := sentence.perspective) and perspective.source
        else sentence
        for sentence in predicted.sentences
    )
    return predicted.replace(sentences=sentences, sources=tuple(sources.values()))


def _fill_sentence(
    gold: Sentence, predicted: Sentence, *, has_spans: bool, softening: float
) -> Sentence:
    scores = {
        name: (1 - softening) * (name in gold.types) + softening * score
        if name in gold.known_types
        else score
        for name, score in predicted.scores.items()
    }
    known_types = tuple(dict.fromkeys((*predicted.known_types, *gold.known_types)))
    types = tuple(
        name
        for name in known_types
        if name in (gold.types if name in gold.known_types else predicted.types)
    )
    return replace(
        gold,
        types=types,
        known_types=known_types,
        scores=scores,
        perspective=_fill_perspective(gold.perspective, predicted.perspective),
        spans=gold.spans if has_spans else predicted.spans,
    )


def _fill_perspective(
    gold: Perspective | None, predicted: Perspective | None
) -> Perspective | None:
    """The annotators' perspective; the teachers' where it says more: who, of what kind."""
    if predicted is None:
        return gold
    if gold is None:
        return predicted
    # Corpora of spans mark mentions without saying who is meant: the teachers link them.
    if gold.source and gold.source.kind is None and gold.mention and predicted.mention:
        return predicted if gold.mention.overlap(predicted.mention) else gold
    return gold
