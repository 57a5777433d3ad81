"""What a process may use of this machine: a container or batch system may allow less than all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

_VERSION_2: Final = ("sys/fs/cgroup", "memory.max")
_VERSION_1: Final = ("sys/fs/cgroup/memory", "memory.limit_in_bytes")
"""Where Linux mounts control groups, and the file with the limit in bytes."""


def available_cores() -> int:
    """Cores that this process may use, by affinity and control group."""
    from joblib import cpu_count

    return int(cpu_count())


def available_memory(root: str | Path = "/") -> int | None:
    """Bytes that this process may use: what is free, and what its control groups allow.

    Args:
        root: Where `proc` and `sys` are mounted.

    Returns:
        None where the system tells neither.
    """
    return min((*_free(Path(root)), *_limits(Path(root))), default=None)


def _free(root: Path) -> Iterator[int]:
    for line in _lines(root / "proc/meminfo"):
        if line.startswith("MemAvailable:"):
            yield int(line.split()[1]) * 1024


def _limits(root: Path) -> Iterator[int]:
    """Limits of the control groups that this process is in, and of those around them."""
    for line in _lines(root / "proc/self/cgroup"):
        _, controllers, path = line.split(":", maxsplit=2)
        if controllers not in ("", "memory"):
            continue
        mount, name = _VERSION_1 if controllers else _VERSION_2
        folder = root / mount
        for step in ("", *Path(path.lstrip("/")).parts):
            folder /= step
            # "max" where there is none.
            yield from (int(limit) for limit in _lines(folder / name) if limit.isdecimal())


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="ascii").splitlines()
    except (OSError, ValueError):
        return []
