"""Logits → predictions: the only code that does it, for training, evaluation and `predict()` alike.

Comes after `claimclf.modeling`; what comes out still speaks of mentions, not of sources:
`claimclf.perspectives` links those, `claimclf.calibration` turns the raw probabilities into
calibrated ones.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from claimclf.configuration import ClaimConfig
from claimclf.crf import OUTSIDE_TAG, crf_best_tags
from claimclf.documents import Document, LabeledSpan, Prediction, Sentence, Span
from claimclf.encoding import EncodedBatch, Integers, Window
from claimclf.heads import AUTHOR_COLUMN, NUM_ANCHORS, OUTSIDE_COLUMN
from claimclf.modeling import ClaimOutput

Floats = NDArray[np.float32]

MAX_MENTION_TOKENS = 40
"""Longest mention that a pointer may mark, in tokens."""
_MAX_WORD = 50
"""How many characters of a word are looked for at either end of a span."""
NUM_STARTS = 6
"""First tokens that are weighed against each other when a pointer looks for a mention."""


@dataclass(frozen=True, slots=True)
class _WindowOutput:
    """What the model says of one window, as numpy arrays, cut to its own tokens and sentences."""

    window: Window
    type_probs: Floats
    span_tags: Integers
    source_start: Floats
    source_end: Floats
    link_start: Floats
    link_end: Floats
    kind_probs: Floats


@dataclass(frozen=True, slots=True)
class _Labels:
    """Names of the logits' columns."""

    types: tuple[str, ...]
    kinds: tuple[str, ...]


def decode(
    outputs: Iterable[tuple[EncodedBatch, ClaimOutput]],
    documents: Sequence[Document],
    config: ClaimConfig,
) -> list[list[Prediction]]:
    """Turn the logits of all windows of some documents into predictions.

    Args:
        outputs: Batches with their logits, in any order; together they hold every window of the
            documents.
        documents: The documents that were encoded, in the order of their encoding.
        config: The model's labels.

    Returns:
        For each document one prediction per sentence, in order.

    Raises:
        ValueError: If a sentence was decoded by no window.
    """
    by_document: dict[int, list[_WindowOutput]] = defaultdict(list)
    for batch, output in outputs:
        for window_output in _split(batch, output):
            by_document[window_output.window.document].append(window_output)
    return [
        _decode_document(document, by_document[index], config)
        for index, document in enumerate(documents)
    ]


def _split(batch: EncodedBatch, output: ClaimOutput) -> Iterable[_WindowOutput]:
    """Probabilities and tags of a batch, window by window, without padding."""
    type_probs = output.type_logits.sigmoid().numpy()
    span_tags = _best_tags(batch, output)
    kind_probs = output.kind_logits.softmax(dim=-1).numpy()
    source_start = output.source_start_logits.softmax(dim=-1).numpy()
    link_start = output.link_start_logits.softmax(dim=-1).numpy()
    source_end, link_end = output.source_end_logits.numpy(), output.link_end_logits.numpy()
    for row, window in enumerate(batch.windows):
        sentences, tokens = len(window.sentences), len(window)
        yield _WindowOutput(
            window,
            type_probs[row, :sentences],
            span_tags[row, :tokens],
            source_start[row, :sentences, : NUM_ANCHORS + tokens],
            source_end[row, :sentences, :tokens],
            link_start[row, :sentences, : NUM_ANCHORS + tokens],
            link_end[row, :sentences, :tokens],
            kind_probs[row, :sentences],
        )


def _best_tags(batch: EncodedBatch, output: ClaimOutput) -> Integers:
    """The best tag sequence of every window and label, `(batch, tokens, labels)`."""
    num_windows, num_tokens, num_labels, num_tags = output.span_logits.shape
    chains = output.span_logits.transpose(1, 2).reshape(-1, num_tokens, num_tags)
    is_real = (batch.sentence_index >= 0).repeat_interleave(num_labels, dim=0)
    transitions = output.span_transitions.repeat(num_windows, 1, 1)
    tags = crf_best_tags(chains.numpy(), transitions.numpy(), is_real.numpy())
    return tags.reshape(num_windows, num_labels, num_tokens).transpose(0, 2, 1)


