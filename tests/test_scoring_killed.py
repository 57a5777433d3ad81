"""Scoring that is killed, stopped, or refused by the system, in real processes."""

from __future__ import annotations

import io
import json
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pyarrow.parquet as pq
import pytest
from rich.console import Console
from typer.testing import CliRunner

from claimclf.cli import app
from claimclf.scoring import progress
from claimclf.scoring.part_files import PartReport
from claimclf.scoring.parts import Part
from claimclf.scoring.progress import ProgressBar
from claimclf.scoring.schemas import TABLES
from claimclf.scoring.watching import Job


@pytest.fixture
def model(tiny_classifier, tmp_path) -> Path:
    tiny_classifier.save_pretrained(tmp_path / "model")
    return tmp_path / "model"


@pytest.fixture
def data(tmp_path, small_document) -> Path:
    path = tmp_path / "articles.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for number in range(240):
            text = f"{small_document.text} Report {number}."
            file.write(json.dumps({"id": f"d{number}", "text": text}) + "\n")
            if number % 50 == 0:
                file.write("{broken\n")
    return path


def tables(folder: Path) -> dict:
    return {table: pq.read_table(folder / table) for table in TABLES}


# Loads everything once, then scores in forked children that are killed after random times.
KILLS = """
import os, random, signal, sys, time
import torch
torch.set_num_threads(1)
from claimclf.scoring import Scorer, score
data, output, model, num_kills = sys.argv[1:]
options = dict(model=model, backend="cpu-float32", num_workers=1, num_threads=1, rows_per_part=10)
Scorer(model, backend="cpu-float32", num_threads=1).classifier
random.seed(0)

def child(folder):
    pid = os.fork()
    if pid == 0:
        score(data, folder, **options)
        os._exit(0)
    return pid

started = time.monotonic()
assert os.waitpid(child(output + "-whole"), 0)[1] == 0
whole = time.monotonic() - started
for _ in range(int(num_kills)):
    pid = child(output)
    time.sleep(random.uniform(0, 0.7) * whole)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
assert os.waitpid(child(output), 0)[1] == 0
"""


@pytest.mark.endurance
def test_killed_at_random_points_it_ends_with_the_same_rows(data, model, tmp_path):
    out = tmp_path / "out"
    command = [sys.executable, "-c", KILLS, str(data), str(out), str(model), "16"]
    subprocess.run(command, check=True, timeout=300)
    assert tables(out) == tables(tmp_path / "out-whole")
    assert not [path for path in out.rglob(".*") if path.is_file()]


def command(data: Path, out: Path, model: Path, *options: str) -> list[str]:
    app_call = "from claimclf.cli import app; app()"
    fixed = ["--model", str(model), "--backend", "cpu-float32", "--rows-per-part", "10"]
    return [sys.executable, "-c", app_call, "score", str(data), str(out), *fixed, *options]


def wait_for_parts(out: Path, count: int, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + 120
    while len(list((out / "sentences").glob("part-*"))) < count:
        assert process.poll() is None, process.stderr and process.stderr.read()
        assert time.monotonic() < deadline
        time.sleep(0.005)


@pytest.mark.endurance
def test_two_workers_killed_with_their_parent_leave_nothing_running(data, model, tmp_path):
    out = tmp_path / "out"
    options = ("--workers", "2", "--threads", "1")
    random.seed(1)
    for parts in (1, 9):
        with subprocess.Popen(
            command(data, out, model, *options), stderr=subprocess.PIPE, text=True
        ) as process:
            wait_for_parts(out, parts, process)
            children = subprocess.run(
                ["pgrep", "-P", str(process.pid)], capture_output=True, text=True
            ).stdout.split()
            assert len(children) >= 2
            time.sleep(random.uniform(0, 0.05))
            process.kill()
        deadline = time.monotonic() + 20
        while any(Path(f"/proc/{pid}").exists() for pid in children):
            assert time.monotonic() < deadline, "workers outlive their parent"
            time.sleep(0.05)
    last = subprocess.run(command(data, out, model, *options, "--json"), capture_output=True)
    summary = json.loads(last.stdout)
    assert last.returncode == 1, "there are rejects"
    assert summary["num_parts_before"] >= 9
    assert (summary["num_documents"], summary["rejects"]) == (240, {"json": 5})
    whole = subprocess.run(
        command(data, tmp_path / "whole", model, "--workers", "1", "--threads", "1")
    )
    assert whole.returncode == 1
    assert tables(out) == tables(tmp_path / "whole")


@pytest.mark.endurance
@pytest.mark.parametrize("workers", ["1", "2"])
def test_sigterm_stops_cleanly_and_the_next_run_goes_on(data, model, tmp_path, workers):
    out = tmp_path / "out"
    arguments = command(data, out, model, "--workers", workers, "--threads", "1")
    with subprocess.Popen(arguments, stderr=subprocess.PIPE, text=True) as process:
        wait_for_parts(out, 2, process)
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 128 + signal.SIGTERM
    assert "stopped. What is finished stays; run the same command again" in errors
    assert "Traceback" not in errors
    assert not [path for path in out.rglob(".*") if path.is_file()]
    result = subprocess.run([*arguments, "--json"], capture_output=True, text=True)
    summary = json.loads(result.stdout)
    assert summary["num_parts_before"] >= 2
    assert summary["num_documents"] == 240


@pytest.mark.endurance
def test_a_file_that_may_not_grow_stops_the_run(data, model, tmp_path):
    """What a full disk does, without one: writing fails in the middle of a file."""
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000)); "
    arguments = command(data, tmp_path / "out", model, "--workers", "1")
    arguments[2] = limit + arguments[2]
    result = subprocess.run(arguments, capture_output=True, text=True)
    assert result.returncode == 2
    assert "File too large" in result.stderr
    assert "Traceback" not in result.stderr
    assert "run the same command again to go on" in " ".join(result.stderr.split())
    assert not [path for path in (tmp_path / "out").rglob(".*") if path.is_file()]


