"""Parts in worker processes: those that die, those of others, and how many there are."""

from __future__ import annotations

import multiprocessing
import os
import sys
import time
from pathlib import Path

import pytest

from claimclf.scoring.local import WorkerDiedError, choose_workers, score_side_by_side
from claimclf.scoring.machine import available_memory
from claimclf.scoring.part_files import PartReport
from claimclf.scoring.parts import Part


class Lethal:
    """A part scorer that kills its process, always or once per part."""

    def __init__(self, folder: Path, *, always: bool) -> None:
        self.folder, self.always = folder, always

    def __call__(self, part: Part) -> PartReport:
        mark = self.folder / str(part.index)
        if self.always or (part.index % 3 == 1 and not mark.exists()):
            mark.touch()
            os.kill(os.getpid(), 9)
        return PartReport(part.index, 0, 1, "", 1, 1, 1)


class Leaving:
    """A part scorer whose process ends by itself at some part, once or whenever it comes to it."""

    def __init__(self, folder: Path, *, at: int, always: bool) -> None:
        self.folder, self.at, self.always = folder, at, always

    def __call__(self, part: Part) -> PartReport:
        mark = self.folder / str(part.index)
        if part.index == self.at and (self.always or not mark.exists()):
            mark.touch()
            os._exit(3)
        time.sleep(0.1)
        return PartReport(part.index, 0, 1, "", 1, 1, 1)


def parts_of(count: int) -> list[Part]:
    return [Part(index, index, 1, "") for index in range(count)]


def test_a_part_whose_worker_is_killed_goes_to_another_one(tmp_path, caplog):
    parts = [Part(index, index, 1, "") for index in range(6)]
    scored = score_side_by_side(
        iter(parts), Lethal(tmp_path, always=False), num_workers=2, num_threads=1
    )
    assert sorted(part.index for part, _ in scored) == list(range(6))
    assert "A worker process was killed" in caplog.text


def test_workers_that_always_die_end_the_run(tmp_path):
    scored = score_side_by_side(
        iter([Part(0, 0, 1, "")]), Lethal(tmp_path, always=True), num_workers=1, num_threads=1
    )
    with pytest.raises(WorkerDiedError, match=r"killed 3 times.*part-000000.*fewer --workers"):
        list(scored)


@pytest.mark.parametrize(("memory", "workers"), [(None, 8), (1, 1), (5_000_000_000, 3)])
def test_workers_fit_into_memory(monkeypatch, memory, workers):
    monkeypatch.setattr("claimclf.scoring.local.available_cores", lambda: 8)
    monkeypatch.setattr("claimclf.scoring.local.available_memory", lambda: memory)
    assert choose_workers("cpu") == workers
    assert choose_workers("cuda") == 4


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, None),
        ({"proc/meminfo": "MemTotal: 9 kB\nMemAvailable: 2000 kB\n"}, 2_048_000),
        (
            {
                "proc/meminfo": "MemAvailable: 2000 kB\n",
                "proc/self/cgroup": "0::/batch/step_1\n",
                "sys/fs/cgroup/batch/memory.max": "70000\n",
                "sys/fs/cgroup/batch/step_1/memory.max": "max\n",
            },
            70_000,
        ),
        ({"proc/self/cgroup": "0::/\n", "sys/fs/cgroup/memory.max": "60000\n"}, 60_000),
        (
            {
                "proc/self/cgroup": "5:cpu:/\n4:memory:/docker/1f\n",
                "sys/fs/cgroup/memory/memory.limit_in_bytes": "50000\n",
                "sys/fs/cgroup/memory.max": "40000\n",
            },
            50_000,
        ),
    ],
)
def test_memory_is_what_the_machine_and_its_control_groups_allow(tmp_path, files, expected):
    for name, content in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    assert available_memory(tmp_path) == expected


def test_processes_of_the_caller_are_left_alone():
    """Neither ended with the workers nor taken for one of them."""
    context = multiprocessing.get_context("spawn")
    sleeping = context.Process(target=time.sleep, args=(300,))
    scored = score_side_by_side(
        iter(parts_of(3)), Leaving(Path(), at=-1, always=False), num_workers=1, num_threads=1
    )
    next(scored)
    sleeping.start()
    try:
        assert len(list(scored)) == 2
        assert sleeping.is_alive()
    finally:
        sleeping.kill()
        sleeping.join()


def test_a_failed_process_of_the_caller_is_no_worker_that_failed(tmp_path):
    failing = multiprocessing.get_context("spawn").Process(target=sys.exit, args=(1,))

    def parts():
        failing.start()
        yield from parts_of(2)

    scorer = Lethal(tmp_path, always=False)
    scored = score_side_by_side(parts(), scorer, num_workers=1, num_threads=1)
    assert sorted(part.index for part, _ in scored) == [0, 1]


def test_a_worker_that_ends_in_the_middle_did_not_fail_to_start(tmp_path):
    scorer = Leaving(tmp_path, at=2, always=False)
    scored = score_side_by_side(iter(parts_of(4)), scorer, num_workers=1, num_threads=1)
    assert sorted(part.index for part, _ in scored) == [0, 1, 2, 3]


def test_a_worker_that_ends_before_any_part_ends_the_run(tmp_path):
    scorer = Leaving(tmp_path, at=0, always=True)
    scored = score_side_by_side(iter(parts_of(1)), scorer, num_workers=1, num_threads=1)
    with pytest.raises(WorkerDiedError, match=r"ended with exit code 3 before .* Put the call of"):
        list(scored)
