"""`metrics.json`: what is read back is what was written."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest

from claimclf.evaluation import evaluate, read_constructions, slice_report
from claimclf.report import write_report
from claimclf.report.record import (
    metrics_record,
    read_metrics,
    read_scores,
    to_constructions,
    to_coverage,
    to_scores,
)
from tests.test_evaluation import STORIES, NoisyReader


@pytest.fixture(scope="module")
def report():
    documents = [
        story.replace(metadata={**story.metadata, "construction": f"no. {index % 3}"})
        for index, story in enumerate(STORIES)
    ]
    return evaluate(NoisyReader(0.45), documents, num_draws=20)


def test_figures_coverage_and_constructions_come_back(report, tmp_path):
    folder = write_report(report, tmp_path / "report")
    metrics = read_metrics(folder)
    assert read_scores(folder / "metrics.json") == dict(report.scores)
    assert to_coverage(metrics) == report.coverage()
    assert to_constructions(metrics) == read_constructions(report)
    # As text, because NaN is not equal to NaN.
    assert [str(to_scores(item["figures"])) for item in metrics["slices"]] == [
        str(dict(item.scores)) for item in slice_report(report)
    ]


def test_what_is_undefined_is_null_and_comes_back_as_nan(tmp_path):
    report = evaluate(NoisyReader(), STORIES[:1], num_draws=0)
    record = json.loads(json.dumps(metrics_record(report, (), ()), allow_nan=False))
    assert record["figures"]["types/statistic/f1"]["low"] is None
    found = to_scores(record["figures"])
    assert {name: str(asdict(score)) for name, score in found.items()} == {
        name: str(asdict(score)) for name, score in report.scores.items()
    }
