"""What a saved model tells about the machine it was made on: names of files, never where they lay.

Everything that is published (config, card) passes through here.
"""

from __future__ import annotations

import re
from typing import Any, TypeVar

Value = TypeVar("Value")

# An absolute path as a word of its own or after "=": /a/b, ~/a, C:\a, \\host\a.
_LOCAL_PATH = re.compile(
    r"(?<![^\s'\"=,;(\[])(?:file://)?(?:~?/|[A-Za-z]:[\\/]|\\\\)[^\s'\",;)\]]+"
)


def without_local_paths(value: Value) -> Value:
    """A copy of a JSON value in which every absolute path is cut down to its last name.

    Keys are treated like values; relative paths, Hub ids and web addresses stay.
    """
    return _cleaned(value)  # type: ignore[no-any-return]


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return _LOCAL_PATH.sub(_last_name, value)
    if isinstance(value, dict):
        return {_cleaned(key): _cleaned(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_cleaned(item) for item in value)
    return value


def _last_name(path: re.Match[str]) -> str:
    parts = [part for part in re.split(r"[\\/]", path.group()) if part]
    return parts[-1] if parts else path.group()
