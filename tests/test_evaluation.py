"""Evaluation: one reading, honest calibration, floors and slices."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from claimclf.calibration import Calibration
from claimclf.documents import (
    Attribution,
    Document,
    Perspective,
    Prediction,
    Sentence,
    Source,
    Span,
)
from claimclf.evaluation import calibrate, cue_words, evaluate, hash_documents, slice_report
from claimclf.evaluation.floors import floors
from claimclf.evaluation.slices import sentence_groups
from claimclf.labels import AUTHOR, SOURCE, TYPES
from claimclf.report import report_page
from tests.gold import gold_predictions

RUIZ = "Ana Ruiz"
STORY = (
    ("The valley woke to heavy rain.", (), False),
    ("“The bridge is closed,” Ana Ruiz said.", ("attribution", "official_statement"), True),
    ("About 40 percent of the fields are under water.", ("statistic",), False),
    ("The river might rise again tonight.", ("speculation",), False),
)


def story(id: str, *, publisher: str = "Valley News", marked: bool = False) -> Document:
    """A small article with a gold label of every kind."""
    place = " ".join(words for words, _, _ in STORY).index(RUIZ)
    source = Source("s1", RUIZ, "official", mentions=(Span(place, place + len(RUIZ)),))
    text, sentences = "", []
    for words, types, is_sourced in STORY:
        start = len(text)
        sentences.append(
            Sentence(
                start=start,
                end=start + len(words),
                text=words,
                types=types,
                known_types=TYPES,
                perspective=Perspective(SOURCE, source, *source.mentions)
                if is_sourced
                else Perspective(AUTHOR),
            )
        )
        text += words + " "
    text += f"({id})"
    attributions = None
    if marked:
        content = Span(sentences[1].start, sentences[1].start + 22)
        cue = Span(source.mentions[0].end + 1, source.mentions[0].end + 5)
        attributions = (Attribution(source.mentions, (cue,), (content,)),)
    return Document(
        text,
        tuple(sentences),
        (source,),
        attributions,
        id=id,
        metadata={"publisher": publisher, "corpus": "stories"},
    )


class NoisyReader:
    """Gold predictions with seeded noise in every probability."""

    def __init__(self, noise: float = 0.0) -> None:
        self.calibration = Calibration.identity(TYPES)
        self.parties: dict[str, list[str]] = {}
        self.min_perspective_score = 0.0
        self.noise = noise
        self.num_readings = 0

    def read(self, documents: Sequence[Document]) -> list[list[Prediction]]:
        self.num_readings += 1
        random = np.random.default_rng(0)

        def blur(probability: float) -> float:
            return float(np.clip(probability + random.normal(0, self.noise), 0.0, 1.0))

        return [
            [
                replace(
                    prediction,
                    type_scores={name: blur(p) for name, p in prediction.type_scores.items()},
                    author_score=blur(prediction.author_score),
                )
                for prediction in gold_predictions(document)
            ]
            for document in documents
        ]


STORIES = [story(f"d{index}", publisher=f"Paper {index % 2}", marked=True) for index in range(12)]


def test_a_perfect_reader_gets_perfect_figures_with_one_reading():
    reader = NoisyReader()
    report = evaluate(reader, STORIES, num_draws=20)
    assert reader.num_readings == 1
    assert set(report.headline().values()) == {1.0}
    assert report.scores["types/macro/calibration_error"].value == pytest.approx(0, abs=1e-5)
    for score in report.scores.values():
        assert score.low - 1e-9 <= score.value <= score.high + 1e-9


def test_stored_calibration_is_used_unless_cross_fitted():
    reader = NoisyReader(0.4)
    stored = evaluate(reader, STORIES, num_draws=5)
    assert all(item is reader.calibration for item in stored.calibrations)
    assert stored.provenance["calibration"] == "as stored with the model"
    crossed = evaluate(reader, STORIES, cross_fit=True, num_draws=5)
    assert crossed.is_cross_fitted
    assert len({id(item) for item in crossed.calibrations}) == 5
    assert all(len(values) > 1 for values in crossed.thresholds().values())


def test_fit_reads_once_and_reports_what_cross_fitting_reports():
    reader = NoisyReader(0.3)
    report, calibration = calibrate(reader, STORIES, num_draws=5)
    assert reader.num_readings == 1
    assert report.headline() == evaluate(reader, STORIES, cross_fit=True, num_draws=5).headline()
    assert calibration.provenance["num_documents"] == 12
    assert calibration.provenance["documents_sha256"] == hash_documents(STORIES)
    assert calibration.types["statistic"].platt.scale > 0


def test_withheld_perspectives_count_as_wrong_and_change_no_fit():
    open_reader, strict_reader = NoisyReader(0.45), NoisyReader(0.45)
    strict_reader.min_perspective_score = 0.9
    report, calibration = calibrate(open_reader, STORIES, num_draws=5)
    strict, same_calibration = calibrate(strict_reader, STORIES, num_draws=5)
    assert replace(same_calibration, provenance={}) == replace(calibration, provenance={})
    assert strict.calibrations == report.calibrations
    withheld = [
        sentence.perspective.is_withheld
        for document in strict.predicted
        for sentence in document.sentences
    ]
    assert 0 < sum(withheld) < len(withheld)
    for name in ("perspective/right", "perspective/is_source"):
        before, after = report.judgements[name], strict.judgements[name]
        still_right = (before.gold == before.predicted) & ~np.array(withheld)
        assert (after.gold == after.predicted).tolist() == still_right.tolist()
    # Up to the threshold, both curves are the same.
    assert strict.coverage()[-1] == report.coverage()[-1]


def test_noise_lowers_every_headline_that_depends_on_it():
    clean, noisy = (evaluate(NoisyReader(noise), STORIES, num_draws=5) for noise in (0.0, 0.5))
    for name in ("types/macro/f1", "perspective/is_source/accuracy", "perspective/source/accuracy"):
        assert noisy.headline()[name] < clean.headline()[name]


def test_floors_stand_beside_the_model():
    report = evaluate(NoisyReader(), STORIES, floors_from=STORIES, num_draws=5)
    assert list(report.floors) == [
        "always yes",
        "cue words",
        "majority",
        "TF-IDF + logistic regression",
    ]
    # One of four sentences has each type: always-yes has precision 1/4, recall 1.
    assert report.floors["always yes"]["types/statistic/f1"].value == pytest.approx(0.4)
    assert report.floors["majority"]["types/statistic/f1"].value == 0.0
    assert report.floors["majority"]["perspective/is_source/accuracy"].value == pytest.approx(0.75)
    learned = report.floors["TF-IDF + logistic regression"]
    assert learned["types/macro/f1"].value == 1.0  # it has seen these very sentences
    assert "majority" not in evaluate(NoisyReader(), STORIES, floors_from=(), num_draws=5).floors


@pytest.mark.parametrize("num_sentences", [0, 1])
def test_too_little_training_leaves_out_the_floor_that_learns_from_words(num_sentences, caplog):
    training = [STORIES[0].replace(sentences=STORIES[0].sentences[:num_sentences])]
    report = evaluate(NoisyReader(), STORIES, floors_from=training, num_draws=5)
    assert list(report.floors) == ["always yes", "cue words", "majority"]
    assert f"the {num_sentences} given have none" in caplog.text


def test_floors_decide_as_the_model_does():
    reader = NoisyReader()
    form = {"is_exclusive": True, "has_perspective": False}
    reader.calibration = replace(reader.calibration, **form)
    report = evaluate(reader, STORIES, floors_from=STORIES, num_draws=5)
    assert not any(name.startswith("perspective/") for name in report.floors["majority"])
    (predictions,) = floors(STORIES, form=reader.calibration)["majority"].read([STORIES[0]])
    shares = predictions[0].type_scores
    assert 0 < max(shares.values()) < 1
    assert shares == dict.fromkeys(shares, 0.25)


def test_cue_words_are_no_floor_of_own_types():
    calibration = Calibration.identity(("praise", "complaint"))
    assert list(floors((), form=calibration)) == ["always yes"]


def test_cue_words_find_what_they_are_made_for():
    (predictions,) = cue_words(TYPES).read([STORIES[0]])
    found = [{name for name, score in item.type_scores.items() if score} for item in predictions]
    assert found == [set(), {"attribution"}, {"statistic"}, {"speculation"}]
    assert predictions[1].mention is not None
    assert predictions[1].mention.of(STORIES[0].text) == RUIZ


def test_slices_split_the_sentences_and_their_errors():
    report = evaluate(NoisyReader(), STORIES, num_draws=5)
    slices = {(item.grouping, item.value): item for item in slice_report(report)}
    assert slices["publisher", "Paper 0"].num_sentences == 24
    assert slices["quotation marks", "with"].num_sentences == 12
    assert slices["numbers", "with"].num_sentences == 12
    assert slices["position in the article", "2–5"].num_sentences == 36
    assert not {"corpus", "kind of source"} & {grouping for grouping, _ in slices}  # all the same
    assert slices["numbers", "with"].scores["types/statistic/f1"].value == 1.0
    by_grouping: dict[str, int] = {}
    for (grouping, _), item in slices.items():
        by_grouping[grouping] = by_grouping.get(grouping, 0) + item.num_sentences
    assert by_grouping["publisher"] == by_grouping["position in the article"] == 48


def test_sentences_are_grouped_by_their_source_and_its_distance():
    document = STORIES[0]
    groups = sentence_groups(document)
    sourced = groups[1]
    assert sourced["kind of source"] == "official"
    assert sourced["sentences to the nearest mention"] == "here"
    assert groups[0]["kind of source"] is None
    perspective = Perspective(SOURCE, document.sources[0])
    later = replace(document.sentences[3], perspective=perspective)
    moved = document.replace(sentences=(*document.sentences[:3], later))
    assert sentence_groups(moved)[3]["sentences to the nearest mention"] == "2"


def test_grouping_takes_time_linear_in_the_sentences_of_a_document():
    words, num_sentences = "It rose.", 500
    starts = [index * len(words) for index in range(num_sentences)]
    source = Source("s1", "It", mentions=tuple(Span(start, start + 2) for start in starts))
    perspective = Perspective(SOURCE, source)
    document = Document(
        words * num_sentences,
        tuple(Sentence(start, start + 8, words, perspective=perspective) for start in starts),
        (source,),
    )
    started = time.process_time()
    groups = sentence_groups(document)
    assert time.process_time() - started < 1  # each sentence with each mention takes 8 s
    assert {group["sentences to the nearest mention"] for group in groups} == {"1"}


def test_a_report_says_what_it_was_measured_on():
    report = evaluate(NoisyReader(), STORIES, num_draws=5, provenance={"model": "noisy"})
    assert report.provenance["model"] == "noisy"
    assert report.provenance["documents_sha256"] == hash_documents(STORIES)
    assert report.provenance["documents_sha256"] != hash_documents(STORIES[1:])
    assert report.provenance["num_sentences"] == 48
    assert {"python", "claimclf", "numpy"} <= set(report.provenance["versions"])


def test_nothing_to_evaluate_is_refused():
    with pytest.raises(ValueError, match="no documents to evaluate"):
        evaluate(NoisyReader(), [])


def test_one_text_is_not_said_to_be_cross_fitted():
    copies = [STORIES[0], STORIES[0].replace(id="a copy")]
    report = evaluate(NoisyReader(0.3), copies, cross_fit=True, num_draws=5)
    assert not report.is_cross_fitted
    words = "left raw, because a single text cannot be cross-fitted"
    assert report.provenance["calibration"] == words
    page = report_page(report)
    assert f"calibration and thresholds {words}." in page
    assert "%, not fitted ·" in page
    assert "cross-fitted by document" not in page


@pytest.mark.parametrize("num_documents", [1, 6])
def test_fitting_decides_what_the_stored_calibration_decides(num_documents):
    reader = NoisyReader(0.3)
    form = {"is_exclusive": True, "has_perspective": False}
    reader.calibration = replace(reader.calibration, **form)
    report, calibration = calibrate(reader, STORIES[:num_documents], num_draws=10)
    for found in (calibration, *report.calibrations):
        assert {name: getattr(found, name) for name in form} == form
    sentences = [sentence for document in report.predicted for sentence in document.sentences]
    assert all(len(sentence.types) == 1 for sentence in sentences)
    assert all(sentence.perspective is None for sentence in sentences)
    assert not [name for name in report.scores if name.startswith("perspective")]
