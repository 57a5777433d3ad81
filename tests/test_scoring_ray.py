"""The scorer on a local Ray cluster that is really started."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from claimclf.scoring import InputError, Scorer, score
from claimclf.scoring.parts import Part
from claimclf.scoring.ray_data import score_on_ray
from claimclf.scoring.schemas import TABLES
from claimclf.scoring.worker import ScoringError

ray = pytest.importorskip("ray", reason="needs the extra: pip install '.[ray]'")
pytestmark = pytest.mark.endurance

OPTIONS = {"backend": "cpu-float32", "num_threads": 1, "rows_per_part": 5}


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    root = Path(__file__).parent.parent
    ray.init(
        num_cpus=2,
        include_dashboard=False,
        log_to_driver=False,
        runtime_env={"env_vars": {"PYTHONPATH": str(root), "OMP_NUM_THREADS": "1"}},
    )
    yield ray
    ray.shutdown()


@pytest.fixture
def model(tiny_classifier, tmp_path) -> Path:
    tiny_classifier.save_pretrained(tmp_path / "model")
    return tmp_path / "model"


@pytest.fixture
def data(tmp_path, small_document) -> Path:
    path = tmp_path / "articles.jsonl"
    lines = [
        json.dumps({"id": f"d{number}", "text": f"{small_document.text} Report {number}."})
        for number in range(120)
    ]
    path.write_text("\n".join([*lines[:60], "{broken", lines[3], *lines[60:]]), encoding="utf-8")
    return path


def tables(folder: Path) -> dict:
    return {table: pq.read_table(folder / table) for table in TABLES}


def tables_there(folder: Path) -> list[str]:
    return sorted({path.parent.name for path in folder.glob("*/part-*.parquet")})


def kill_a_worker(output: Path, killed: list[int]) -> None:
    """Kill one of Ray's workers as soon as the first parts are there."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        if len(list((output / "sentences").glob("part-*"))) >= 2:
            found = subprocess.run(
                ["pgrep", "-f", "ray::MapWorker"], capture_output=True, text=True
            )
            for pid in map(int, found.stdout.split()[:1]):
                os.kill(pid, signal.SIGKILL)
                killed.append(pid)
            return
        time.sleep(0.01)


def test_ray_gives_the_same_rows_though_a_worker_is_killed(cluster, model, data, tmp_path):
    local = score(data, tmp_path / "local", model=model, num_workers=1, **OPTIONS)
    output, killed = tmp_path / "ray", []
    killer = threading.Thread(target=kill_a_worker, args=(output, killed))
    killer.start()
    summary = score(data, output, model=model, engine="ray", num_workers=2, **OPTIONS)
    killer.join()
    assert killed, "the test did not kill anything"
    assert (summary.num_rows, summary.rejects) == (122, {"duplicate": 1, "json": 1})
    assert (summary.num_sentences, summary.is_complete) == (local.num_sentences, True)
    assert tables(output) == tables(tmp_path / "local")
    again = score(data, output, model=model, engine="ray", **OPTIONS)
    assert again.num_parts_before == again.num_parts


def test_a_relative_path_and_the_packaged_model_reach_every_node(
    cluster, data, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    data.write_text("".join(data.read_text().splitlines(keepends=True)[:3]), encoding="utf-8")
    summary = score("articles.jsonl", "out", engine="ray", num_workers=1, **OPTIONS)
    assert (summary.output, summary.is_complete, summary.num_documents) == ("out", True, 3)
    assert tables_there(tmp_path / "out") == ["sentences", "sources"]


@pytest.mark.parametrize("kind", [InputError, ScoringError, PermissionError])
def test_errors_come_out_of_ray_as_they_are(cluster, kind):
    class Failing:
        def __call__(self, part):
            raise kind("no luck")

    part = Part(0, 0, 1, "")
    with pytest.raises(OSError if kind is PermissionError else kind, match=r"^no luck$"):
        list(score_on_ray(iter([part]), Failing(), num_workers=1, num_threads=1))


def test_the_scorer_is_a_function_of_ray_data(cluster, model, data):
    rows = [json.loads(line) for line in data.read_text().splitlines() if "id" in line][:20]
    columns = pa.Table.from_pylist(rows)
    scorer = Scorer(model, id_column="id", backend="cpu-float32", num_threads=1)
    dataset = ray.data.from_arrow(columns).map_batches(
        Scorer,
        fn_constructor_args=(str(model),),
        fn_constructor_kwargs={"id_column": "id", "backend": "cpu-float32", "num_threads": 1},
        batch_size=None,
        batch_format="pyarrow",
        compute=ray.data.ActorPoolStrategy(size=1),
    )
    scored = pa.concat_tables(ray.get(dataset.to_arrow_refs()))
    assert scored.cast(scorer.schema) == scorer(columns)
