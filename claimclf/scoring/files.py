"""The files that the input of a scoring run stands for: a file, a folder, a glob.

`formats` says which can be read; what scoring itself wrote is no input.
"""

from __future__ import annotations

import glob
import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path

from claimclf.scoring.formats import KNOWN_FORMATS, InputError, format_of, shown_names

logger = logging.getLogger(__name__)


def find_files(item: str | Path, output: Path | None) -> list[Path]:
    """The files that a file name, folder or glob stands for.

    Args:
        item: One of these.
        output: Folder that is passed over wherever a folder or glob has it.

    Raises:
        InputError: If there is none, or one of an unknown format is named.
    """
    path = Path(item)
    if path.exists():
        matches = [path]
    else:
        found = map(Path, glob.glob(str(item), recursive=True))
        matches = [match for match in found if not _is_output(match, output)]
    files: list[Path] = []
    for match in matches:
        if match.is_dir():
            files += _find_below(match, output)
        elif format_of(match):
            files.append(match)
        else:
            raise InputError(f"{match}: expected {KNOWN_FORMATS}.")
    if not files:
        raise InputError(f"There is no file {item}.")
    return files


def _find_below(folder: Path, output: Path | None) -> list[Path]:
    """The files in a folder that can be scored."""
    files = list(_walk(folder, output))
    found = [file for file in files if format_of(file)]
    if not found:
        raise InputError(
            f"{folder} holds no file that can be scored: expected {KNOWN_FORMATS}, found "
            f"{shown_names(file.name for file in files)}."
        )
    if len(found) < len(files):
        logger.info("%s: passing over %d other files.", folder, len(files) - len(found))
    return found


def _walk(folder: Path, output: Path | None) -> Iterator[Path]:
    """All files in a folder and in those it links to, without hidden ones and outputs."""
    entered = set()
    for name, folders, files in os.walk(folder, followlinks=True):
        place = Path(name).resolve()
        if place in entered:  # links may lead round in circles
            folders.clear()
            continue
        entered.add(place)
        folders[:] = [
            other
            for other in folders
            if not other.startswith((".", "_")) and not _is_output(Path(name, other), output)
        ]
        for file in (Path(name, other) for other in files if not other.startswith((".", "_"))):
            if file.is_file() or file.is_symlink():
                yield file


def _is_output(path: Path, output: Path | None) -> bool:
    """Whether something is in the output folder, or is a folder that scoring has written."""
    if output is not None and path.resolve().is_relative_to(output.resolve()):
        return True
    try:
        manifest = json.loads((path / "manifest.json").read_bytes())
    except (OSError, ValueError):
        return False
    return isinstance(manifest, dict) and {"fingerprint", "model_sha256"} <= manifest.keys()
