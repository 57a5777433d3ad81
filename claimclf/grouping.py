"""Source, cue and content spans of a document → attributions: which of them belong together.

Step "perspectives" of the flow. Every cue opens one attribution; sources and contents join the cue
that stands nearest to them, without a boundary between if there is such a cue.
"""

from __future__ import annotations

from collections.abc import Sequence

from claimclf.documents import Attribution, LabeledSpan, Prediction, Span


def group_attributions(text: str, predictions: Sequence[Prediction]) -> tuple[Attribution, ...]:
    """Group the predicted spans of a document into attributions.

    Args:
        text: The whole document.
        predictions: One per sentence, in order of the text; content may run on into later ones.

    Returns:
        Attributions by their first span; the parts of a content that "said X" interrupts are one.
    """
    groups: list[Attribution] = []
    for prediction in predictions:
        groups.extend(_group_sentence(prediction.spans))
    return tuple(groups)


def _group_sentence(spans: Sequence[LabeledSpan]) -> list[Attribution]:
    """Attributions of the spans that start in one sentence."""
    anchors = [span for span in spans if span.label == "cue"]
    if not anchors:
        anchors = [span for span in spans if span.label == "source"]
    if not anchors:
        anchors = list(spans[:1])
    members: dict[LabeledSpan, list[LabeledSpan]] = {anchor: [anchor] for anchor in anchors}
    for span in spans:
        if span not in members:
            nearest = min(anchors, key=lambda anchor: _gap(anchor, span))
            members[nearest].append(span)
    return [
        Attribution(
            *(
                tuple(Span(span.start, span.end) for span in sorted(group) if span.label == label)
                for label in ("source", "cue", "content")
            )
        )
        for group in members.values()
    ]


def _gap(first: Span, second: Span) -> int:
    return max(first.start - second.end, second.start - first.end, 0)
