"""The benchmark runs every way on the same articles and writes its table."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from claimclf.cli import app
from claimclf.scoring.bench import BenchResult, Way, _encoder_flops, run_bench, sample_texts


def test_the_example_article_stands_in_for_data(tmp_path):
    assert len(set(sample_texts(None, 3))) == 1
    (tmp_path / "a.jsonl").write_text('{"text": "One."}\n{\n{"text": "Two."}\n{"text": "Three."}\n')
    assert sample_texts(tmp_path / "a.jsonl", 2) == ["One.", "Two."]


def test_operations_of_the_encoder_are_counted_as_on_paper(tiny_classifier):
    """Two layers, 32 wide, 64 inside: 4 · 32² + 2 · 32 · 64 products per token and layer."""
    window = range(10)
    per_token = 2 * (4 * 32**2 + 2 * 32 * 64 + 2 * 10 * 32)
    assert _encoder_flops(tiny_classifier, [window]) == 2 * 10 * per_token


def test_the_table_says_what_was_measured_on():
    result = BenchResult(
        backend="cpu-bfloat16",
        num_cores=2,
        num_documents=400,
        num_sentences=12_000,
        num_tokens=450_000,
        matrix_tflops=3.5,
        ways=[Way("pipeline", 150.0, 1.0), Way("score", 1500.4, 10.0, 0.456)],
        peak_megabytes={"largest worker": 700.2},
    )
    table = result.to_markdown()
    assert "12,000 sentences, 450,000 tokens; 2 cores, cpu-bfloat16" in table
    assert "| score | 1,500 | 10.0 | 46% |" in table
    assert "| pipeline | 150 | 1.0 |  |" in table
    assert "largest worker 700 MB" in table


def test_too_few_articles_are_refused_before_anything_is_measured():
    with pytest.raises(ValueError, match=r"more articles than workers.*got 2 for 2\. Give more"):
        run_bench(["One.", "Two."], model="no/model", backend="cpu-float32", num_workers=2)


@pytest.mark.endurance
def test_the_command_measures_and_writes_a_table(tiny_classifier, tmp_path):
    tiny_classifier.save_pretrained(tmp_path / "model")
    arguments = ["bench", "--model", str(tmp_path / "model"), "--articles", "12", "--json"]
    options = ["--backend", "cpu-float32", "--workers", "2", "-o", str(tmp_path / "bench.md")]
    result = CliRunner().invoke(app, [*arguments, *options])
    assert result.exception is None, result.exception
    figures = json.loads(result.stdout)
    names = [way["name"] for way in figures["ways"]]
    assert names[1:] == [
        "encoder alone",
        "encoder and heads",
        "predict",
        "score, Parquet to Parquet, 2 workers",
    ]
    assert all(way["sentences_per_second"] > 0 for way in figures["ways"])
    assert figures["ways"][0]["times_pipeline"] == 1.0
    assert "| encoder alone |" in (tmp_path / "bench.md").read_text()
