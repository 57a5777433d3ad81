"""What makes a saved model fit for other machines: it loads there, and tells nothing of this one.

Everything that is published (config, card) passes through here: names of files stay, where they lay
does not.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from claimclf import bundle

Value = TypeVar("Value")

_ROOT = r"(?:file://|python:)?(?:~\w*/|/|[A-Za-z]:[\\/]|\\\\)"
# An absolute path as a word of its own or after "=": /a/b, ~/a, C:\a, \\host\a.
_LOCAL_PATH = re.compile(rf"(?<![^\s'\"`=,;(\[{{<]){_ROOT}[^\s'\"`,;)\]}}>]+")
# One with blanks: all of a value, or between quotes.
_WHOLE_PATH = re.compile(rf"{_ROOT}(?:(?! [-/~]|[\n;]).)*\.\w+")
_QUOTED_PATH = re.compile(rf"(?<=(['\"`])){_ROOT}[^'\"`\n]*(?=\1)")

_RECORDS = ("provenance", "encoder")
"""What of a config, and of its calibration, tells of files; so do `…_file` of a tokenizer."""


def make_portable(folder: str | Path) -> None:
    """Finish a folder that `transformers` saved a model and its tokenizer into.

    - No file tells a local path.
    - The model's code lies beside the weights, for `AutoModel` with `trust_remote_code=True`.
    - `AutoModel` computes in fp32, whatever the weights are stored in.
    - The tokenizer gives exactly what the model takes.
    """
    folder = Path(folder)
    (folder / bundle.FILE).write_text(bundle.bundle(), encoding="utf-8")
    clean_configs(
        folder,
        {
            "config.json": {"auto_map": dict(bundle.AUTO_MAP), "dtype": "float32"},
            "tokenizer_config.json": {"model_input_names": ["input_ids", "attention_mask"]},
        },
    )


def clean_configs(folder: Path, changes: Mapping[str, Mapping[str, Any]]) -> None:
    """Take local paths out of a folder's configs, and set what is to be changed in each file."""
    for path in folder.glob("*config.json"):
        content = clean_config(json.loads(path.read_text(encoding="utf-8")))
        content.update(changes.get(path.name, {}))
        path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def clean_config(config: Mapping[str, Any]) -> dict[str, Any]:
    """A config without local paths where it tells of files; labels and tokens stay as they are."""
    cleaned = {
        name: without_local_paths(value) if name in _RECORDS or name.endswith("_file") else value
        for name, value in config.items()
        if name not in ("_name_or_path", "name_or_path")
    }
    if calibration := cleaned.get("calibration"):
        cleaned["calibration"] = clean_config(calibration)
    return cleaned


def without_local_paths(value: Value) -> Value:
    """A copy of a JSON value in which every absolute path is cut down to its last name.

    Keys are treated like values, but those that would be the same keep the folder before it too;
    relative paths, Hub ids, web addresses and the labels under `types` stay.
    """
    return _cleaned(value)  # type: ignore[no-any-return]


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return _shortened(value)
    if isinstance(value, dict):
        keys = {key: _cleaned(key) for key in value}
        counts = Counter(keys.values())
        return {
            _shortened(key, num_names=2) if counts[name] > 1 else name: (
                value[key] if key == "types" else _cleaned(value[key])
            )
            for key, name in keys.items()
        }
    if isinstance(value, list | tuple):
        return type(value)(_cleaned(item) for item in value)
    return value


def _shortened(text: str, num_names: int = 1) -> str:
    """A text in which absolute paths are cut down to their last names."""

    def shorten(path: re.Match[str]) -> str:
        parts = re.split(r"[\\/]+", re.sub(f"^{_ROOT}", "", path.group()).strip("\\/"))
        return "/".join(parts[-num_names:]) or path.group()

    if whole := _WHOLE_PATH.fullmatch(text):
        return shorten(whole)
    return _LOCAL_PATH.sub(shorten, _QUOTED_PATH.sub(shorten, text))
