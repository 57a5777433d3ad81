"""Scoring with a tiny model: the same as `predict`, resumed, sharded, refused, never half-done."""

from __future__ import annotations

import json
import math
import os
import pickle
import signal
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
import torch
from datasets import Dataset
from datasets.fingerprint import Hasher

from claimclf.classifier import ClaimClassifier
from claimclf.labels import TYPES
from claimclf.scoring import (
    ChangedInputError,
    InputError,
    ManifestError,
    Scorer,
    locks,
    manifest,
    run,
    score,
)
from claimclf.scoring.engines import model_for
from claimclf.scoring.inputs import Input, open_input
from claimclf.scoring.manifest import complete_manifest, read_manifest
from claimclf.scoring.part_files import part_writer
from claimclf.scoring.parts import Part, PartRows, plan_parts
from claimclf.scoring.ray_data import score_on_ray
from claimclf.scoring.run import StoppedByError
from claimclf.scoring.schemas import TABLES, sentence_schema
from claimclf.scoring.stopping import stop_on_sigterm
from claimclf.scoring.worker import ScoringError
from claimclf.tables import sentence_frame

OPTIONS = {"backend": "cpu-float32", "num_workers": 1, "num_threads": 1, "rows_per_part": 4}


@pytest.fixture
def model(tiny_classifier, tmp_path) -> Path:
    tiny_classifier.save_pretrained(tmp_path / "model")
    return tmp_path / "model"


def make_records(count: int, text: str) -> list[dict]:
    return [{"id": f"d{n}", "text": f"{text} Report {n}."[n % 7 :]} for n in range(count)]


def write_lines(path: Path, lines: list) -> Path:
    rows = [line if isinstance(line, str) else json.dumps(line) for line in lines]
    path.write_text("".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture
def records(small_document) -> list[dict]:
    return make_records(11, small_document.text)


@pytest.fixture
def data(tmp_path, records) -> Path:
    """Eleven articles, and four rows that are none."""
    lines = [*records[:5], "{broken", records[2], *records[5:], {"id": "n", "text": None}, [1]]
    return write_lines(tmp_path / "articles.jsonl", lines)


def tables(folder: Path) -> dict[str, pa.Table]:
    return {table: pq.read_table(folder / table) for table in TABLES if any_in(folder / table)}


def any_in(folder: Path) -> bool:
    return any(folder.glob("*.parquet"))


def stray_files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob(".*") if path.is_file()]


