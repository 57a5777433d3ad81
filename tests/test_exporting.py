"""The exported model: standard, loadable without claimclf, compared with where it comes from."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from dataclasses import replace

import pytest
import torch
from huggingface_hub import ModelCard
from transformers import AutoModelForSequenceClassification, AutoTokenizer, pipeline

from claimclf.calibration import Calibration, Decision, Platt
from claimclf.documents import Document
from claimclf.exporting import Agreement, _compare, _moved, _targets, export_sequence_classifier
from claimclf.labels import TYPES
from claimclf.metrics import PRF


@pytest.fixture
def documents(small_document) -> list[Document]:
    return [small_document] * 8


@pytest.fixture
def teacher(tiny_classifier):
    """Answers that differ between sentences: thresholds at the middle of what it says."""
    tiny_classifier.calibration = Calibration(
        types={
            name: Decision(Platt(scale=30.0), threshold=threshold)
            for name, threshold in zip(TYPES, (0.3, 0.4, 0.6, 0.7), strict=True)
        }
    )
    return tiny_classifier


@pytest.fixture
def folder(teacher, documents, tmp_path):
    export_sequence_classifier(
        teacher, documents, tmp_path / "export", dev=documents[:1], num_epochs=1
    )
    return tmp_path / "export"


def test_what_is_saved_is_a_standard_model(folder):
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    assert config["architectures"] == ["BertForSequenceClassification"]
    assert config["problem_type"] == "multi_label_classification"
    assert list(config["id2label"].values()) == list(TYPES)
    assert "auto_map" not in config
    assert {path.suffix for path in folder.iterdir()} <= {".json", ".safetensors", ".md"}


def test_it_tells_no_local_path(folder, tiny_encoder, tmp_path):
    paths = sorted(folder.glob("*.json"))
    assert paths
    for path in paths:
        content = path.read_text(encoding="utf-8")
        assert str(tmp_path) not in content
        assert str(tiny_encoder) not in content


def test_a_pipeline_gives_every_type_a_score(folder):
    classify = pipeline("text-classification", model=str(folder), top_k=None, device="cpu")
    (scores,) = classify(["It may leak."])
    assert {item["label"] for item in scores} == set(TYPES)
    assert all(0 <= item["score"] <= 1 for item in scores)


def test_the_full_model_stays_as_it_was(teacher, documents, tmp_path):
    before = {name: value.clone() for name, value in teacher.model.state_dict().items()}
    export_sequence_classifier(teacher, documents, tmp_path / "e", dev=documents[:1], num_epochs=1)
    after = teacher.model.state_dict()
    assert all(torch.equal(before[name], after[name]) for name in before)
    assert {value.dtype for value in after.values()} == {teacher.dtype}


@pytest.mark.endurance
def test_it_learns_the_answers_of_the_full_model(teacher, documents, tmp_path):
    agreement = export_sequence_classifier(
        teacher,
        documents,
        tmp_path / "export",
        dev=documents[:1],
        num_epochs=60,
        batch_size=8,
        learning_rate=2e-3,
    )
    assert set(agreement) == set(TYPES)
    assert all(item.share == 1.0 for item in agreement.values())


def test_the_card_states_the_agreement(folder, teacher, documents):
    card = ModelCard.load(folder / "README.md")
    student = AutoModelForSequenceClassification.from_pretrained(folder)
    for name, item in _compare(teacher, student, documents[:1]).items():
        share, f1 = 100 * item.share, 100 * item.counts.f1
        assert f"| `{name}` | {share:.1f} | {f1:.1f} |" in card.text
    assert "On 5 sentences of articles among which are some that it learned from" in card.text
    assert card.data.library_name == "transformers"
    assert card.data.language is None, "nothing is known of the texts that it learned from"
    assert "pypi.org" not in card.text


def test_only_articles_that_were_not_learned_from_are_called_others(teacher, documents, tmp_path):
    dev = teacher.predict(["It may leak. Nobody was hurt."])
    export_sequence_classifier(teacher, documents, tmp_path / "e", dev=dev, num_epochs=1)
    text = (tmp_path / "e" / "README.md").read_text(encoding="utf-8")
    assert "On 2 sentences of other articles, per cent" in text


def test_of_types_that_exclude_each_other_the_highest_is_learned(teacher, documents, tmp_path):
    teacher.calibration = replace(teacher.calibration, is_exclusive=True)
    (document,) = teacher.predict_documents(documents[:1])
    (targets,) = _targets(teacher, documents[:1])
    assert [TYPES[target] for target in targets] == [s.types[0] for s in document.sentences]
    folder = tmp_path / "export"
    agreement = export_sequence_classifier(
        teacher, documents, folder, dev=documents[:1], num_epochs=1
    )
    student = AutoModelForSequenceClassification.from_pretrained(folder)
    assert student.config.problem_type == "single_label_classification"
    counts = [item.counts for item in agreement.values()]
    assert sum(item.true_positives + item.false_negatives for item in counts) == len(targets)
    assert sum(item.true_positives + item.false_positives for item in counts) == len(targets)
    card = ModelCard.load(folder / "README.md")
    assert "the type with the highest score (softmax; exactly one)" in card.text
    assert "multi-class-classification" in card.data.tags


def test_what_is_learned_is_what_the_full_model_answers(teacher, documents):
    (targets,) = _targets(teacher, documents[:1])
    (document,) = teacher.predict_documents(documents[:1])
    for target, sentence in zip(targets, document.sentences, strict=True):
        moved = [
            _moved(sentence.scores[name], teacher.calibration.types[name].threshold)
            for name in TYPES
        ]
        assert target == pytest.approx(moved, abs=1e-3)


def test_a_threshold_is_moved_to_one_half():
    assert _moved(0.3, 0.3) == pytest.approx(0.5)
    assert _moved(0.4, 0.3) > 0.5 > _moved(0.2, 0.3)
    assert _moved(0.7, 0.5) == pytest.approx(0.7)
    assert 0 < _moved(0.0, 0.3) < _moved(1.0, 0.3) < 1


def test_agreement_counts_both_kinds_of_mistakes():
    assert Agreement(PRF(3, 1, 1), num_sentences=10).share == pytest.approx(0.8)
    assert math.isnan(Agreement(PRF(), num_sentences=0).share)


@pytest.mark.parametrize("name", ["documents", "dev"])
def test_without_sentences_it_is_refused(teacher, documents, tmp_path, name):
    given = {"documents": documents, "dev": documents, name: [Document("")]}
    with pytest.raises(ValueError, match=f"{name} hold no sentences. Give articles"):
        export_sequence_classifier(
            teacher, given["documents"], tmp_path / "export", dev=given["dev"]
        )


LOADS_ELSEWHERE = """
import sys
sys.modules["claimclf"] = None  # as if it were not installed
from transformers import pipeline
classify = pipeline("text-classification", model=sys.argv[1], top_k=None, device="cpu")
print(len(classify(["It may leak."])[0]))
"""


@pytest.mark.endurance
def test_it_loads_where_claimclf_is_not_installed(folder):
    result = subprocess.run(
        [sys.executable, "-c", LOADS_ELSEWHERE, str(folder)],
        env={**os.environ, "HF_HUB_OFFLINE": "1"},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
    assert result.stdout.split() == [str(len(TYPES))]
    assert AutoTokenizer.from_pretrained(folder).is_fast
