"""Who scores the parts: this process, several on this machine, or Ray on a cluster."""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Literal

from claimclf.backend import Backend, choose_backend, choose_device
from claimclf.model_files import DEFAULT
from claimclf.scoring.inputs import Input
from claimclf.scoring.local import choose_workers, score_in_turn, score_side_by_side
from claimclf.scoring.machine import available_cores
from claimclf.scoring.manifest import read_manifest
from claimclf.scoring.part_files import PartReport
from claimclf.scoring.parts import Part
from claimclf.scoring.watching import Job
from claimclf.scoring.worker import PartScorer

logger = logging.getLogger(__name__)

Engine = Literal["local", "ray"]


def backend_for(name: str, folder: Path, data: Input, engine: Engine) -> Backend:
    """The backend that was asked for; for "auto", that of an earlier run into the folder."""
    earlier = read_manifest(folder)
    if name == "auto" and earlier is not None:
        name = str(earlier.get("backend", name))
    backend = choose_backend(name, num_bytes=sum(data.num_bytes))
    if engine == "local" and backend.device != "cpu":  # on Ray, workers have devices of their own
        choose_device(backend.device)
    return backend


def model_for(engine: Engine, model: str | Path | None, folder: Path) -> str | Path | None:
    """Model name to give to workers: on another node, a cache or package is elsewhere."""
    if engine == "local" or (model is not None and Path(model).is_dir()):
        return folder.absolute()
    if model is None or model == DEFAULT:
        return None
    # In the cache of the Hub, a folder's name is its commit.
    return f"{str(model).partition('@')[0]}@{folder.name}"


def plan_job(
    engine: Engine,
    folder: Path,
    data: Input,
    backend: Backend,
    num_workers: int | None,
    num_threads: int | None,
    num_parts: int,
) -> Job:
    """What a run is about to do, with as many workers and threads as are asked for, or are best.

    Args:
        engine: Who calls the workers.
        folder: The output folder.
        data: What is to be scored.
        backend: What each worker computes with.
        num_workers: Processes; None fills the machine.
        num_threads: Threads of each; None shares the cores between the workers.
        num_parts: Parts that are left to be scored, as far as is known.
    """
    if engine == "ray":
        num_workers, num_threads = num_workers or 0, num_threads or 1
    else:
        # A single part needs no other process, which would have to import torch again.
        num_workers = 1 if num_parts < 2 else num_workers or choose_workers(backend.device)
        num_threads = num_threads or max(1, available_cores() // num_workers)
    num_bytes = sum(data.num_bytes)
    return Job(folder, num_bytes, str(backend), num_workers, num_threads, engine)


def announce(job: Job, data: Input) -> None:
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


def score_parts(
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
