"""Calibration: Platt scaling, thresholds, cross-fitting and what `config.json` keeps of them."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from claimclf.calibration import Calibration, Decision, Logistic, Platt
from claimclf.corpora.splits import folds
from claimclf.documents import Document, Perspective, Prediction, Sentence, Source
from claimclf.evaluation import fitting
from claimclf.evaluation.fitting import best_threshold, cross_fit, fit_calibration, fit_platt
from claimclf.labels import AUTHOR, SOURCE, TYPES
from tests.gold import gold_predictions

LUND = Source("x", "Ada Lund", "official")


def document_of(
    *labels: tuple[str, ...], id: str = "d", known: tuple[str, ...] = TYPES
) -> Document:
    """A document whose sentences have these types; those with attribution have a source."""
    source = Source("s1", "Ana Ruiz", "official")
    text = "A b c. " * len(labels) + id
    sentences = tuple(
        Sentence(
            start=7 * index,
            end=7 * index + 6,
            text="A b c.",
            types=types,
            known_types=known,
            perspective=Perspective(SOURCE, source)
            if "attribution" in types
            else Perspective(AUTHOR),
        )
        for index, types in enumerate(labels)
    )
    return Document(text, sentences, (source,), id=id)


def prediction_of(**changes) -> Prediction:
    (prediction,) = gold_predictions(document_of(()))
    return replace(prediction, **changes)


def test_platt_is_a_line_on_the_logit():
    assert Platt()(0.3) == pytest.approx(0.3)
    assert Platt(scale=2.0, bias=1.0)(0.5) == pytest.approx(1 / (1 + math.exp(-1)))
    assert Platt(scale=1.0, bias=math.log(3))(0.5) == pytest.approx(0.75)


@pytest.mark.parametrize("probability", [0.0, 1.0])
def test_platt_stays_finite_at_certainty(probability):
    assert Platt(scale=1e6)(probability) == pytest.approx(probability)


def test_identity_keeps_raw_probabilities_and_decides_at_one_half():
    calibration = Calibration.identity(["a", "b"])
    scores = calibration.type_scores(prediction_of(type_scores={"b": 0.5, "a": 0.49, "c": 1.0}))
    assert scores == pytest.approx({"a": 0.49, "b": 0.5})
    assert calibration.decided_types({"a": 0.49, "b": 0.5}) == ("b",)


def test_source_is_the_complement_of_the_author():
    calibration = Calibration(types={})
    assert calibration.is_source(prediction_of(author_score=0.49))
    assert not calibration.is_source(prediction_of(author_score=0.51))


def test_perspective_score_is_that_of_the_chosen_side():
    calibration = Calibration(types={}, perspective=Logistic({"mention": 1.0}, math.log(3)))
    author = prediction_of(author_score=0.9, mention_score=0.5)
    source = prediction_of(author_score=0.2, mention_score=0.5)
    assert calibration.perspective_score(author, None) == pytest.approx(0.9)
    assert calibration.perspective_score(source, LUND) == pytest.approx(0.75)


def test_a_source_without_a_name_may_be_trusted_less():
    calibration = Calibration(types={}, perspective=Logistic({"named": 0.1}))
    prediction = prediction_of(author_score=0.2)
    described = Source("y", "the group", "organization")
    scores = [
        calibration.perspective_score(prediction, source) for source in (LUND, None, described)
    ]
    assert scores == sorted(scores, reverse=True)
    assert scores[1] == pytest.approx(0.5)
    assert scores[0] == pytest.approx(1 - scores[2])


def test_the_attribution_type_speaks_for_a_source():
    calibration = Calibration(types={}, source=Logistic({"pointer": 1.0, "attribution": 2.0}))
    doubtful = prediction_of(author_score=0.6, type_scores={"attribution": 0.9})
    assert calibration.is_source(doubtful)
    assert not calibration.is_source(replace(doubtful, type_scores={"attribution": 0.1}))


def test_the_weights_of_author_or_source_are_fitted():
    """Where the pointer knows nothing and the type everything, the type decides."""
    document = document_of(*[("attribution",), ()] * 20)
    predictions = [
        prediction_of(
            author_score=0.5,
            type_scores=dict.fromkeys(TYPES, 0.8 if "attribution" in sentence.types else 0.3),
        )
        for sentence in document.sentences
    ]
    calibration = fit_calibration([document], [predictions])
    decided = [calibration.is_source(prediction) for prediction in predictions]
    assert decided == [True, False] * 20
    assert calibration.source.weights["pointer"] == pytest.approx(0.0, abs=1e-6)


def test_types_of_ones_own_leave_author_or_source_to_the_pointer():
    document = document_of(("attribution",), (), ("attribution",), ())
    predictions = [
        replace(prediction, type_scores={"praise": 0.5})
        for prediction in gold_predictions(document)
    ]
    calibration = fit_calibration([document], [predictions])
    assert list(calibration.source.weights) == ["pointer"]


def test_calibration_survives_json():
    calibration = Calibration(
        types={"a": Decision(Platt(0.5, -1.0), 0.4)},
        source=Logistic({"pointer": 2.0, "attribution": 1.0}, 0.25),
        perspective=Logistic({"mention": 1.5, "name": 0.1}, 0.5),
        provenance={"data": {"dev.jsonl": "ab12"}},
    )
    assert Calibration.from_dict(json.loads(json.dumps(calibration.to_dict()))) == calibration


def test_a_broken_record_is_named():
    with pytest.raises(ValueError, match=r"as `Calibration\.to_dict` writes it"):
        Calibration.from_dict({"types": {"a": {"scale": 1.0}}})


def test_platt_recovers_the_line_that_made_the_labels():
    random = np.random.default_rng(0)
    raw = random.uniform(0.02, 0.98, 20_000)
    gold = random.uniform(size=raw.size) < [Platt(0.5, -0.7)(value) for value in raw]
    fitted = fit_platt(raw.tolist(), gold.tolist())
    assert fitted.scale == pytest.approx(0.5, abs=0.05)
    assert fitted.bias == pytest.approx(-0.7, abs=0.05)


def test_one_class_leaves_probabilities_alone():
    assert fit_platt([0.2, 0.9], [True, True]) == Platt()


def test_threshold_of_separable_data_is_the_middle_of_the_gap():
    threshold = best_threshold(np.array([0.9, 0.1, 0.7, 0.3]), np.array([True, False, True, False]))
    assert threshold == pytest.approx(0.5)


def test_the_threshold_is_that_of_the_best_f1():
    # Ranked: yes no yes no no no. k=1 2/3, k=3 4/5 (best).
    probabilities = np.array([0.9, 0.8, 0.7, 0.3, 0.2, 0.1])
    gold = np.array([True, False, True, False, False, False])
    assert best_threshold(probabilities, gold) == pytest.approx(0.5)


def test_equal_probabilities_are_never_cut_apart():
    probabilities = np.array([0.6, 0.6, 0.6, 0.2])
    gold = np.array([True, False, False, False])
    assert best_threshold(probabilities, gold) == pytest.approx(0.4)


def test_best_threshold_is_as_good_as_every_other():
    random = np.random.default_rng(1)
    probabilities = random.uniform(size=300)
    gold = random.uniform(size=300) < probabilities**2
    chosen = best_threshold(probabilities, gold)

    def f1(threshold: float) -> float:
        yes = probabilities >= threshold
        return float(2 * (yes & gold).sum() / (yes.sum() + gold.sum()))

    assert f1(chosen) >= max(map(f1, probabilities)) - 0.02


def test_fit_leaves_out_what_nobody_decided():
    known = document_of(("statistic",), (), ("statistic",), ())
    unknown = document_of((), (), (), (), known=())
    scores = [0.8, 0.4, 0.7, 0.3]
    predictions = [
        prediction_of(type_scores=dict.fromkeys(TYPES, score), author_score=0.5) for score in scores
    ]
    wrong = [
        replace(prediction, type_scores=dict.fromkeys(TYPES, 0.99)) for prediction in predictions
    ]
    alone = fit_calibration([known], [predictions])
    both = fit_calibration([known, unknown], [predictions, wrong])
    assert both.types == alone.types
    assert both.types["statistic"] != Decision()
    assert both.types["speculation"] == Decision()


def test_fit_separates_gold_predictions_and_keeps_provenance():
    document = document_of(("attribution",), (), ("attribution", "statistic"), ())
    predictions = gold_predictions(document)
    calibration = fit_calibration([document], [predictions], provenance={"date": "2026-01-02"})
    for sentence, prediction in zip(document.sentences, predictions, strict=True):
        scores = calibration.type_scores(prediction)
        decided = set(calibration.decided_types(scores))
        assert decided >= set(sentence.types)
        assert decided.isdisjoint({"attribution", "statistic"} - set(sentence.types))
        assert calibration.is_source(prediction) == ("attribution" in sentence.types)
    assert calibration.provenance == {
        "num_documents": 1,
        "num_sentences": 4,
        "date": "2026-01-02",
    }


def test_the_score_of_a_source_is_fitted_once_sources_are_resolved(monkeypatch):
    documents = [document_of(*[("attribution",)] * 8, id=str(index)) for index in range(4)]
    predictions = [[prediction_of(author_score=0.0, mention_score=0.9)] * 8 for _ in documents]

    def interpret(document, predictions, calibration, **options):
        """Names the right source in every fourth sentence."""
        wrong = Source("x", "Tom Hall", "expert")
        sentences = [
            replace(
                sentence,
                perspective=sentence.perspective if index % 4 == 0 else Perspective(SOURCE, wrong),
            )
            for index, sentence in enumerate(document.sentences)
        ]
        return document.replace(sentences=tuple(sentences), sources=(*document.sources, wrong))

    monkeypatch.setattr(fitting, "interpret", interpret)
    fitted = fit_calibration(documents, predictions)
    assert fitted.perspective_score(predictions[0][0], LUND) == pytest.approx(0.25, abs=0.02)
    for calibration in cross_fit(documents, predictions, num_folds=2):
        assert calibration.perspective != Calibration(types={}).perspective


def test_misaligned_predictions_are_refused():
    document = document_of((), ())
    with pytest.raises(ValueError, match="2 sentences but 1 predictions"):
        fit_calibration([document], [gold_predictions(document)[:1]])
    with pytest.raises(ValueError, match="0 lists for 1 documents"):
        fit_calibration([document], [])


def test_cross_fit_never_sees_its_own_document():
    documents = [document_of(("statistic",), (), id=str(index)) for index in range(6)]
    predictions = [
        [
            prediction_of(type_scores=dict.fromkeys(TYPES, 0.6 + index / 20)),
            prediction_of(type_scores=dict.fromkeys(TYPES, 0.3 + index / 20)),
        ]
        for index in range(6)
    ]
    calibrations = cross_fit(documents, predictions, num_folds=3)
    fold_of = folds(documents, 3)
    for index, calibration in enumerate(calibrations):
        others = [other for other in range(6) if fold_of[other] != fold_of[index]]
        expected = fit_calibration(
            [documents[other] for other in others], [predictions[other] for other in others]
        )
        assert calibration.types == expected.types
        assert calibration.provenance["left_out_fold"] == fold_of[index]


def test_a_single_text_keeps_its_raw_probabilities(caplog):
    copies = [document_of((), ("statistic",), id="a")] * 2
    calibrations = cross_fit(copies, [gold_predictions(document) for document in copies])
    assert calibrations == [Calibration.identity(TYPES)] * 2
    assert "cannot be cross-fitted" in caplog.text


def test_exclusive_types_give_exactly_the_most_probable_one():
    types = {"a": Decision(threshold=0.9), "b": Decision(threshold=0.1)}
    calibration = Calibration(types=types, is_exclusive=True, has_perspective=False)
    assert calibration.decided_types({"a": 0.6, "b": 0.5}) == ("a",)
    assert calibration.decided_types({"a": 0.1, "b": 0.05}) == ("a",)
    assert Calibration.from_dict(json.loads(json.dumps(calibration.to_dict()))) == calibration
