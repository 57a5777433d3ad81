"""Experiments of several runs, on the tiny encoder."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from claimclf.corpora import write_jsonl
from claimclf.experiments import cross_corpora, find_label_noise
from claimclf.training_config import CorpusConfig
from tests.test_evaluation import story


@pytest.fixture
def experiment(tiny_experiment, small_document, tmp_path):
    """Two small corpora to train on and to test on."""
    copies = [
        small_document.replace(id=f"s{index}", text=small_document.text + " " * index)
        for index in range(2)
    ]
    write_jsonl([story(f"d{index}") for index in range(4)], tmp_path / "stories.jsonl")
    write_jsonl([*copies, story("e")], tmp_path / "marked.jsonl")
    corpora = (CorpusConfig(path="stories.jsonl"), CorpusConfig(path="marked.jsonl", types=False))
    data = replace(tiny_experiment.data, train=corpora, dev=corpora)
    settings = replace(tiny_experiment.train, num_epochs=1, evaluations=1)
    return replace(tiny_experiment, data=data, train=settings)


@pytest.mark.endurance
def test_every_training_corpus_meets_every_dev_corpus(experiment, tmp_path):
    output = tmp_path / "cross"
    text = cross_corpora(experiment, data=tmp_path, output=output)
    assert (output / "matrix.md").read_text(encoding="utf-8") == text
    assert "| | stories.jsonl | marked.jsonl |" in text
    for train in (0, 1):
        for test in (0, 1):
            file = output / f"train-{train}" / f"test-{test}" / "metrics.json"
            record = json.loads(file.read_text(encoding="utf-8"))
            assert record["cross_fitted"]
    assert len([line for line in text.splitlines() if line.startswith("| stories.jsonl |")]) >= 3


@pytest.mark.endurance
def test_label_noise_trains_a_model_per_fold(experiment, tmp_path):
    output = tmp_path / "noise"
    text = find_label_noise(experiment, "stories.jsonl", data=tmp_path, output=output, num_folds=2)
    assert text.startswith("# Labels to read again")
    assert (output / "suspects.md").read_text(encoding="utf-8") == text
    for fold in (0, 1):
        lines = (output / f"fold-{fold}" / "train.jsonl").read_text(encoding="utf-8").splitlines()
        assert len(lines) == 2
        assert (output / f"fold-{fold}" / "run" / "model" / "config.json").is_file()


def test_label_noise_needs_a_corpus_of_the_config(experiment, tmp_path):
    with pytest.raises(ValueError, match=r"must train on 'other\.jsonl' in one place"):
        find_label_noise(experiment, "other.jsonl", data=tmp_path, output=tmp_path / "noise")


def test_label_noise_refuses_a_model_that_may_have_seen_the_corpus(experiment, tmp_path):
    trained = replace(experiment, model=replace(experiment.model, encoder="python:claimclf/model"))
    with pytest.raises(ValueError, match=r"is a trained model, which may have seen"):
        find_label_noise(trained, "stories.jsonl", data=tmp_path, output=tmp_path / "noise")


def test_a_corpus_that_is_there_twice_is_refused(experiment, tmp_path):
    twice = replace(experiment.data, train=experiment.data.train[:1] * 2)
    with pytest.raises(ValueError, match=r"must be there once, got \['stories.jsonl', 's"):
        cross_corpora(replace(experiment, data=twice), data=tmp_path, output=tmp_path / "cross")
