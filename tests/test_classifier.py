import itertools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from claimclf import classifier as classifier_module
from claimclf.calibration import Calibration
from claimclf.classifier import ClaimClassifier, token_batches
from claimclf.interpretation import interpret
from claimclf.labels import KINDS, TYPES
from tests.gold import gold_predictions

ODD_TEXT = st.text(
    alphabet=st.sampled_from(list("abc .!?“”\"'\n\r\t\x00é🙂مר\u0301\u200d")), max_size=200
)


def test_a_string_gives_a_document_and_a_list_a_list(tiny_classifier, small_document):
    text = small_document.text
    one = tiny_classifier.predict(text)
    (same, other) = tiny_classifier.predict([text, "Another text."])
    for alone, beside in zip(one.sentences, same.sentences, strict=True):
        # Another batch may round otherwise.
        assert beside.scores == pytest.approx(alone.scores, abs=1e-6)
        assert replace(beside, scores=alone.scores, perspective=alone.perspective) == alone
        assert beside.perspective.status == alone.perspective.status
    assert [sentence.text for sentence in other.sentences] == ["Another text."]
    assert tiny_classifier.predict([]) == []


def test_every_type_has_a_score_and_the_offsets_hold(tiny_classifier, small_document):
    document = tiny_classifier.predict(small_document.text)
    for sentence in document.sentences:
        assert document.text[sentence.start : sentence.end] == sentence.text
        assert tuple(sentence.scores) == TYPES == sentence.known_types
        assert all(0 <= score <= 1 for score in sentence.scores.values())
        score = sentence.perspective.score
        assert score is None or 0 <= score <= 1
    assert all(source.kind in KINDS for source in document.sources)


def test_given_sentences_are_kept(tiny_classifier, small_document):
    ranges = [(0, 33), (34, 72)]
    document = tiny_classifier.predict(small_document.text, sentences=ranges)
    assert [(sentence.start, sentence.end) for sentence in document.sentences] == ranges


@pytest.mark.parametrize("text", ["", "  \n\t "])
def test_text_without_words_has_no_sentences(tiny_classifier, text):
    document = tiny_classifier.predict(text)
    assert (document.text, document.sentences, document.sources) == (text, (), ())


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(ODD_TEXT)
def test_odd_text_is_predicted_and_reproduced(tiny_classifier, text):
    document = tiny_classifier.predict(text)
    assert document.text == text
    assert all(
        text[sentence.start : sentence.end] == sentence.text for sentence in document.sentences
    )


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        (b"bytes", TypeError, "Decode bytes first"),
        (None, TypeError, "a string or a sequence of strings, .*, got NoneType"),
        (iter(["a"]), TypeError, "and make a list of an iterator"),
        ({"a": 1}, TypeError, "got dict"),
        (pd.DataFrame({"text": ["a"]}), TypeError, "a column of a table, got DataFrame"),
        (["a", None], TypeError, "got NoneType at position 1"),
    ],
)
def test_wrong_input_says_what_to_do(tiny_classifier, text, error, message):
    with pytest.raises(error, match=message):
        tiny_classifier.predict(text)


@pytest.mark.parametrize(
    "column", [("It may leak.", "Nobody."), np.array(["It may leak.", "Nobody."])], ids=type
)
def test_a_column_of_texts_is_a_list_of_them(tiny_classifier, column):
    expected = tiny_classifier.predict(["It may leak.", "Nobody."])
    assert tiny_classifier.predict(column) == expected
    series = pd.Series(column, index=[7, 3])
    assert tiny_classifier.predict(series) == expected
    ranges = pd.Series([[(0, 12)], [(0, 7)]], index=[7, 3])
    assert tiny_classifier.predict(series, sentences=ranges) == expected


@pytest.mark.parametrize(
    ("sentences", "message"),
    [
        ([(0, 99)], "is outside the text of 10 characters"),
        ([(4, 2)], "must be pairs"),
        ([3, 4], "must be pairs"),
        ([(0, 5), (3, 9)], "must be non-empty, start at or after 5"),
    ],
)
def test_wrong_sentences_are_named(tiny_classifier, sentences, message):
    with pytest.raises(ValueError, match=message):
        tiny_classifier.predict("0123456789", sentences=sentences)


def test_a_text_may_have_no_sentences(tiny_classifier):
    assert tiny_classifier.predict("", sentences=[]).sentences == ()


def test_documents_may_come_one_at_a_time(tiny_classifier, small_document):
    documents = tiny_classifier.predict_documents(iter([small_document, small_document]))
    assert [document.text for document in documents] == [small_document.text] * 2


def test_documents_that_are_split_are_labelled_as_their_texts_are(tiny_classifier, small_document):
    ranges = [(sentence.start, sentence.end) for sentence in small_document.sentences]
    expected = tiny_classifier.predict(small_document.text, sentences=ranges)
    (document,) = tiny_classifier.predict_documents([small_document])
    assert document.sentences == expected.sentences
    assert document.id == small_document.id


def test_order_and_neighbours_move_scores_by_rounding_only(tiny_classifier, small_document):
    texts = [
        small_document.text,
        "The minister rose. She said the report was safe.",
        "Nobody was hurt.",
    ]
    alone = [tiny_classifier.predict(text) for text in texts]
    for order in itertools.permutations(range(3)):
        together = tiny_classifier.predict([texts[index] for index in order])
        for index, document in zip(order, together, strict=True):
            for before, after in zip(alone[index].sentences, document.sentences, strict=True):
                assert after.scores == pytest.approx(before.scores, abs=1e-5)
                assert after.perspective.mention == before.perspective.mention


