"""Own labels: a model from a user's sentences, and a report that does not flatter it."""

from __future__ import annotations

import json
import logging
import re

import pytest
import torch
from huggingface_hub import ModelCard
from typer.testing import CliRunner

from claimclf.classifier import ClaimClassifier
from claimclf.cli import app
from claimclf.corpora import read_sentences
from claimclf.finetuning import finetune, label_warnings
from claimclf.scoring import Scorer

NAMES = ("dam", "river", "mayor", "minister", "report")


def sentences(label_of_hurt: str, label_of_leak: str) -> str:
    """Two easily told apart sentences in 20 wordings, as a table."""
    lines = ["text,label"]
    for first in NAMES:
        for second in NAMES[:2]:
            lines.append(f"The {first} was hurt {second}.,{label_of_hurt}")
            lines.append(f"It may leak {first} {second}.,{label_of_leak}")
    return "\n".join(lines) + "\n"


@pytest.fixture
def data(tmp_path):
    path = tmp_path / "own.csv"
    path.write_text(sentences("harm", "risk"), encoding="utf-8")
    return path


@pytest.fixture
def options(tiny_classifier, tmp_path):
    tiny_classifier.model.config.provenance = {
        "train": {
            "files": {"polnear/train.jsonl": "ab"},
            "num_documents": 840,
            "licences": [],
            "corpora": ["polnear"],
        }
    }
    tiny_classifier.save_pretrained(tmp_path / "base")
    return {"model": tmp_path / "base", "num_epochs": 1, "num_folds": 2}


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def test_single_labels_give_a_model_with_one_label_per_sentence(data, options, tmp_path):
    classifier = finetune(data, output=tmp_path / "run", **options)
    document = classifier.predict("It may leak. The dam was hurt. Nobody said it.")
    for sentence in document.sentences:
        assert sentence.types in (("harm",), ("risk",))
        assert set(sentence.scores) == {"harm", "risk"}
        assert sentence.perspective is None
    again = ClaimClassifier.from_pretrained(tmp_path / "run" / "model")
    assert again.predict("It may leak.").sentences == classifier.predict("It may leak.").sentences


def test_lone_sentences_teach_a_model_that_reads_them_alone(data, options, tmp_path):
    classifier = finetune(data, output=tmp_path / "run", **options)
    texts = ["It may leak.", "The dam was hurt."]
    alone = [classifier.predict(text).sentences[0].scores for text in texts]
    together = [sentence.scores for sentence in classifier.predict(" ".join(texts)).sentences]
    for first, second in zip(alone, together, strict=True):
        assert first == pytest.approx(second, abs=1e-2)


def test_sentences_of_documents_teach_a_model_that_reads_them_in_context(options, tmp_path):
    path = tmp_path / "own.csv"
    rows = sentences("harm", "risk").splitlines()
    numbered = [f"{row},{number // 2}" for number, row in enumerate(rows[1:])]
    path.write_text("\n".join([f"{rows[0]},document", *numbered]), encoding="utf-8")
    classifier = finetune(path, output=tmp_path / "run", **options)
    assert not classifier.model.config.sentences_alone


def test_several_labels_are_decided_one_by_one(tmp_path, options):
    path = tmp_path / "own.csv"
    plain = "".join(f"Nobody saw the {name}.,\n" for name in NAMES)
    path.write_text(sentences("harm|past", "") + plain, encoding="utf-8")
    classifier = finetune(path, output=tmp_path / "run", **options)
    assert classifier.model.config.types == ["harm", "past"]
    assert not classifier.calibration.is_exclusive
    floors = read(tmp_path / "run" / "report" / "metrics.json")["floors"]
    assert floors["majority"]["types/harm/f1"]["value"] == 0.0, "most sentences do not have it"


def test_without_dev_every_sentence_is_judged_by_a_model_that_has_not_seen_it(
    data, options, tmp_path, monkeypatch
):
    from claimclf import finetuning

    seen = []
    learn = finetuning.learn

    def spy(experiment, documents):
        seen.append({document.text for document in documents})
        return learn(experiment, documents)

    monkeypatch.setattr(finetuning, "learn", spy)
    finetune(data, output=tmp_path / "run", **options)
    everything, *parts = seen
    assert len(parts) == 2
    assert set.union(*parts) == everything
    assert set.intersection(*parts) == set(), "two halves: what one learned from, the other judges"
    metrics = read(tmp_path / "run" / "report" / "metrics.json")
    assert metrics["cross_fitted"]
    assert metrics["figures"]["types/harm/f1"]["num_items"] == 20
    assert set(metrics["floors"]) == {"majority", "TF-IDF + logistic regression"}
    assert metrics["provenance"]["data"] == "own.csv, 2-fold cross-validation"


