"""Folders and Hub ids → models, and back.

Safetensors only, no remote code; fp16 on disk, fp32 in memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from transformers import AutoConfig, AutoModel, AutoTokenizer, PreTrainedTokenizerBase
from transformers.utils import logging as transformers_logging

from claimclf.calibration import Calibration
from claimclf.configuration import ClaimConfig
from claimclf.encoding import max_positions
from claimclf.fetch import find_folder, split_revision
from claimclf.model_files import DEFAULT, check_model_type, check_weights, packaged_folder
from claimclf.modeling import ClaimModel, encoder_options
from claimclf.portable import make_portable
from claimclf.training_config import ModelConfig, resolve_path

HIDDEN_DROPOUT = (
    "hidden_dropout_prob",  # BERT and most of its relatives
    "hidden_dropout",  # Funnel
    "dropout",  # DistilBERT, XLM, XLNet
    "embedding_dropout",  # ModernBERT, with the next one
    "mlp_dropout",
)
ATTENTION_DROPOUT = ("attention_probs_dropout_prob", "attention_dropout")
"""What encoders' configs call their dropout."""


def load_pretrained(
    name_or_path: str | Path | None, *, revision: str = "main", token: str | None = None
) -> tuple[ClaimModel, PreTrainedTokenizerBase]:
    """Load a trained model and its tokenizer, in fp32: see `claimclf.fetch.find_folder`.

    Raises:
        ValueError: If it is a model of another type, its weights are damaged, of a strange type
            or of another shape than its config says, or its tokenizer is of another model.
        OSError: If there is no such model, or the Hub refuses it.
    """
    source = "The model in the package" if name_or_path is None else str(name_or_path)
    folder = find_folder(name_or_path, revision=revision, token=token)
    check_model_type(folder, source)
    check_weights(folder, source)
    with quiet_transformers():
        loaded: Any = ClaimModel.from_pretrained(
            folder,
            dtype=torch.float32,
            use_safetensors=True,
            ignore_mismatched_sizes=True,  # counted below, all at once
            output_loading_info=True,
        )
        tokenizer = _load_tokenizer(folder, source)
    model, found = loaded
    problems = {
        problem: sorted(map(str, found[f"{problem}_keys"]))
        for problem in ("missing", "unexpected", "mismatched")
        if found[f"{problem}_keys"]
    }
    if problems:
        raise ValueError(
            f"{source}: weights and config.json do not fit: "
            + "; ".join(
                f"{len(keys)} {problem}, such as {keys[0]}" for problem, keys in problems.items()
            )
            + ". They are of different models; save or download the folder again."
        )
    _check_vocabulary(model, tokenizer, source)
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


def is_trained(encoder: str) -> bool:
    """Whether what a config calls its encoder is a trained model with its heads.

    Raises:
        OSError: If there is no such encoder.
    """
    source, revision = _locate(encoder)
    config = AutoConfig.from_pretrained(source, revision=revision, trust_remote_code=False)
    return isinstance(config, ClaimConfig)


def build_model(
    config: ModelConfig, loss_weights: dict[str, float]
) -> tuple[ClaimModel, PreTrainedTokenizerBase]:
    """A model to train: a pretrained encoder with fresh heads, or a trained model to go on from.

    A trained model keeps its labels of spans and kinds and every weight that the new types leave
    their place; a type of the same name keeps its own too. Dropout is the config's, and windows are
    where it gives them.

    Raises:
        ValueError: If `python:` names a package that is not installed, nothing in the encoder's
            config sets its dropout, its tokenizer is of another model, or the config wants
            another `pointer_size` than the trained model has.
        OSError: If there is no such encoder.
    """
    source, revision = _locate(config.encoder)
    encoder_config = AutoConfig.from_pretrained(source, revision=revision, trust_remote_code=False)
    if isinstance(encoder_config, ClaimConfig):
        trained, tokenizer = load_pretrained(source, revision=revision)
        return _with_other_types(trained, config, loss_weights), tokenizer
    encoder_config.update(_dropout(encoder_config.to_dict(), config))
    claim_config = ClaimConfig(
        encoder=encoder_config.to_dict(),
        types=config.types,
        dropout=config.dropout,
        loss_weights=loss_weights,
    )
    if config.pointer_size is not None:
        claim_config.pointer_size = config.pointer_size
    set_windows(claim_config, config)
    model = ClaimModel(claim_config)
    with quiet_transformers():
        model.encoder = AutoModel.from_pretrained(
            source,
            revision=revision,
            config=encoder_config,
            dtype=torch.float32,
            use_safetensors=True,
            trust_remote_code=False,
            **encoder_options(claim_config),
        )
        tokenizer = _load_tokenizer(source, source, revision)
    _check_vocabulary(model, tokenizer, source)
    return model, tokenizer


