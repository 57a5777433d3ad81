"""Folders and Hub ids → models, and back.

Safetensors only, no remote code; fp16 on disk, fp32 in memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from transformers import AutoConfig, AutoModel, AutoTokenizer, PreTrainedTokenizerBase
from transformers.utils import logging as transformers_logging

from claimclf.calibration import Calibration
from claimclf.config import ModelConfig, resolve_path
from claimclf.encoding import max_positions
from claimclf.modeling import ClaimConfig, ClaimModel, encoder_options
from claimclf.portable import make_portable


def load_pretrained(
    name_or_path: str | Path, *, revision: str = "main"
) -> tuple[ClaimModel, PreTrainedTokenizerBase]:
    """Load a trained model and its tokenizer from a folder or the Hub, in fp32.

    Raises:
        ValueError: If it is a model of another type.
        OSError: If there is no such model.
    """
    source = str(name_or_path)
    config_dict, _ = ClaimConfig.get_config_dict(source, revision=revision)
    model_type = config_dict.get("model_type")
    if model_type != ClaimConfig.model_type:
        raise ValueError(
            f"{source} holds a {model_type!r} model, not {ClaimConfig.model_type!r}. Train one on "
            "it with `claimclf train` and a config whose [model] encoder names it."
        )
    with quiet_transformers():
        model = ClaimModel.from_pretrained(
            source, revision=revision, dtype=torch.float32, use_safetensors=True
        )
        tokenizer = AutoTokenizer.from_pretrained(source, revision=revision)
    return model, tokenizer


def save_pretrained(
    model: ClaimModel,
    tokenizer: PreTrainedTokenizerBase,
    calibration: Calibration,
    folder: str | Path,
) -> None:
    """Write weights in fp16, config with calibration, tokenizer and code into a folder."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    config = ClaimConfig.from_dict({**model.config.to_dict(), "calibration": calibration.to_dict()})
    stored = ClaimModel(config)
    stored.load_state_dict(model.state_dict())
    with quiet_transformers():
        stored.half().save_pretrained(folder)  # type: ignore[no-untyped-call]
        tokenizer.save_pretrained(folder)
    make_portable(folder)


def build_model(
    config: ModelConfig, loss_weights: dict[str, float]
) -> tuple[ClaimModel, PreTrainedTokenizerBase]:
    """A model to train: a pretrained encoder with fresh heads.

    Raises:
        ValueError: If `python:` names a package that is not installed.
        OSError: If there is no such encoder.
    """
    source = resolve_path(config.encoder)
    encoder_config = AutoConfig.from_pretrained(source)
    for name, value in (
        ("hidden_dropout_prob", config.encoder_dropout),
        ("attention_probs_dropout_prob", config.attention_dropout),
    ):
        if hasattr(encoder_config, name):
            setattr(encoder_config, name, value)
    claim_config = ClaimConfig(
        encoder=encoder_config.to_dict(),
        types=config.types,
        kinds=config.kinds,
        max_tokens=min(config.max_tokens, max_positions(encoder_config)),
        context_tokens=config.context_tokens,
        lookahead_tokens=config.lookahead_tokens,
        pointer_size=config.pointer_size,
        dropout=config.dropout,
        loss_weights=loss_weights,
    )
    model = ClaimModel(claim_config)
    with quiet_transformers():
        model.encoder = AutoModel.from_pretrained(
            source,
            config=encoder_config,
            dtype=torch.float32,
            use_safetensors=True,
            **encoder_options(claim_config),
        )
        tokenizer = AutoTokenizer.from_pretrained(source)
    return model, tokenizer


@contextmanager
def quiet_transformers() -> Iterator[None]:
    """Hide the progress bars of loading and saving, and give them back afterwards."""
    was_enabled = transformers_logging.is_progress_bar_enabled()
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        if was_enabled:
            transformers_logging.enable_progress_bar()  # type: ignore[no-untyped-call]
