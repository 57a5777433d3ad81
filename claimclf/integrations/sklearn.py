"""Sentence types as a scikit-learn classifier: strings in, labels out.

```python
from claimclf.integrations.sklearn import ClaimTypeClassifier

classifier = ClaimTypeClassifier().fit(sentences, labels)
classifier.predict(["The crew was kind."])
```
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.multiclass import type_of_target
from sklearn.utils.validation import check_consistent_length, check_is_fitted

from claimclf.corpora.sentences import sentence_documents
from claimclf.documents import Document, half_character
from claimclf.finetuning import experiment_for, learn, types_only
from claimclf.training import classifier_of

TARGETS = ("binary", "multiclass", "multilabel-indicator")
"""Forms of labels that can be learned, as scikit-learn calls them."""


class ClaimTypeClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """A trained model, fine-tuned on sentences with labels of any names.

    Each string is one sentence, read by itself. Labels are one per sentence (any values) or, for
    several, an indicator matrix. There is no validation part inside `fit`, so probabilities are
    not calibrated and the threshold of an indicator is 0.5; `claimclf.finetuning.finetune` gives
    both, with a report.

    Args:
        model: What to start from: a trained model or an encoder, as a folder, a Hub id or
            `python:PACKAGE/FOLDER`; None takes the model inside claimclf.
        num_epochs: Passes over the sentences; None takes more of them the fewer there are.
        random_state: Seed of initialisation and shuffling.

    Attributes:
        classes_: The labels, sorted; for an indicator matrix the numbers of its columns.
        classifier_: The `claimclf.ClaimClassifier` behind it, for whole texts; it gives one type
            per sentence, or several where an indicator matrix was learned, and no perspectives.
    """

    def __init__(
        self,
        model: str | Path | None = None,
        num_epochs: float | None = None,
        random_state: int = 13,
    ) -> None:
        self.model = model
        self.num_epochs = num_epochs
        self.random_state = random_state

    def fit(self, X: Sequence[str], y: Any) -> ClaimTypeClassifier:
        """Fine-tune on sentences.

        Args:
            X: Sentences, `(sentences,)`, or a table with one column.
            y: Labels `(sentences,)`, or 0 and 1 `(sentences, labels)`, also sparse.

        Raises:
            TypeError: If a sentence is no string, or X is a dictionary.
            ValueError: If a sentence is blank, X has several columns, or labels have another form
                or a single value.
        """
        texts = _sentences(X)
        if hasattr(y, "toarray"):  # a sparse matrix
            y = y.toarray()
        check_consistent_length(texts, y)
        target = type_of_target(y, input_name="y")
        if target not in TARGETS:
            raise ValueError(
                f"Unknown label type: {target!r}. Expected one of {TARGETS}: one label per "
                "sentence, or an indicator matrix of 0 and 1."
            )
        labels = np.asarray(y)
        self.is_multilabel_ = target == "multilabel-indicator"
        self.classes_ = np.arange(labels.shape[1]) if self.is_multilabel_ else np.unique(labels)
        if len(self.classes_) < 2 and not self.is_multilabel_:
            raise ValueError(
                f"Expected at least two different labels, got one class: {self.classes_[0]!r}."
            )
        types = [str(name) for name in self.classes_]
        rows = [
            (text, [types[index] for index in np.flatnonzero(row)], None)
            for text, row in zip(texts, self._indicator(labels), strict=True)
        ]
        documents = list(sentence_documents(rows, types))
        experiment = experiment_for(
            documents,
            types,
            model=self.model,
            num_epochs=self.num_epochs,
            seed=self.random_state,
        )
        # In fp32, so that neither the processor nor the batch moves a probability.
        self.classifier_ = classifier_of(*learn(experiment, documents), dtype="float32")
        self.classifier_.calibration = types_only(types, is_exclusive=not self.is_multilabel_)
        return self

    def predict_proba(self, X: Sequence[str]) -> NDArray[np.float64]:
        """Probability of every label, `(sentences, labels)`, in the order of `classes_`.

        Rows sum to 1 where a sentence has exactly one label.
        """
        check_is_fitted(self)
        rows = [(text, (), None) for text in _sentences(X)]
        documents: list[Document] = list(sentence_documents(rows, ()))
        probabilities = np.array(
            [
                list(prediction.type_scores.values())
                for predictions in self.classifier_.read(documents)
                for prediction in predictions
            ],
            dtype=np.float64,
        ).reshape(-1, len(self.classes_))
        if self.is_multilabel_:
            return probabilities
        return np.asarray(probabilities / probabilities.sum(axis=1, keepdims=True))

    def predict(self, X: Sequence[str]) -> NDArray[Any]:
        """Labels in the form of those that were learned."""
        probabilities = self.predict_proba(X)
        if self.is_multilabel_:
            return (probabilities >= 0.5).astype(int)
        return np.asarray(self.classes_[probabilities.argmax(axis=1)])

    def _indicator(self, labels: NDArray[Any]) -> NDArray[Any]:
        """Labels as 0 and 1, `(sentences, labels)`."""
        return labels if self.is_multilabel_ else labels.reshape(-1, 1) == self.classes_

    def __sklearn_tags__(self) -> Any:
        """What goes in is text, not a matrix of numbers."""
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.one_d_array = True
        tags.input_tags.two_d_array = False
        tags.classifier_tags.multi_label = True
        return tags


def _sentences(X: Any) -> list[str]:
    """Strings, each as one line.

    Raises:
        TypeError: If it is a string or a dictionary itself, or holds something else.
        ValueError: If a string is blank, or a table has several columns.
    """
    if isinstance(X, str | bytes):
        raise TypeError(f"Expected a list of sentences, got one {type(X).__name__}: put it in [].")
    if isinstance(X, Mapping):
        raise TypeError(
            f"Expected a list of sentences, got a {type(X).__name__} with the keys "
            f"{list(X)[:5]}. Give the texts of one of them."
        )
    shape: tuple[int, ...] = getattr(X, "shape", ())
    if len(shape) == 2:  # a table, over which a loop would give the names of columns
        if shape[1] != 1:
            raise ValueError(
                f"Expected one column of sentences, got a {type(X).__name__} with {shape[1]} "
                'columns. Give the column of texts, such as table["text"].'
            )
        X = np.asarray(X)[:, 0]
    sentences = []
    for index, text in enumerate(X):
        if not isinstance(text, str):
            raise TypeError(
                f"Expected strings, got {type(text).__name__} at position {index}. Give the column "
                "of texts, without missing values."
            )
        if not text.strip():
            raise ValueError(f"The sentence at position {index} is blank. Leave it out.")
        if problem := half_character(text):
            raise ValueError(f"The sentence at position {index}: {problem}")
        sentences.append(" ".join(text.split()))
    return sentences
