"""Score an input of any size into a folder of Parquet, and go on where an earlier run ended.

input → parts → an engine that calls `PartScorer` on each → a folder with `manifest.json`. Reading
starts from the first row also when a run is resumed: only so are duplicated ids known, and a
changed input noticed. It takes seconds per gigabyte; finished parts are passed over.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pyarrow.compute as pc
import pyarrow.parquet as pq

from claimclf.fetch import find_folder
from claimclf.model_files import read_model_files
from claimclf.perspectives.own_parties import Parties, read_parties
from claimclf.perspectives.withholding import check_min_score
from claimclf.scoring.engines import (
    Engine,
    announce,
    backend_for,
    model_for,
    plan_job,
    score_parts,
)
from claimclf.scoring.inputs import Input, open_input
from claimclf.scoring.local import check_main_is_guarded
from claimclf.scoring.locks import lock_shard
from claimclf.scoring.manifest import (
    Settings,
    claim_folder,
    complete_manifest,
    make_manifest,
    reopen_manifest,
)
from claimclf.scoring.part_files import (
    PartReport,
    is_finished,
    read_report,
    remove_unfinished,
)
from claimclf.scoring.parts import ChangedInputError, Part, part_file, plan_parts
from claimclf.scoring.schemas import TABLES
from claimclf.scoring.scorer import Scorer
from claimclf.scoring.stopping import stop_on_sigterm
from claimclf.scoring.watching import Job, Summary, Watcher
from claimclf.scoring.worker import PartScorer
from claimclf.scoring.wrapping import warn_if_wrapped

if TYPE_CHECKING:
    from datasets import Dataset

ROWS_PER_PART: Final = 500
"""Rows of a part: some seconds of work, and what is lost at most when a process is killed."""


_TOTALS: Final = ("num_parts", "num_rows", "num_documents", "num_sentences", "num_rejects")
"""What the manifest tells of a whole run."""


class StoppedByError(OSError):
    """The system refused something in the middle of a run, such as more space on a disk."""


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
    _check_options(
        engine,
        shard,
        rows_per_part=rows_per_part,
        max_characters=max_characters,
        num_workers=num_workers,
        num_threads=num_threads,
    )
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
    chosen = backend_for(backend, folder, inputs, engine)
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
        job = plan_job(engine, folder, inputs, chosen, num_workers, num_threads, len(first))
        run.begin(job)
        warn_if_wrapped(inputs)
        scorer = Scorer(
            model_for(engine, model, model_files.folder),
            with_text=with_text,
            backend=chosen.kind if engine == "ray" else chosen,
            num_threads=job.num_threads,
            parties=own_parties,
            min_perspective_score=min_perspective_score,
        )
        run.score_pending(job, chain(first, parts), _part_scorer(engine, scorer, inputs, folder))
    summary.seconds = time.monotonic() - started
    summary.sentences_per_second = run.num_new_sentences / summary.seconds
    return summary


def _check_options(engine: str, shard: tuple[int, int], **numbers: int | None) -> None:
    """Refuse what is out of its range."""
    if engine not in ("local", "ray"):
        raise ValueError(f"The engine is 'local' or 'ray', got {engine!r}.")
    index, num_shards = shard
    if not 1 <= index <= num_shards:
        raise ValueError(f"A shard (i, n) needs 1 <= i <= n, got {shard}.")
    for name, number in numbers.items():
        if number is not None and number < 1:
            raise ValueError(f"{name} must be at least 1, got {number}.")


def _part_scorer(engine: Engine, scorer: Scorer, data: Input, folder: Path) -> PartScorer:
    """What workers do with a part."""
    if engine == "ray":  # other nodes, and actors on this one, have current folders of their own
        folder = folder.absolute()
        data = replace(data, paths=tuple(path.absolute() for path in data.paths))
    return PartScorer(scorer, data, folder, answers_of=scorer.identify())


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
        announce(job, self.data)
        if self._watcher is not None:
            self._watcher.begin(job)

    def score_pending(self, job: Job, parts: Iterator[Part], part_scorer: PartScorer) -> None:
        """Score all parts and look whether every shard is done."""
        try:
            with closing(score_parts(job, parts, part_scorer)) as finished:
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
