"""The model inside the package does on the example article what its gold labels say."""

from importlib.resources import files

import pytest

from claimclf import ClaimClassifier
from claimclf.evaluation import evaluate
from claimclf.examples import example_document, example_text
from claimclf.labels import TYPES
from claimclf.metrics import match_source
from tests.passages import passages

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def documents():
    classifier = ClaimClassifier.from_pretrained()
    gold = example_document()
    ranges = [(sentence.start, sentence.end) for sentence in gold.sentences]
    return gold, classifier.predict(example_text(), sentences=ranges)


def test_types_of_the_example_article(documents):
    gold, predicted = documents
    right = [
        (name in sentence.types) == (name in answer.types)
        for sentence, answer in zip(gold.sentences, predicted.sentences, strict=True)
        for name in TYPES
    ]
    assert sum(right) >= 0.93 * len(right)  # at most 7 of 112 decisions wrong


def test_sources_of_the_example_article(documents):
    gold, predicted = documents
    names = [source.name for source in gold.sources]
    right = []
    for sentence, answer in zip(gold.sentences, predicted.sentences, strict=True):
        if sentence.perspective.is_author:
            right.append(answer.perspective.is_author)
        else:
            name = answer.perspective.source.name if answer.perspective.source else ""
            found = match_source(name, names)
            right.append(found is not None and gold.sources[found] == sentence.perspective.source)
    assert sum(right) >= 0.85 * len(right)  # at most 4 of 28 sentences wrong


def test_hard_constructions_stay_solved():
    report = evaluate(ClaimClassifier.from_pretrained(), passages(), num_draws=0)
    assert report.scores["perspective/source/accuracy"].value >= 0.85
    assert report.scores["types/exact_set/accuracy"].value >= 0.8


def test_weights_are_small_enough_to_ship():
    weights = files("claimclf") / "model" / "model.safetensors"
    assert weights.stat().st_size <= 50_000_000


def test_thresholds_say_where_they_come_from():
    calibration = ClaimClassifier.from_pretrained().calibration
    assert set(calibration.types) == set(TYPES)
    assert calibration.provenance["data"]["files"]
