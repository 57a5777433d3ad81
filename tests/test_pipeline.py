"""The `transformers` pipeline: registered, and always of the same shape."""

from __future__ import annotations

import json

import pytest
import torch
from transformers import pipeline

from claimclf.classifier import ClaimClassifier
from claimclf.labels import TYPES
from claimclf.pipeline import TASK, ClaimPipeline, sentence_records

KEYS = {
    *("start", "end", "text", "types", "scores", "status", "source_id", "source_name"),
    *("source_kind", "source_party", "mention_start", "mention_end", "p_perspective"),
}


@pytest.fixture
def folder(tiny_classifier, tmp_path):
    tiny_classifier.save_pretrained(tmp_path)
    return str(tmp_path)


@pytest.fixture
def classify(folder):
    return pipeline(TASK, model=folder, device="cpu")


def test_the_task_is_registered(classify):
    assert isinstance(classify, ClaimPipeline)


def test_without_a_model_it_is_the_packaged_one():
    text = "The bridge may close, a spokesman said."
    records = pipeline(TASK, device="cpu")(text)
    assert records == sentence_records(ClaimClassifier.from_pretrained(device="cpu").predict(text))


def test_records_are_what_the_classifier_predicts(classify, folder, small_document):
    document = ClaimClassifier.from_pretrained(folder, device="cpu").predict(small_document.text)
    assert classify(small_document.text) == sentence_records(document)


@pytest.mark.parametrize("text", ["It may leak.", "It may leak. It will hold.", "", " "])
def test_a_text_gives_a_list_of_records(classify, text):
    records = classify(text)
    assert isinstance(records, list)
    for record in records:
        assert set(record) == KEYS
        assert list(record["scores"]) == list(TYPES)
        assert record["text"] == text[record["start"] : record["end"]]
    json.dumps(records)


@pytest.mark.parametrize("batch_size", [1, 2])
@pytest.mark.parametrize("num_texts", [0, 1, 3])
def test_a_list_gives_a_list_of_such_lists(classify, num_texts, batch_size):
    texts = ["It may leak. It will hold.", "It may leak.", ""][:num_texts]
    results = classify(texts, batch_size=batch_size)
    assert results == [classify(text) for text in texts]
    assert classify(tuple(texts)) == results


@pytest.mark.parametrize("dtype", ["float32", "bfloat16", torch.float32])
def test_it_computes_in_the_precision_that_is_asked_for(folder, dtype):
    classify = pipeline(TASK, model=folder, device="cpu", dtype=dtype)
    name = str(dtype).removeprefix("torch.")
    assert classify.classifier.dtype == next(classify.model.encoder.parameters()).dtype
    assert str(classify.classifier.dtype) == f"torch.{name}"
    assert len(classify("It may leak. It will hold.")) == 2


def test_a_precision_that_is_not_known_is_refused(folder):
    with pytest.raises(ValueError, match=r"dtype must be one of 'auto', .* got 'float16'"):
        pipeline(TASK, model=folder, device="cpu", dtype="float16")


def test_a_stream_gives_a_stream(classify):
    results = list(classify(text for text in ["It may leak.", "It will hold."]))
    assert results == classify(["It may leak.", "It will hold."])


def test_parameters_of_other_pipelines_are_refused(classify):
    with pytest.raises(ValueError, match=r"takes no parameters, got \['top_k'\]"):
        classify("It may leak.", top_k=2)


def test_another_model_is_refused(tiny_encoder):
    with pytest.raises(ValueError, match="needs a model of claimclf, got BertModel"):
        pipeline(TASK, model=str(tiny_encoder))