def _locate(encoder: str) -> tuple[str, str]:
    """Folder or Hub id of what a config calls its encoder, and the revision on the Hub."""
    if encoder == DEFAULT:
        return str(packaged_folder()), "main"
    source = resolve_path(encoder)
    if Path(source).exists():
        return source, "main"
    repo_id, revision = split_revision(source)
    return repo_id, revision or "main"


def set_windows(model: ClaimConfig, wanted: ModelConfig) -> None:
    """Give a model the windows that an experiment names, as long as its encoder can read.

    Raises:
        ValueError: If what is repeated of other sentences would take more than half of a window.
    """
    for name, tokens in wanted.windows.items():
        setattr(model, name, tokens)
    model.max_tokens = min(model.max_tokens, max_positions(model.encoder_config()))
    half = model.max_tokens // 2
    for name in ("context_tokens", "lookahead_tokens"):
        tokens = getattr(model, name)
        if name not in wanted.windows:
            setattr(model, name, min(tokens, half))
        elif not 0 <= tokens <= half:
            raise ValueError(
                f"model.{name} must be 0 to half of a window, whose {model.max_tokens} tokens are "
                f"as many as max_tokens and the encoder allow, got {tokens}."
            )


def _load_tokenizer(
    folder: str | Path, name: str, revision: str = "main"
) -> PreTrainedTokenizerBase:
    """The tokenizer of a model, by transformers' own code only."""
    try:
        tokenizer: PreTrainedTokenizerBase = AutoTokenizer.from_pretrained(
            folder, revision=revision, trust_remote_code=False
        )
    except ValueError as error:
        if "trust_remote_code" not in str(error):
            raise
        raise ValueError(
            f"{name}: its tokenizer is code of its own (auto_map in tokenizer_config.json), which "
            "claimclf never runs. Take a model whose tokenizer transformers knows."
        ) from error
    return tokenizer


def _check_vocabulary(model: ClaimModel, tokenizer: PreTrainedTokenizerBase, name: str) -> None:
    """Refuse a tokenizer with tokens that the encoder has no embeddings for."""
    num_embeddings = model.encoder.get_input_embeddings().weight.shape[0]
    if len(tokenizer) > num_embeddings:
        raise ValueError(
            f"{name}: its tokenizer has {len(tokenizer):,} tokens, its encoder embeddings for "
            f"{num_embeddings:,}. They are of different models; save or download the folder again."
        )


def _dropout(encoder: Mapping[str, Any], config: ModelConfig) -> dict[str, float]:
    """The dropout settings that an encoder's config has, as the experiment wants them.

    Raises:
        ValueError: If it has none that is known.
    """
    wanted = dict.fromkeys(HIDDEN_DROPOUT, config.encoder_dropout)
    wanted.update(dict.fromkeys(ATTENTION_DROPOUT, config.attention_dropout))
    found = {name: value for name, value in wanted.items() if name in encoder}
    if not found:
        raise ValueError(
            f"Expected an encoder whose config sets its dropout by one of {sorted(wanted)}; that "
            f"of {config.encoder} ({encoder.get('model_type')}) has none of them. Take another "
            "encoder."
        )
    return found


def _with_other_types(
    trained: ClaimModel, config: ModelConfig, loss_weights: dict[str, float]
) -> ClaimModel:
    """A trained model with the config's types, to go on from."""
    if config.pointer_size not in (None, trained.config.pointer_size):
        raise ValueError(
            f"{config.encoder} was trained with pointer_size {trained.config.pointer_size}, and "
            f"the config wants {config.pointer_size}. Take pointer_size out of the config, or "
            "start from a plain encoder."
        )
    model = ClaimModel(
        ClaimConfig.from_dict(
            {
                **trained.config.to_dict(),
                "encoder": {
                    **trained.config.encoder,
                    **_dropout(trained.config.encoder, config),
                },
                "types": list(config.types),
                "dropout": config.dropout,
                "loss_weights": loss_weights,
                "calibration": None,
                "provenance": {"started_from": trained.config.provenance},
            }
        )
    )
    set_windows(model.config, config)
    weights = trained.state_dict()
    fresh = model.type_head.state_dict()
    for name in ("attention.weight", "attention.bias", "score", "bias"):
        rows = fresh[name]
        for row, kept in enumerate(config.types):
            if kept in trained.config.types:
                rows[row] = weights[f"type_head.{name}"][trained.config.types.index(kept)]
        weights[f"type_head.{name}"] = rows
    model.load_state_dict(weights)
    return model


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
