"""How a run is going, as a bar or in log lines: rate, time left, rejects, where it resumed."""

from __future__ import annotations

import logging
import time
from types import TracebackType
from typing import Final

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

from claimclf.scoring.part_files import PartReport
from claimclf.scoring.parts import Part
from claimclf.scoring.watching import Job

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_LINES: Final = 60.0
"""Time from one log line to the next, where nobody sees a bar."""


class ProgressBar:
    """Shows a run on a terminal; elsewhere it logs a line a minute.

    The bar moves with the bytes of the input that are behind the parts, because the number of rows
    is not known before everything has been read.

    Args:
        console: Where to draw.
    """

    def __init__(self, console: Console) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TextColumn("{task.fields[state]}"),
            console=console,
            disable=not console.is_terminal,
        )
        self._task = self._progress.add_task("Scoring", total=1.0, state="starting …")
        self._started = self._last_line = time.monotonic()
        self._share = self._share_before = 0.0
        self._num_documents = self._num_sentences = self._num_new = self._num_rejects = 0

    def __enter__(self) -> ProgressBar:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._progress.stop()

    def begin(self, job: Job) -> None:
        """The run begins."""
        self._started = self._last_line = time.monotonic()
        self._progress.update(self._task, state="loading the model …")

    def part(self, part: Part, report: PartReport, *, is_new: bool) -> None:
        """A part is finished: now, or by an earlier run."""
        self._share = max(self._share, part.share)
        self._num_documents += report.num_documents
        self._num_rejects += report.num_rejects
        if is_new:
            self._num_sentences += report.num_sentences
            self._num_new += 1
        elif not self._num_new:
            self._share_before = self._share
        self._progress.update(self._task, completed=self._share, state=self.state())
        now = time.monotonic()
        if self._progress.disable and now - self._last_line >= SECONDS_BETWEEN_LINES:
            self._last_line = now
            logger.info("%.1f %% of the input is read: %s.", 100 * self._share, self.state())

    def state(self) -> str:
        """What a person wants to know, in words."""
        seconds = time.monotonic() - self._started
        words = [f"{self._num_documents:,} articles"]
        if self._num_sentences and seconds > 0:
            words.append(f"{self._num_sentences / seconds:,.0f} sentences/s")
        done = self._share - self._share_before
        if self._num_new and done > 0:
            words.append(f"{_duration(seconds * (1.0 - self._share) / done)} left")
        if self._num_rejects:
            words.append(f"{self._num_rejects:,} rejects")
        if self._share_before:
            words.append(f"resumed at {self._share_before:.0%}")
        return " · ".join(words)


def _duration(seconds: float) -> str:
    """Hours, minutes and seconds, as a clock shows them."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
