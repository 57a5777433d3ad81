"""Perfect model output made from gold labels, for tests of what comes after the model."""

from __future__ import annotations

from collections import defaultdict

from claimclf.documents import Document, Prediction
from claimclf.labels import KINDS, SPAN_LABELS, TYPES


def gold_predictions(document: Document) -> list[Prediction]:
    """What an always right, always sure model says of every sentence of a gold document."""
    mentions = defaultdict(list)
    for sentence in document.sentences:
        perspective = sentence.perspective
        if perspective and perspective.source and perspective.mention:
            mentions[perspective.source.id].append(perspective.mention)
    predictions = []
    for sentence in document.sentences:
        perspective = sentence.perspective
        source = perspective.source if perspective else None
        mention = perspective.mention if perspective else None
        antecedent = None
        if source and mention is None and mentions[source.id]:
            antecedent = min(mentions[source.id], key=lambda span: abs(span.start - sentence.start))
        predictions.append(
            Prediction(
                start=sentence.start,
                end=sentence.end,
                type_scores={name: float(name in sentence.types) for name in TYPES},
                author_score=float(source is None),
                mention=mention,
                antecedent=antecedent,
                name_mention=None,
                mention_score=float(mention is not None or antecedent is not None),
                name_score=0.0,
                kind_scores={
                    kind: float(source is not None and kind == source.kind) for kind in KINDS
                },
                spans=tuple(
                    span
                    for span in document.spans()
                    if span.label in SPAN_LABELS and sentence.start <= span.start < sentence.end
                ),
            )
        )
    return predictions
