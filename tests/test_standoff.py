"""`scripts/standoff.py`: labels without texts, and back."""

import gzip
import importlib.util
import json
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parents[1] / "scripts" / "standoff.py"
RECORD: dict[str, object] = {
    "doc_id": "a",
    "title": "Ferries",
    "text": "The port is shut, Ada Moore said. It’s windy.",
    "license": "own",
    "sentences": [
        {"start": 0, "end": 33, "types": ["attribution"], "source": "S1", "mention": [18, 27]},
        {"start": 34, "end": 45, "types": [], "source": "author", "mention": None},
    ],
    "sources": {"S1": {"name": "Ada Moore", "kind": "official", "party": None}},
}


@pytest.fixture
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("standoff", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def write(path: Path, *records: dict[str, object]) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


def test_labels_hold_no_text_and_find_it_again(script: ModuleType, tmp_path: Path) -> None:
    corpus = write(tmp_path / "corpus.jsonl", RECORD)
    script.strip(corpus, tmp_path / "labels.jsonl.gz")
    labels = gzip.decompress((tmp_path / "labels.jsonl.gz").read_bytes()).decode()
    assert "port" not in labels
    assert "Ferries" not in labels

    texts = write(tmp_path / "texts.jsonl", {"doc_id": "a", "text": RECORD["text"]})
    script.join(tmp_path / "labels.jsonl.gz", texts, tmp_path / "again.jsonl")
    again = json.loads((tmp_path / "again.jsonl").read_text(encoding="utf-8"))
    assert again == {key: value for key, value in RECORD.items() if key != "title"}


def test_spans_that_come_with_the_texts_are_kept(script: ModuleType, tmp_path: Path) -> None:
    corpus = write(tmp_path / "corpus.jsonl", RECORD)
    script.strip(corpus, tmp_path / "labels.jsonl.gz")
    spans = [{"source": [[18, 27]], "cue": [[28, 32]], "content": [[0, 16]]}]
    texts = write(
        tmp_path / "texts.jsonl",
        {"doc_id": "a", "text": RECORD["text"], "sentences": [], "attributions": spans},
    )
    script.join(tmp_path / "labels.jsonl.gz", texts, tmp_path / "again.jsonl")
    again = json.loads((tmp_path / "again.jsonl").read_text(encoding="utf-8"))
    assert again["attributions"] == spans
    assert again["sentences"] == RECORD["sentences"]


def test_a_missing_and_a_changed_text_are_left_out(
    script: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    corpus = write(tmp_path / "corpus.jsonl", RECORD, {**RECORD, "doc_id": "b"})
    script.strip(corpus, tmp_path / "labels.jsonl.gz")
    texts = write(tmp_path / "texts.jsonl", {"doc_id": "b", "text": "The port is shut."})
    script.join(tmp_path / "labels.jsonl.gz", texts, tmp_path / "again.jsonl")
    assert (tmp_path / "again.jsonl").read_text(encoding="utf-8") == ""
    printed = capsys.readouterr().out
    assert "no text in" in printed
    assert "(a …)" in printed
    assert "another text in" in printed
    assert "(b …)" in printed