def _decode_document(
    document: Document, outputs: list[_WindowOutput], config: ClaimConfig
) -> list[Prediction]:
    """Predictions of one document's sentences, pieces of long sentences joined."""
    outputs = sorted(
        outputs, key=lambda output: (output.window.sentences[-1], output.window.offsets.max())
    )
    # A config looks its attributes up slowly: too slowly for every sentence anew.
    labels = _Labels(tuple(config.types), tuple(config.kinds))
    parts: dict[int, list[Prediction]] = defaultdict(list)
    for output in outputs:
        for slot, position in enumerate(output.window.sentences):
            if output.window.is_decoded[slot]:
                parts[position].append(_decode_sentence(document, position, output, slot, labels))
    missing = [index for index in range(len(document.sentences)) if index not in parts]
    if missing:
        raise ValueError(f"Document {document.id!r}: no window decodes sentences {missing[:5]}.")
    spans = _decode_spans(document, outputs, config.span_labels)
    return [
        replace(_join(parts[index]), spans=spans.get(index, ()))
        for index in range(len(document.sentences))
    ]


def _decode_sentence(
    document: Document, position: int, output: _WindowOutput, slot: int, labels: _Labels
) -> Prediction:
    """One sentence (or one piece of it) from one window."""
    sentence = document.sentences[position]
    start = output.source_start[slot]
    author_score = float(start[AUTHOR_COLUMN])
    given_source = start / max(1e-9, 1.0 - author_score)
    tokens, outside_score = given_source[NUM_ANCHORS:], float(given_source[OUTSIDE_COLUMN])
    is_here = output.window.sentence_index == slot
    here_score = float(tokens[is_here].sum())
    mention = antecedent = None
    if here_score >= max(outside_score, float(tokens.sum()) - here_score):
        mention, score = _best_mention(
            document, output.window, np.where(is_here, tokens, 0.0), output.source_end[slot]
        )
    elif float(tokens.sum()) > outside_score:
        antecedent, score = _best_mention(
            document, output.window, np.where(is_here, 0.0, tokens), output.source_end[slot]
        )
    else:
        score = outside_score
    link = output.link_start[slot]
    name_mention, name_score = None, float(link[:NUM_ANCHORS].sum())
    if float(link[NUM_ANCHORS:].sum()) > name_score:
        name_mention, name_score = _best_mention(
            document, output.window, link[NUM_ANCHORS:], output.link_end[slot]
        )
    return Prediction(
        start=sentence.start,
        end=sentence.end,
        type_scores=dict(zip(labels.types, output.type_probs[slot].tolist(), strict=True)),
        author_score=author_score,
        mention=mention,
        antecedent=antecedent,
        name_mention=name_mention,
        mention_score=min(1.0, score),
        name_score=min(1.0, name_score),
        kind_scores=dict(zip(labels.kinds, output.kind_probs[slot].tolist(), strict=True)),
    )


def _best_mention(
    document: Document, window: Window, starts: Floats, ends: Floats
) -> tuple[Span, float]:
    """The mention whose words have the highest total probability, and that probability.

    A source that is named five times shares its probability among five places; mentions of the same
    wording are therefore weighed together, and the most probable place among them is taken.
    """
    num_starts = min(NUM_STARTS, len(starts))
    best = np.argpartition(starts, -num_starts)[-num_starts:]
    totals: dict[str, float] = defaultdict(float)
    places: dict[str, tuple[float, Span]] = {}
    for token in best:
        span = _mention(document, window, int(token), ends)
        words = span.of(document.text).casefold()
        totals[words] += float(starts[token])
        if words not in places or places[words][0] < starts[token]:
            places[words] = (float(starts[token]), span)
    words = max(totals, key=lambda key: totals[key])
    return places[words][1], totals[words]


