"""Gold documents → the tensors that the heads learn from, aligned with their windows.

The reverse of `claimclf.decoding`: `decode` of these targets written as logits gives the gold
labels back.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import torch
from torch import Tensor

from claimclf.configuration import ClaimConfig
from claimclf.crf import BEGIN_TAG, INSIDE_TAG, OUTSIDE_TAG
from claimclf.documents import Document, Sentence, Source, Span
from claimclf.encoding import EncodedBatch, Integers, Window, token_range
from claimclf.heads import AUTHOR_COLUMN, NUM_ANCHORS, OUTSIDE_COLUMN
from claimclf.losses import IGNORED
from claimclf.pronouns import is_pronoun

DISTILLED = "distilled"
"""Key of the metadata of a document whose scores are a teacher's, see `claimclf.distillation`."""


@dataclass(frozen=True, slots=True)
class WindowTargets:
    """Labels of one window, one row per sentence; context sentences have none."""

    type_labels: NDArrayFloat
    """1.0 for a type that the sentence has, between 0 and 1 where a teacher is not sure,
    `(sentences, types)`.
    """
    type_mask: NDArrayBool
    """True where the type was decided, `(sentences, types)`."""
    span_labels: Integers
    """Tag ids of `claimclf.crf`, −100 where unknown, `(tokens, labels)`."""
    source: tuple[tuple[int, ...], ...]
    """Right columns of the mention pointer per sentence; empty where unknown."""
    source_end: tuple[tuple[int, ...], ...]
    """Right last tokens of the mention per sentence."""
    link: tuple[tuple[int, ...], ...]
    """Right columns of the full-name pointer per sentence; empty where unknown."""
    link_end: tuple[tuple[int, ...], ...]
    """Right last tokens of the full name per sentence."""
    kind_labels: Integers
    """Kind ids, −100 where unknown, `(sentences,)`."""


NDArrayFloat = np.ndarray[tuple[int, ...], np.dtype[np.float32]]
NDArrayBool = np.ndarray[tuple[int, ...], np.dtype[np.bool_]]


_Columns: TypeAlias = tuple[tuple[int, ...], tuple[int, ...]]
"""Start columns and last tokens."""


def make_targets(
    document: Document,
    window: Window,
    config: ClaimConfig,
    *,
    names: Mapping[str, Sequence[Span]] | None = None,
) -> WindowTargets:
    """Labels of one window from its gold document.

    In a distilled document types are learned from the sentences' `scores`; elsewhere scores count
    for nothing, so that types that a person has corrected are what is learned.
    Types, perspectives and spans that nobody decided (`known_types`, `perspective is None`,
    `attributions is None`) are masked.

    Args:
        document: The window's document.
        window: Some of its sentences.
        config: The labels' names.
        names: `naming_mentions` of the document, to look for them once for all its windows.
    """
    if names is None:
        names = naming_mentions(document)
    columns: dict[str, tuple[_Columns, _Columns]] = {}
    num_sentences = len(window.sentences)
    is_soft = bool(document.metadata.get(DISTILLED))
    type_labels = np.zeros((num_sentences, len(config.types)), np.float32)
    type_mask = np.zeros((num_sentences, len(config.types)), np.bool_)
    kind_labels = np.full(num_sentences, IGNORED, np.int64)
    pointers: list[_Pointers] = []
    for slot, position in enumerate(window.sentences):
        sentence = document.sentences[position]
        if not window.is_decoded[slot]:
            pointers.append(_Pointers())
            continue
        for column, name in enumerate(config.types):
            label = float(name in sentence.types)
            type_labels[slot, column] = sentence.scores.get(name, label) if is_soft else label
            type_mask[slot, column] = name in sentence.known_types
        source = sentence.perspective.source if sentence.perspective else None
        if source and source.kind in config.kinds:
            kind_labels[slot] = config.kinds.index(source.kind)
        if source and source.id not in columns:
            columns[source.id] = _source_columns(source, names.get(source.id, ()), window)
        pointers.append(_pointers(sentence, window, columns))
    return WindowTargets(
        type_labels,
        type_mask,
        _span_labels(document, window, config.span_labels),
        tuple(pointer.source for pointer in pointers),
        tuple(pointer.source_end for pointer in pointers),
        tuple(pointer.link for pointer in pointers),
        tuple(pointer.link_end for pointer in pointers),
        kind_labels,
    )


