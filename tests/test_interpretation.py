"""From predictions to labels, without a model."""

from __future__ import annotations

from dataclasses import replace

from claimclf.calibration import Calibration
from claimclf.interpretation import interpret
from claimclf.labels import TYPES
from tests.gold import gold_predictions


def test_interpreting_gold_gives_gold(small_document):
    predictions = gold_predictions(small_document)
    document = interpret(small_document, predictions, Calibration.identity(TYPES))
    for predicted, gold in zip(document.sentences, small_document.sentences, strict=True):
        assert predicted.types == gold.types
        assert predicted.perspective.status == gold.perspective.status
        assert predicted.perspective.mention == gold.perspective.mention
        assert predicted.spans == gold.spans
    (source,) = document.sources
    assert (source.name, source.kind) == ("Ada Lund", "official")


def test_perspectives_below_the_smallest_score_are_withheld(small_document):
    predictions = [
        replace(prediction, author_score=0.7 if prediction.author_score else 0.1)
        for prediction in gold_predictions(small_document)
    ]
    calibration = Calibration.identity(TYPES)
    everything = interpret(small_document, predictions, calibration)
    some = interpret(small_document, predictions, calibration, min_perspective_score=0.8)
    for sure, kept in zip(everything.sentences, some.sentences, strict=True):
        assert kept.perspective.score == sure.perspective.score
        assert kept.perspective.is_withheld == (sure.perspective.score < 0.8)
        assert kept.perspective.is_withheld or kept == sure
    assert {s.perspective.status for s in some.sentences} == {"source", "unresolved"}
    at_it = interpret(
        small_document,
        predictions,
        calibration,
        min_perspective_score=everything.sentences[0].perspective.score,
    )
    assert at_it == everything, "a score that reaches the threshold is enough"


def test_a_source_of_whom_nothing_is_known_has_no_score(small_document):
    predictions = [
        replace(item, mention=None, antecedent=None, author_score=0.0)
        for item in gold_predictions(small_document)
    ]
    document = interpret(small_document, predictions, Calibration.identity(TYPES))
    statuses = {(s.perspective.status, s.perspective.score) for s in document.sentences}
    assert statuses == {("unresolved", None)}
