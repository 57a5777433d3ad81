"""What the C library does with freed memory; elsewhere than with glibc, nothing is changed.

glibc gives large freed blocks back to the system at once, which must then fill the next tensor with
zeros, page by page: a tenth of a small encoder's time. The memory of one part is kept for the next
batch instead, and given back when the part is done.
"""

from __future__ import annotations

import ctypes
from contextlib import suppress
from typing import Final

_TRIM_THRESHOLD: Final = -1
_MMAP_THRESHOLD: Final = -3
"""Numbers of settings in glibc's malloc.h."""

_LARGEST_KEPT: Final = 32 * 2**20
"""Bytes of the largest block that is kept: glibc's limit on machines of 64 bits."""


def keep_freed_memory() -> None:
    """Keep freed memory for what is needed next.

    Changes the whole process: for processes of one's own, not for a caller's.
    """
    with suppress(OSError, AttributeError, TypeError):
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_MMAP_THRESHOLD, _LARGEST_KEPT)
        mallopt(_TRIM_THRESHOLD, -1)  # never at the end of the heap


def release_freed_memory() -> None:
    """Give freed memory back to the system.

    Tensors of changing sizes leave holes, which would otherwise add up from part to part.
    """
    with suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)
