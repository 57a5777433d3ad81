"""Which shard of an output folder a process is at work on, told to others by a locked file."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO

from claimclf.scoring.manifest import ManifestError

logger = logging.getLogger(__name__)


@contextmanager
def lock_shard(folder: Path, shard: tuple[int, int]) -> Iterator[bool]:
    """Keep a second process from scoring the same shard into the same folder.

    Yields:
        True if another process may be using the folder.

    Raises:
        ManifestError: If another process scores this shard, or has divided the work otherwise.
    """
    try:
        import fcntl  # noqa: F401
    except ImportError:  # Windows; two processes would do the same work twice
        yield True
        return
    index, num_shards = shard
    path = folder / f".lock-{index}-of-{num_shards}"
    with ExitStack() as stack:
        is_locked = False
        while not is_locked:
            file = stack.enter_context(path.open("w"))
            if not _try_lock(file, is_exclusive=True):
                raise ManifestError(
                    f"Another process is scoring shard {index} of {num_shards} into {folder}. "
                    "Wait for it, or stop it; to share the work, give each process its own "
                    "--shard i/n."
                )
            # Not where the process before has removed the file since it was opened.
            with suppress(FileNotFoundError):
                is_locked = os.path.samestat(os.fstat(file.fileno()), path.stat())
        try:
            # Only now: of two that start together, one at least sees the other's lock.
            others = list(_locks_of_others(folder, path))
            for name in others:
                if not name.endswith(f"-of-{num_shards}"):
                    share = name.removeprefix(".lock-").replace("-", " ")
                    raise ManifestError(
                        f"Another process is scoring shard {share} into {folder}. Wait for it, or "
                        "divide the work as it does: --shard i/n with the same n."
                    )
            yield bool(others)
        finally:
            with suppress(OSError):
                path.unlink()


def _try_lock(file: IO[str], *, is_exclusive: bool) -> bool:
    """Whether nobody else holds the lock; True, with a warning, where files can't be locked."""
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_NB | (fcntl.LOCK_EX if is_exclusive else fcntl.LOCK_SH))
    except BlockingIOError:
        return False
    except OSError as error:  # some network file systems
        logger.warning(
            "Files can't be locked in %s (%s): make sure that no two processes score the same "
            "shard into it.",
            Path(file.name).parent,
            error.strerror,
        )
    return True


def _locks_of_others(folder: Path, own: Path) -> Iterator[str]:
    """Names of the locks that other processes hold."""
    for path in folder.glob(".lock-*-of-*"):
        if path != own:
            with suppress(FileNotFoundError), path.open() as file:
                if not _try_lock(file, is_exclusive=False):
                    yield path.name
