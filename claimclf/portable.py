"""What makes a saved model fit for other machines: it loads there, and tells nothing of this one.

Everything that is published (config, card) passes through here: names of files stay, where they lay
does not.
"""

from __future__ import annotations

import json
import re
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
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        for name in ("_name_or_path", "name_or_path"):
            content.pop(name, None)
        content = without_local_paths({**content, **changes.get(path.name, {})})
        path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def without_local_paths(value: Value) -> Value:
    """A copy of a JSON value in which every absolute path is cut down to its last name.

    Keys are treated like values; relative paths, Hub ids and web addresses stay.
    """
    return _cleaned(value)  # type: ignore[no-any-return]


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        if whole := _WHOLE_PATH.fullmatch(value):
            return _last_name(whole)
        return _LOCAL_PATH.sub(_last_name, _QUOTED_PATH.sub(_last_name, value))
    if isinstance(value, dict):
        return {_cleaned(key): _cleaned(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_cleaned(item) for item in value)
    return value


def _last_name(path: re.Match[str]) -> str:
    parts = [part for part in re.split(r"[\\/]", path.group()) if part]
    return parts[-1] if parts else path.group()
