"""Documents as plain lists and dictionaries, ready for JSON, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from claimclf.documents import (
    Attribution,
    Document,
    LabeledSpan,
    Perspective,
    Sentence,
    Source,
    Span,
)
from claimclf.labels import SPAN_LABELS


def document_to_dict(document: Document) -> dict[str, Any]:
    """The JSON form of a document: offsets are `[start, end]` pairs, sources referred to by id."""
    return {
        "id": document.id,
        "text": document.text,
        "metadata": dict(document.metadata),
        "sentences": [_sentence_to_dict(sentence) for sentence in document.sentences],
        "sources": [
            {
                "id": source.id,
                "name": source.name,
                "kind": source.kind,
                "party": source.party,
                "mentions": _to_pairs(source.mentions),
            }
            for source in document.sources
        ],
        "attributions": None
        if document.attributions is None
        else [
            {label: _to_pairs(getattr(attribution, label)) for label in SPAN_LABELS}
            for attribution in document.attributions
        ],
    }


def _sentence_to_dict(sentence: Sentence) -> dict[str, Any]:
    perspective = sentence.perspective
    return {
        "start": sentence.start,
        "end": sentence.end,
        "text": sentence.text,
        "types": list(sentence.types),
        "scores": dict(sentence.scores),
        "known_types": list(sentence.known_types),
        "perspective": None
        if perspective is None
        else {
            "status": perspective.status,
            "source": None if perspective.source is None else perspective.source.id,
            "mention": _to_pair(perspective.mention),
            "antecedent": _to_pair(perspective.antecedent),
            "score": perspective.score,
        },
        "spans": [
            {"start": span.start, "end": span.end, "label": span.label} for span in sentence.spans
        ],
    }


def document_from_dict(record: Mapping[str, Any]) -> Document:
    """Inverse of `document_to_dict`.

    Raises:
        ValueError: If a required key is missing or a value has the wrong form.
    """
    if not isinstance(record, Mapping):
        raise ValueError(
            f"Expected a record as `Document.to_dict` writes it, got {type(record).__name__}."
        )
    try:
        sources = tuple(
            Source(
                id=source["id"],
                name=source["name"],
                kind=source.get("kind"),
                party=source.get("party"),
                mentions=_to_spans(source.get("mentions", ())),
            )
            for source in record.get("sources", ())
        )
        by_id = {source.id: source for source in sources}
        attributions = record.get("attributions")
        return Document(
            text=record["text"],
            sentences=tuple(_sentence_from_dict(item, by_id) for item in record["sentences"]),
            sources=sources,
            attributions=None
            if attributions is None
            else tuple(
                Attribution(**{label: _to_spans(item.get(label, ())) for label in SPAN_LABELS})
                for item in attributions
            ),
            id=record.get("id", ""),
            metadata={**record.get("metadata", {})},
        )
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(
            f"Expected a record as `Document.to_dict` writes it, got one that fails with "
            f"{error!r}; its keys are {list(record)}."
        ) from error


def _sentence_from_dict(item: Mapping[str, Any], sources: Mapping[str, Source]) -> Sentence:
    perspective = item.get("perspective")
    return Sentence(
        start=item["start"],
        end=item["end"],
        text=item["text"],
        types=tuple(item.get("types", ())),
        scores=dict(item.get("scores", {})),
        perspective=None if perspective is None else _perspective_from_dict(perspective, sources),
        spans=tuple(
            LabeledSpan(span["start"], span["end"], span["label"]) for span in item.get("spans", ())
        ),
        known_types=tuple(item.get("known_types", ())),
    )


def _perspective_from_dict(item: Mapping[str, Any], sources: Mapping[str, Source]) -> Perspective:
    source_id = item.get("source")
    return Perspective(
        status=item["status"],
        source=None if source_id is None else sources[source_id],
        mention=_to_span(item.get("mention")),
        antecedent=_to_span(item.get("antecedent")),
        score=item.get("score"),
    )


def _to_pair(span: Span | None) -> list[int] | None:
    return None if span is None else [span.start, span.end]


def _to_pairs(spans: Iterable[Span]) -> list[list[int]]:
    return [[span.start, span.end] for span in spans]


def _to_span(pair: Any) -> Span | None:
    return None if pair is None else Span(*pair)


def _to_spans(pairs: Any) -> tuple[Span, ...]:
    return tuple(Span(*pair) for pair in pairs)
