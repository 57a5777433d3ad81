"""What models and reports record of how they were made: commands, and the runs behind a model."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any


def command_line() -> str:
    """The command that runs, as it was typed."""
    script, *arguments = sys.argv
    start = ["python", script] if script.endswith(".py") else [Path(script).name]
    return shlex.join([*start, *arguments])


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