def times(folder: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*.parquet")}


def fail_on(monkeypatch, doc_id):
    """Let scoring fail on one article."""
    original = Scorer.score

    def failing(self, ids, texts):
        if doc_id in ids:
            raise RuntimeError("no luck")
        return original(self, ids, texts)

    monkeypatch.setattr(Scorer, "score", failing)


def test_rows_are_what_predict_gives(model, data, records, tmp_path, tiny_classifier):
    summary = score(data, tmp_path / "out", model=model, **OPTIONS)
    assert (summary.num_rows, summary.num_documents, summary.num_rejects) == (15, 11, 4)
    assert summary.rejects == {"duplicate": 1, "json": 2, "null": 1}
    assert summary.is_complete
    table = pq.read_table(tmp_path / "out" / "sentences")
    assert table.num_rows == summary.num_sentences
    classifier = type(tiny_classifier).from_pretrained(model, device="cpu", dtype="float32")
    expected = []
    for record in records:
        expected.append(classifier.predict(record["text"]).replace(id=record["id"]))
    frame = sentence_frame(expected)
    assert table.column_names == list(frame.columns)
    for column in frame:
        values, wanted = table[column].to_pylist(), frame[column].astype(object).tolist()
        if column.startswith("p_"):
            assert values == pytest.approx(wanted, abs=1e-5), column
        else:
            nothing = [value is None or value != value for value in map(_plain, wanted)]
            wanted = [None if no else value for no, value in zip(nothing, wanted, strict=True)]
            assert values == wanted, column


def _plain(value: object) -> object:
    return None if str(value) == "<NA>" else value


def test_sources_are_those_of_the_sentences(model, data, tmp_path):
    score(data, tmp_path / "out", model=model, **OPTIONS)
    found = tables(tmp_path / "out")
    named = found["sentences"].filter(pc.is_valid(found["sentences"]["source_id"]))
    counted = named.group_by(["doc_id", "source_id"]).aggregate([("start", "count")]).to_pylist()
    counts = {(row["doc_id"], row["source_id"]): row["start_count"] for row in counted}
    sources = found["sources"].to_pylist()
    assert counts
    assert {(row["doc_id"], row["source_id"]): row["num_sentences"] for row in sources} == counts


def test_rejects_say_where_and_why(model, data, tmp_path):
    score(data, tmp_path / "out", model=model, **OPTIONS)
    rejects = tables(tmp_path / "out")["rejects"].to_pylist()
    places = [(row["row"], row["place"], row["code"], row["doc_id"]) for row in rejects]
    assert places == [
        (5, 6, "json", None),
        (6, 7, "duplicate", "d2"),
        (13, 14, "null", "n"),
        (14, 15, "json", None),
    ]
    assert {row["file"] for row in rejects} == {"articles.jsonl"}


def test_duplicates_are_scored_where_they_are_allowed(model, data, tmp_path):
    summary = score(data, tmp_path / "out", model=model, unique_ids=False, **OPTIONS)
    assert "duplicate" not in summary.rejects


def test_the_text_can_be_left_out(model, data, tmp_path):
    score(data, tmp_path / "out", model=model, with_text=False, **OPTIONS)
    names = pq.read_table(tmp_path / "out" / "sentences").column_names
    assert names[:4] == ["doc_id", "sentence_id", "start", "end"]
    assert "text" not in names


def test_every_part_has_the_same_typed_columns(model, tmp_path, records):
    """Also one of which no row could be scored, and one without a source."""
    lines = ["{", "{", *records[:2], {"id": "n", "text": "Nobody."}]
    options = OPTIONS | {"rows_per_part": 1}
    score(write_lines(tmp_path / "a.jsonl", lines), tmp_path / "out", model=model, **options)
    for table, count in (("sentences", 5), ("sources", 5), ("rejects", 2)):
        files = sorted((tmp_path / "out" / table).glob("*.parquet"))
        assert len(files) == count
        schemas = {pq.read_schema(file).remove_metadata().to_string() for file in files}
        assert len(schemas) == 1
    schema = pq.read_schema(tmp_path / "out" / "sentences" / "part-000000.parquet")
    assert {str(schema.field(f"p_{name}").type) for name in TYPES} == {"float"}
    assert {str(schema.field(f"is_{name}").type) for name in TYPES} == {"bool"}
    assert str(schema.field("mention_start").type) == "int32"


@pytest.mark.parametrize("kind", ["parquet", "csv", "dataset"])
def test_other_inputs_give_the_same_sentences(model, records, tmp_path, kind):
    write_lines(tmp_path / "a.jsonl", records)
    score(tmp_path / "a.jsonl", tmp_path / "one", model=model, **OPTIONS)
    dataset = Dataset.from_list(records)
    other = dataset
    if kind != "dataset":
        other = tmp_path / f"a.{kind}"
        getattr(dataset, f"to_{kind}")(str(other))
    score(other, tmp_path / "two", model=model, **OPTIONS)
    assert tables(tmp_path / "one") == tables(tmp_path / "two")


def test_a_second_run_finds_everything_done(model, data, tmp_path):
    out = tmp_path / "out"
    first = score(data, out, model=model, **OPTIONS)
    before = times(out)
    again = score(data, out, model=model, **OPTIONS)
    assert times(out) == before
    assert (again.num_parts_before, again.num_parts) == (4, 4)
    assert (again.num_sentences, again.rejects) == (first.num_sentences, first.rejects)
    assert not stray_files(out)


class Crash(BaseException):
    """Ends a run like nothing that anybody catches."""


@pytest.mark.parametrize("step", ["replace", "fsync", "score"])
def test_a_crash_at_any_step_leaves_a_run_that_can_go_on(model, data, tmp_path, monkeypatch, step):
    options = OPTIONS | {"rows_per_part": 8}
    score(data, tmp_path / "whole", model=model, **options)
    expected = tables(tmp_path / "whole")
    owner = {"replace": Path, "fsync": os, "score": Scorer}[step]
    original = getattr(owner, step)
    crashes = 0
    for crash_at in range(100):
        out = tmp_path / f"out{crash_at}"
        calls = iter(range(1000))

        def crashing(*arguments, calls=calls, crash_at=crash_at):
            if next(calls) == crash_at:
                raise Crash
            return original(*arguments)

        monkeypatch.setattr(owner, step, crashing)
        try:
            score(data, out, model=model, **options)
            monkeypatch.undo()
            break
        except Crash:
            crashes += 1
        monkeypatch.undo()
        assert not [path for path in stray_files(out) if ".part-" in path.name]
        summary = score(data, out, model=model, **options)
        assert tables(out) == expected
        assert summary.num_rows == 15
    assert crashes >= 2, "every part was interrupted"


def test_a_damaged_part_is_scored_again(model, data, tmp_path):
    out = tmp_path / "out"
    score(data, out, model=model, **OPTIONS)
    expected = tables(out)
    part = out / "sentences" / "part-000001.parquet"
    part.write_bytes(part.read_bytes()[:100])
    assert score(data, out, model=model, **OPTIONS).num_parts_before == 3
    assert tables(out) == expected


def test_leftovers_of_a_killed_process_are_removed(model, data, tmp_path):
    out = tmp_path / "out"
    score(data, out, model=model, **OPTIONS)
    (out / "sentences" / ".part-000001.parquet.1.tmp").write_text("half")
    score(data, out, model=model, **OPTIONS)
    assert not stray_files(out)


def test_two_writers_of_one_part_do_not_share_files(tmp_path):
    for table in TABLES:
        (tmp_path / table).mkdir()
    part, schema = Part(0, 0, 1, "digest"), sentence_schema(TYPES, with_text=True)
    with part_writer(tmp_path, part, schema), part_writer(tmp_path, part, schema):
        assert len(list((tmp_path / "sentences").iterdir())) == 2
    assert not list((tmp_path / "sentences").iterdir())


def test_manifests_are_written_under_names_of_their_own(tmp_path, monkeypatch):
    names = []
    replace = Path.replace
    monkeypatch.setattr(
        Path, "replace", lambda path, target: names.append(path.name) or replace(path, target)
    )
    for _ in range(2):
        complete_manifest(tmp_path, {})
    assert len(set(names)) == 2


@pytest.mark.parametrize("has_links", [True, False])
def test_the_first_manifest_stays_where_two_runs_begin_together(tmp_path, monkeypatch, has_links):
    def refuse(*_):
        raise OSError(95, "Operation not supported")

    if not has_links:
        monkeypatch.setattr(Path, "hardlink_to", refuse)
    for number in (1, 2):  # neither has seen a manifest before
        manifest._write(tmp_path, {"rows_per_part": number}, is_first=True)
    assert read_manifest(tmp_path) == {"rows_per_part": 1}
    assert [path.name for path in tmp_path.iterdir()] == ["manifest.json"]


def test_a_manifest_that_is_about_to_be_filled_is_waited_for(tmp_path, monkeypatch):
    path = tmp_path / "manifest.json"
    path.touch()
    monkeypatch.setattr(manifest.time, "sleep", lambda _: path.write_text("{}"))
    assert read_manifest(tmp_path) == {}
    path.write_text("")
    monkeypatch.setattr(manifest.time, "sleep", lambda _: None)
    with pytest.raises(ManifestError, match="is no manifest"):
        read_manifest(tmp_path)


def test_shards_fill_one_folder_together(model, data, tmp_path):
    score(data, tmp_path / "whole", model=model, **OPTIONS)
    out = tmp_path / "out"
    summaries = [score(data, out, model=model, shard=(i, 3), **OPTIONS) for i in (2, 3, 1)]
    assert [summary.is_complete for summary in summaries] == [False, False, True]
    assert [summary.num_parts for summary in summaries] == [1, 1, 2]
    assert tables(out) == tables(tmp_path / "whole")
    whole = read_manifest(tmp_path / "whole")["complete"]
    assert read_manifest(out)["complete"] == whole
    assert whole["num_documents"] == 11


def test_repaired_rows_leave_the_parts_of_other_shards_open(model, tmp_path, records):
    data, out = tmp_path / "articles.jsonl", tmp_path / "out"
    write_lines(data, ["{broken", *records])
    for index in (1, 2):
        score(data, out, model=model, shard=(index, 2), **OPTIONS)
    write_lines(data, [*records[:1], *records[1:5], {"id": "n", "text": "New."}, *records[5:]])
    options = OPTIONS | {"model": model, "retry_rejects": True}
    first = score(data, out, shard=(1, 2), **options)
    assert (first.is_complete, first.num_parts_open) == (False, 1)
    assert read_manifest(out)["complete"] is None
    assert score(data, out, shard=(2, 2), **options).is_complete
    score(data, tmp_path / "fresh", model=model, **OPTIONS)
    assert tables(out) == tables(tmp_path / "fresh")


def test_a_part_that_is_taken_away_meanwhile_is_told(model, data, tmp_path, monkeypatch):
    out = tmp_path / "out"
    count = run._Run._count

    def take_away(self, part, report, *, is_new):
        count(self, part, report, is_new=is_new)
        (out / "sentences" / "part-000000.parquet").unlink(missing_ok=True)

    monkeypatch.setattr(run._Run, "_count", take_away)
    with pytest.raises(StoppedByError, match=r"part-000000.parquet was finished, but is no longer"):
        score(data, out, model=model, **OPTIONS)
    monkeypatch.undo()
    assert score(data, out, model=model, **OPTIONS).is_complete


def test_files_that_cannot_be_locked_are_a_warning(model, data, tmp_path, monkeypatch, caplog):
    fcntl = pytest.importorskip("fcntl")

    def refuse(*_):
        raise OSError(37, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    assert score(data, tmp_path / "out", model=model, **OPTIONS).is_complete
    assert "No locks available" in caplog.text


def test_other_programs_read_what_comes_out(model, data, tmp_path):
    duckdb, polars = pytest.importorskip("duckdb"), pytest.importorskip("polars")
    score(data, tmp_path / "scored", model=model, **OPTIONS)
    expected = tables(tmp_path / "scored")
    for table, rows in expected.items():
        files = str(tmp_path / "scored" / table / "*.parquet")
        assert duckdb.read_parquet(files).to_arrow_table().to_pylist() == rows.to_pylist()
        assert polars.read_parquet(files).to_dicts() == rows.to_pylist()
    assert set(expected) == set(TABLES)


def test_the_query_of_the_guide_sums_up_voices(model, data, tmp_path, monkeypatch):
    duckdb = pytest.importorskip("duckdb")
    score(data, tmp_path / "scored", model=model, **OPTIONS)
    guide = Path(__file__).parents[1] / "docs" / "score-in-batch.md"
    query = guide.read_text(encoding="utf-8").partition("```sql\n")[2].partition("```")[0]
    monkeypatch.chdir(tmp_path)
    rows = duckdb.sql(query).fetchall()
    sentences = tables(tmp_path / "scored")["sentences"]
    assert sum(count for _, count, _ in rows) == sentences.num_rows
    assert sum(characters for *_, characters in rows) == sum(
        map(len, sentences["text"].to_pylist())
    )


def test_two_processes_on_one_shard_are_refused(model, data, tmp_path):
    fcntl = pytest.importorskip("fcntl")
    out = tmp_path / "out"
    score(data, out, model=model, **OPTIONS)
    with (out / ".lock-1-of-1").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(ManifestError, match="Another process is scoring shard 1 of 1"):
            score(data, out, model=model, **OPTIONS)


def test_another_way_to_divide_the_work_is_refused_while_it_goes_on(model, data, tmp_path):
    fcntl = pytest.importorskip("fcntl")
    out = tmp_path / "out"
    score(data, out, model=model, shard=(1, 2), **OPTIONS)
    (out / ".lock-2-of-2").touch()  # of a process that was killed
    with (out / ".lock-1-of-2").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(ManifestError, match=r"is scoring shard 1 of 2 .*with the same n"):
            score(data, out, model=model, **OPTIONS)
    assert score(data, out, model=model, **OPTIONS).is_complete


def test_a_process_is_seen_by_others_before_it_looks_for_them(tmp_path, monkeypatch):
    pytest.importorskip("fcntl")
    look, seen = locks._locks_of_others, []

    def start_another(folder, own):
        seen.extend(look(folder, folder / ".lock-1-of-3"))
        return look(folder, own)

    monkeypatch.setattr(locks, "_locks_of_others", start_another)
    with locks.lock_shard(tmp_path, (1, 2)) as is_shared:
        assert not is_shared
    assert seen == [".lock-1-of-2"]
    assert not list(tmp_path.iterdir())


def test_a_lock_on_a_file_that_was_removed_is_none(tmp_path, monkeypatch):
    fcntl = pytest.importorskip("fcntl")
    flock, path = fcntl.flock, tmp_path / ".lock-1-of-1"

    def be_late(file, how):
        if not opened:
            path.unlink()  # the process before ends between opening and locking
        opened.append(file.fileno())
        flock(file, how)

    opened: list[int] = []
    monkeypatch.setattr(fcntl, "flock", be_late)
    with locks.lock_shard(tmp_path, (1, 1)):
        assert path.exists()
    assert len(set(opened)) >= 2


def test_a_folder_that_misses_a_part_again_is_not_complete(model, data, tmp_path, monkeypatch):
    out = tmp_path / "out"
    score(data, out, model=model, **OPTIONS)
    assert read_manifest(out)["complete"]
    next((out / "sentences").glob("part-*.parquet")).unlink()

    def fail(*_, **__):
        raise OSError("full")

    with monkeypatch.context() as patch:
        patch.setattr(run, "score_parts", fail)
        with pytest.raises(OSError, match="full"):
            score(data, out, model=model, **OPTIONS)
    assert read_manifest(out)["complete"] is None
    assert score(data, out, model=model, **OPTIONS).is_complete


def test_a_foreign_handler_of_sigterm_is_left_in_place(monkeypatch):
    handlers = []
    monkeypatch.setattr(signal, "getsignal", lambda _: None)
    monkeypatch.setattr(signal, "signal", lambda *arguments: handlers.append(arguments))
    with stop_on_sigterm():
        assert handlers == [], "it could not be put back"


@pytest.mark.parametrize(
    ("engine", "name", "told"),
    [
        ("ray", None, None),
        ("ray", "default", None),
        ("ray", "owner/name", "owner/name@c0ffee"),
        ("ray", "owner/name@v2", "owner/name@c0ffee"),
        ("local", "owner/name", Path("c0ffee").absolute()),
    ],
)
def test_workers_get_a_name_that_their_node_can_find(engine, name, told):
    assert model_for(engine, name, Path("c0ffee")) == told


def test_without_ray_it_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    scored = score_on_ray(iter(()), None, num_workers=1, num_threads=1)
    with pytest.raises(ValueError, match=r"pip install '\.\[ray\]' in a checkout"):
        next(scored)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a CUDA device")
def test_a_backend_without_its_device_leaves_no_trace(model, data, tmp_path):
    with pytest.raises(ValueError, match="no device 'cuda' here"):
        score(data, tmp_path / "out", model=model, **OPTIONS | {"backend": "cuda-bfloat16"})
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"rows_per_part": 5}, r"another size of parts \(rows_per_part 4, now 5\)"),
        ({"max_characters": 99}, "another limit for the length"),
        ({"unique_ids": False}, "another way to treat duplicated ids"),
        ({"with_text": False}, "other columns in the tables"),
        ({"id_column": "text"}, "other columns"),
        ({"backend": "cpu-bfloat16"}, r"backend cpu-float32, now cpu-bfloat16"),
    ],
)
def test_other_settings_into_the_same_folder_are_refused(model, data, tmp_path, changes, message):
    score(data, tmp_path / "out", model=model, **OPTIONS)
    with pytest.raises(ManifestError, match=message):
        score(data, tmp_path / "out", model=model, **OPTIONS | changes)


