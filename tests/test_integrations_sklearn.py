"""The scikit-learn estimator in what scikit-learn does with estimators."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_matrix
from sklearn.base import clone, is_classifier
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils import get_tags

from claimclf.classifier import ClaimClassifier
from claimclf.integrations.sklearn import ClaimTypeClassifier

X = [f"{start} {name}." for start in ("It may leak", "The dam was hurt") for name in "abcdef"]
Y = ["risk"] * 6 + ["harm"] * 6


@pytest.fixture
def base(tiny_classifier, tmp_path):
    tiny_classifier.save_pretrained(tmp_path / "base")
    return str(tmp_path / "base")


@pytest.fixture
def estimator(base):
    return ClaimTypeClassifier(base, num_epochs=1)


def test_predictions_are_labels(estimator):
    assert estimator.fit(X, Y) is estimator
    assert estimator.classes_.tolist() == ["harm", "risk"]
    predicted = estimator.predict(X)
    assert predicted.shape == (12,)
    assert set(predicted) <= {"harm", "risk"}
    probabilities = estimator.predict_proba(X)
    assert probabilities.shape == (12, 2)
    assert np.allclose(probabilities.sum(axis=1), 1)
    assert (estimator.classes_[probabilities.argmax(axis=1)] == predicted).all()


def test_labels_keep_their_type(estimator):
    predicted = estimator.fit(pd.Series(X), np.array([1] * 6 + [7] * 6)).predict(np.array(X))
    assert predicted.dtype == np.int64
    assert set(predicted) <= {1, 7}


def test_an_indicator_matrix_comes_back_as_one(estimator):
    indicator = np.array([[1, 0, 1]] * 6 + [[0, 1, 0]] * 6)
    predicted = estimator.fit(X, indicator).predict(X[:2])
    assert predicted.shape == (2, 3)
    assert set(np.unique(predicted)) <= {0, 1}
    assert (predicted == (estimator.predict_proba(X[:2]) >= 0.5)).all()


def test_the_classifier_behind_it_decides_what_was_learned(estimator, tmp_path):
    estimator.fit(X, Y).classifier_.save_pretrained(tmp_path / "saved")
    saved = ClaimClassifier.from_pretrained(tmp_path / "saved")
    for classifier in (estimator.classifier_, saved):
        for sentence in classifier.predict(" ".join(X)).sentences:
            assert sentence.types in (("harm",), ("risk",))
            assert sentence.perspective is None
    estimator.fit(X, np.array([[1, 0, 1]] * 6 + [[0, 1, 0]] * 6))
    assert not estimator.classifier_.calibration.is_exclusive
    assert estimator.classifier_.predict(X[0]).sentences[0].perspective is None


@pytest.mark.slow
def test_what_is_easy_is_learned(base):
    estimator = ClaimTypeClassifier(base, num_epochs=60).fit(X, Y)
    assert estimator.score(X, Y) > 0.9


def test_a_table_with_one_column_is_its_column(estimator):
    table = pd.DataFrame({"text": X, "label": Y})
    estimator.fit(table[["text"]], table["label"])
    expected = estimator.predict_proba(X)
    assert np.array_equal(estimator.predict_proba(table[["text"]]), expected)
    assert np.array_equal(estimator.predict_proba(np.array(X).reshape(-1, 1)), expected)
    with pytest.raises(ValueError, match="one column of sentences, got a DataFrame with 2 columns"):
        estimator.predict(table)


def test_a_sparse_indicator_matrix_is_learned(estimator):
    indicator = csr_matrix(np.array([[1, 0, 1]] * 6 + [[0, 1, 0]] * 6))
    assert estimator.fit(X, indicator).predict(X[:2]).shape == (2, 3)


def test_no_text_gives_no_prediction(estimator):
    estimator.fit(X, Y)
    assert estimator.predict_proba([]).shape == (0, 2)
    assert estimator.predict([]).shape == (0,)


def test_before_fit_is_an_error(estimator):
    with pytest.raises(NotFittedError, match="not fitted yet"):
        estimator.predict(X)


def test_clone_copies_settings_and_nothing_learned(estimator):
    copy = clone(estimator.fit(X, Y))
    assert copy.get_params() == estimator.get_params()
    with pytest.raises(NotFittedError):
        copy.predict(X)


def test_pickle_keeps_what_was_learned(estimator):
    estimator.fit(X, Y)
    again = pickle.loads(pickle.dumps(estimator))  # noqa: S301
    assert np.array_equal(again.predict_proba(X), estimator.predict_proba(X))


def test_in_a_pipeline(estimator):
    upper = FunctionTransformer(lambda texts: [text.upper() for text in texts])
    pipeline = Pipeline([("clean", upper), ("types", estimator)])
    assert pipeline.fit(X, Y).predict(X).shape == (12,)


def test_in_a_grid_search(estimator):
    search = GridSearchCV(estimator, {"num_epochs": [1, 2]}, cv=2).fit(X, Y)
    assert search.best_params_["num_epochs"] in (1, 2)
    assert search.predict(X).shape == (12,)


def test_in_cross_validation(estimator):
    scores = cross_val_score(estimator, X, Y, cv=2)
    assert scores.shape == (2,)
    assert ((scores >= 0) & (scores <= 1)).all()


def test_same_seed_gives_the_same_probabilities(estimator):
    first = clone(estimator).fit(X, Y).predict_proba(X)
    assert np.array_equal(clone(estimator).fit(X, Y).predict_proba(X), first)
    other = clone(estimator).set_params(random_state=1).fit(X, Y).predict_proba(X)
    assert not np.array_equal(other, first)


def test_tags_tell_of_text(estimator):
    tags = get_tags(estimator)
    assert is_classifier(estimator)
    assert tags.input_tags.string
    assert not tags.input_tags.two_d_array
    assert tags.classifier_tags.multi_label
    assert tags.requires_fit


@pytest.mark.parametrize(
    ("texts", "labels", "error", "message"),
    [
        ("It may leak.", ["a"], TypeError, r"got one str: put it in \[\]"),
        ({"text": "b"}, ["a"], TypeError, r"got a dict with the keys \['text'\]. Give the texts"),
        ([1.5, "b"], ["a", "b"], TypeError, "got float at position 0"),
        (["a", " "], ["a", "b"], ValueError, "position 1 is blank"),
        (["a", "b\ud83d"], ["a", "b"], ValueError, "position 1: Character 1 of the text is half"),
        (["a", "b"], ["a", "a"], ValueError, "at least two different labels, got one class"),
        (["a", "b"], [0.5, 1.7], ValueError, "Unknown label type: 'continuous'"),
        (["a", "b"], ["a"], ValueError, "inconsistent numbers of samples"),
    ],
)
def test_wrong_input_is_refused(estimator, texts, labels, error, message):
    with pytest.raises(error, match=message):
        estimator.fit(texts, labels)
