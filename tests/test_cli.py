"""The command line with a fake model: formats, wrong input, pipes, and how fast it answers."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from dataclasses import replace
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

import claimclf
from claimclf.cli import app
from claimclf.cli.inputs import user_errors
from claimclf.corpora import read_documents, read_jsonl, write_jsonl
from claimclf.documents import Document, Perspective, Sentence
from claimclf.evaluation.run import hash_documents
from claimclf.labels import TYPES
from claimclf.provenance import hash_corpus

ROOT = Path(claimclf.__file__).parent.parent
ARTICLE = "The ferry sank. It may have been overloaded, said Ada Lund.\n"


class FakeClassifier:
    """One sentence per article, the author's."""

    def predict(self, texts: list[str]) -> list[Document]:
        return [
            Document(
                text,
                (
                    Sentence(
                        0,
                        len(text),
                        text,
                        types=("speculation",),
                        scores=dict.fromkeys(TYPES, 0.25),
                        perspective=Perspective("author", score=0.5),
                        known_types=TYPES,
                    ),
                ),
            )
            for text in texts
        ]


@pytest.fixture
def loaded(monkeypatch) -> list[str | None]:
    """Puts the fake model in place; collects which models were asked for."""
    asked: list[str | None] = []

    def from_pretrained(name_or_path=None, **_):
        asked.append(name_or_path)
        return FakeClassifier()

    monkeypatch.setattr("claimclf.classifier.ClaimClassifier.from_pretrained", from_pretrained)
    return asked


@pytest.fixture
def article(tmp_path) -> Path:
    path = tmp_path / "ferry.txt"
    path.write_text(ARTICLE, encoding="utf-8")
    return path


def run(*arguments: str | Path, **options) -> Result:
    result = CliRunner().invoke(app, [str(argument) for argument in arguments], **options)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def refused(*arguments: str | Path, **options) -> str:
    """Message of a command that must end with exit code 2, nothing on stdout, no traceback."""
    result = run(*arguments, **options)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    return result.stderr


def test_json_reads_back_as_the_document(loaded, article):
    result = run("predict", article, "--format", "json")
    document = Document.from_dict(json.loads(result.stdout))
    assert document == FakeClassifier().predict([ARTICLE])[0].replace(id=str(article))
    assert loaded == [None]


def test_several_files_are_a_list_in_order(loaded, article, tmp_path):
    (tmp_path / "b.txt").write_text("Zweiter. “Ünïcode”", encoding="utf-8")
    result = run("predict", article, tmp_path / "b.txt", "-f", "json")
    assert [record["text"] for record in json.loads(result.stdout)] == [
        ARTICLE,
        "Zweiter. “Ünïcode”",
    ]
    assert "“Ünïcode”" in result.stdout, "readable, not escaped"


def test_parties_come_from_a_file_that_is_looked_at_first(article, tmp_path, monkeypatch):
    monkeypatch.setattr(
        "claimclf.classifier.load_pretrained", lambda *_, **__: pytest.fail("loads the model")
    )
    parties = tmp_path / "parties.toml"
    parties.write_text('Norway = "Oslo"', encoding="utf-8")
    message = refused("predict", article, "--parties", parties)
    assert f"{parties}: expected a list of words for every party" in message
    assert "'Norway' has 'Oslo'" in message
    message = refused("score", article, tmp_path / "out", "--parties", tmp_path / "no.json")
    assert f"{tmp_path / 'no.json'}: No such file or directory." in message
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("command", [("predict",), ("score", "out")])
def test_the_smallest_perspective_score_is_a_probability(loaded, article, command):
    name, *output = command
    message = refused(name, article, *output, "--min-perspective-score", "70")
    assert "Invalid value for '--min-perspective-score'" in message


def test_jsonl_has_a_line_per_article(loaded, article):
    result = run("predict", article, "-", "--format", "jsonl", input="Second.")
    lines = result.stdout.splitlines()
    assert [json.loads(line)["id"] for line in lines] == [str(article), "stdin"]


def test_csv_is_the_sentence_frame(loaded, article):
    result = run("predict", article, "--format", "csv")
    (row,) = csv.DictReader(io.StringIO(result.stdout))
    assert row["text"] == ARTICLE
    assert row["is_speculation"] == "True"
    assert row["status"] == "author"