def test_parties_reach_the_rows_and_other_ones_are_refused(model, data, tmp_path):
    out, file = tmp_path / "out", tmp_path / "parties.toml"
    file.write_text('Dam = ["hold", "river", "dam"]\nNobody = ["Mayor"]')
    score(data, out, model=model, parties=file, **OPTIONS)
    parties = {party for party in tables(out)["sources"]["source_party"].to_pylist() if party}
    assert parties & {"Dam", "Nobody"}
    before = times(out)
    score(
        data,
        out,
        model=model,
        parties={"Dam": ["hold", "river", "dam"], "Nobody": ["Mayor"]},
        **OPTIONS,
    )
    assert times(out) == before, "a mapping and its file are the same parties"
    with pytest.raises(ManifestError, match="was made with other parties"):
        score(
            data,
            out,
            model=model,
            parties={"Nobody": ["Mayor"], "Dam": ["hold", "river", "dam"]},
            **OPTIONS,
        )
    with pytest.raises(ManifestError, match="was made with other parties"):
        score(data, out, model=model, **OPTIONS)


def test_perspectives_can_be_left_unresolved(model, data, tmp_path):
    out = tmp_path / "out"
    score(data, out, model=model, min_perspective_score=1.0, **OPTIONS)
    assert set(tables(out)["sentences"]["status"].to_pylist()) == {"unresolved"}
    message = r"another smallest perspective score \(min_perspective_score 1.0, now 0.0\)"
    with pytest.raises(ManifestError, match=message):
        score(data, out, model=model, **OPTIONS)
    with pytest.raises(ValueError, match=r"a probability in \[0, 1\], got 7"):
        score(data, tmp_path / "other", model=model, min_perspective_score=7, **OPTIONS)


