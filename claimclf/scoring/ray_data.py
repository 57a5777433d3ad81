"""Parts on a Ray cluster, through Ray Data: how scoring leaves one machine.

The same parts and the same `PartScorer` as on one machine, called by Ray's actors, so that the rows
are the same. Every node must see the input and the output folder under the same path. Ray starts an
actor anew that dies, and gives its part to another one. An error travels as a row: as an exception
it would come out of Ray under another type.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

from claimclf.scoring.formats import InputError
from claimclf.scoring.local import MAX_DEATHS
from claimclf.scoring.part_files import PartReport
from claimclf.scoring.parts import ChangedInputError, Part
from claimclf.scoring.worker import PartScorer, ScoringError

_ERRORS: Final = (InputError, ChangedInputError, ScoringError, OSError)
"""What stops a run with a message of its own."""


def score_on_ray(
    parts: Iterator[Part],
    part_scorer: PartScorer,
    *,
    num_workers: int,
    num_threads: int,
    num_gpus: int = 0,
) -> Generator[tuple[Part, PartReport]]:
    """Score parts on the cluster that is connected, or that `ray.init` finds or starts.

    All parts are planned, and with that the whole input read, before the first one is scored.

    Args:
        parts: What is to be scored.
        part_scorer: Every actor gets a copy.
        num_workers: Actors; 0 lets their number grow with the cluster.
        num_threads: Cores of each actor.
        num_gpus: CUDA devices of each actor; it sees no others.

    Raises:
        ValueError: If ray is not installed.
        InputError, ChangedInputError, ScoringError, OSError: What a part was stopped by.
    """
    try:
        import ray
    except ImportError:
        raise ValueError(
            "The engine 'ray' needs ray: install claimclf with its extra, pip install '.[ray]' in "
            "a checkout, or use --engine local."
        ) from None
    planned = {part.index: part for part in parts}
    if not planned:
        return
    rows = [{"part": json.dumps(asdict(part))} for part in planned.values()]
    most = num_workers or None
    dataset = ray.data.from_items(rows, override_num_blocks=len(rows)).map_batches(
        _Actor,
        fn_constructor_args=(part_scorer,),
        batch_size=1,
        compute=ray.data.ActorPoolStrategy(min_size=num_workers or 1, max_size=most),
        num_cpus=num_threads,
        num_gpus=num_gpus,
        max_task_retries=MAX_DEATHS,
    )
    for row in dataset.iter_rows():
        if row["error"]:
            name, message = json.loads(row["error"])
            raise next(error for error in _ERRORS if error.__name__ == name)(message)
        report = PartReport(**json.loads(row["report"]))
        yield planned[report.index], report


class _Actor:
    """What Ray Data calls with a batch of parts."""

    def __init__(self, part_scorer: PartScorer) -> None:
        self._part_scorer = part_scorer

    def __call__(self, batch: Mapping[str, Sequence[str]]) -> dict[str, Any]:
        reports, errors = [], []
        for record in batch["part"]:
            report = error = ""
            try:
                report = json.dumps(asdict(self._part_scorer(Part(**json.loads(record)))))
            except _ERRORS as caught:
                name = next(kind.__name__ for kind in _ERRORS if isinstance(caught, kind))
                error = json.dumps([name, str(caught)])
            reports.append(report)
            errors.append(error)
        return {"report": reports, "error": errors}
