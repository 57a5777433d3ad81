"""Windows one after another in a single row: no padding is read, and attention needs no mask.

A third of a small encoder's time and more is attention, and with a mask that takes a third longer
on the CPU. So every window gets an attention of its own.
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

_HAS_MATRIX_UNITS: Final = bool(torch.cpu._is_amx_tile_supported())
"""Whether the processor has AMX, for which torch's kernel is made."""

PACKABLE: Final = frozenset({"bert"})
"""Encoders that hand our boundaries to the attention and whose positions count from 0."""


def packed_attention(
    module: torch.nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    *,
    boundaries: Tensor | None = None,
    dropout: float = 0.0,
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
        boundaries: Where windows begin and end: 0, then the end of each, `(1 + windows,)`. None for
            rows that are not packed: they get transformers' `sdpa`.
        dropout: Probability that a weight is dropped.
        scaling: Of the products; None takes the usual one.
        **kwargs: What else transformers passes on.

    Returns:
        `(1, tokens, heads, head size)`, and no weights.
    """
    if boundaries is None:
        return sdpa_attention_forward(
            module, query, key, value, attention_mask, dropout=dropout, scaling=scaling, **kwargs
        )
    is_opaque = torch.compiler.is_compiling() and not torch.is_grad_enabled()
    attend = _attend_compiled if is_opaque else _attend
    attended: Tensor = attend(query, key, value, boundaries, dropout, scaling)
    return attended, None


def is_packable(encoder: PreTrainedModel) -> bool:
    """Whether `encode_packed` can read with this encoder."""
    return bool(encoder.config._attn_implementation == PACKED)


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
    lengths = is_token.sum(dim=1)
    ends = lengths[lengths > 0].cumsum(0).cpu()
    packed = encoder(
        input_ids=input_ids[is_token][None],
        position_ids=positions[is_token][None],
        boundaries=torch.nn.functional.pad(ends, (1, 0)),
    ).last_hidden_state[0]
    states: Tensor = packed.new_zeros(*input_ids.shape, packed.shape[-1])
    states[is_token] = packed
    return states


def _attend(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    boundaries: Tensor,
    dropout: float,
    scaling: float | None,
) -> Tensor:
    """Attention within each window; see `packed_attention`."""
    sizes = boundaries.diff().tolist()
    attend = _by_products if _is_for_products(query, dropout) else _by_kernel
    attended = [
        attend(*window, dropout, scaling)
        for window in zip(
            torch.split(query, sizes, dim=2),
            torch.split(key, sizes, dim=2),
            torch.split(value, sizes, dim=2),
            strict=True,
        )
    ]
    return torch.cat(attended, dim=1)


def _by_kernel(
    query: Tensor, key: Tensor, value: Tensor, dropout: float, scaling: float | None
) -> Tensor:
    """Attention within one window, in torch's kernel: `(1, tokens, heads, head size)`."""
    attended = torch.nn.functional.scaled_dot_product_attention(
        query, key, value, dropout_p=dropout, scale=scaling
    )
    return attended.transpose(1, 2)


def _by_products(
    query: Tensor, key: Tensor, value: Tensor, dropout: float, scaling: float | None
) -> Tensor:
    """The same, with whole matrix products; without dropout."""
    scaling = query.shape[-1] ** -0.5 if scaling is None else scaling
    products = torch.baddbmm(
        query.new_empty(()), query[0], key[0].transpose(1, 2), beta=0, alpha=scaling
    )
    return torch.bmm(products.softmax(-1), value[0]).transpose(0, 1)[None]


def _is_for_products(query: Tensor, dropout: float) -> bool:
    """Whether whole products are faster than torch's kernel, which cuts them into small ones.

    They are not with AMX, nor in fp32; `docs/decisions.md` has the measurements.
    """
    is_half = query.device.type == "cpu" and query.dtype == torch.bfloat16
    return is_half and not dropout and not _HAS_MATRIX_UNITS


# For the compiler one operation whose insides it does not look at: it would make code anew for the
# windows of every batch. It has no gradient.
_attend_compiled = torch.library.custom_op(
    "".join(letter if letter.isalnum() else "_" for letter in __name__) + "::packed_attention",
    _attend,
    mutates_args=(),
)


@_attend_compiled.register_fake
def _attended(query: Tensor, *_: Any) -> Tensor:
    """What comes out of `_attend_compiled`, for the compiler."""
    return query.new_empty(query.shape).transpose(1, 2).contiguous()


AttentionInterface.register(PACKED, packed_attention)
AttentionMaskInterface.register(PACKED, sdpa_mask)