def test_chunks_change_nothing(tiny_classifier, small_document, monkeypatch):
    documents = [small_document] * 3
    before = tiny_classifier.read(documents)
    chunks = []
    decode = classifier_module.decode

    def spy(outputs, chunk, config):
        chunks.append(len(chunk))
        return decode(outputs, chunk, config)

    monkeypatch.setattr(classifier_module, "decode", spy)
    monkeypatch.setattr(classifier_module, "CHUNK_CHARACTERS", 1)
    chunked = tiny_classifier.read(documents)
    assert chunks == [1, 1, 1]
    for row, again in zip(before, chunked, strict=True):
        assert [p.type_scores for p in again] == [
            pytest.approx(p.type_scores, abs=1e-5) for p in row
        ]


def test_batches_hold_similar_lengths_within_the_budget():
    windows = [range(length) for length in (5, 90, 10, 100, 7, 50)]
    batches = list(token_batches(windows, 200))
    assert [[len(window) for window in batch] for batch in batches] == [[100, 90], [50, 10, 7, 5]]


def test_window_over_the_budget_goes_alone():
    assert [len(batch) for batch in token_batches([range(300), range(300)], 200)] == [1, 1]


def test_save_and_load_give_the_same_predictions(tiny_classifier, small_document, tmp_path):
    tiny_classifier.model.half().float()  # what is stored is fp16
    tiny_classifier.save_pretrained(tmp_path)
    again = type(tiny_classifier).from_pretrained(tmp_path, device="cpu", dtype="float32")
    assert again.predict(small_document.text) == tiny_classifier.predict(small_document.text)
    assert again.calibration == tiny_classifier.calibration


def test_parties_may_be_a_file(tiny_classifier, small_document, tmp_path):
    tiny_classifier.save_pretrained(tmp_path / "model")
    (tmp_path / "parties.json").write_text('{"Lund city": ["Mayor"]}', encoding="utf-8")
    classifier = ClaimClassifier.from_pretrained(
        tmp_path / "model", parties=tmp_path / "parties.json"
    )
    assert classifier.parties == {"Lund city": ("Mayor",)}
    predictions = gold_predictions(small_document)
    identity = Calibration.identity(TYPES)
    (source,) = interpret(small_document, predictions, identity, parties=classifier.parties).sources
    assert source.party == "Lund city"
    with pytest.raises(ValueError, match="'Lund city' has 'Mayor'"):
        ClaimClassifier.from_pretrained(tmp_path / "model", parties={"Lund city": "Mayor"})


def test_the_smallest_score_is_a_probability(tiny_classifier, small_document, tmp_path):
    tiny_classifier.save_pretrained(tmp_path)
    strict = ClaimClassifier.from_pretrained(tmp_path, min_perspective_score=1.0)
    statuses = {s.perspective.status for s in strict.predict(small_document.text).sentences}
    assert statuses == {"unresolved"}
    with pytest.raises(ValueError, match=r"must be a probability in \[0, 1\], got 70"):
        ClaimClassifier.from_pretrained(tmp_path, min_perspective_score=70)
    with pytest.raises(ValueError, match=r"a probability in \[0, 1\], got '0.8'"):
        ClaimClassifier.from_pretrained(tmp_path, min_perspective_score="0.8")


def test_a_model_that_learned_types_alone_leaves_the_rest_undecided(
    tiny_classifier, small_document, tmp_path
):
    tiny_classifier.calibration = replace(tiny_classifier.calibration, has_perspective=False)
    tiny_classifier.save_pretrained(tmp_path)
    document = ClaimClassifier.from_pretrained(tmp_path).predict(small_document.text)
    assert document.attributions is None
    assert document.sources == ()
    for sentence in document.sentences:
        assert sentence.perspective is None
        assert sentence.spans == ()
        assert set(sentence.scores) == set(sentence.known_types) == set(TYPES)
    assert len(document.to_pandas()) == len(document.sentences)
    assert "It may leak" in document.to_html()
    for options in ({"parties": {"Us": ["we"]}}, {"min_perspective_score": 0.5}):
        with pytest.raises(ValueError, match="decides types only, no perspectives: leave out"):
            ClaimClassifier.from_pretrained(tmp_path, **options)


def test_half_a_surrogate_pair_is_named_with_its_place(tiny_classifier):
    with pytest.raises(ValueError, match=r"^Text 1: Character 10 of the text is half of a"):
        tiny_classifier.predict(["It rained.", "It rained \ud83d today."])


def test_what_is_saved_does_not_depend_on_the_precision(tiny_classifier, tmp_path):
    tiny_classifier.save_pretrained(tmp_path / "first")
    weights = (tmp_path / "first" / "model.safetensors").read_bytes()
    for dtype in ("float32", "bfloat16"):
        classifier = ClaimClassifier.from_pretrained(tmp_path / "first", dtype=dtype)
        classifier.calibration = replace(classifier.calibration, is_exclusive=True)
        classifier.save_pretrained(tmp_path / dtype)
        assert (tmp_path / dtype / "model.safetensors").read_bytes() == weights
        assert ClaimClassifier.from_pretrained(tmp_path / dtype).calibration.is_exclusive


def test_rounded_weights_are_not_saved(tiny_classifier, tmp_path):
    tiny_classifier.save_pretrained(tmp_path / "first")
    classifier = ClaimClassifier.from_pretrained(tmp_path / "first", dtype="bfloat16")
    with torch.no_grad():
        classifier.model.type_head.bias += 1
    with pytest.raises(ValueError, match=r"first holds other weights than this classifier"):
        classifier.save_pretrained(tmp_path / "second")
    made = ClaimClassifier(classifier.model, classifier.tokenizer, dtype="bfloat16")
    with pytest.raises(ValueError, match=r"rounded to bfloat16.*Make it with dtype=\"float32\""):
        made.save_pretrained(tmp_path / "second")
    assert not (tmp_path / "second").exists()