def test_another_model_or_threshold_is_refused(model, data, tmp_path):
    out = tmp_path / "out"
    score(data, out, model=model, **OPTIONS)
    config = json.loads((model / "config.json").read_text())
    config["calibration"]["types"]["statistic"]["threshold"] = 0.6
    (model / "config.json").write_text(json.dumps(config))
    with pytest.raises(ManifestError, match=r"other thresholds or calibration. Score into a new"):
        score(data, out, model=model, **OPTIONS)
    weights = model / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\1")
    with pytest.raises(ManifestError, match=r"another model .sha256 "):
        score(data, out, model=model, **OPTIONS)


def test_a_damaged_model_is_refused_before_anything_is_written(model, data, tmp_path):
    weights = model / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    with pytest.raises(ValueError, match=r"model.safetensors is damaged or incomplete"):
        score(data, tmp_path / "out", model=model, **OPTIONS)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[]", r"model: config.json must hold a JSON object, got list"),
        ("{bad", r"model: config.json is no JSON: Expecting property name"),
        ('{"model_type": "claimclf"}', r"config.json: expected the names of types in 'types', got"),
        ('{"model_type": "bert"}', r"holds a 'bert' model, not 'claimclf'"),
    ],
)
def test_a_config_that_is_none_is_named(model, data, tmp_path, content, message):
    (model / "config.json").write_text(content)
    with pytest.raises(ValueError, match=message):
        score(data, tmp_path / "out", model=model, **OPTIONS)


