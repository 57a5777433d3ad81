"""The mean of several models, on the tiny encoder."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import torch

from claimclf.averaging import average, mean_weights
from claimclf.calibration import Calibration
from claimclf.corpora import write_jsonl
from claimclf.encoding import max_positions
from claimclf.loading import build_model, load_pretrained, save_pretrained
from claimclf.provenance import averaged_runs
from claimclf.training_config import CorpusConfig


@pytest.fixture
def runs(tiny_experiment, small_document, tmp_path):
    """An experiment with dev documents, and two models of it with other weights."""
    copies = [
        small_document.replace(id=f"s{index}", text=small_document.text + " " * index)
        for index in range(3)
    ]
    write_jsonl(copies, tmp_path / "dev.jsonl")
    data = replace(tiny_experiment.data, dev=(CorpusConfig(path="dev.jsonl"),))
    experiment = replace(tiny_experiment, data=data)
    folders = [tmp_path / name for name in ("first", "second")]
    for seed, folder in enumerate(folders):
        torch.manual_seed(seed)
        model, tokenizer = build_model(experiment.model, {})
        model.config.provenance = {"command": f"train {seed}"}
        save_pretrained(model, tokenizer, Calibration.identity(model.config.types), folder)
    return experiment, folders


def test_every_weight_is_the_mean_and_the_mean_is_calibrated(runs, tmp_path):
    experiment, folders = runs
    classifier = average(folders, experiment, data=tmp_path, output=tmp_path / "mean")
    models = [load_pretrained(folder)[0] for folder in folders]
    stored, _ = load_pretrained(tmp_path / "mean" / "model")
    for name, weight in stored.state_dict().items():
        expected = (models[0].state_dict()[name] + models[1].state_dict()[name]) / 2
        assert torch.allclose(weight, expected, atol=1e-3)
    assert classifier.calibration.provenance["num_documents"] == 3
    halves = [("train 0", 0.5), ("train 1", 0.5)]
    assert averaged_runs(stored.config.provenance) == halves
    assert "score" in json.loads((tmp_path / "mean" / "metrics.json").read_text(encoding="utf-8"))


def test_the_mean_reads_in_the_windows_of_the_config(runs, tmp_path):
    experiment, folders = runs
    windows = replace(experiment.model, max_tokens=32, context_tokens=4, lookahead_tokens=2)
    experiment = replace(experiment, model=windows)
    config = average(folders, experiment, data=tmp_path, output=tmp_path / "mean").model.config
    assert (config.max_tokens, config.context_tokens, config.lookahead_tokens) == (32, 4, 2)


def test_the_mean_reads_no_longer_windows_than_its_encoder_can(runs, tmp_path):
    experiment, folders = runs
    experiment = replace(experiment, model=replace(experiment.model, max_tokens=100_000))
    model = average(folders, experiment, data=tmp_path, output=tmp_path / "mean").model
    assert model.config.max_tokens == max_positions(model.encoder.config)


def test_the_mean_of_one_model_twice_is_that_model(runs):
    model, _ = load_pretrained(runs[1][0])
    for name, weight in mean_weights([model, model]).items():
        assert torch.equal(weight, model.state_dict()[name])


def test_a_mean_of_a_mean_keeps_every_share(runs, tmp_path):
    experiment, folders = runs
    average(folders, experiment, data=tmp_path, output=tmp_path / "mean")
    both = [tmp_path / "mean" / "model", folders[0]]
    average(both, experiment, data=tmp_path, output=tmp_path / "again")
    stored, _ = load_pretrained(tmp_path / "again" / "model")
    shares = [("train 0", 0.75), ("train 1", 0.25)]
    assert averaged_runs(stored.config.provenance) == shares


def test_one_model_has_no_mean(runs, tmp_path):
    with pytest.raises(ValueError, match="at least two models, got 1"):
        average(runs[1][:1], runs[0], data=tmp_path, output=tmp_path / "mean")


def test_models_of_other_labels_are_refused(runs, tmp_path):
    experiment, folders = runs
    model, tokenizer = build_model(replace(experiment.model, types=("praise", "blame")), {})
    calibration = Calibration.identity(model.config.types)
    save_pretrained(model, tokenizer, calibration, tmp_path / "other")
    with pytest.raises(ValueError, match=r"first and .*other differ in their types: .*'praise'"):
        average(
            [folders[0], tmp_path / "other"], experiment, data=tmp_path, output=tmp_path / "mean"
        )


def test_a_model_is_not_overwritten(runs, tmp_path):
    (tmp_path / "mean" / "model").mkdir(parents=True)
    with pytest.raises(ValueError, match="already holds a model"):
        average(runs[1], runs[0], data=tmp_path, output=tmp_path / "mean")
