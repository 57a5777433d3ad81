"""The model: any Hugging Face encoder with the heads of `claimclf.heads`.

Tensors of an `EncodedBatch` go in, a `ClaimOutput` comes out; `claimclf.decoding` turns it into
predictions.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from transformers import AutoConfig, AutoModel, PreTrainedConfig, PreTrainedModel
from transformers.utils.generic import ModelOutput

from claimclf.heads import KindHead, SourceHead, SpanHead, TypeHead
from claimclf.labels import KINDS, SPAN_LABELS, TYPES, label2id
from claimclf.losses import kind_loss, pointer_loss, span_loss, type_loss
from claimclf.packing import PACKABLE, PACKED, encode_packed, is_packable

MAX_DISTANCE = 8
"""Sentence distances beyond this share one bias in the pointers."""


class ClaimConfig(PreTrainedConfig):  # type: ignore[no-untyped-call]
    """All that a trained model needs to predict: encoder, labels, windows, calibration, provenance.

    Args:
        encoder: Config of the encoder as a dictionary with its `model_type`.
        types: Sentence types, in the order of the logits.
        kinds: Kinds of source, in the order of the logits.
        span_labels: Span labels, in the order of the logits.
        max_tokens: Longest window, in tokens with special tokens.
        context_tokens: Tokens of earlier sentences repeated at the start of a window.
        lookahead_tokens: Tokens of later sentences that a decoded sentence still sees.
        sentences_alone: Whether every sentence is read without its neighbours, in a window of its
            own, as in a model that learned from sentences without their texts.
        pointer_size: Width of the pointers' query and key vectors.
        dropout: Dropout before the heads.
        loss_weights: Weight of each head's loss, by head.
        calibration: `Calibration.to_dict()`, with thresholds and where they come from; None before
            it is fitted.
        provenance: What the model was trained from, with what, by which command.
        **kwargs: Whatever `transformers` keeps in a config.
    """

    model_type = "claimclf"

    def __init__(
        self,
        encoder: dict[str, Any] | None = None,
        types: list[str] | tuple[str, ...] = TYPES,
        kinds: list[str] | tuple[str, ...] = KINDS,
        span_labels: list[str] | tuple[str, ...] = SPAN_LABELS,
        max_tokens: int = 512,
        context_tokens: int = 128,
        lookahead_tokens: int = 48,
        sentences_alone: bool = False,
        pointer_size: int = 128,
        dropout: float = 0.1,
        loss_weights: dict[str, float] | None = None,
        calibration: dict[str, Any] | None = None,
        provenance: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        self.encoder = {
            key: value for key, value in (encoder or {}).items() if key != "_name_or_path"
        }
        self.types = list(types)
        self.kinds = list(kinds)
        self.span_labels = list(span_labels)
        self.max_tokens = max_tokens
        self.context_tokens = context_tokens
        self.lookahead_tokens = lookahead_tokens
        self.sentences_alone = sentences_alone
        self.pointer_size = pointer_size
        self.dropout = dropout
        self.loss_weights = dict(loss_weights or {})
        self.calibration = calibration
        self.provenance = dict(provenance or {})
        kwargs["id2label"] = dict(enumerate(self.types))
        kwargs["label2id"] = label2id(tuple(self.types))
        kwargs["problem_type"] = "multi_label_classification"
        kwargs.pop("num_labels", None)
        super().__init__(**kwargs)

    def encoder_config(self) -> PreTrainedConfig:
        """The encoder's own config.

        Raises:
            ValueError: If the config names no encoder.
        """
        encoder = copy.deepcopy(self.encoder)
        model_type = encoder.pop("model_type", None)
        if model_type is None:
            raise ValueError(
                "This ClaimConfig names no encoder; expected `encoder` to be an encoder config "
                "with a 'model_type': ClaimConfig(encoder=AutoConfig.from_pretrained(…).to_dict())."
            )
        return AutoConfig.for_model(model_type, **encoder)


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

AutoConfig.register(ClaimConfig.model_type, ClaimConfig)
AutoModel.register(ClaimConfig, ClaimModel)