def test_a_folder_without_parts_may_become_another_runs(model, data, tmp_path, monkeypatch):
    fcntl = pytest.importorskip("fcntl")
    out = tmp_path / "out"

    def crash(*arguments, **options):
        raise Crash

    monkeypatch.setattr(run, "Scorer", crash)
    with pytest.raises(Crash):
        score(data, out, model=model, **OPTIONS)
    monkeypatch.undo()
    assert read_manifest(out)["max_characters"] == 1_000_000
    with (out / ".lock-2-of-2").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(ManifestError, match="another limit"):
            score(data, out, model=model, max_characters=1000, shard=(1, 2), **OPTIONS)
    assert score(data, out, model=model, max_characters=1000, **OPTIONS).is_complete
    assert read_manifest(out)["max_characters"] == 1000
    with pytest.raises(ManifestError, match="another limit"):
        score(data, out, model=model, **OPTIONS)


def test_a_run_that_the_lock_refuses_leaves_the_manifest_alone(model, data, tmp_path):
    fcntl = pytest.importorskip("fcntl")
    out = tmp_path / "out"
    score(data, out, model=model, **OPTIONS)
    before = read_manifest(out)
    with (out / ".lock-1-of-1").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(ManifestError, match="Another process"):
            score(data, out, model=model, max_characters=125, retry_rejects=True, **OPTIONS)
    assert read_manifest(out) == before


def test_another_input_is_refused(model, data, tmp_path):
    out = tmp_path / "out"
    score(data, out, model=model, **OPTIONS)
    content = data.read_text()
    data.write_text(content + content)
    with pytest.raises(ManifestError, match=r"other input files \(articles.jsonl had the size \d"):
        score(data, out, model=model, **OPTIONS)
    data.write_text(content.replace("Report 6.", "Report 7."))  # as long as before
    with pytest.raises(ChangedInputError, match=r"Rows 8 to 11.*part-000002.*--retry-rejects"):
        score(data, out, model=model, **OPTIONS)


def test_a_file_that_is_given_up_may_be_taken_away(model, records, tmp_path):
    (tmp_path / "in").mkdir()
    for name, rows in (("a", records[:4]), ("b", ["{broken"]), ("c", records[4:])):
        write_lines(tmp_path / "in" / f"{name}.jsonl", rows)
    out = tmp_path / "out"
    score(tmp_path / "in", out, model=model, **OPTIONS)
    before = times(out)
    (tmp_path / "in" / "b.jsonl").unlink()
    with pytest.raises(ManifestError, match=r"\(b.jsonl is gone\).*run with --retry-rejects"):
        score(tmp_path / "in", out, model=model, **OPTIONS)
    summary = score(tmp_path / "in", out, model=model, retry_rejects=True, **OPTIONS)
    assert (summary.num_documents, summary.num_rejects, summary.num_parts_before) == (11, 0, 1)
    untouched = out / "sentences" / "part-000000.parquet"
    assert times(out)[untouched] == before[untouched]
    write_lines(tmp_path / "in" / "d.jsonl", records)
    with pytest.raises(ManifestError, match=r"\(d.jsonl is new\)\. .*what it was made with\.$"):
        score(tmp_path / "in", out, model=model, retry_rejects=True, **OPTIONS)


def test_parts_without_their_manifest_are_refused(model, data, tmp_path):
    out = tmp_path / "out"
    score(data, out, model=model, **OPTIONS)
    (out / "manifest.json").unlink()
    with pytest.raises(ManifestError, match=r"finished parts, but no manifest.json .*Put it back"):
        score(data, out, model=model, **OPTIONS)


def test_an_input_that_became_shorter_is_refused(model, tmp_path, records):
    dataset = Dataset.from_list(records)
    score(dataset, tmp_path / "out", model=model, **OPTIONS)
    manifest = tmp_path / "out" / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"dataset": 11', '"dataset": 8'))
    with pytest.raises(ChangedInputError, match="has become shorter"):
        score(dataset.select(range(8)), tmp_path / "out", model=model, **OPTIONS)


def test_a_folder_with_other_things_is_refused(model, data, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "thesis.docx").touch()
    with pytest.raises(ManifestError, match="holds files of something else"):
        score(data, out, model=model, **OPTIONS)
    (out / "thesis.docx").unlink()
    (out / "manifest.json").write_text("no json")
    with pytest.raises(ManifestError, match="is no manifest"):
        score(data, out, model=model, **OPTIONS)


@pytest.mark.parametrize("name", ["notes.txt", "notes.txt/scored"])
def test_an_output_that_is_a_file_is_named(model, data, tmp_path, name):
    (tmp_path / "notes.txt").touch()
    with pytest.raises(
        NotADirectoryError, match=r"notes.txt is a file. Give a new or empty folder"
    ):
        score(data, tmp_path / name, model=model, **OPTIONS)


@pytest.mark.parametrize("pattern", ["", "/*", "/**/*"])
def test_an_output_inside_the_input_is_passed_over(model, records, tmp_path, pattern):
    folder = tmp_path / "in"
    folder.mkdir()
    pq.write_table(pa.Table.from_pylist(records), folder / "a.parquet")
    data, out = f"{folder}{pattern}", folder / "scored"
    first = score(data, out, model=model, **OPTIONS)
    again = score(data, out, model=model, **OPTIONS)
    assert (again.num_rows, again.num_parts_before) == (first.num_rows, first.num_parts)
    if pattern != "/**/*":
        assert open_input(data).names == ("a.parquet",), "nor is it an input of another run"


