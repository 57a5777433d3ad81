"""The model: any Hugging Face encoder with the heads of `claimclf.heads`.

Tensors of an `EncodedBatch` go in, a `ClaimOutput` comes out; `claimclf.decoding` turns it into
predictions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from transformers import AutoModel, PreTrainedModel
from transformers.utils.generic import ModelOutput

from claimclf.configuration import ClaimConfig
from claimclf.heads import KindHead, SourceHead, SpanHead, TypeHead
from claimclf.losses import kind_loss, pointer_loss, span_loss, type_loss
from claimclf.packing import PACKABLE, PACKED, encode_packed, is_packable

MAX_DISTANCE = 8
"""Sentence distances beyond this share one bias in the pointers."""


@dataclass
class ClaimOutput(ModelOutput):
    """Logits of all heads; `batch`, `sentences` and `tokens` are padded sizes.

    Pointer columns are AUTHOR, OUTSIDE, then the tokens.
    """

    # ModelOutput wants a default for every field; the model always sets the logits.
    loss: Tensor | None = None
    """Weighted sum of the heads' losses; None without labels."""
    type_logits: Tensor = None  # type: ignore[assignment]
    """`(batch, sentences, types)`."""
    span_logits: Tensor = None  # type: ignore[assignment]
    """`(batch, tokens, labels, 3)`, tags O, B, I."""
    span_transitions: Tensor = None  # type: ignore[assignment]
    """`(labels, 3, 3)`: score of a tag after another."""
    source_start_logits: Tensor = None  # type: ignore[assignment]
    """`(batch, sentences, 2 + tokens)`: first token of the source's mention."""
    source_end_logits: Tensor = None  # type: ignore[assignment]
    """`(batch, sentences, tokens)`: last token of the source's mention."""
    link_start_logits: Tensor = None  # type: ignore[assignment]
    """`(batch, sentences, 2 + tokens)`: first token of the source's full name."""
    link_end_logits: Tensor = None  # type: ignore[assignment]
    """`(batch, sentences, tokens)`: last token of the source's full name."""
    kind_logits: Tensor = None  # type: ignore[assignment]
    """`(batch, sentences, kinds)`."""


class ClaimModel(PreTrainedModel):
    """An encoder with type, span, source and kind heads.

    Every corpus trains the heads that it has labels for: what is masked in the labels costs
    nothing.
    """

    config_class = ClaimConfig
    config: ClaimConfig
    base_model_prefix = "encoder"
    main_input_name = "input_ids"

    def __init__(self, config: ClaimConfig) -> None:
        super().__init__(config)
        self.encoder = AutoModel.from_config(  # type: ignore[no-untyped-call]
            config.encoder_config(), **encoder_options(config)
        )
        hidden = self.encoder.config.hidden_size
        self.type_head = TypeHead(hidden, len(config.types), config.dropout)
        self.span_head = SpanHead(hidden, len(config.span_labels), config.dropout)
        self.source_head = SourceHead(hidden, config.pointer_size, MAX_DISTANCE, config.dropout)
        self.kind_head = KindHead(hidden, len(config.kinds), config.dropout)
        self.post_init()  # type: ignore[no-untyped-call]

    def _init_weights(self, module: torch.nn.Module) -> None:
        """Keep what each head's constructor set; the encoder brings its own weights."""

    def set_precision(self, dtype: torch.dtype) -> None:
        """Let the encoder, and what the heads do with every token, compute in this precision.

        What decides between labels stays as it is.
        """
        token_layers = (self.span_head.mix, self.source_head.mention.key, self.source_head.link.key)
        for module in (self.encoder, *token_layers):
            module.to(dtype)

    def forward(
        self,
        input_ids: Tensor,
        attention_mask: Tensor,
        sentence_index: Tensor | None = None,
        labels: Mapping[str, Tensor] | None = None,
    ) -> ClaimOutput:
        """Read windows; with labels, also sum up the losses.

        Args:
            input_ids: `(batch, tokens)`.
            attention_mask: 0 on padding, `(batch, tokens)`.
            sentence_index: Sentence of each token, −1 on special tokens and padding, `(batch,
                tokens)`; without it the whole input is read as one sentence.
            labels: What `claimclf.targets.collate_targets` gives; see `total_loss`.

        Returns:
            Logits in fp32, whatever the encoder computes in.
        """
        if sentence_index is None:
            sentence_index = torch.where(attention_mask.bool(), 0, -1)
        token_states = self.encode(input_ids, attention_mask).to(self.type_head.score.dtype)
        num_sentences = max(1, int(sentence_index.max()) + 1)
        slots = torch.arange(num_sentences, device=sentence_index.device)
        # (batch, sentences, tokens)
        sentence_mask = sentence_index[:, None, :] == slots[None, :, None]

        type_logits = self.type_head(token_states, sentence_mask)
        span_logits = self.span_head(token_states)
        sentence_states, source, link = self.source_head(
            token_states, sentence_mask, sentence_index
        )
        kind_logits = self.kind_head(
            token_states, sentence_states, source[0].detach(), link[0].detach()
        )
        output = ClaimOutput(
            type_logits=type_logits.float(),
            span_logits=span_logits.float(),
            span_transitions=self.span_head.transitions(),
            source_start_logits=source[0].float(),
            source_end_logits=source[1].float(),
            link_start_logits=link[0].float(),
            link_end_logits=link[1].float(),
            kind_logits=kind_logits.float(),
        )
        if labels is not None:
            output.loss = total_loss(output, labels, self.config.loss_weights)
        return output

    def encode(self, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
        """The encoder's last hidden states, `(batch, tokens, hidden)`."""
        if is_packable(self.encoder):
            return encode_packed(self.encoder, input_ids, attention_mask)
        states: Tensor = self.encoder(
            input_ids=input_ids, attention_mask=attention_mask
        ).last_hidden_state
        return states


def total_loss(
    output: ClaimOutput, labels: Mapping[str, Tensor], weights: Mapping[str, float]
) -> Tensor:
    """Weighted sum of the heads' losses, nats; see `claimclf.losses` for each.

    Args:
        output: Logits of all heads.
        labels: `type_labels`, `type_mask`, `span_labels`, `kind_labels`; for both pointers the
            right positions `source_labels`, `link_labels` and the right last tokens
            `source_end_labels`, `link_end_labels`.
        weights: By head: types, spans, source, link, kind; 1.0 where one is missing.
    """
    losses = {
        "types": type_loss(output.type_logits, labels["type_labels"], labels["type_mask"]),
        "spans": span_loss(output.span_logits, output.span_transitions, labels["span_labels"]),
        "source": pointer_loss(output.source_start_logits, labels["source_labels"])
        + pointer_loss(output.source_end_logits, labels["source_end_labels"]),
        "link": pointer_loss(output.link_start_logits, labels["link_labels"])
        + pointer_loss(output.link_end_logits, labels["link_end_labels"]),
        "kind": kind_loss(output.kind_logits, labels["kind_labels"]),
    }
    return torch.stack([weights.get(name, 1.0) * loss for name, loss in losses.items()]).sum()


def encoder_options(config: ClaimConfig) -> dict[str, Any]:
    """What to tell the encoder's class besides its config: no pooler, and attention that packs."""
    model_type = config.encoder.get("model_type")
    options: dict[str, Any] = {}
    if model_type in _WITH_POOLER:
        options["add_pooling_layer"] = False
    if model_type in PACKABLE:
        options["attn_implementation"] = PACKED
    return options


_WITH_POOLER = {"bert", "camembert", "mpnet", "roberta", "xlm-roberta"}

AutoModel.register(ClaimConfig, ClaimModel)
