"""What a run is about to do, what comes of it, and who is told of both."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol

from claimclf.scoring.part_files import PartReport
from claimclf.scoring.parts import Part


@dataclass(frozen=True, slots=True)
class Job:
    """What a run is about to do, for those who watch it."""

    output: Path
    num_bytes: int
    """Size of the input."""
    backend: str
    num_workers: int
    num_threads: int
    """Threads of each worker."""
    engine: str


class Watcher(Protocol):
    """Is told of everything that happens in a run: the `watcher` of `score`."""

    def begin(self, job: Job) -> None:
        """The run begins."""

    def part(self, part: Part, report: PartReport, *, is_new: bool) -> None:
        """A part is finished: now, or by an earlier run."""


@dataclass(slots=True)
class Summary:
    """What came of a run; of a shard, where it was one."""

    output: str
    is_complete: bool = False
    """Whether the parts of every shard are there, made from this input."""
    num_parts_open: int = 0
    """Parts of other shards that are still to be scored, or to be scored again."""
    num_parts: int = 0
    num_parts_before: int = 0
    """Parts that earlier runs had finished."""
    num_rows: int = 0
    num_documents: int = 0
    num_sentences: int = 0
    num_characters: int = 0
    num_rejects: int = 0
    rejects: dict[str, int] = field(default_factory=dict)
    """Number of rejects by their code."""
    seconds: float = 0.0
    sentences_per_second: float = 0.0
    """Of this run, from its start to its end."""
    backend: str = ""
    num_workers: int = 0
    num_threads: int = 0

    def add(self, report: PartReport, *, is_new: bool) -> None:
        """Count a part."""
        self.num_parts += 1
        if not is_new:
            self.num_parts_before += 1
        self.num_rows += report.num_rows
        self.num_documents += report.num_documents
        self.num_sentences += report.num_sentences
        self.num_characters += report.num_characters
        self.num_rejects += report.num_rejects

    def to_dict(self) -> dict[str, Any]:
        """Plain values, ready for JSON."""
        return asdict(self)
