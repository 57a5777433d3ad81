"""What a model records of how it was made: the runs that it went on from or is the mean of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any


def ancestors(provenance: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The runs that a model went on from, latest first."""
    while provenance := provenance.get("started_from") or {}:
        yield provenance


def averaged_runs(provenance: Mapping[str, Any]) -> list[tuple[str, float]]:
    """The commands behind a mean, each with its share; empty for a model that is none.

    A model that records commands only, as the first means did, has the same share of each.
    """
    entries = provenance.get("averaged") or []
    return [
        (entry, 1 / len(entries))
        if isinstance(entry, str)
        else (str(entry["command"]), float(entry["share"]))
        for entry in entries
    ]
