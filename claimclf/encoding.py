"""Documents → windows of whole sentences → padded tensors.

A window is a run of sentences that fits the encoder. Every sentence is decoded from exactly one
window: it may see earlier sentences again (context on its left) and, unless the document ends, some
of what follows (lookahead). A sentence too long for any window is read in pieces, each in a window
of its own; decoding joins them. Nothing is cut.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from transformers import PreTrainedConfig, PreTrainedTokenizerBase

from claimclf.configuration import ClaimConfig
from claimclf.documents import Document, Span

Integers = NDArray[np.int64]

FILL_MULTIPLE: Final = 16
"""Windows are filled up to a multiple of this with their last token, which is read like any other:
over 510 tokens, attention takes 1.5 times as long on the CPU as over 512. Sentences that are read
alone are too short to gain by it."""


@dataclass(frozen=True, slots=True)
class EncodedSentence:
    """One sentence as tokens, without special tokens."""

    token_ids: Integers
    """`(tokens,)`, at least one."""
    offsets: Integers
    """Character range of each token in the document, `(tokens, 2)`."""
    starts_paragraph: bool
    """Whether a line break separates it from the sentence before."""


@dataclass(frozen=True, slots=True)
class Window:
    """A run of sentences (or a piece of one) that the encoder reads at once."""

    document: int
    """Position of the document among those that were encoded."""
    sentences: tuple[int, ...]
    """Positions in the document of the sentences in the window, in order."""
    is_decoded: tuple[bool, ...]
    """Whether this window decides the sentence's labels; the others are context."""
    input_ids: Integers
    """`(tokens,)`, with special tokens."""
    offsets: Integers
    """Character range of each token in the document, `(tokens, 2)`; `[0, 0)` for special tokens."""
    sentence_index: Integers
    """Index into `sentences` of each token, −1 for special tokens, `(tokens,)`."""

    def __len__(self) -> int:
        return len(self.input_ids)


@dataclass(frozen=True, slots=True)
class EncodedBatch:
    """Several windows, padded to the longest."""

    windows: tuple[Window, ...]
    input_ids: Tensor
    """`(batch, tokens)`, padded with the tokenizer's padding token."""
    attention_mask: Tensor
    """0 on padding, `(batch, tokens)`."""
    sentence_index: Tensor
    """Sentence of each token, −1 on special tokens and padding, `(batch, tokens)`."""

    def model_inputs(self) -> dict[str, Tensor]:
        """The tensors under the names that `ClaimModel.forward` gives them."""
        return {
            "input_ids": self.input_ids,
            "attention_mask": self.attention_mask,
            "sentence_index": self.sentence_index,
        }


def max_positions(encoder: PreTrainedConfig) -> int:
    """Longest input in tokens that an encoder's position embeddings allow."""
    positions = int(getattr(encoder, "max_position_embeddings", 512))
    # RoBERTa and its relatives count positions from padding_idx + 1.
    if encoder.model_type in {"roberta", "xlm-roberta", "camembert", "mpnet"}:
        positions -= int(encoder.pad_token_id or 0) + 1
    return positions


