"""Linear-chain conditional random field over the O, B, I tags of one label.

A tag that is chosen token by token breaks long spans at every doubtful word. With a score for each
pair of neighbouring tags the whole sequence is chosen at once (Lafferty et al., 2001; for neural
taggers Lample et al., 2016, https://arxiv.org/abs/1603.01360).

Sizes in shapes: `chains` independent sequences, `tokens` per sequence, `tags` (3).
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

OUTSIDE_TAG, BEGIN_TAG, INSIDE_TAG = 0, 1, 2
NUM_TAGS = 3
IMPOSSIBLE = -1e4
"""Score of a pair of tags that can't stand side by side; finite, so that gradients stay so."""


def possible_pairs() -> Tensor:
    """0 for tags that may follow each other, `IMPOSSIBLE` for I after O, `(tags, tags)`."""
    pairs = torch.zeros(NUM_TAGS, NUM_TAGS)
    pairs[OUTSIDE_TAG, INSIDE_TAG] = IMPOSSIBLE
    return pairs


def crf_log_partition(logits: Tensor, transitions: Tensor, mask: Tensor) -> Tensor:
    """Log of the summed exponential scores of all tag sequences.

    The product of the steps' score matrices in the (logsumexp, +) semiring is associative, so it is
    taken as a balanced tree: log2(tokens) large steps in place of one small step per token.

    Args:
        logits: Score of each tag, `(chains, tokens, tags)`.
        transitions: Score of tag j after tag i, `(chains, tags, tags)`.
        mask: False on tokens that are passed over, bool, `(chains, tokens)`.

    Returns:
        `(chains,)`, nats; 0.0 for a chain without tokens.
    """
    num_chains = len(logits)
    nothing = torch.full((NUM_TAGS, NUM_TAGS), IMPOSSIBLE, device=logits.device)
    identity = nothing.fill_diagonal_(0.0).expand(num_chains, 1, -1, -1)
    steps = torch.where(
        mask[..., None, None], transitions[:, None] + logits[:, :, None, :], identity
    )
    # The first real token follows nothing: its step has no transition.
    is_first = mask & (mask.cumsum(dim=1) == 1)
    steps = torch.where(is_first[..., None, None], logits[:, :, None, :], steps)
    while steps.shape[1] > 1:
        if steps.shape[1] % 2:
            steps = torch.cat([steps, identity], dim=1)
        left, right = steps[:, 0::2], steps[:, 1::2]
        steps = (left[..., :, :, None] + right[..., None, :, :]).logsumexp(dim=-2)
    # Every row starts from nothing, so one of them is enough.
    total = steps[:, 0, 0].logsumexp(dim=-1)
    return torch.where(mask.any(dim=1), total, 0.0)


def crf_score(logits: Tensor, transitions: Tensor, tags: Tensor, mask: Tensor) -> Tensor:
    """Score of one tag sequence per chain.

    Args:
        logits: See `crf_log_partition`.
        transitions: See `crf_log_partition`.
        tags: Tag ids, any value where `mask` is False, `(chains, tokens)`.
        mask: See `crf_log_partition`.

    Returns:
        `(chains,)`, nats.
    """
    tags = tags.clamp(min=0)
    emitted = logits.gather(-1, tags[..., None]).squeeze(-1)
    # Each token's predecessor is the last real token before it.
    positions = torch.arange(tags.shape[1], device=tags.device)
    last_real = torch.where(mask, positions, -1).cummax(dim=1).values
    previous = torch.nn.functional.pad(last_real[:, :-1], (1, 0), value=-1)
    previous_tags = tags.gather(1, previous.clamp(min=0))
    chains = torch.arange(len(tags), device=tags.device)[:, None]
    followed = transitions[chains, previous_tags, tags]
    has_previous = mask & (previous >= 0)
    return torch.where(mask, emitted, 0.0).sum(1) + torch.where(has_previous, followed, 0.0).sum(1)


def crf_best_tags(
    logits: NDArray[np.float32], transitions: NDArray[np.float32], mask: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """The tag sequence with the highest score (Viterbi).

    Args:
        logits: See `crf_log_partition`.
        transitions: See `crf_log_partition`.
        mask: See `crf_log_partition`.

    Returns:
        Tag ids, O where `mask` is False, `(chains, tokens)`.
    """
    num_chains, num_tokens, _ = logits.shape
    score = np.zeros((num_chains, NUM_TAGS), np.float32)
    came_from = np.tile(np.arange(NUM_TAGS), (num_tokens, num_chains, 1))
    has_begun = np.zeros(num_chains, np.bool_)
    for token in range(num_tokens):
        is_real = mask[:, token]
        candidates = score[:, :, None] + transitions  # (chains, tags before, tags)
        best = candidates.argmax(axis=1)
        reached = np.where(has_begun[:, None], candidates.max(axis=1), 0.0) + logits[:, token]
        score = np.where(is_real[:, None], reached, score)
        came_from[token][is_real & has_begun] = best[is_real & has_begun]
        has_begun |= is_real
    tags = np.zeros((num_chains, num_tokens), np.int64)
    current = score.argmax(axis=1)
    chains = np.arange(num_chains)
    for token in range(num_tokens - 1, -1, -1):
        tags[:, token] = np.where(mask[:, token], current, OUTSIDE_TAG)
        current = np.where(mask[:, token], came_from[token, chains, current], current)
    return tags