def _mention(document: Document, window: Window, first: int, ends: Floats) -> Span:
    """The words from a first token to its best last token in the same sentence."""
    limit = first + MAX_MENTION_TOKENS
    slot = window.sentence_index[first]
    is_same = window.sentence_index[first:limit] == slot
    last = first + int(np.where(is_same, ends[first:limit], -np.inf).argmax())
    span = Span(int(window.offsets[first, 0]), int(window.offsets[last, 1]))
    return whole_words(document.text, span, document.sentences[window.sentences[slot]])


def whole_words(text: str, span: Span, sentence: Sentence) -> Span:
    """The span with the rest of the words that it begins and ends in: tokens may be parts.

    >>> whole_words("Ada Lund left.", Span(2, 6), Sentence(0, 14, "Ada Lund left."))
    Span(start=0, end=8)
    """
    start, end = span.start, span.end
    first, last = max(sentence.start, start - _MAX_WORD), min(sentence.end, end + _MAX_WORD)
    while start > first and text[start - 1 : start + 1].isalnum():
        start -= 1
    while end < last and text[end - 1 : end + 1].isalnum():
        end += 1
    return Span(start, end)


def _join(parts: list[Prediction]) -> Prediction:
    """One prediction of a sentence that was read in pieces.

    It has a type if a piece has it, and the source of the piece that is surest to have one.
    """
    if len(parts) == 1:
        return parts[0]
    surest = min(parts, key=lambda part: part.author_score)
    return replace(
        surest,
        type_scores={
            name: max(part.type_scores[name] for part in parts) for name in surest.type_scores
        },
    )


def _decode_spans(
    document: Document, outputs: list[_WindowOutput], labels: Sequence[str]
) -> dict[int, tuple[LabeledSpan, ...]]:
    """Spans by the position of their sentence, from the tags of the tokens that windows decode.

    A span ends with its sentence, at the latest: of PolNeAR's content fragments 98 % do, and a
    quotation that runs on is marked there as one fragment per sentence. Inside a sentence, what
    touches is one span: "I agree. Of course." quoted in one breath is.
    """
    tags, offsets, positions = [], [], []
    for output in outputs:
        window = output.window
        is_decoded = np.asarray([*window.is_decoded, False])[window.sentence_index]
        tags.append(output.span_tags[is_decoded])
        offsets.append(window.offsets[is_decoded])
        positions.append(np.asarray(window.sentences)[window.sentence_index[is_decoded]])
    if not tags:
        return {}
    all_tags, all_offsets = np.concatenate(tags), np.concatenate(offsets)
    all_positions = np.concatenate(positions)
    starts_sentence = np.diff(all_positions, prepend=-1) != 0
    # A set, because two pieces of one word may have been tagged apart.
    found: dict[int, set[LabeledSpan]] = defaultdict(set)
    for column, label in enumerate(labels):
        is_inside = all_tags[:, column] != OUTSIDE_TAG
        follows = np.concatenate([[False], is_inside[:-1]]) & ~starts_sentence
        begins = is_inside & ~follows
        # A span reaches up to the next token that starts a sentence or is outside.
        stops = np.append(np.flatnonzero(starts_sentence | ~is_inside), len(is_inside))
        for begin in np.flatnonzero(begins):
            last = stops[np.searchsorted(stops, begin, side="right")] - 1
            position = int(all_positions[begin])
            span = Span(int(all_offsets[begin, 0]), int(all_offsets[last, 1]))
            span = whole_words(document.text, span, document.sentences[position])
            found[position].add(LabeledSpan(span.start, span.end, label))
    return {position: tuple(sorted(spans)) for position, spans in found.items()}


def detached(output: Any) -> Any:
    """Detach an output's tensors from the graph and the device, so that decoding can read them."""
    return type(output)(**{name: value.detach().float().cpu() for name, value in output.items()})