class WindowEncoder:
    """Turns documents into windows and windows into batches, for one tokenizer and one window size.

    Args:
        tokenizer: A fast tokenizer (it must give character offsets).
        config: Window sizes.

    Raises:
        ValueError: If the tokenizer is slow.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase, config: ClaimConfig) -> None:
        if not tokenizer.is_fast:
            raise ValueError(
                f"{type(tokenizer).__name__} gives no character offsets; load a fast tokenizer "
                "(AutoTokenizer.from_pretrained(…, use_fast=True))."
            )
        self.tokenizer = tokenizer
        self.max_tokens = config.max_tokens
        self.context_tokens = config.context_tokens
        self.lookahead_tokens = config.lookahead_tokens
        self.sentences_alone = config.sentences_alone
        self.first_token = _special(tokenizer.cls_token_id, tokenizer.bos_token_id)
        self.last_token = _special(tokenizer.sep_token_id, tokenizer.eos_token_id)
        self.padding = tokenizer.pad_token_id or 0

    @property
    def capacity(self) -> int:
        """Tokens that sentences and paragraph breaks may take of a window."""
        return self.max_tokens // FILL_MULTIPLE * FILL_MULTIPLE - 2

    def encode(self, documents: Sequence[Document]) -> list[Window]:
        """Windows of all documents, in order of document and sentence.

        Raises:
            ValueError: If a document with text that is not only space has no sentences.
        """
        for document in documents:
            if not document.sentences and document.text.strip():
                raise ValueError(
                    f"Document {document.id!r} has text but no sentences; split it first "
                    "(claimclf.segmentation.split_sentences)."
                )
        windows: list[Window] = []
        encoded = self._encode_sentences(documents)
        for index, document in enumerate(documents):
            sentences = [next(encoded) for _ in document.sentences]
            windows.extend(self._windows(index, sentences))
        return windows

    def collate(self, windows: Sequence[Window]) -> EncodedBatch:
        """Pad windows to the longest of them."""
        shape = (len(windows), max(len(window) for window in windows))
        input_ids = np.full(shape, self.padding, dtype=np.int64)
        attention_mask = np.zeros(shape, dtype=np.int64)
        sentence_index = np.full(shape, -1, dtype=np.int64)
        for row, window in enumerate(windows):
            input_ids[row, : len(window)] = window.input_ids
            attention_mask[row, : len(window)] = 1
            sentence_index[row, : len(window)] = window.sentence_index
        return EncodedBatch(
            tuple(windows),
            torch.from_numpy(input_ids),
            torch.from_numpy(attention_mask),
            torch.from_numpy(sentence_index),
        )

    def _encode_sentences(self, documents: Sequence[Document]) -> Iterator[EncodedSentence]:
        """All sentences of all documents through the tokenizer, in order."""
        texts = [sentence.text for document in documents for sentence in document.sentences]
        if not texts:
            return
        encodings = self.tokenizer(
            texts, add_special_tokens=False, return_offsets_mapping=True, verbose=False
        )
        row = 0
        for document in documents:
            previous_end = 0
            for sentence in document.sentences:
                token_ids = np.asarray(encodings["input_ids"][row], dtype=np.int64)
                offsets = np.asarray(encodings["offset_mapping"][row], dtype=np.int64).reshape(
                    -1, 2
                )
                if not len(
                    token_ids
                ):  # nothing that the tokenizer knows, such as a lone control character
                    token_ids = np.asarray([_special(self.tokenizer.unk_token_id, self.last_token)])
                    offsets = np.asarray([[0, len(sentence.text)]])
                gap = document.text[previous_end : sentence.start]
                yield EncodedSentence(
                    token_ids,
                    offsets + sentence.start,
                    previous_end > 0 and ("\n" in gap or "\r" in gap),
                )
                previous_end = sentence.end
                row += 1

    def _windows(self, document: int, sentences: Sequence[EncodedSentence]) -> Iterator[Window]:
        """Windows of one document."""
        # A paragraph break costs one token, the separator.
        lengths = [len(sentence.token_ids) + sentence.starts_paragraph for sentence in sentences]
        first = 0
        while first < len(sentences):
            if lengths[first] > self.capacity:
                yield from self._pieces(document, first, sentences[first])
                first += 1
                continue
            if self.sentences_alone:
                yield self._window(
                    document, sentences, range(first, first + 1), range(first, first + 1)
                )
                first += 1
                continue
            begin, used = first, lengths[first]
            limit = min(self.context_tokens, self.capacity - used)
            context = 0
            while begin > 0 and context + lengths[begin - 1] <= limit:
                begin -= 1
                context += lengths[begin]
            used += context
            end = first + 1
            while end < len(sentences) and used + lengths[end] <= self.capacity:
                used += lengths[end]
                end += 1
            decoded_end = end
            if end < len(sentences):
                seen = 0
                while (
                    decoded_end - 1 > first
                    and seen + lengths[decoded_end - 1] <= self.lookahead_tokens
                ):
                    decoded_end -= 1
                    seen += lengths[decoded_end]
            yield self._window(document, sentences, range(begin, end), range(first, decoded_end))
            first = decoded_end

    def _window(
        self, document: int, sentences: Sequence[EncodedSentence], members: range, decoded: range
    ) -> Window:
        """Put the tokens of some sentences in a row, with a separator at each paragraph break."""
        ids, offsets, index = (
            [np.asarray([self.first_token])],
            [np.zeros((1, 2), np.int64)],
            [np.asarray([-1])],
        )
        for slot, member in enumerate(members):
            sentence = sentences[member]
            if sentence.starts_paragraph and slot > 0:
                ids.append(np.asarray([self.last_token]))
                offsets.append(np.zeros((1, 2), np.int64))
                index.append(np.asarray([-1]))
            ids.append(sentence.token_ids)
            offsets.append(sentence.offsets)
            index.append(np.full(len(sentence.token_ids), slot))
        # At least one, and as many more as fill the window up.
        num_last = 1
        if not self.sentences_alone:
            num_last += -(1 + sum(map(len, ids))) % FILL_MULTIPLE
        ids.append(np.full(num_last, self.last_token))
        offsets.append(np.zeros((num_last, 2), np.int64))
        index.append(np.full(num_last, -1))
        return Window(
            document,
            tuple(members),
            tuple(member in decoded for member in members),
            np.concatenate(ids),
            np.concatenate(offsets),
            np.concatenate(index),
        )

    def _pieces(self, document: int, position: int, sentence: EncodedSentence) -> Iterator[Window]:
        """Windows of a sentence that no window holds whole."""
        for begin in range(0, len(sentence.token_ids), self.capacity):
            piece = EncodedSentence(
                sentence.token_ids[begin : begin + self.capacity],
                sentence.offsets[begin : begin + self.capacity],
                starts_paragraph=False,
            )
            window = self._window(document, [piece], range(1), range(1))
            yield Window(
                document,
                (position,),
                (True,),
                window.input_ids,
                window.offsets,
                window.sentence_index,
            )


def token_range(offsets: Integers, span: Span) -> tuple[int, int] | None:
    """Half-open range of the tokens that overlap a character span; None if there are none.

    Args:
        offsets: Character ranges, `(tokens, 2)`; empty ranges (special tokens) never match.
        span: Characters.
    """
    is_inside = (
        (offsets[:, 0] < span.end) & (offsets[:, 1] > span.start) & (offsets[:, 1] > offsets[:, 0])
    )
    positions = np.flatnonzero(is_inside)
    return None if not len(positions) else (int(positions[0]), int(positions[-1]) + 1)


def _special(*candidates: int | None) -> int:
    """The first special token that a tokenizer has."""
    for candidate in candidates:
        if candidate is not None:
            return candidate
    raise ValueError(
        "The tokenizer has neither cls/sep nor bos/eos tokens; claimclf needs one pair of them."
    )
