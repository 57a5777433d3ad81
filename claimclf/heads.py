"""The model's heads: encoder states in, logits out; no labels, no thresholds.

Sizes in shapes: `batch` windows, `tokens` per window, `sentences` per window, `hidden` width of the
encoder. A sentence is given by `sentence_mask`, bool `(batch, sentences, tokens)`: True on its own
tokens. Sentences that only pad the batch have no True at all; their logits are finite and mean
nothing.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from claimclf.crf import NUM_TAGS, possible_pairs

AUTHOR_COLUMN, OUTSIDE_COLUMN = 0, 1
NUM_ANCHORS = 2
"""Pointer columns before the tokens: AUTHOR, OUTSIDE."""


def masked_softmax(logits: Tensor, mask: Tensor) -> Tensor:
    """Softmax over the last dimension where `mask` is True; all zeros where it is nowhere True."""
    masked = logits.masked_fill(~mask, torch.finfo(logits.dtype).min)
    return masked.softmax(dim=-1) * mask.any(dim=-1, keepdim=True)


def apply_linear(linear: nn.Linear, states: Tensor) -> Tensor:
    """A linear layer in its own precision, which may be lower than that of the states around it."""
    output: Tensor = linear(states.to(linear.weight.dtype))
    return output.to(states.dtype)


class TypeHead(nn.Module):
    """Independent logits of the types, each from its own attention over the sentence's tokens.

    One attention per type lets a single hedge decide `speculation` while `attribution` looks at the
    verb of saying. Two batched matrix products do it for all sentences at once.
    """

    def __init__(self, hidden: int, num_types: int, dropout: float) -> None:
        super().__init__()
        self.attention = nn.Linear(hidden, num_types)
        self.dropout = nn.Dropout(dropout)
        self.mix = nn.Linear(hidden, hidden)
        self.score = nn.Parameter(torch.randn(num_types, hidden) * hidden**-0.5)
        self.bias = nn.Parameter(torch.zeros(num_types))

    def forward(self, token_states: Tensor, sentence_mask: Tensor) -> Tensor:
        """Score every type of every sentence.

        Args:
            token_states: `(batch, tokens, hidden)`.
            sentence_mask: True on a sentence's tokens, bool, `(batch, sentences, tokens)`.

        Returns:
            Logits, `(batch, sentences, types)`.
        """
        relevance = self.attention(token_states).transpose(1, 2)  # (batch, types, tokens)
        weights = masked_softmax(
            relevance[:, None], sentence_mask[:, :, None]
        )  # (b, s, types, tokens)
        batch, sentences, types, tokens = weights.shape
        pooled = weights.reshape(batch, sentences * types, tokens) @ token_states
        mixed = nn.functional.gelu(self.mix(self.dropout(pooled)))
        mixed = mixed.reshape(batch, sentences, types, -1)
        logits: Tensor = (self.dropout(mixed) * self.score).sum(dim=-1) + self.bias
        return logits


class SpanHead(nn.Module):
    """Tags every token as outside, beginning or inside of a source, a cue and a content span.

    The three labels are tagged independently: a source may stand inside the content of another
    attribution. Each is a chain of its own, see `claimclf.crf`.
    """

    def __init__(self, hidden: int, num_labels: int, dropout: float) -> None:
        super().__init__()
        self.num_labels = num_labels
        self.dropout = nn.Dropout(dropout)
        self.mix = nn.Linear(hidden, hidden)
        self.score = nn.Linear(hidden, NUM_TAGS * num_labels)
        self.pairs = nn.Parameter(torch.zeros(num_labels, NUM_TAGS, NUM_TAGS))

    def forward(self, token_states: Tensor) -> Tensor:
        """Tag logits in the order O, B, I: `(batch, tokens, labels, 3)`."""
        mixed = nn.functional.gelu(apply_linear(self.mix, self.dropout(token_states)))
        logits: Tensor = self.score(mixed)
        return logits.reshape(*token_states.shape[:-1], self.num_labels, NUM_TAGS)

    def transitions(self) -> Tensor:
        """Score of tag j after tag i, `(labels, tags, tags)`; I never follows O."""
        return self.pairs.float() + possible_pairs().to(self.pairs.device)


class PointerHead(nn.Module):
    """For every sentence, points at the first and the last token of one mention in the window.

    Extractive question answering with the sentence as the question. Before the tokens stand two
    learned positions: AUTHOR (the sentence has no source) and OUTSIDE (it has one, but this window
    does not hold the words).
    """

    def __init__(self, hidden: int, size: int, max_distance: int, dropout: float) -> None:
        super().__init__()
        self.size = size
        self.max_distance = max_distance
        self.dropout = nn.Dropout(dropout)
        self.query = nn.Sequential(
            nn.Linear(hidden, hidden), nn.GELU(), nn.Linear(hidden, 2 * size)
        )
        self.key = nn.Linear(hidden, 2 * size)
        self.anchor = nn.Linear(hidden, NUM_ANCHORS)
        self.distance = nn.Embedding(2 * max_distance + 1, 1)
        nn.init.zeros_(self.distance.weight)

    def forward(
        self, token_states: Tensor, sentence_states: Tensor, sentence_index: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Score the two learned positions and every token as first, and every token as last.

        Args:
            token_states: `(batch, tokens, hidden)`.
            sentence_states: `(batch, sentences, hidden)`.
            sentence_index: Sentence of each token, −1 on special tokens and padding, `(batch,
                tokens)`.

        Returns:
            Start logits `(batch, sentences, 2 + tokens)`, columns AUTHOR, OUTSIDE, tokens; and end
            logits `(batch, sentences, tokens)`. Tokens of no sentence have the lowest finite value.
        """
        queries = self.query(self.dropout(sentence_states))
        query_start, query_end = queries.split(self.size, dim=-1)
        keys = apply_linear(self.key, self.dropout(token_states))
        key_start, key_end = torch.split(keys, self.size, dim=-1)
        scale = self.size**-0.5
        start = query_start @ key_start.transpose(1, 2) * scale  # (batch, sentences, tokens)
        end = query_end @ key_end.transpose(1, 2) * scale
        slots = torch.arange(sentence_states.shape[1], device=token_states.device)
        offset = sentence_index[:, None, :] - slots[None, :, None]  # (batch, sentences, tokens)
        offset = offset.clamp(-self.max_distance, self.max_distance) + self.max_distance
        start = start + self.distance(offset).squeeze(-1)
        is_padding = (sentence_index < 0)[:, None, :]
        start = start.masked_fill(is_padding, torch.finfo(start.dtype).min)
        end = end.masked_fill(is_padding, torch.finfo(end.dtype).min)
        return torch.cat([self.anchor(self.dropout(sentence_states)), start], dim=-1), end


