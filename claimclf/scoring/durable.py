"""Files whose content and names are on the disk, whatever happens to the machine then."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any


def sync_and_close(file: Any) -> None:
    """Close a file once its content is on the disk."""
    with file:
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Bring renamed files' names to the disk; does nothing where folders can't be opened."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
