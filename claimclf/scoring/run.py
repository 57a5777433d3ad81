"""Score an input of any size into a folder of Parquet, and go on where an earlier run ended.

input → parts → an engine that calls `PartScorer` on each → a folder with `manifest.json`. Reading
starts from the first row also when a run is resumed: only so are duplicated ids known, and a
changed input noticed. It takes seconds per gigabyte; finished parts are passed over.
"""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, field, replace
from itertools import chain
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol

import pyarrow.compute as pc
import pyarrow.parquet as pq

from claimclf.backend import Backend, choose_backend, choose_device
from claimclf.fetch import find_folder
from claimclf.model_files import read_model_files
from claimclf.perspectives.own_parties import Parties, read_parties
from claimclf.perspectives.withholding import check_min_score
from claimclf.scoring.inputs import Input, open_input
from claimclf.scoring.local import (
    check_main_is_guarded,
    choose_workers,
    score_in_turn,
    score_side_by_side,
)
from claimclf.scoring.locks import lock_shard
from claimclf.scoring.machine import available_cores
from claimclf.scoring.manifest import (
    Settings,
    claim_folder,
    complete_manifest,
    make_manifest,
    read_manifest,
    reopen_manifest,
)
from claimclf.scoring.parts import (
    TABLES,
    ChangedInputError,
    Part,
    PartReport,
    is_finished,
    part_file,
    plan_parts,
    read_report,
    remove_unfinished,
)
from claimclf.scoring.scorer import Scorer
from claimclf.scoring.worker import PartScorer
from claimclf.scoring.wrapping import warn_if_wrapped

if TYPE_CHECKING:
    from datasets import Dataset

logger = logging.getLogger(__name__)

Engine = Literal["local", "ray"]

ROWS_PER_PART: Final = 500
"""Rows of a part: some seconds of work, and what is lost at most when a process is killed."""


_TOTALS: Final = ("num_parts", "num_rows", "num_documents", "num_sentences", "num_rejects")
"""What the manifest tells of a whole run."""


class Stopped(KeyboardInterrupt):
    """Somebody asked the process to end; what is finished stays."""

    def __init__(self, signal_number: int) -> None:
        super().__init__(f"Stopped by {signal.Signals(signal_number).name}.")
        self.exit_code = 128 + signal_number
        """What a shell expects of a process that ends so."""


class StoppedByError(OSError):
    """The system refused something in the middle of a run, such as more space on a disk."""


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
    """Is told of everything that happens."""

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
        self.num_parts_before += not is_new
        self.num_rows += report.num_rows
        self.num_documents += report.num_documents
        self.num_sentences += report.num_sentences
        self.num_characters += report.num_characters
        self.num_rejects += report.num_rejects

    def to_dict(self) -> dict[str, Any]:
        """Plain values, ready for JSON."""
        return asdict(self)