def test_html_is_one_page_of_all_files(loaded, article):
    page = run("predict", article, "-f", "html").stdout
    assert page.startswith("<!doctype html>")
    assert Path(article).name in page
    assert str(Path(article).parent) not in page
    both = run("predict", article, "-", "-f", "html", input="Second.").stdout
    assert both.count("<article") == 2


def test_a_table_is_the_default_and_plain_in_a_pipe(loaded, article):
    result = run("predict", article)
    assert "speculation 25%" in result.stdout
    assert "1 sentence:" in result.stdout
    assert "\x1b" not in result.stdout


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("a.html", "<!doctype"),
        ("a.json", "{"),
        ("a.JSONL", '{"id"'),
        ("a.csv", "doc_id,"),
        ("a", ""),
    ],
)
def test_the_output_file_says_the_format(loaded, article, tmp_path, name, start):
    result = run("predict", article, "--output", tmp_path / name)
    assert (result.exit_code, result.stdout) == (0, "")
    content = (tmp_path / name).read_text(encoding="utf-8")
    assert content.startswith(start)
    assert ARTICLE.split()[1] in content


def test_a_format_goes_before_the_end_of_the_output_file(loaded, article, tmp_path):
    run("predict", article, "-o", tmp_path / "a.csv", "-f", "json")
    written = json.loads((tmp_path / "a.csv").read_text(encoding="utf-8"))
    assert written["sentences"]


def test_a_byte_order_mark_is_no_part_of_the_text(loaded, tmp_path):
    (tmp_path / "bom.txt").write_bytes(b"\xef\xbb\xbfHello.\r\n")
    result = run("predict", tmp_path / "bom.txt", "-f", "json")
    assert json.loads(result.stdout)["text"] == "Hello.\r\n"


def test_another_model_is_passed_on(loaded, article):
    run("predict", article, "--model", "someone/model")
    assert loaded == ["someone/model"]


def test_a_file_name_that_is_not_utf8_is_written_as_an_escape(loaded, tmp_path):
    name = os.fsencode(tmp_path) + b"/caf\xe9.txt"
    with open(name, "w") as file:
        file.write("The dam held.")
    result = run("predict", os.fsdecode(name), "--format", "jsonl")
    assert json.loads(result.stdout)["id"].endswith("caf\udce9.txt")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"caf\xe9", "got byte 0xe9 at position 3.*iconv -f WINDOWS-1252"),
        ("héllo".encode("utf-16"), "got UTF-16.*iconv -f UTF-16"),
        (b"PK\x03\x04\0\0", "got binary data. Save it as plain text"),
        (b"%PDF-1.7\n", "got binary data"),
        (b" \n\t\n", "holds no text"),
        (b"", "holds no text"),
    ],
)
@pytest.mark.parametrize("is_piped", [False, True])
def test_content_that_is_no_text_is_refused(loaded, tmp_path, content, message, is_piped):
    (tmp_path / "bad.txt").write_bytes(content)
    if is_piped:
        error = refused("predict", "-", input=content)
    else:
        error = refused("predict", tmp_path / "bad.txt")
    assert ("standard input" if is_piped else "bad.txt") in error
    assert re.search(message, error.replace("\n", " "))
    assert loaded == [], "the model is not loaded in vain"


def test_all_unreadable_files_are_named_at_once(loaded, article, tmp_path):
    error = refused("predict", tmp_path / "none.txt", article, tmp_path)
    assert f"There is no file {tmp_path}/none.txt." in error
    assert f"{tmp_path} is a folder. Name the files in it: {tmp_path}/*.txt." in error


def test_an_output_that_cant_be_written_is_refused_before_any_work(loaded, article, tmp_path):
    assert "is a folder" in refused("predict", article, "-o", tmp_path)
    assert "There is no folder" in refused("predict", article, "-o", tmp_path / "no" / "a.csv")
    assert loaded == []


def test_an_unknown_format_names_the_known_ones(loaded, article):
    error = refused("predict", article, "--format", "xml")
    assert "'table', 'json', 'jsonl', 'csv', 'html'" in " ".join(error.replace("│", " ").split())


