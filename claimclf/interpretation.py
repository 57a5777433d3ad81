"""Predictions of a document's sentences → its labels, sources and attributions; needs no model.

`claimclf.classifier` calls it for `predict`, and evaluation with one calibration after another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from claimclf.calibration import Calibration
from claimclf.documents import Document, Prediction, Sentence
from claimclf.perspectives import group_attributions, resolve
from claimclf.perspectives.entitlement import with_entitlement
from claimclf.perspectives.own_parties import Parties
from claimclf.perspectives.own_text import with_own_text
from claimclf.perspectives.withholding import with_score


def interpret(
    document: Document,
    predictions: Sequence[Prediction],
    calibration: Calibration,
    *,
    parties: Parties | None = None,
    min_perspective_score: float = 0.0,
) -> Document:
    """Turn what the model says of a document's sentences into labels: the cheap half of `predict`.

    Args:
        document: The document that was read; its own labels are ignored.
        predictions: One per sentence.
        calibration: Calibrates probabilities and decides.
        parties: The caller's own, as `read_parties` gives them.
        min_perspective_score: See `ClaimClassifier`.

    Returns:
        A copy of the document with predicted labels.
    """
    if not calibration.has_perspective:
        return _with_types_only(document, predictions, calibration)
    is_author = [not calibration.is_source(prediction) for prediction in predictions]
    perspectives, sources = resolve(document.text, predictions, is_author, parties=parties)
    type_scores = [
        with_entitlement(calibration.type_scores(prediction), perspective.source)
        for prediction, perspective in zip(predictions, perspectives, strict=True)
    ]
    types = [calibration.decided_types(scores) for scores in type_scores]
    perspectives = with_own_text(perspectives, types)
    attributions = group_attributions(document.text, predictions)
    sentences = [
        Sentence(
            start=sentence.start,
            end=sentence.end,
            text=sentence.text,
            types=decided,
            scores=scores,
            perspective=with_score(
                perspective,
                calibration.perspective_score(prediction, perspective.source),
                min_score=min_perspective_score,
            ),
            spans=prediction.spans,
            known_types=tuple(calibration.types),
        )
        for sentence, prediction, perspective, scores, decided in zip(
            document.sentences, predictions, perspectives, type_scores, types, strict=True
        )
    ]
    return replace(document, sentences=tuple(sentences), sources=sources, attributions=attributions)


def _with_types_only(
    document: Document, predictions: Sequence[Prediction], calibration: Calibration
) -> Document:
    """Labels of a model that learned types alone: nobody decided perspectives and spans."""
    sentences = []
    for sentence, prediction in zip(document.sentences, predictions, strict=True):
        scores = calibration.type_scores(prediction)
        sentences.append(
            Sentence(
                start=sentence.start,
                end=sentence.end,
                text=sentence.text,
                types=calibration.decided_types(scores),
                scores=scores,
                known_types=tuple(calibration.types),
            )
        )
    return replace(document, sentences=tuple(sentences), sources=(), attributions=None)