def test_auto_goes_on_with_the_backend_of_the_first_run(model, data, tmp_path):
    options = {**OPTIONS, "backend": "auto"}
    score(data, tmp_path / "out", model=model, **OPTIONS)
    assert score(data, tmp_path / "out", model=model, **options).backend == "cpu-float32"


def test_repaired_rows_are_scored_with_retry_rejects(model, data, tmp_path, records):
    out = tmp_path / "out"
    score(data, out, model=model, **OPTIONS)
    before = times(out)
    lines = data.read_text().splitlines()
    lines[5] = json.dumps({"id": "new", "text": "Now it is there."})
    lines[14] = json.dumps({"id": "d10", "text": "Its id is another's."})
    write_lines(data, lines)
    with pytest.raises(ManifestError, match="other input files"):
        score(data, out, model=model, **OPTIONS)
    summary = score(data, out, model=model, retry_rejects=True, **OPTIONS)
    assert (summary.num_documents, summary.rejects) == (12, {"duplicate": 2, "null": 1})
    score(data, tmp_path / "fresh", model=model, **OPTIONS)
    assert tables(out) == tables(tmp_path / "fresh")
    untouched = out / "sentences" / "part-000000.parquet"
    assert times(out)[untouched] == before[untouched], "it had no rejects"
    assert score(data, out, model=model, **OPTIONS).num_parts_before == 4


def test_only_parts_that_may_come_out_otherwise_are_scored_again(
    model, data, tmp_path, monkeypatch
):
    out = tmp_path / "out"
    fail_on(monkeypatch, "d3")
    assert score(data, out, model=model, **OPTIONS).rejects["error"] == 1
    monkeypatch.undo()
    summary = score(data, out, model=model, retry_rejects=True, **OPTIONS)
    assert (summary.num_parts, summary.num_parts_before) == (4, 3), "d3 is in one part"
    assert sum(summary.rejects.values()) == 4
    again = score(data, out, model=model, retry_rejects=True, **OPTIONS)
    assert (again.num_parts_before, again.rejects) == (4, summary.rejects)


def test_a_raised_limit_lets_long_texts_in(model, data, tmp_path):
    out, options = tmp_path / "out", OPTIONS | {"max_characters": 125}
    assert score(data, out, model=model, **options).rejects["too_large"] > 0
    summary = score(data, out, model=model, retry_rejects=True, **OPTIONS)
    assert "too_large" not in summary.rejects


def test_a_row_that_the_model_fails_on_is_rejected_alone(model, data, tmp_path, monkeypatch):
    fail_on(monkeypatch, "d3")
    summary = score(data, tmp_path / "out", model=model, **OPTIONS)
    assert summary.rejects["error"] == 1
    assert summary.num_documents == 10
    (reject,) = (r for r in tables(tmp_path / "out")["rejects"].to_pylist() if r["code"] == "error")
    assert reject["doc_id"] == "d3"
    assert "RuntimeError: no luck" in reject["reason"]
    monkeypatch.undo()
    summary = score(data, tmp_path / "out", model=model, retry_rejects=True, **OPTIONS)
    assert "error" not in summary.rejects


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (
            RuntimeError("no luck"),
            r"'d\d' of part-000000.*RuntimeError: no luck.*plain text of the same length",
        ),
        (torch.OutOfMemoryError("CUDA out of memory."), r"OutOfMemoryError: CUDA out of memory\."),
    ],
)
def test_a_model_that_always_fails_stops_the_run(
    model, data, tmp_path, monkeypatch, error, message
):
    def fail(*_):
        raise error

    monkeypatch.setattr(Scorer, "score", fail)
    with pytest.raises(ScoringError, match=message):
        score(data, tmp_path / "out", model=model, **OPTIONS)
    assert not list((tmp_path / "out").glob("*/*"))
    monkeypatch.undo()
    assert "error" not in score(data, tmp_path / "out", model=model, **OPTIONS).rejects


@pytest.mark.parametrize("rows_per_part", [1, 4])
def test_a_model_that_breaks_stops_the_run_at_the_next_article(
    model, data, tmp_path, monkeypatch, rows_per_part
):
    """Also where each article is a chunk by itself: none of the rest is rejected."""
    calls = []

    def fail(self, ids, texts, original=Scorer.score):
        calls.extend(ids)
        if len(calls) > 2:
            raise RuntimeError("no luck")
        return original(self, ids, texts)

    monkeypatch.setattr(Scorer, "score", fail)
    monkeypatch.setattr("claimclf.scoring.worker.CHUNK_CHARACTERS", 1)
    options = OPTIONS | {"rows_per_part": rows_per_part}
    with pytest.raises(ScoringError, match=r"'d2' of part-\S+ can't be scored"):
        score(data, tmp_path / "out", model=model, **options)
    assert calls == ["d0", "d1", "d2", "d2"], "the last time with a plain text"
    monkeypatch.undo()
    summary = score(data, tmp_path / "out", model=model, **options)
    assert (summary.num_documents, "error" in summary.rejects) == (11, False)


def test_articles_that_fail_for_their_own_sake_do_not_stop_the_run(
    model, data, tmp_path, monkeypatch
):
    """However many they are: a plain text can still be scored."""

    def fail(self, ids, texts, original=Scorer.score):
        if any(number in text for text in texts for number in "0123456789"):
            raise RuntimeError("no luck")
        return original(self, ids, texts)

    monkeypatch.setattr(Scorer, "score", fail)
    summary = score(data, tmp_path / "out", model=model, **OPTIONS)
    assert summary.rejects["error"] == 11 - summary.num_documents > 3