def score(
    data: str | Path | Sequence[str | Path] | Dataset,
    output: str | Path,
    *,
    model: str | Path | None = None,
    text_column: str | None = None,
    id_column: str | None = None,
    with_text: bool = True,
    backend: str = "auto",
    num_workers: int | None = None,
    num_threads: int | None = None,
    engine: Engine = "local",
    shard: tuple[int, int] = (1, 1),
    retry_rejects: bool = False,
    unique_ids: bool = True,
    max_characters: int = 1_000_000,
    rows_per_part: int = ROWS_PER_PART,
    parties: Parties | str | Path | None = None,
    min_perspective_score: float = 0.0,
    watcher: Watcher | None = None,
) -> Summary:
    """Label the sentences of all articles of an input.

    Running the same call again goes on where an earlier one ended, however it ended.

    Args:
        data: File, folder, glob, several of these, or a `datasets.Dataset`; see
            `claimclf.scoring.inputs.open_input`.
        output: Folder for `sentences/`, `sources/`, `rejects/` and `manifest.json`.
        model: Folder or Hub id (`"owner/name@revision"` for one revision); None takes the model
            inside this package.
        text_column: Column of the texts; guessed where None.
        id_column: Column of the ids; guessed where None.
        with_text: Whether each sentence's text is in the table.
        backend: `"auto"`, or a name as `claimclf.backend.Backend.parse` reads it.
        num_workers: Processes; None fills the machine.
        num_threads: Threads of each; None shares the cores between the workers.
        engine: `"local"`, or `"ray"` for Ray Data on the cluster that `ray.init` finds.
        shard: `(i, n)` scores every n-th part, beginning with the i-th (from 1). Processes with
            the same n and different i may work on one folder at the same time.
        retry_rejects: Score parts again whose rows were repaired or caused an error.
        unique_ids: Reject the second and later rows with the same id. Takes up to 16 bytes a row.
        max_characters: Reject longer texts.
        rows_per_part: Rows that are scored and written together.
        parties: See `claimclf.ClaimClassifier`.
        min_perspective_score: See `claimclf.ClaimClassifier`.
        watcher: Is told of every part.

    Raises:
        InputError: If the input can't be read.
        ManifestError: If the folder belongs to another run.
        ChangedInputError: If the input is not what finished parts were made from.
        OSError: If there is no such model, a file can't be read, or the output can't be written
            (`StoppedByError`).
        ValueError: If an argument is out of its range, or parties have no lists of words.
        ScoringError: If scoring fails whatever the article.
        KeyboardInterrupt: If the process is asked to end; `Stopped` where by SIGTERM.
    """
    started = time.monotonic()
    check_main_is_guarded()
    _check_numbers(shard, rows_per_part, max_characters, num_workers, num_threads)
    if engine not in ("local", "ray"):
        raise ValueError(f"The engine is 'local' or 'ray', got {engine!r}.")
    own_parties = read_parties(parties)
    check_min_score(min_perspective_score)
    folder = Path(output)
    inputs = open_input(
        data,
        text_column=text_column,
        id_column=id_column,
        max_characters=max_characters,
        output=folder,
    )
    model_files = read_model_files(find_folder(model))
    chosen = _backend(backend, folder, inputs, engine)
    settings = Settings(
        backend=str(chosen.kind),
        rows_per_part=rows_per_part,
        max_characters=max_characters,
        unique_ids=unique_ids,
        with_text=with_text,
        parties=own_parties,
        min_perspective_score=min_perspective_score,
    )
    manifest = make_manifest(model_files, inputs, settings)
    summary = Summary(str(folder), backend=str(chosen))
    run = _Run(folder, inputs, summary, watcher, shard=shard, retry_rejects=retry_rejects)
    folder.mkdir(parents=True, exist_ok=True)
    with lock_shard(folder, shard) as is_shared, stop_on_sigterm():
        claim_folder(folder, manifest, retry_rejects=retry_rejects, is_shared=is_shared)
        run.remove_unfinished()
        parts = run.pending(plan_parts(inputs, rows_per_part=rows_per_part, unique_ids=unique_ids))
        first = [part for part in (next(parts, None), next(parts, None)) if part is not None]
        job = _plan_job(engine, run, chosen, num_workers, num_threads, len(first))
        run.begin(job)
        warn_if_wrapped(inputs)
        scorer = Scorer(
            _model_for(engine, model, model_files.folder),
            with_text=with_text,
            backend=chosen.kind if engine == "ray" else chosen,
            num_threads=job.num_threads,
            parties=own_parties,
            min_perspective_score=min_perspective_score,
        )
        if engine == "ray":  # other nodes, and actors on this one, have folders of their own
            folder = folder.absolute()
            inputs = replace(inputs, paths=tuple(path.absolute() for path in inputs.paths))
        part_scorer = PartScorer(scorer, inputs, folder, answers_of=scorer.identify())
        run.score(job, chain(first, parts), part_scorer)
    summary.seconds = time.monotonic() - started
    summary.sentences_per_second = run.num_new_sentences / summary.seconds
    return summary


def _model_for(engine: Engine, model: str | Path | None, folder: Path) -> str | Path | None:
    """By what name workers find the model: on another node, a cache or package is elsewhere."""
    if engine == "local" or (model is not None and Path(model).is_dir()):
        return folder.absolute()
    # In the cache of the Hub, a folder's name is its commit.
    return None if model is None else f"{str(model).partition('@')[0]}@{folder.name}"


