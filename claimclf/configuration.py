"""What a trained model needs to predict, stored as `config.json` beside its weights.

How a model is trained is not here but in `claimclf.training_config`.
"""

from __future__ import annotations

import copy
from typing import Any

from transformers import AutoConfig, PreTrainedConfig

from claimclf.labels import KINDS, SPAN_LABELS, TYPES, label2id

MIN_TOKENS = 16
"""Smallest window, in tokens with special tokens."""


class ClaimConfig(PreTrainedConfig):  # type: ignore[no-untyped-call]
    """All that a trained model needs to predict: encoder, labels, windows, calibration, provenance.

    Args:
        encoder: Config of the encoder as a dictionary with its `model_type`.
        types: Sentence types, in the order of the logits.
        kinds: Kinds of source, in the order of the logits.
        span_labels: Span labels, in the order of the logits.
        max_tokens: Longest window, in tokens with special tokens; at least `MIN_TOKENS`.
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

    Raises:
        ValueError: If `max_tokens` is too small for a window.
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
        if max_tokens < MIN_TOKENS:
            raise ValueError(f"max_tokens must be at least {MIN_TOKENS}, got {max_tokens}.")
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


AutoConfig.register(ClaimConfig.model_type, ClaimConfig)