def test_other_code_does_not_go_on_where_this_one_ended(model, data, tmp_path, monkeypatch):
    score(data, tmp_path / "out", model=model, **OPTIONS)
    monkeypatch.setattr("claimclf.scoring.manifest.hash_code", lambda: "0" * 64)
    with pytest.raises(ManifestError, match=r"other code of claimclf \(sha256 \w+…, now 0000"):
        score(data, tmp_path / "out", model=model, **OPTIONS)


@pytest.mark.parametrize("crash_at", range(5))
def test_a_crash_while_a_part_is_scored_again_loses_no_row(
    model, tmp_path, records, monkeypatch, crash_at
):
    out, data = tmp_path / "out", Dataset.from_list(records[:3])
    fail_on(monkeypatch, "d1")
    assert score(data, out, model=model, **OPTIONS).rejects == {"error": 1}
    monkeypatch.undo()
    calls = iter(range(100))

    def crashing(owner, name):
        original = getattr(owner, name)

        def step(path, *arguments, **options):
            is_part = path.parent.name in TABLES and path.name.endswith(("parquet", "tmp"))
            if is_part and next(calls) == crash_at:
                raise Crash
            return original(path, *arguments, **options)

        monkeypatch.setattr(owner, name, step)

    crashing(Path, "replace")
    crashing(Path, "unlink")
    with pytest.raises(Crash):
        score(data, out, model=model, retry_rejects=True, **OPTIONS)
    monkeypatch.undo()
    summary = score(data, out, model=model, **OPTIONS)
    assert summary.num_documents + sum(summary.rejects.values()) == 3


def test_no_space_left_ends_the_run_and_it_can_go_on(model, data, tmp_path, monkeypatch):
    calls = iter(range(100))
    original = Path.replace

    def full(self, target):
        if ".part-" in self.name and next(calls) == 5:
            raise OSError(28, "No space left on device", str(self))
        return original(self, target)

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(StoppedByError, match=r"No space left.*run the same command again"):
        score(data, tmp_path / "out", model=model, **OPTIONS)
    assert not stray_files(tmp_path / "out")
    monkeypatch.undo()
    score(data, tmp_path / "out", model=model, **OPTIONS)
    score(data, tmp_path / "whole", model=model, **OPTIONS)
    assert tables(tmp_path / "out") == tables(tmp_path / "whole")


def test_a_file_that_breaks_off_ends_the_run_and_keeps_what_came_before(model, records, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    write_lines(folder / "a.jsonl", records[:8])
    (folder / "b.jsonl.gz").write_bytes(b"\x1f\x8b\x08\0broken")
    with pytest.raises(InputError, match=r"b.jsonl.gz can't be read"):
        score(folder, tmp_path / "out", model=model, **OPTIONS)
    assert len(list((tmp_path / "out" / "sentences").glob("part-*"))) >= 1


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"shard": (0, 2)}, "1 <= i <= n"),
        ({"shard": (3, 2)}, "1 <= i <= n"),
        ({"rows_per_part": 0}, "rows_per_part must be at least 1"),
        ({"num_workers": -1}, "num_workers must be at least 1"),
        ({"engine": "spark"}, "'local' or 'ray'"),
        ({"backend": "tpu"}, "such as 'cpu-float32'"),
    ],
)
def test_wrong_arguments_are_refused_before_anything_is_written(
    model, data, tmp_path, wrong, message
):
    with pytest.raises(ValueError, match=message):
        score(data, tmp_path / "out", model=model, **OPTIONS | wrong)
    assert not (tmp_path / "out").exists()


def test_a_missing_model_is_named(data, tmp_path):
    with pytest.raises(OSError, match=r"holds no config.json: expected a folder"):
        score(data, tmp_path / "out", model=tmp_path, **OPTIONS)


def test_an_empty_input_gives_an_empty_folder(model, tmp_path):
    (tmp_path / "none.jsonl").touch()
    summary = score(tmp_path / "none.jsonl", tmp_path / "out", model=model, **OPTIONS)
    assert (summary.num_rows, summary.is_complete) == (0, True)


# Parts of an input


def input_of(kind: str, folder: Path, records: list[dict]) -> Input:
    """Twelve rows, of which one has the id of another, as a file, files or a dataset."""
    records = [*records, records[2]]
    if kind == "dataset":
        return open_input(Dataset.from_list(records))
    if kind == "parquet":
        pq.write_table(pa.Table.from_pylist(records), folder / "a.parquet", row_group_size=3)
        return open_input(folder / "a.parquet")
    (folder / "in").mkdir()
    for name, rows in (("a", records[:5]), ("b", []), ("c", records[5:6]), ("d", records[6:])):
        write_lines(folder / "in" / f"{name}.jsonl", rows)
    return open_input(folder / "in")


@pytest.mark.parametrize("kind", ["dataset", "parquet", "files"])
def test_parts_do_not_depend_on_what_is_read_before(records, tmp_path, kind, monkeypatch):
    monkeypatch.setattr("claimclf.scoring.inputs.ROWS_AT_ONCE", 3)
    monkeypatch.setattr("claimclf.scoring.formats.ROWS_AT_ONCE", 2)
    inputs = input_of(kind, tmp_path, records)
    parts = list(plan_parts(inputs, rows_per_part=2, unique_ids=True))
    assert [part.num_rows for part in parts] == [2] * 6
    assert [part.duplicates for part in parts] == [*[()] * 5, (11,)]
    assert [part.share for part in parts] == sorted(part.share for part in parts)
    rows = [inputs.parse(raw) for raw in inputs.stream()]
    for order in (range(6), (2, 0, 3, 1, 1), (5, 4), (0, 5), (1, 2, 4)):
        reader = PartRows(inputs)
        for index in order:
            found = list(reader.read(parts[index]))
            if index == 5:
                assert found.pop().code == "duplicate"
            assert found == rows[2 * index : 2 * index + len(found)]