class _Run:
    """Which parts are this run's, which of them are finished, and when all are."""

    def __init__(
        self,
        folder: Path,
        data: Input,
        summary: Summary,
        watcher: Watcher | None,
        *,
        shard: tuple[int, int],
        retry_rejects: bool,
    ) -> None:
        self.folder = folder
        self.data = data
        self.num_new_sentences = 0
        self._summary = summary
        self._watcher = watcher
        self._shard = shard
        self._retry_rejects = retry_rejects
        self._digests: list[str] = []
        self._is_reopened = False

    def is_mine(self, index: int) -> bool:
        """Whether a part belongs to this shard."""
        return index % self._shard[1] == self._shard[0] - 1

    def pending(self, parts: Iterator[Part]) -> Iterator[Part]:
        """The parts that are still to be scored."""
        for part in parts:
            self._digests.append(part.digest)
            if self.is_mine(part.index):
                report = is_finished(self.folder, part, retry_rejects=self._retry_rejects)
                if report is None:
                    if not self._is_reopened:  # once: nobody completes it while this is open
                        reopen_manifest(self.folder)
                        self._is_reopened = True
                    yield part
                else:
                    self._count(part, report, is_new=False)

    def begin(self, job: Job) -> None:
        """Tell everybody what is about to be done."""
        self._summary.num_workers, self._summary.num_threads = job.num_workers, job.num_threads
        _announce(job, self.data)
        if self._watcher is not None:
            self._watcher.begin(job)

    def score(self, job: Job, parts: Iterator[Part], part_scorer: PartScorer) -> None:
        """Score all parts and look whether every shard is done."""
        try:
            with closing(_engine(job, parts, part_scorer)) as finished:
                for part, report in finished:
                    self.num_new_sentences += report.num_sentences
                    self._count(part, report, is_new=True)
        except OSError as error:
            raise StoppedByError(
                f"Stopped by an error: {error}. What is finished in {self.folder} stays; once the "
                "cause is gone, run the same command again to go on."
            ) from error
        finally:
            self.remove_unfinished()
        self._finish()

    def _count(self, part: Part, report: PartReport, *, is_new: bool) -> None:
        self._summary.add(report, is_new=is_new)
        if self._watcher is not None:
            self._watcher.part(part, report, is_new=is_new)

    def remove_unfinished(self) -> None:
        """Remove what a killed process of this shard left behind."""
        remove_unfinished(self.folder, self.is_mine)

    def _finish(self) -> None:
        """Look whether every shard is done; count the rejects of this one by their code."""
        summary = self._summary
        there = {path.name for path in (self.folder / "sentences").glob("part-*.parquet")}
        names = [part_file(index) for index in range(len(self._digests))]
        if extra := sorted(there.difference(names)):
            self._remove_extra(extra)
        gone = [
            name
            for index, name in enumerate(names)
            if name not in there and self.is_mine(index) and read_report(self.folder, index) is None
        ]
        if gone:
            raise StoppedByError(
                f"{gone[0]} was finished, but is no longer in {self.folder / 'sentences'} "
                f"({len(gone)} in all). Run the same command again to make it anew."
            )
        summary.rejects = self._count_rejects()
        others = [
            (digest, read_report(self.folder, index))
            for index, digest in enumerate(self._digests)
            if not self.is_mine(index)
        ]
        summary.num_parts_open = sum(
            report is None or report.digest != digest for digest, report in others
        )
        summary.is_complete = not summary.num_parts_open
        if summary.is_complete:
            totals = replace(summary)
            for _, report in others:
                if report is not None:
                    totals.add(report, is_new=False)
            complete_manifest(self.folder, {name: getattr(totals, name) for name in _TOTALS})

    def _count_rejects(self) -> dict[str, int]:
        """This shard's rejects by their code."""
        codes: Counter[str] = Counter()
        for path in (self.folder / "rejects").glob("part-*.parquet"):
            if self.is_mine(int(path.stem.removeprefix("part-"))):
                column = pq.read_table(path, columns=["code"]).column("code")
                for item in pc.value_counts(column).to_pylist():
                    codes[item["values"]] += item["counts"]
        return dict(sorted(codes.items()))

    def _remove_extra(self, names: Sequence[str]) -> None:
        """Parts beyond the end of an input that has become shorter."""
        if not self._retry_rejects:
            raise ChangedInputError(
                f"The input has {len(self._digests)} parts, but {names[-1]} is there too: it has "
                "become shorter. Score the changed input into a new folder."
            )
        for name in names:
            for table in TABLES:
                (self.folder / table / name).unlink(missing_ok=True)


