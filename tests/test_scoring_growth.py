"""How time grows with a document: what is measured on, and how it is told. No times are tested."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from claimclf.cli import app
from claimclf.scoring.growth import DocumentTime, GrowthResult, _long_text, measure_growth
from claimclf.segmentation import split_sentences

RESULT = GrowthResult("cpu-float32", 2, (DocumentTime(100, 0.9, 0.1), DocumentTime(1000, 8.0, 2.0)))


def test_documents_have_the_sizes_asked_for(tiny_classifier, tmp_path):
    tiny_classifier.save_pretrained(tmp_path)
    texts = ["The river rose. Mayor Ada Lund said no.", "She left. It rained."]
    result = measure_growth(
        texts, model=tmp_path, backend="cpu-float32", num_threads=1, sizes=(2, 7)
    )
    assert [item.num_sentences for item in result.times] == [2, 7]
    assert all(item.reading_seconds > 0 < item.linking_seconds for item in result.times)


def test_articles_follow_each_other_and_start_over():
    text, ends = _long_text(["One. Two.", "Three."], 5)
    assert text == "One. Two.\n\nThree.\n\nOne. Two."
    assert [span.end for span in split_sentences(text)] == ends


@pytest.mark.parametrize("texts", [[], ["", " \n"]])
def test_without_a_sentence_there_is_nothing_to_measure(texts):
    with pytest.raises(ValueError, match="nothing to measure on"):
        _long_text(texts, 5)


def test_the_table_gives_shares_and_times_per_sentence():
    table = RESULT.to_markdown()
    assert "2 threads, cpu-float32" in table
    assert "| 100 | 1.00 | 10.00 | 0.10 | 1.00 | 10.0% |" in table
    assert "| 1,000 | 10.00 | 10.00 | 2.00 | 2.00 | 20.0% |" in table


def test_the_command_measures_growth_instead(monkeypatch, tmp_path):
    asked = {}

    def measure(texts, **options):
        asked.update(options, texts=texts)
        return RESULT

    monkeypatch.setattr("claimclf.scoring.growth.measure_growth", measure)
    (tmp_path / "a.jsonl").write_text('{"text": "One."}\n', encoding="utf-8")
    arguments = ["bench", "--growth", "-d", str(tmp_path / "a.jsonl"), "--json"]
    result = CliRunner().invoke(app, arguments)
    assert result.exception is None, result.exception
    assert json.loads(result.stdout)["times"][1]["linking_seconds"] == 2.0
    assert asked == {"texts": ["One."], "model": None, "backend": "auto"}


def test_growth_with_workers_is_refused():
    result = CliRunner().invoke(app, ["bench", "--growth", "--workers", "2"])
    assert result.exit_code == 2
    assert "leave --workers out" in result.stderr
    assert result.stderr.count("claimclf: ") == 1
