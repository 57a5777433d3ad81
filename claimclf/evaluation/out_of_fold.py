"""Answers on every document by a model that has not seen it, to judge labels or a small file."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from claimclf.corpora.splits import folds
from claimclf.documents import Document, Prediction
from claimclf.evaluation.run import Reader


def out_of_fold(
    documents: Sequence[Document],
    train: Callable[[list[Document], int], Reader],
    *,
    num_folds: int = 5,
    seed: int = 0,
) -> list[list[Prediction]]:
    """Predictions on every document by a model that was trained on the other folds.

    Args:
        documents: Gold documents.
        train: Makes a reader from training documents; the second argument is the fold left out.
        num_folds: How many models are trained.
        seed: Of the folds.
    """
    fold_of = folds(documents, num_folds, seed=seed)
    predictions: list[list[Prediction]] = [[] for _ in documents]
    for fold in range(num_folds):
        kept = [
            document for document, other in zip(documents, fold_of, strict=True) if other != fold
        ]
        left_out = [index for index, other in enumerate(fold_of) if other == fold]
        read = train(kept, fold).read([documents[index] for index in left_out])
        for index, of_document in zip(left_out, read, strict=True):
            predictions[index] = of_document
    return predictions