def _plan_job(
    engine: Engine,
    run: _Run,
    backend: Backend,
    num_workers: int | None,
    num_threads: int | None,
    num_parts: int,
) -> Job:
    """How many workers and threads, where nobody asked for a number."""
    if engine == "ray":
        num_workers, num_threads = num_workers or 0, num_threads or 1
    else:
        # A single part needs no other process, which would have to import torch again.
        num_workers = 1 if num_parts < 2 else num_workers or choose_workers(backend.device)
        num_threads = num_threads or max(1, available_cores() // num_workers)
    num_bytes = sum(run.data.num_bytes)
    return Job(run.folder, num_bytes, str(backend), num_workers, num_threads, engine)


def _engine(
    job: Job, parts: Iterator[Part], part_scorer: PartScorer
) -> Generator[tuple[Part, PartReport]]:
    """Parts with their reports, as they finish."""
    if job.engine == "ray":
        from claimclf.scoring.ray_data import score_on_ray

        return score_on_ray(
            parts,
            part_scorer,
            num_workers=job.num_workers,
            num_threads=job.num_threads,
            num_gpus=int(job.backend.startswith("cuda")),
        )
    if job.num_workers == 1:
        return score_in_turn(parts, part_scorer)
    return score_side_by_side(
        parts, part_scorer, num_workers=job.num_workers, num_threads=job.num_threads
    )


def _check_numbers(
    shard: tuple[int, int],
    rows_per_part: int,
    max_characters: int,
    num_workers: int | None,
    num_threads: int | None,
) -> None:
    """Refuse numbers that are out of their range."""
    index, num_shards = shard
    if not 1 <= index <= num_shards:
        raise ValueError(f"A shard (i, n) needs 1 <= i <= n, got {shard}.")
    numbers = {
        "rows_per_part": rows_per_part,
        "max_characters": max_characters,
        "num_workers": num_workers,
        "num_threads": num_threads,
    }
    for name, number in numbers.items():
        if number is not None and number < 1:
            raise ValueError(f"{name} must be at least 1, got {number}.")


def _backend(name: str, folder: Path, data: Input, engine: Engine) -> Backend:
    """The backend that was asked for; for "auto", that of an earlier run into the folder."""
    earlier = read_manifest(folder)
    if name == "auto" and earlier is not None:
        name = str(earlier.get("backend", name))
    backend = choose_backend(name, num_bytes=sum(data.num_bytes))
    if engine == "local" and backend.device != "cpu":  # on Ray, workers have devices of their own
        choose_device(backend.device)
    return backend


def _announce(job: Job, data: Input) -> None:
    """Log what is about to be done."""
    what = f"{len(data.names)} files" if len(data.names) > 1 else data.names[0]
    size = f"{job.num_bytes:,} bytes"
    columns = f"text column {data.columns.text!r}, " if data.columns.text else ""
    ids = f"ids from {data.columns.id!r}" if data.columns.id else "file and place as ids"
    logger.info("Reading %s (%s), %s%s.", what, size, columns, ids)
    where = "Ray" if job.engine == "ray" else "this machine"
    logger.info(
        "Scoring on %s with backend %s, workers: %s, threads each: %d.",
        where,
        job.backend,
        job.num_workers or "as Ray decides",
        job.num_threads,
    )


@contextmanager
def stop_on_sigterm() -> Iterator[None]:
    """Raise `Stopped` at SIGTERM, so that nothing half-done is left behind."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(signal_number: int, frame: FrameType | None) -> None:
        raise Stopped(signal_number)

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
