"""Windows one after another in a single row: no padding is read, and attention needs no mask.

Half of a small encoder's time is attention, and with a mask that takes a third longer on the CPU.
So every window gets an attention of its own.
"""

from __future__ import annotations

from typing import Any, Final

import torch
from torch import Tensor
from transformers import AttentionInterface, AttentionMaskInterface, PreTrainedModel
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import sdpa_mask

PACKED: Final = f"{__name__}.packed_attention"
"""Name under which transformers finds `packed_attention`: of this module, for a copy of it (see
`bundle`) may be loaded beside it and registers its own."""

PACKABLE: Final = frozenset({"bert"})
"""Encoders that hand our lengths to the attention and whose positions count from 0."""


def packed_attention(
    module: torch.nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    *,
    lengths: list[int] | None = None,
    scaling: float | None = None,
    **kwargs: Any,
) -> tuple[Tensor, None]:
    """Attention within each window of a packed row, as `sdpa` gives it for the window alone.

    Args:
        module: The layer that asks.
        query: `(1, heads, tokens, head size)`, as `key` and `value`.
        key: See `query`.
        value: See `query`.
        attention_mask: None where windows are packed: they have no padding.
        lengths: Tokens of each window, in order, each at least 1; their sum is `tokens`. None for
            rows that are not packed: they get transformers' `sdpa`.
        scaling: Of the products; None takes the usual one.
        **kwargs: What else transformers passes on.

    Returns:
        `(1, tokens, heads, head size)`, and no weights.
    """
    if lengths is None:
        return sdpa_attention_forward(
            module, query, key, value, attention_mask, scaling=scaling, **kwargs
        )
    attended = [
        torch.nn.functional.scaled_dot_product_attention(*window, scale=scaling).transpose(1, 2)
        for window in zip(
            torch.split(query, lengths, dim=2),
            torch.split(key, lengths, dim=2),
            torch.split(value, lengths, dim=2),
            strict=True,
        )
    ]
    return torch.cat(attended, dim=1), None


def is_packable(encoder: PreTrainedModel) -> bool:
    """Whether `encode_packed` can read with this encoder: not while it is trained or compiled."""
    is_ready = encoder.config._attn_implementation == PACKED and not encoder.training
    # Compiled code would be made anew for all lengths of windows.
    return is_ready and encoder._compiled_call_impl is None


def encode_packed(encoder: PreTrainedModel, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
    """The encoder's last hidden states, without reading the padding.

    Args:
        encoder: One that `is_packable`.
        input_ids: `(batch, tokens)`.
        attention_mask: 1 on tokens, 0 on padding, `(batch, tokens)`.

    Returns:
        `(batch, tokens, hidden)`; zeros on padding.
    """
    is_token = attention_mask.bool()
    positions = torch.arange(input_ids.shape[1], device=input_ids.device).expand_as(input_ids)
    packed = encoder(
        input_ids=input_ids[is_token][None],
        position_ids=positions[is_token][None],
        lengths=[length for length in is_token.sum(dim=1).tolist() if length],
    ).last_hidden_state[0]
    states: Tensor = packed.new_zeros(*input_ids.shape, packed.shape[-1])
    states[is_token] = packed
    return states


AttentionInterface.register(PACKED, packed_attention)
AttentionMaskInterface.register(PACKED, sdpa_mask)