class SourceHead(nn.Module):
    """Who says this? One pointer to the source's mention, one to its full name.

    "He added that …" points at *he* and, two sentences earlier, at *Minister Jan Kowalski*: the
    second pointer is what links pronouns, titles and quotations that run on to a name.
    """

    def __init__(self, hidden: int, size: int, max_distance: int, dropout: float) -> None:
        super().__init__()
        self.attention = nn.Linear(hidden, 1)
        self.mention = PointerHead(hidden, size, max_distance, dropout)
        self.link = PointerHead(hidden, size, max_distance, dropout)

    def forward(
        self, token_states: Tensor, sentence_mask: Tensor, sentence_index: Tensor
    ) -> tuple[Tensor, tuple[Tensor, Tensor], tuple[Tensor, Tensor]]:
        """Sentence states `(batch, sentences, hidden)`, then start and end logits per pointer."""
        relevance = self.attention(token_states).transpose(1, 2)  # (batch, 1, tokens)
        sentence_states = masked_softmax(relevance, sentence_mask) @ token_states
        return (
            sentence_states,
            self.mention(token_states, sentence_states, sentence_index),
            self.link(token_states, sentence_states, sentence_index),
        )


class KindHead(nn.Module):
    """The kind of source, from the sentence and from what the two pointers look at."""

    def __init__(self, hidden: int, num_kinds: int, dropout: float) -> None:
        super().__init__()
        self.dropout = nn.Dropout(dropout)
        self.mix = nn.Linear(3 * hidden, hidden)
        self.score = nn.Linear(hidden, num_kinds)

    def forward(
        self,
        token_states: Tensor,
        sentence_states: Tensor,
        mention_start: Tensor,
        link_start: Tensor,
    ) -> Tensor:
        """Logits `(batch, sentences, kinds)`; the start logits are those of `PointerHead`."""
        looked_at = [
            start[..., NUM_ANCHORS:].softmax(dim=-1) @ token_states
            for start in (mention_start, link_start)
        ]
        features = torch.cat(
            [sentence_states, *looked_at], dim=-1
        )  # (batch, sentences, 3 * hidden)
        mixed = nn.functional.gelu(self.mix(self.dropout(features)))
        logits: Tensor = self.score(self.dropout(mixed))
        return logits