def test_a_model_of_another_type_is_refused(article, tmp_path):
    (tmp_path / "bert").mkdir()
    (tmp_path / "bert" / "config.json").write_text('{"model_type": "bert"}')
    error = refused("predict", article, "--model", tmp_path / "bert")
    assert "holds a 'bert' model, not 'claimclf'" in error


def test_a_model_that_is_not_there_is_refused(article, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    assert str(tmp_path / "none") in refused("predict", article, "-m", tmp_path / "none")


def test_data_check_reports_and_says_by_its_exit_code_whether_there_are_errors(tmp_path):
    good, bad = tmp_path / "good.jsonl", tmp_path / "bad.jsonl"
    good.write_text('{"id": "a", "text": "Hi.", "sentences": [{"start": 0, "end": 3}]}\n')
    bad.write_text(good.read_text() + "{not json}\n")
    assert run("data", "check", good).exit_code == 0
    result = run("data", "check", bad)
    assert result.exit_code == 1
    assert "line 2: error: Not JSON" in result.stdout
    result = run("data", "check", bad, "--json")
    assert json.loads(result.stdout)["problems"][0]["line"] == 2
    assert "is not a file" in refused("data", "check", tmp_path / "none.jsonl")


def test_data_check_knows_the_types_it_is_told(tmp_path):
    own = tmp_path / "own.jsonl"
    sentence = '{"start": 0, "end": 3, "types": ["irony"]}'
    own.write_text(f'{{"id": "a", "text": "Hi.", "sentences": [{sentence}]}}\n')
    result = run("data", "check", own)
    assert result.exit_code == 1
    assert "unknown type 'irony'" in result.stdout
    result = run("data", "check", own, "--types", "promise, irony")
    assert result.exit_code == 0
    assert "irony                          1  100.0% of 1 sentences" in result.stdout


def test_train_passes_its_options_on(monkeypatch, tmp_path):
    calls = []
    monkeypatch.setattr(
        "claimclf.training.train", lambda config, **rest: calls.append((config, rest))
    )
    config = ROOT / "configs" / "tiny.toml"
    result = run("train", config, "--output", tmp_path / "run", "--data", tmp_path, "--resume")
    assert result.exit_code == 0
    assert str(tmp_path / "run" / "model") in result.stdout.replace("\n", "")
    ((experiment, rest),) = calls
    assert rest == {"data": tmp_path, "output": tmp_path / "run", "resume": True}
    seed = tomllib.loads(config.read_text())["train"].get("seed", experiment.train.seed)
    assert experiment.train.seed == seed


def test_a_wrong_config_is_refused(tmp_path):
    config = tmp_path / "wrong.toml"
    config.write_text("[train\n")
    assert f"{config}: not valid TOML" in refused("train", config, "-o", tmp_path / "run")
    assert "No such file" in refused("train", tmp_path / "none.toml", "-o", tmp_path / "run")


@pytest.fixture
def gold(small_document, tmp_path) -> Path:
    """A corpus of three documents."""
    documents = [
        small_document.replace(id=f"d{i}", text=f"{small_document.text} {i}") for i in range(3)
    ]
    path = tmp_path / "gold.jsonl"
    write_jsonl(documents, path)
    return path


@pytest.fixture
def tiny(tiny_classifier, monkeypatch):
    """The tiny model in place of the packaged one."""
    monkeypatch.setattr(
        "claimclf.classifier.ClaimClassifier.from_pretrained",
        lambda name=None, **_: tiny_classifier,
    )
    return tiny_classifier


def test_evaluate_writes_a_report_and_compare_reads_it(tiny, gold, tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    result = run("evaluate", "default", gold, "--report", first)
    assert re.search(r"types/macro/f1 +\d+\.\d  \[\d+\.\d, \d+\.\d\]", result.stdout)
    assert result.stderr == ""
    assert (first / "report.html").is_file()
    provenance = json.loads((first / "metrics.json").read_text())["provenance"]
    assert (provenance["model"], provenance["data"]) == ("default", "gold.jsonl")
    assert re.fullmatch("[0-9a-f]{64}", provenance["model_sha256"])
    floors = json.loads((first / "metrics.json").read_text())["floors"]
    assert list(floors) == ["always yes", "cue words"], "those that learn nothing need no data"
    run("evaluate", "default", gold, "-r", second, "--floors-from", gold)
    result = run("compare", first, second)
    assert result.exit_code == 0
    assert "| first | second |" in result.stdout


@pytest.mark.parametrize("is_whole", [True, False])
def test_figures_on_what_the_model_was_calibrated_on_are_pointed_at(tiny, gold, tmp_path, is_whole):
    fitted = (
        {"documents_sha256": hash_documents(list(read_jsonl(gold)))}
        if is_whole
        else {"data": {"files": {"dev/gold.jsonl": hash_corpus(gold), "more.jsonl": "0"}}}
    )
    tiny.calibration = replace(tiny.calibration, provenance=fitted)
    result = run("evaluate", "default", gold, "--report", tmp_path / "stored")
    assert "calibrated on these very documents" in result.stderr
    result = run("evaluate", "default", gold, "--report", tmp_path / "fair", "--cross-fit")
    assert result.stderr == ""


def test_evaluate_records_the_command_that_was_typed(tiny, gold, tmp_path, monkeypatch):
    arguments = ["evaluate", "default", str(gold), "--report", str(tmp_path / "my report")]
    monkeypatch.setattr("sys.argv", ["/usr/bin/claimclf", *arguments])
    run(*arguments)
    record = json.loads((tmp_path / "my report" / "metrics.json").read_text(encoding="utf-8"))
    assert record["provenance"]["command"] == shlex.join(["claimclf", *arguments])


def test_gold_that_decides_nothing_gives_reports_without_figures_that_say_so(
    tiny, small_document, tmp_path
):
    bare = [
        replace(s, types=(), known_types=(), perspective=None) for s in small_document.sentences
    ]
    data = tmp_path / "bare.jsonl"
    write_jsonl(
        [small_document.replace(sentences=tuple(bare), sources=(), attributions=None)], data
    )
    for name in ("first", "second"):
        result = run("evaluate", "default", data, "--report", tmp_path / name)
        assert result.exit_code == 0
        assert f"{data} decides nothing that this model predicts" in result.stderr
    result = run("compare", tmp_path / "first", tmp_path / "second")
    assert result.exit_code == 0
    assert "| first | second |" in result.stdout


def test_evaluate_judges_with_the_users_own_parties_and_limit(
    tiny_classifier, gold, tmp_path, monkeypatch
):
    options = {}

    def load(name=None, **given):
        options.update(given)
        return tiny_classifier

    monkeypatch.setattr("claimclf.classifier.ClaimClassifier.from_pretrained", load)
    parties = tmp_path / "parties.json"
    parties.write_text('{"Harbour": ["port"]}', encoding="utf-8")
    report = tmp_path / "report"
    own = ("--parties", parties, "--min-perspective-score", "0.9")
    assert run("evaluate", "default", gold, "-r", report, *own).exit_code == 0
    assert options == {"parties": parties, "min_perspective_score": 0.9}


@pytest.mark.parametrize("output_format", ["table", "json", "jsonl", "csv", "html"])
def test_what_a_model_predicts_goes_into_every_format(tiny, article, output_format):
    result = run("predict", article, "-", "-f", output_format, input="Another one. And more.")
    assert result.exit_code == 0
    assert "ferry" in result.stdout


def test_figures_on_the_data_of_the_calibration_come_with_a_warning(tiny, gold, tmp_path):
    documents = list(read_documents(gold))
    tiny.calibration = replace(
        tiny.calibration, provenance={"documents_sha256": hash_documents(documents)}
    )
    result = run("evaluate", "default", gold, "-r", tmp_path / "report")
    assert result.exit_code == 0
    assert "With --cross-fit they are honest" in result.stderr


def test_labelled_rows_are_gold_as_they_are_learned_from(tiny, tmp_path):
    path = tmp_path / "rows.csv"
    rows = ("It may leak. Nobody said so.,speculation", "It rose by 40.,statistic", "Calm.,")
    path.write_text("\n".join(["text,labels", *rows]) + "\n", encoding="utf-8")
    report = tmp_path / "report"
    result = run("evaluate", "default", path, "--report", report, "--floors-from", path)
    assert result.exit_code == 0, result.stderr
    metrics = json.loads((report / "metrics.json").read_text(encoding="utf-8"))
    assert metrics["figures"]["types/speculation/f1"]["num_items"] == 3
    assert "majority" in metrics["floors"]
    path.write_text("text,labels\nNobody.,boats\n", encoding="utf-8")
    assert "unknown label 'boats'" in refused("evaluate", "default", path, "-r", tmp_path / "new")
    path.write_text("words\nNobody.\n", encoding="utf-8")
    assert "expected a column" in refused("evaluate", "default", path, "-r", tmp_path / "new")


def test_what_cant_be_evaluated_or_compared_is_refused(tiny, gold, tmp_path):
    report = tmp_path / "report"
    assert "There is no corpus" in refused("evaluate", "default", tmp_path / "no", "-r", report)
    assert "is a file" in refused("evaluate", "default", gold, "-r", gold)
    (tmp_path / "empty.jsonl").touch()
    empty = refused("evaluate", "default", tmp_path / "empty.jsonl", "-r", report)
    assert "holds no documents" in empty
    no_floors = refused(
        "evaluate", "default", gold, "-r", report, "--floors-from", tmp_path / "empty.jsonl"
    )
    assert f"{tmp_path / 'empty.jsonl'} holds no documents" in no_floors
    assert not report.exists()
    assert "is not the folder of a report" in refused("compare", tmp_path, tmp_path)


def test_version_and_help():
    assert run("--version").stdout == f"claimclf {claimclf.__version__}\n"
    assert "predict" in run("-h").stdout
    assert refused("predict"), "no FILE"


def test_verbose_shows_where_an_error_came_from(tmp_path):
    code = "from claimclf.cli import app; app()"
    command = [sys.executable, "-c", code, "-v", "data", "check", str(tmp_path / "none")]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 2
    assert "Traceback" in result.stderr


def test_what_torch_raises_keeps_its_traceback():
    import torch

    with pytest.raises(torch.OutOfMemoryError), user_errors(OSError, ValueError, RuntimeError):
        raise torch.OutOfMemoryError("CUDA out of memory")
    with pytest.raises(typer.Exit), user_errors(RuntimeError):
        raise RuntimeError("no worker could start")


@pytest.mark.parametrize("arguments", [["--help"], ["predict", "--help"], ["--version"]])
def test_help_imports_nothing_heavy(arguments):
    code = f"""
import sys
from claimclf.cli import app
try:
    app({arguments!r})
except SystemExit:
    pass
print(*sys.modules, file=sys.stderr)
"""
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    loaded = set(result.stderr.split())
    assert "claimclf.cli" in loaded
    heavy = {"torch", "transformers", "pandas", "matplotlib", "numpy", "jinja2", "pyarrow"}
    assert not heavy & loaded


FAKE_APP = """
import sys, types
fake = types.ModuleType("claimclf.classifier")
from claimclf.documents import Document, Sentence
class ClaimClassifier:
    @classmethod
    def from_pretrained(cls, name=None, **_): return cls()
    def predict(self, texts): return [Document(t, (Sentence(0, len(t), t),)) for t in texts]
fake.ClaimClassifier = ClaimClassifier
sys.modules["claimclf.classifier"] = fake
from claimclf.cli import app
app()
"""


@pytest.mark.parametrize("output_format", ["json", "csv", "html", "table"])
def test_a_closed_pipe_is_silent(tmp_path, output_format):
    path = tmp_path / "long.txt"
    path.write_text("word " * 40_000)
    command = [sys.executable, "-c", FAKE_APP, "predict", str(path), "-f", output_format]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.read(10)
        process.stdout.close()
        errors = process.stderr.read()
    assert errors == b""


def test_the_script_is_the_command(loaded, article):
    spec = spec_from_file_location("predict_script", ROOT / "scripts" / "predict.py")
    script = module_from_spec(spec)
    spec.loader.exec_module(script)
    from claimclf.cli import predict

    assert script.predict is predict
    command = [sys.executable, str(ROOT / "scripts" / "predict.py"), "--help"]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "--format" in result.stdout