@pytest.mark.parametrize("kind", ["parquet", "files"])
def test_what_a_part_does_not_need_is_not_read_for_it(records, tmp_path, kind):
    inputs = input_of(kind, tmp_path, records)
    *_, wanted, _ = plan_parts(inputs, rows_per_part=2, unique_ids=True)
    if kind == "files":
        (tmp_path / "in" / "a.jsonl").unlink()
    else:
        content = bytearray(inputs.paths[0].read_bytes())
        groups = pq.read_metadata(inputs.paths[0])
        start = groups.row_group(0).column(0).dictionary_page_offset
        end = groups.row_group(1).column(0).dictionary_page_offset
        content[start:end] = bytes(end - start)
        inputs.paths[0].write_bytes(content)
    found = list(PartRows(inputs).read(wanted))
    assert [row.doc_id for row in found] == ["d8", "d9"]
    with pytest.raises(InputError, match="can't be read"):
        list(inputs.stream())


# The scorer by itself


@pytest.fixture
def scorer(model) -> Scorer:
    return Scorer(model, id_column="id", backend="cpu-float32")


def test_a_scorer_takes_columns_of_any_kind(scorer, records):
    columns = {"id": [r["id"] for r in records], "text": [r["text"] for r in records]}
    table = scorer(columns)
    assert table.num_rows > len(records)
    assert scorer(pa.table(columns)) == table
    assert scorer({"id": [], "text": []}).schema == table.schema
    assert scorer({"id": [7.0], "text": ["It may leak."]})["doc_id"].to_pylist() == ["7"]
    with pytest.raises(TypeError, match=r"a string or a whole number, got 7.5. Write the column"):
        scorer({"id": [7.5], "text": ["It may leak."]})
    with pytest.raises(KeyError, match=r"no column 'text'; it has \['id'\]"):
        scorer({"id": ["a"]})
    with pytest.raises(TypeError, match="Drop or fill missing texts"):
        scorer({"id": ["a"], "text": [None]})
    with pytest.raises(TypeError, match=r"Row 1 of the batch .* has no 'id'. Drop or fill missing"):
        scorer({"id": ["a", None], "text": ["It may leak.", "No."]})


def test_a_scorer_is_pickled_without_its_model(scorer, records):
    columns = {"id": ["a"], "text": [records[0]["text"]]}
    small = len(pickle.dumps(scorer))
    table = scorer(columns)
    content = pickle.dumps(scorer)
    assert len(content) == small < 2000
    assert pickle.loads(content)(columns) == table  # noqa: S301


def test_datasets_map_gives_the_same_rows(scorer, records, tmp_path):
    dataset = Dataset.from_list(records)
    mapped = dataset.map(scorer, batched=True, batch_size=4, remove_columns=dataset.column_names)
    expected = scorer({"id": dataset["id"], "text": dataset["text"]})
    assert mapped.column_names == expected.column_names
    assert mapped["doc_id"][:] == expected["doc_id"].to_pylist()
    for name in TYPES:
        scores = mapped[f"p_{name}"][:]
        assert scores == pytest.approx(expected[f"p_{name}"].to_pylist(), abs=1e-5)
        assert not any(math.isnan(value) for value in scores)


def test_datasets_tell_scorers_of_changed_models_apart(model):
    scorer = Scorer(model, backend="cpu-float32")
    before = Hasher.hash(scorer)
    assert Hasher.hash(Scorer(model, backend="cpu-float32")) == before
    assert scorer({"doc_id": ["a"], "text": ["It may leak."]}).num_rows == 1
    config = json.loads((model / "config.json").read_text())
    config["calibration"]["types"]["statistic"]["threshold"] = 0.6
    (model / "config.json").write_text(json.dumps(config))
    assert Hasher.hash(Scorer(model, backend="cpu-float32")) != before
    assert Hasher.hash(scorer) == before, "it goes on with the model that it has loaded"


@pytest.mark.slow
def test_a_compiled_encoder_moves_scores_by_rounding_only(model, scorer, records):
    columns = {"id": [r["id"] for r in records], "text": [r["text"] for r in records]}
    compiled = Scorer(model, id_column="id", backend="cpu-float32-compiled")(columns)
    expected = scorer(columns)
    assert compiled["doc_id"] == expected["doc_id"]
    for name in TYPES:
        scores = compiled[f"p_{name}"].to_pylist()
        assert scores == pytest.approx(expected[f"p_{name}"].to_pylist(), abs=1e-5)


def test_a_compiled_encoder_is_compiled_once(model, records):
    import torch
    from torch._dynamo.utils import counters

    classifier = ClaimClassifier.from_pretrained(model, device="cpu", dtype="float32")
    counters.clear()
    classifier.compile()
    texts = [record["text"] for record in records]
    classifier.predict(texts[0])
    classifier.predict(texts)
    assert counters["stats"]["unique_graphs"] == 1
    if torch.backends.mkl.is_available():
        # Frozen weights: biases are part of the matrix products.
        assert counters["inductor"]["mkldnn_linear_weight_pack_matcher_count"] > 0


def test_a_script_without_a_guard_is_told_so(model, data, tmp_path):
    script = tmp_path / "unguarded.py"
    options = {**OPTIONS, "num_workers": 2}
    script.write_text(
        "from claimclf.scoring import score\n"
        f"score({str(data)!r}, {str(tmp_path / 'out')!r}, model={str(model)!r}, **{options})\n"
    )
    result = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False)
    assert result.returncode == 1
    guard = 'Put the call of score() under `if __name__ == "__main__":`.'
    assert result.stderr.rstrip().endswith(guard)
    assert "were killed" not in result.stderr
