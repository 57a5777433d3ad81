"""Which document ids were seen before, in at most 16 bytes each."""

from __future__ import annotations

import hashlib

import numpy as np

_MAX_LOAD = 0.85
"""Share of the table in use from which on it grows; probing gets slow when it is nearly full."""


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
