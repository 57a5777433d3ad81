"""Parts on this machine: one process after the other, or several side by side.

Processes and not threads: between two operations of the model, and in all of decoding and linking,
a thread holds Python's lock, so that threads would wait for each other; each process keeps one core
busy with whatever its part needs next.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Generator, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from multiprocessing.connection import wait as wait_for
from multiprocessing.context import SpawnContext, SpawnProcess
from typing import Any, Final

from claimclf.scoring.machine import available_cores, available_memory
from claimclf.scoring.part_files import PartReport
from claimclf.scoring.parts import Part
from claimclf.scoring.worker import PartScorer

logger = logging.getLogger(__name__)

WORKER_BYTES: Final = 1_500_000_000
"""Memory that a worker may need: torch, a model and a part."""

MAX_GPU_WORKERS: Final = 4
"""Workers that share one CUDA device, so that it computes while others decode."""

_GUARD: Final = 'Put the call of score() under `if __name__ == "__main__":`.'

MAX_DEATHS: Final = 3
"""Workers that may be killed in a row, without a part finished, before giving up."""


class WorkerDiedError(RuntimeError):
    """Worker processes are killed again and again, or can't start."""


def check_main_is_guarded() -> None:
    """Refuse to score in a worker process that only imports the user's script.

    Raises:
        RuntimeError: If it does; says what is missing in the script.
    """
    # As multiprocessing itself notices it.
    if getattr(multiprocessing.current_process(), "_inheriting", False):
        raise RuntimeError(f"Worker processes import this script, which scores as well. {_GUARD}")


def choose_workers(device: str) -> int:
    """Processes that fill this machine: one for each core, as far as memory allows."""
    num_cores = available_cores()
    if device != "cpu":
        return min(num_cores, MAX_GPU_WORKERS)
    memory = available_memory()
    return num_cores if memory is None else max(1, min(num_cores, memory // WORKER_BYTES))


def score_in_turn(
    parts: Iterator[Part], part_scorer: PartScorer
) -> Generator[tuple[Part, PartReport]]:
    """Score parts one after the other in this process."""
    for part in parts:
        yield part, part_scorer(part)


def score_side_by_side(
    parts: Iterator[Part], part_scorer: PartScorer, *, num_workers: int, num_threads: int
) -> Generator[tuple[Part, PartReport]]:
    """Score parts in worker processes; reports come as parts finish.

    A part whose worker was killed goes to another one.

    Args:
        parts: Read only as fast as parts are scored.
        part_scorer: Every worker gets a copy.
        num_workers: Processes.
        num_threads: Threads of each.

    Raises:
        WorkerDiedError: If workers are killed again and again, or end as they start.
    """
    todo: list[Part] = []
    deaths = 0
    while True:
        context = _OwnProcesses()
        pool = ProcessPoolExecutor(
            num_workers,
            mp_context=context,
            initializer=_start_worker,
            initargs=(part_scorer, num_threads),
        )
        running: dict[Future[PartReport], Part] = {}
        has_reports = False
        try:
            # As many again wait in the pool, so that no worker ever does.
            while True:
                num_wanted = 2 * num_workers - len(running)
                todo += islice(parts, max(0, num_wanted - len(todo)))
                for part in todo[:num_wanted]:
                    running[pool.submit(_score_part, part)] = part
                    todo.remove(part)  # not before a pool that may have died has taken it
                if not running:
                    return
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    report = future.result()
                    deaths, has_reports = 0, True
                    yield running.pop(future), report
        except BrokenProcessPool as error:
            pool.shutdown()  # waits for the exit codes
            if not has_reports and (code := context.highest_exit_code()) > 0:
                raise WorkerDiedError(
                    f"A worker process ended with exit code {code} before any part was finished; "
                    "what it said stands above. If that was in a script of yours: " + _GUARD
                ) from error
            deaths += 1
            todo = sorted([*running.values(), *todo], key=lambda part: part.index)
            if deaths == MAX_DEATHS:
                names = ", ".join(part.file_name for part in todo[:num_workers])
                raise WorkerDiedError(
                    f"Worker processes were killed {deaths} times in a row while at {names}. If "
                    "memory ran out, run again with fewer --workers; finished parts stay."
                ) from error
            logger.warning("A worker process was killed or ended early; its part starts anew.")
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
            context.end()


class _OwnProcesses(SpawnContext):
    """Starts a pool's workers and keeps them apart from other processes of the caller."""

    def __init__(self) -> None:
        super().__init__()
        self._started: list[SpawnProcess] = []

    def Process(self, *args: Any, **kwargs: Any) -> SpawnProcess:  # type: ignore[override]
        """What a pool calls for each worker."""
        process = SpawnProcess(*args, **kwargs)
        self._started.append(process)
        return process

    def highest_exit_code(self) -> int:
        """Above 0 where a process ended by itself, below where it was killed."""
        return max((process.exitcode or 0 for process in self._started), default=0)

    def end(self) -> None:
        """End the processes that still run."""
        for process in self._started:
            if process.is_alive():
                process.terminate()
                process.join()


_part_scorer: PartScorer | None = None


def _start_worker(part_scorer: PartScorer, num_threads: int) -> None:
    """Get a worker process ready: its share of the cores, and its end with its parent's."""
    global _part_scorer
    for name in ("OMP_NUM_THREADS", "RAYON_NUM_THREADS"):
        os.environ[name] = str(num_threads)
    os.environ["TOKENIZERS_PARALLELISM"] = "false" if num_threads == 1 else "true"
    # Ctrl-C reaches every process of a terminal; the parent alone decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _part_scorer = part_scorer


def _end_with_parent() -> None:
    """End this process as soon as its parent has ended, even if that was killed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait_for([parent.sentinel])
        os._exit(1)


def _score_part(part: Part) -> PartReport:
    """What a worker process does with each part."""
    if _part_scorer is None:
        raise RuntimeError("The worker process was not started by score_side_by_side.")
    return _part_scorer(part)