def collate_targets(batch: EncodedBatch, targets: Sequence[WindowTargets]) -> dict[str, Tensor]:
    """Pad labels to the batch, under the names that `ClaimModel.forward` gives them."""
    num_windows, num_tokens = batch.input_ids.shape
    num_sentences = max(len(window.sentences) for window in batch.windows)
    num_types = targets[0].type_labels.shape[1]
    num_labels = targets[0].span_labels.shape[1]
    type_labels = np.zeros((num_windows, num_sentences, num_types), np.float32)
    type_mask = np.zeros((num_windows, num_sentences, num_types), np.bool_)
    span_labels = np.full((num_windows, num_tokens, num_labels), IGNORED, np.int64)
    kind_labels = np.full((num_windows, num_sentences), IGNORED, np.int64)
    for row, target in enumerate(targets):
        rows = len(target.type_labels)
        type_labels[row, :rows] = target.type_labels
        type_mask[row, :rows] = target.type_mask
        kind_labels[row, :rows] = target.kind_labels
        span_labels[row, : len(target.span_labels)] = target.span_labels
    return {
        "type_labels": torch.from_numpy(type_labels),
        "type_mask": torch.from_numpy(type_mask),
        "span_labels": torch.from_numpy(span_labels),
        "kind_labels": torch.from_numpy(kind_labels),
        "source_labels": _multi_hot(
            [target.source for target in targets], num_sentences, NUM_ANCHORS + num_tokens
        ),
        "source_end_labels": _multi_hot(
            [target.source_end for target in targets], num_sentences, num_tokens
        ),
        "link_labels": _multi_hot(
            [target.link for target in targets], num_sentences, NUM_ANCHORS + num_tokens
        ),
        "link_end_labels": _multi_hot(
            [target.link_end for target in targets], num_sentences, num_tokens
        ),
    }


def _multi_hot(
    rows: Sequence[Sequence[Sequence[int]]], num_sentences: int, num_columns: int
) -> Tensor:
    """Bool `(windows, sentences, columns)`, True at the given columns."""
    hot = torch.zeros((len(rows), num_sentences, num_columns), dtype=torch.bool)
    for window, sentences in enumerate(rows):
        for sentence, columns in enumerate(sentences):
            hot[window, sentence, list(columns)] = True
    return hot


@dataclass(frozen=True, slots=True)
class _Pointers:
    """Right positions of both pointers for one sentence."""

    source: tuple[int, ...] = ()
    source_end: tuple[int, ...] = ()
    link: tuple[int, ...] = ()
    link_end: tuple[int, ...] = ()


def _pointers(
    sentence: Sentence, window: Window, columns: Mapping[str, tuple[_Columns, _Columns]]
) -> _Pointers:
    """Where the pointers of one sentence should look in a window."""
    perspective = sentence.perspective
    if perspective is None or not (perspective.is_author or perspective.is_source):
        return _Pointers()
    if perspective.source is None:
        return _Pointers(source=(AUTHOR_COLUMN,))
    mentions, names = columns[perspective.source.id]
    if perspective.mention:
        mentions = _columns((perspective.mention,), window)
    return _Pointers(*mentions, *names)


def _source_columns(
    source: Source, names: Sequence[Span], window: Window
) -> tuple[_Columns, _Columns]:
    """Where a window mentions a source, and where it names it."""
    mentions = _columns((*source.mentions, *names), window)
    return mentions, _columns(names, window) if source.kind else ((), ())


def _columns(spans: Sequence[Span], window: Window) -> _Columns:
    """Start columns and last tokens of the spans that lie in the window; OUTSIDE if none does."""
    ranges = [found for span in spans if (found := token_range(window.offsets, span))]
    if not ranges:
        return (OUTSIDE_COLUMN,), ()
    return tuple(NUM_ANCHORS + start for start, _ in ranges), tuple(end - 1 for _, end in ranges)


def naming_mentions(document: Document) -> dict[str, tuple[Span, ...]]:
    """Where a document names each of its sources, by id.

    Sources without a kind are left out: they come from corpora that do not say which mentions are
    the same entity.
    """
    sources = {
        sentence.perspective.source.id: sentence.perspective.source
        for sentence in document.sentences
        if sentence.perspective and sentence.perspective.source
    }
    return {id: _naming_mentions(document, source) for id, source in sources.items() if source.kind}


def _naming_mentions(document: Document, source: Source) -> tuple[Span, ...]:
    """Where a document has a source's full name, else any mention that is no pronoun."""
    name = re.compile(rf"(?<!\w){re.escape(source.name)}(?!\w)", re.IGNORECASE)
    exact = tuple(Span(*match.span()) for match in name.finditer(document.text))
    if exact:
        return exact
    return tuple(span for span in source.mentions if not is_pronoun(span.of(document.text)))


def _span_labels(document: Document, window: Window, labels: Sequence[str]) -> Integers:
    """O, B, I tags of the decoded sentences; of overlapping spans of a label the longest wins."""
    tags = np.full((len(window), len(labels)), IGNORED, np.int64)
    if document.attributions is None:
        return tags
    is_decoded = np.asarray([*window.is_decoded, False])[window.sentence_index]
    tags[is_decoded] = OUTSIDE_TAG
    for slot in np.flatnonzero(window.is_decoded):
        for span in sorted(document.sentences[window.sentences[slot]].spans, key=len):
            found = token_range(window.offsets, span)
            if found:  # a piece of a long sentence may hold another part of it
                start, end = found
                column = labels.index(span.label)
                tags[start:end, column] = INSIDE_TAG
                if window.offsets[start, 0] >= span.start:
                    tags[start, column] = BEGIN_TAG
    return tags