def test_a_floor_that_one_part_is_too_small_for_is_left_out(options, tmp_path, caplog):
    data = tmp_path / "own.csv"
    rows = ("Alpha beta.,harm", "Gamma delta.,risk", "Epsilon zeta.,harm", "Eta theta beta.,risk")
    data.write_text("\n".join(["text,label", *rows]))
    finetune(data, output=tmp_path / "run", **options)
    metrics = read(tmp_path / "run" / "report" / "metrics.json")
    assert set(metrics["floors"]) == {"majority"}
    assert "The floor 'TF-IDF + logistic regression' is left out" in caplog.text


def test_a_dev_file_is_measured_instead(data, options, tmp_path):
    dev = tmp_path / "dev.csv"
    dev.write_text("text,label\nThe dam was hurt.,harm\nIt may leak.,risk\nNobody.,harm\n")
    finetune(data, output=tmp_path / "run", dev=dev, **options)
    metrics = read(tmp_path / "run" / "report" / "metrics.json")
    assert metrics["provenance"]["data"] == "dev.csv"
    assert metrics["figures"]["types/harm/f1"]["num_items"] == 3


def test_card_and_config_tell_what_it_was_made_of(data, options, tmp_path):
    finetune(data, output=tmp_path / "run", **options)
    card = ModelCard.load(tmp_path / "run" / "model" / "README.md")
    assert card.data.eval_results[0].dataset_name == "own.csv, 2-fold cross-validation"
    assert "| `harm` | defined by the training data |" in card.text
    assert "own.csv (20 documents)" in card.text
    assert str(tmp_path) not in str(card)
    assert str(tmp_path) not in (tmp_path / "run" / "model" / "config.json").read_text()


def test_what_the_first_model_learned_from_stays_on_record(
    data, options, tiny_classifier, tmp_path
):
    classifier = finetune(data, output=tmp_path / "run", **options)
    assert classifier.model.config.pointer_size == tiny_classifier.model.config.pointer_size
    card = (tmp_path / "run" / "model" / "README.md").read_text(encoding="utf-8")
    assert "Models that it goes back to learned from: polnear/train.jsonl (840 documents)" in card
    assert "PolNeAR" in card


def test_same_seed_gives_the_same_model(data, options, tmp_path):
    first = finetune(data, output=tmp_path / "a", **options).model.state_dict()
    second = finetune(data, output=tmp_path / "b", **options).model.state_dict()
    assert all(torch.equal(first[name], second[name]) for name in first)


@pytest.mark.slow
def test_what_is_easy_is_learned(data, options, tmp_path):
    finetune(data, output=tmp_path / "run", **{**options, "num_epochs": 60})
    figures = read(tmp_path / "run" / "report" / "metrics.json")["figures"]
    assert figures["types/macro/f1"]["value"] > 0.9


def test_tiny_classes_are_pointed_at(tmp_path, data):
    path = tmp_path / "own.csv"
    content = sentences("harm", "risk") * 1 + "One.,rare\n"
    path.write_text(content, encoding="utf-8")
    warnings = list(label_warnings(read_sentences(path)))
    assert (
        "Only 1 of 21 sentences have 'rare': its figures and threshold say little. "
        "Label at least 20." in warnings
    )
    assert any("Only 11 of 21 sentences do not have 'harm'" in warning for warning in warnings)


def test_a_few_rows_without_a_label_are_pointed_at(tmp_path, data):
    path = tmp_path / "few.csv"
    path.write_text(data.read_text(encoding="utf-8") + "No idea.,\n", encoding="utf-8")
    warnings = list(label_warnings(read_sentences(path)))
    assert any("1 of 21 sentences have no label" in warning for warning in warnings)
    assert not any("no label" in text for text in label_warnings(read_sentences(data)))


def test_an_output_folder_with_a_model_is_kept(data, options, tmp_path):
    (tmp_path / "run" / "model").mkdir(parents=True)
    with pytest.raises(ValueError, match=r"already holds a model. Give another output folder"):
        finetune(data, output=tmp_path / "run", **options)


def test_a_file_in_place_of_the_output_is_found_before_training(data, options):
    for output in (data, data / "run"):
        with pytest.raises(ValueError, match=r"Expected a folder to make, got .*own.csv is a file"):
            finetune(data, output=output, **options)


def test_one_label_on_every_sentence_is_an_error(options, tmp_path):
    path = tmp_path / "own.csv"
    path.write_text(sentences("harm", "harm"), encoding="utf-8")
    with pytest.raises(ValueError, match=r"every sentence has the label 'harm', so there is noth"):
        finetune(path, output=tmp_path / "run", **options)
    assert not (tmp_path / "run").exists()


