"""Document ids: what a cell of an id column stands for, and which were seen before."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np

_MAX_LOAD = 0.85
"""Share of the table in use from which on it grows; probing gets slow when it is nearly full."""


_MAX_WHOLE = 2.0**53
"""Up to here a float tells every whole number from its neighbours."""


def to_id(cell: Any) -> str:
    """The id that a cell holds: a string, a whole number, or bytes of UTF-8.

    Whole numbers may be floats: so pandas keeps a column of them in which one is missing.

    Raises:
        ValueError: If it is something else; says what to do.
    """
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < _MAX_WHOLE:
        cell = int(cell)
    if isinstance(cell, bytes):
        try:
            cell = cell.decode()
        except UnicodeDecodeError:
            raise ValueError(
                "The id is bytes that are no UTF-8 text. Write the column as strings."
            ) from None
    if not isinstance(cell, str | int):
        raise ValueError(
            f"The id must be a string or a whole number, got {_shown(cell)}. Write the column as "
            "strings."
        )
    return str(cell)


class SeenIds:
    """A set of strings that grows by at most 16 bytes for each of them.

    It keeps 64-bit hashes in an open-addressed table, so that two different strings pass for the
    same with a probability of about 3 in 100 million in a set of a million.
    """

    def __init__(self) -> None:
        self._table = np.zeros(1024, np.uint64)
        self._num_ids = 0

    def __len__(self) -> int:
        return self._num_ids

    @property
    def num_bytes(self) -> int:
        """Memory of the table."""
        return self._table.nbytes

    def add(self, doc_id: str) -> bool:
        """Add a string; whether it is new."""
        digest = hashlib.blake2b(doc_id.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        key = int.from_bytes(digest, "little") or 1  # 0 marks an empty place
        table, size = self._table, len(self._table)
        place = key % size
        while found := int(table[place]):
            if found == key:
                return False
            place = (place + 1) % size
        table[place] = key
        self._num_ids += 1
        if self._num_ids > _MAX_LOAD * size:
            self._grow()
        return True

    def _grow(self) -> None:
        """Move everything into a table with places for half as many again."""
        keys = self._table[self._table != 0]
        size = int(len(keys) / (_MAX_LOAD * 2 / 3))
        table = np.zeros(size, np.uint64)
        places = keys % np.uint64(size)
        while len(keys):
            # Of the keys that want the same free place, the last one written gets it.
            is_free = table[places] == 0
            table[places[is_free]] = keys[is_free]
            is_placed = table[places] == keys
            keys, places = keys[~is_placed], (places[~is_placed] + np.uint64(1)) % np.uint64(size)
        self._table = table


def _shown(cell: Any) -> str:
    return repr(cell) if isinstance(cell, float) else type(cell).__name__
