"""What each head loses against its targets; what is not annotated costs nothing."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from claimclf.crf import crf_log_partition, crf_score

IGNORED = -100
"""Label of what nobody decided."""


def type_loss(type_logits: Tensor, type_labels: Tensor, type_mask: Tensor) -> Tensor:
    """Binary cross-entropy of the sentence types that somebody decided.

    Args:
        type_logits: `(batch, sentences, types)`.
        type_labels: 1.0 for a type that the sentence has, same shape.
        type_mask: False where nobody decided the type, bool, same shape.

    Returns:
        Scalar, nats per decided (sentence, type); 0.0 when the batch has none.
    """
    if type_logits.shape != type_labels.shape:
        raise ValueError(
            f"type_labels must have shape {tuple(type_logits.shape)}, "
            f"got {tuple(type_labels.shape)}."
        )
    losses = functional.binary_cross_entropy_with_logits(type_logits, type_labels, reduction="none")
    return _masked_mean(losses, type_mask)


def span_loss(span_logits: Tensor, span_transitions: Tensor, span_labels: Tensor) -> Tensor:
    """Negative log-likelihood of the gold tag sequences, one chain per window and label.

    Args:
        span_logits: `(batch, tokens, labels, tags)`.
        span_transitions: `(labels, tags, tags)`, see `claimclf.crf`.
        span_labels: Tag ids, −100 where nobody marked spans and on padding, `(batch, tokens,
            labels)`; such tokens are passed over.

    Returns:
        Scalar, nats per marked token and label; 0.0 when the batch has none.
    """
    num_windows = len(span_logits)
    logits = span_logits.transpose(1, 2).flatten(0, 1)  # (batch * labels, tokens, tags)
    tags = span_labels.transpose(1, 2).flatten(0, 1)
    transitions = span_transitions.repeat(num_windows, 1, 1)
    mask = tags != IGNORED
    losses = crf_log_partition(logits, transitions, mask) - crf_score(
        logits, transitions, tags, mask
    )
    return losses.sum() / mask.sum().clamp(min=1)


def pointer_loss(logits: Tensor, is_gold: Tensor) -> Tensor:
    """Negative marginal log-likelihood of the right positions.

    A sentence may have several right positions (any mention of its source). Rewarding their total
    probability lets the model pick the easiest one (Lee et al., 2017,
    https://arxiv.org/abs/1707.07045).

    Args:
        logits: `(batch, sentences, positions)`.
        is_gold: True for every right position, bool, same shape; a row without any is left out.

    Returns:
        Scalar, nats per sentence with a right position; 0.0 when the batch has none.
    """
    lowest = torch.finfo(logits.dtype).min
    gold_logits = logits.masked_fill(~is_gold, lowest)
    losses = logits.logsumexp(dim=-1) - gold_logits.logsumexp(dim=-1)  # (batch, sentences)
    return _masked_mean(losses, is_gold.any(dim=-1))


def kind_loss(kind_logits: Tensor, kind_labels: Tensor) -> Tensor:
    """Cross-entropy of the kinds of source.

    Args:
        kind_logits: `(batch, sentences, kinds)`.
        kind_labels: Kind ids, −100 for the author's sentences, unknown kinds and padding, `(batch,
            sentences)`.

    Returns:
        Scalar, nats per sentence with a kind; 0.0 when the batch has none.
    """
    losses = functional.cross_entropy(
        kind_logits.flatten(0, 1), kind_labels.flatten(), ignore_index=IGNORED, reduction="none"
    )
    return _masked_mean(losses, kind_labels.flatten() != IGNORED)


def _masked_mean(losses: Tensor, mask: Tensor) -> Tensor:
    """Mean of `losses` where `mask` is True; 0.0, with a gradient, where it is nowhere True."""
    return torch.where(mask, losses, 0.0).sum() / mask.sum().clamp(min=1)