def test_too_few_sentences_are_an_error(options, tmp_path):
    path = tmp_path / "own.csv"
    path.write_text("text,label\nOne.,a\nOne.,b\n")
    with pytest.raises(ValueError, match=r"in 2 parts needs as many distinct texts, got 1\."):
        finetune(path, output=tmp_path / "run", **options)
    with pytest.raises(ValueError, match="at least 2 parts, got 1"):
        finetune(path, output=tmp_path / "run", **{**options, "num_folds": 1})
    assert not (tmp_path / "run").exists()


def test_a_dev_label_that_was_never_seen_is_an_error(data, options, tmp_path):
    dev = tmp_path / "dev.csv"
    dev.write_text("text,label\nOne.,other\n")
    with pytest.raises(ValueError, match="unknown label 'other', expected one of"):
        finetune(data, output=tmp_path / "run", dev=dev, **options)


def test_the_command_prints_figures_and_where_things_are(data, options, tmp_path, caplog):
    caplog.set_level(logging.WARNING)
    command = ["finetune", str(data), "--output", str(tmp_path / "run"), "--epochs", "1"]
    result = CliRunner().invoke(app, [*command, "--model", str(options["model"]), "--folds", "2"])
    assert result.exit_code == 0, result.stderr
    assert re.search(r"^harm +\d+\.\d  \[\d+\.\d, \d+\.\d\]$", result.stdout, re.MULTILINE)
    assert f"The model is in {tmp_path / 'run' / 'model'}" in result.stdout
    refused = CliRunner().invoke(app, [*command, "--model", str(options["model"])])
    assert refused.exit_code == 2
    assert "already holds a model" in refused.stderr


def test_the_command_passes_its_options_on(data, tmp_path, monkeypatch):
    calls = []

    def fail(data, **options):
        calls.append(options)
        raise ValueError("enough seen")

    monkeypatch.setattr("claimclf.finetuning.finetune", fail)
    command = ["finetune", str(data), "--output", str(tmp_path), "--model", "default", "--seed"]
    result = CliRunner().invoke(app, [*command, "7", "--dev", "dev.csv"])
    assert (result.exit_code, result.stderr) == (2, "claimclf: enough seen\n")
    (options,) = calls
    assert (options["model"], options["seed"]) == ("default", 7)


def test_a_failure_of_the_work_keeps_its_traceback(data, options, tmp_path, monkeypatch):
    def fail(*_, **__):
        raise ValueError("shapes differ")

    monkeypatch.setattr("claimclf.finetuning.calibrate", fail)
    command = ["finetune", str(data), "--output", str(tmp_path / "run"), "--epochs", "1"]
    result = CliRunner().invoke(app, [*command, "--model", str(options["model"]), "--folds", "2"])
    assert isinstance(result.exception, RuntimeError)
    assert isinstance(result.exception.__cause__, ValueError)


def test_labels_that_look_like_paths_keep_their_names(options, tmp_path):
    path = tmp_path / "own.csv"
    path.write_text(sentences("/News/Other", "/Arts/Other"), encoding="utf-8")
    output = tmp_path / "run"
    command = ["finetune", str(path), "--output", str(output), "--epochs", "1", "--folds", "2"]
    result = CliRunner().invoke(app, [*command, "--model", str(options["model"])])
    assert result.exit_code == 0, result.output
    classifier = ClaimClassifier.from_pretrained(output / "model")
    assert classifier.model.config.types == ["/Arts/Other", "/News/Other"]
    card = (output / "model" / "README.md").read_text(encoding="utf-8")
    for label in classifier.model.config.types:
        assert re.search(rf"^{label}  +\d", result.stdout, re.MULTILINE)
        assert f"| `{label}` | – |" in card
        assert f"figure: types/{label}/f1" in card


def test_the_model_works_wherever_a_model_works(data, options, tmp_path):
    finetune(data, output=tmp_path / "run", **options)
    table = Scorer(tmp_path / "run" / "model")({"doc_id": ["a"], "text": ["It may leak."]})
    assert table.column("status").to_pylist() == [None]
    assert set(table.column_names) >= {"is_harm", "p_risk"}
    article = tmp_path / "article.txt"
    article.write_text("It may leak. The dam was hurt.")
    for name in ("table", "json", "csv", "html"):
        command = ["predict", str(article), "--model", str(tmp_path / "run" / "model"), "-f", name]
        result = CliRunner().invoke(app, command)
        assert result.exit_code == 0, result.stderr
        assert "harm" in result.stdout