# The command


def run(*arguments: object):
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


QUIET = ("--backend", "cpu-float32", "--threads", "1", "--workers", "1")


def test_the_command_says_what_came_of_it(data, model, tmp_path):
    result = run("score", data, tmp_path / "out", "--model", model, *QUIET)
    assert result.exit_code == 1
    assert "240 articles, 1,440 sentences" in result.stdout
    assert "5 rows were not scored (5 json)" in result.stdout
    assert "Reading articles.jsonl" in result.stderr
    assert "backend cpu-float32" in result.stderr
    assert "━" not in result.stderr, "no bar outside a terminal"
    again = run("score", data, tmp_path / "out", "--model", model, "--json", *QUIET)
    assert json.loads(again.stdout)["num_parts_before"] == 1


def test_the_script_says_what_it_does_as_the_command_does(data, model, tmp_path):
    script = Path(__file__).parents[1] / "scripts" / "score.py"
    command = [sys.executable, script, data, tmp_path / "out", "--model", model, *QUIET]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 1, result.stderr
    assert "240 articles, 1,440 sentences" in result.stdout
    assert "Reading articles.jsonl" in result.stderr
    assert "Scoring on this machine with backend cpu-float32, workers: 1" in result.stderr


def test_the_bar_shows_rate_rejects_and_where_it_resumed(tmp_path):
    console = Console(file=io.StringIO(), force_terminal=True, width=120)
    report = PartReport(0, 0, 10, "", 9, 40, 4000)
    with ProgressBar(console) as bar:
        bar.begin(Job(tmp_path, 1000, "cpu-float32", 1, 1, "local"))
        bar.part(Part(0, 0, 10, "", share=0.25), report, is_new=False)
        assert bar.state() == "9 articles · 1 rejects · resumed at 25%"
        bar.part(Part(1, 10, 10, "", share=0.5), report, is_new=True)
        assert re.fullmatch(
            r"18 articles · [\d,]+ sentences/s · 0:00 left · 2 rejects · resumed at 25%",
            bar.state(),
        )
    assert "50%" in console.file.getvalue()
    assert "resumed at 25%" in console.file.getvalue()


def test_outside_a_terminal_a_line_now_and_then_says_how_it_goes(tmp_path, monkeypatch, caplog):
    console = Console(file=io.StringIO(), force_terminal=False)
    clock = SimpleNamespace(now=0.0)
    monkeypatch.setattr(progress, "time", SimpleNamespace(monotonic=lambda: clock.now))
    caplog.set_level("INFO")
    report = PartReport(0, 0, 10, "", 9, 4000, 400_000)
    with ProgressBar(console) as bar:
        bar.begin(Job(tmp_path, 1000, "cpu-float32", 1, 1, "local"))
        for index, clock.now in enumerate((59.0, 100.0, 159.0, 160.0)):
            bar.part(Part(index, 0, 10, "", share=(index + 1) / 4), report, is_new=True)
    assert not console.file.getvalue().strip()
    assert [record.getMessage() for record in caplog.records] == [
        "50.0 % of the input is read: 18 articles · 80 sentences/s · 1:40 left · 2 rejects.",
        "100.0 % of the input is read: 36 articles · 100 sentences/s · 0:00 left · 4 rejects.",
    ]


def test_exit_code_0_means_that_every_row_is_scored(data, model, tmp_path):
    data.write_text(
        "".join(line for line in data.read_text().splitlines(True)[1:10] if "id" in line)
    )
    assert run("score", data, tmp_path / "out", "--model", model, *QUIET).exit_code == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--shard", "3/2"], "such as 3/16; got '3/2'"),
        (["--shard", "x"], "such as 3/16; got 'x'"),
        (["--text-column", "body"], "no column 'body'; it has 'id', 'text'"),
        (["--backend", "tpu"], "such as 'cpu-float32'"),
        (["--model", "/no/such/model"], "/no/such/model"),
    ],
)
def test_what_is_wrong_ends_with_exit_code_2(data, model, tmp_path, options, message):
    result = run("score", data, tmp_path / "out", "--model", model, *options)
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.split())
    assert result.stderr.count("claimclf: ") == 1
    assert not (tmp_path / "out").exists()


def test_an_unexpected_error_has_not_the_exit_code_of_rejects(data, model, tmp_path, monkeypatch):
    monkeypatch.setattr("claimclf.scoring.run.plan_parts", lambda *_, **__: 1 / 0)
    result = run("score", data, tmp_path / "out", "--model", model, *QUIET)
    assert result.exit_code == 2
    assert "Stopped by an unexpected error" in result.stderr
    assert "ZeroDivisionError" in result.stderr


def test_predict_points_to_score(data):
    result = run("predict", data)
    assert result.exit_code == 2
    assert f"claimclf score {data} OUTPUT" in result.stderr
