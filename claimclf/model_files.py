"""A model in a folder, as far as it can be known without loading it; needs no torch.

Only data is looked at: configs, safetensors, vocabularies. Weights in other formats may run code.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open

MODEL_TYPE = "claimclf"
"""What `config.json` says of a model of this package."""

DATA_FILES = ("*.json", "*.safetensors", "*.txt", "*.model")
"""Files of a model: weights, config and tokenizer; no code, no pickles."""

WEIGHT_TYPES = frozenset({"F16", "BF16", "F32"})
"""Types of stored weights, as safetensors calls them."""

DEFAULT = "default"
"""What the model inside this package is called wherever a model is named."""


def packaged_folder() -> Path:
    """The folder of the model inside this package, which may be missing in an installation."""
    return Path(__file__).parent / "model"


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """A model in a folder, as far as it can be known without loading it."""

    folder: Path
    sha256: str
    """Hash of weights, tokenizer and config, thresholds apart."""
    types: tuple[str, ...]
    calibration: Mapping[str, Any] | None
    """Calibration and thresholds as stored in the config."""


def read_model_files(folder: Path) -> ModelFiles:
    """Hash a model and read its config; needs no torch.

    Raises:
        OSError: If there is no model in the folder.
        ValueError: If it is of another type, or its config or weights are damaged.
    """
    check_model_type(folder, str(folder))
    check_weights(folder, str(folder))
    path = folder / "config.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    types = config.get("types")
    if not isinstance(types, list) or not all(isinstance(name, str) for name in types):
        raise ValueError(
            f"{path}: expected the names of types in 'types', got {types!r}. Save or download the "
            "model again."
        )
    calibration = config.pop("calibration", None)
    digest = hashlib.sha256(json.dumps(config, sort_keys=True).encode())
    for file in sorted({file for pattern in DATA_FILES for file in folder.glob(pattern)}):
        if file.name != "config.json":
            digest.update(f"{file.name} {file.stat().st_size} ".encode())
            with file.open("rb") as content:
                digest.update(hashlib.file_digest(content, "sha256").digest())
    return ModelFiles(folder, digest.hexdigest(), tuple(types), calibration)


def check_model_type(folder: Path, name: str) -> None:
    """Refuse a folder that holds something else than a model of claimclf.

    Raises:
        FileNotFoundError: If it has no `config.json`.
        ValueError: If the model is of another type, or `config.json` is no JSON object.
    """
    path = folder / "config.json"
    if not path.is_file():
        raise FileNotFoundError(
            f"{name} holds no config.json: expected a folder that ClaimClassifier.save_pretrained "
            "wrote, such as the model/ of a training run."
        )
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ValueError(f"{name}: config.json is no JSON: {error}.") from error
    if not isinstance(config, dict):
        raise ValueError(
            f"{name}: config.json must hold a JSON object, got {type(config).__name__}."
        )
    model_type = config.get("model_type")
    if model_type != MODEL_TYPE:
        raise ValueError(
            f"{name} holds a {model_type!r} model, not {MODEL_TYPE!r}. Train one on it with "
            "`claimclf train` and a config whose [model] encoder names it."
        )


def check_weights(folder: Path, name: str) -> None:
    """Refuse weights that are missing, cut off or not of a floating-point type.

    Raises:
        ValueError: Says which file, and what to do.
    """
    paths = sorted(folder.glob("*.safetensors"))
    if not paths:
        raise ValueError(
            f"{name} holds no *.safetensors; other weights are not loaded, as they may run code. "
            "Save the model with ClaimClassifier.save_pretrained."
        )
    for path in paths:
        try:
            with safe_open(path, "np") as weights:
                types = {weights.get_slice(key).get_dtype() for key in weights.keys()}  # noqa: SIM118
        except SafetensorError as error:
            raise ValueError(
                f"{path} is damaged or incomplete: {error}. Delete it and download or save it "
                "again."
            ) from error
        if not types <= WEIGHT_TYPES:
            raise ValueError(
                f"{path}: expected weights of {sorted(WEIGHT_TYPES)}, got "
                f"{sorted(types - WEIGHT_TYPES)}. Quantised weights can't be loaded."
            )
