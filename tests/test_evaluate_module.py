"""The local module of Hugging Face `evaluate` gives the same figures, offline."""

from __future__ import annotations

import json

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, f1_score

from claimclf.evaluation import evaluate as evaluate_reader
from claimclf.labels import TYPES
from claimclf.metrics import EVALUATE_MODULE
from tests.test_evaluation import STORIES, NoisyReader


@pytest.fixture(scope="module")
def metric(tmp_path_factory):
    evaluate = pytest.importorskip("evaluate")
    cache = tmp_path_factory.mktemp("cache")
    return evaluate.load(str(EVALUATE_MODULE), keep_in_memory=True, cache_dir=str(cache))


@pytest.fixture(scope="module")
def report():
    return evaluate_reader(NoisyReader(0.5), STORIES, num_draws=40)


def as_json(documents):
    return [json.dumps(document.to_dict()) for document in documents]


def test_figures_and_intervals_are_those_of_the_report(metric, report):
    result = metric.compute(
        predictions=as_json(report.predicted), references=as_json(report.gold), num_draws=40
    )
    assert len(result) == 3 * len(report.scores)
    for name, score in report.scores.items():
        found = [result[name], result[f"{name}/low"], result[f"{name}/high"]]
        values = [np.nan if value is None else value for value in found]
        assert values == pytest.approx([score.value, score.low, score.high], nan_ok=True)


def test_nothing_to_measure_is_refused(metric):
    with pytest.raises(ValueError, match="There are no documents to draw from"):
        metric.compute(predictions=[], references=[])


def test_figures_agree_with_scikit_learn(metric, report):
    result = metric.compute(predictions=as_json(report.predicted), references=as_json(report.gold))
    sentences = [
        pair
        for gold, predicted in zip(report.gold, report.predicted, strict=True)
        for pair in zip(gold.sentences, predicted.sentences, strict=True)
    ]
    gold = np.array([[name in truth.types for name in TYPES] for truth, _ in sentences])
    answers = np.array([[name in answer.types for name in TYPES] for _, answer in sentences])
    scores = np.array([[answer.scores[name] for name in TYPES] for _, answer in sentences])
    assert result["types/macro/f1"] == pytest.approx(f1_score(gold, answers, average="macro"))
    for index, name in enumerate(TYPES):
        expected = average_precision_score(gold[:, index], scores[:, index])
        assert result[f"types/{name}/average_precision"] == pytest.approx(expected)
