"""One record of a corpus file → one `Document`: every record shape goes through here.

A record is what one line of JSON holds. Its fields decide how it is read, not its corpus:

* `text`, and `id` or `doc_id`. Keys that are not named here go to `Document.metadata`.
* `sentences`: `{"start", "end"}` and, if annotated, `types`, `source` (`"author"`, a key of
  `sources`, or null where nobody decided it) and `mention` (`[start, end]` or null;
  one that cuts a word is moved, see `claimclf.corpora.mentions`). A record without the key is cut
  into sentences by `claimclf.segmentation`.
* `sources`: an object, key → `{"name", "kind", "party"}`.
* `attributions`: lists of `[start, end]` under `source`, `cue` and `content`, with an optional
  `source_name`. Where no sentence has `types` or `source`, the attributions decide both, see
  `claimclf.corpora.attributions`.
* `known_types`, of the record or of a sentence: the types that the annotators decided, in schema
  order; without it, the reader's `types`. A sentence without `types` has no known types.

Records that `Document.to_dict` wrote (their `sources` is a list) are read by `Document.from_dict`.
A record that mixes the two shapes is refused: some of its labels would be lost.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from claimclf.corpora.attributions import sentences_from_attributions
from claimclf.corpora.findings import is_written_document, record_findings
from claimclf.corpora.mentions import whole_word_mention
from claimclf.documents import (
    Attribution,
    Document,
    LabeledSpan,
    Perspective,
    Sentence,
    Source,
    Span,
    distinct_spans,
    spans_by_sentence,
)
from claimclf.labels import AUTHOR, SOURCE, SPAN_LABELS, TYPES
from claimclf.segmentation import split_sentences

STRUCTURE: Final = frozenset(
    {"id", "doc_id", "text", "sentences", "sources", "attributions", "known_types"}
)
"""Keys of a record that are not metadata."""


def document_from_record(
    record: Any, *, types: Sequence[str] = TYPES, default_id: str = ""
) -> Document:
    """Read one record of any shape.

    Args:
        record: What `json.loads` made of one line.
        types: The types that annotators decided, where the record declares no `known_types`.
        default_id: The document's id where the record has none.

    Raises:
        ValueError: If the record has any error; the message names all of them.
    """
    findings = record_findings(record, types=types)
    errors = [finding.message for finding in findings if finding.level == "error"]
    if errors:
        raise ValueError(" ".join(errors))
    if is_written_document(record):
        return Document.from_dict({**record, "id": record_id(record) or default_id})
    text: str = record["text"]
    raw_sentences = _raw_sentences(record)
    sentence_spans = [Span(sentence["start"], sentence["end"]) for sentence in raw_sentences]
    attributions = _attributions(record)
    if attributions is not None and not any(
        "types" in sentence or "source" in sentence for sentence in raw_sentences
    ):
        sentences, sources = sentences_from_attributions(
            text,
            sentence_spans,
            attributions,
            names=[item.get("source_name") for item in record["attributions"]],
        )
    else:
        sources = _sources(record, raw_sentences)
        by_id = {source.id: source for source in sources}
        record_types = record.get("known_types", types)
        spans = spans_by_sentence(sentence_spans, distinct_spans(attributions or ()))
        sentences = tuple(
            _sentence(text, raw, by_id, record_types, inside)
            for raw, inside in zip(raw_sentences, spans, strict=True)
        )
    return Document(
        text=text,
        sentences=sentences,
        sources=sources,
        attributions=attributions,
        id=record_id(record) or default_id,
        metadata={key: value for key, value in record.items() if key not in STRUCTURE},
    )


def record_id(record: Any) -> str | None:
    """The id that a record gives its document; None where it gives none."""
    if not isinstance(record, Mapping):
        return None
    found = record.get("doc_id", record.get("id"))
    return None if found is None else str(found)


def _raw_sentences(record: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The record's sentences, or those that segmentation finds."""
    if record.get("sentences") is not None:
        sentences: list[Mapping[str, Any]] = record["sentences"]
        return sentences
    return [{"start": span.start, "end": span.end} for span in split_sentences(record["text"])]


def _mention(text: str, raw: Mapping[str, Any]) -> Span | None:
    """The source's words in a sentence, cutting no word."""
    if raw.get("mention") is None:
        return None
    return whole_word_mention(text, Span(raw["start"], raw["end"]), Span(*raw["mention"]))


def _attributions(record: Mapping[str, Any]) -> tuple[Attribution, ...] | None:
    """The record's attributions; None where nobody marked any."""
    if record.get("attributions") is None:
        return None
    return tuple(
        Attribution(
            **{label: tuple(Span(*pair) for pair in item.get(label) or ()) for label in SPAN_LABELS}
        )
        for item in record["attributions"]
    )


def _sources(
    record: Mapping[str, Any], raw_sentences: Sequence[Mapping[str, Any]]
) -> tuple[Source, ...]:
    """The record's sources by first use, with the mentions in its sentences; unused ones last."""
    mentions: dict[str, list[Span]] = {}
    for sentence in raw_sentences:
        key = sentence.get("source")
        if key is not None and key != AUTHOR:
            mention = _mention(record["text"], sentence)
            mentions.setdefault(key, []).extend([mention] if mention else [])
    raw_sources: Mapping[str, Any] = record.get("sources") or {}
    return tuple(
        Source(
            id=key,
            name=raw_sources[key]["name"],
            kind=raw_sources[key].get("kind"),
            party=raw_sources[key].get("party"),
            mentions=tuple(mentions.get(key, ())),
        )
        for key in [*mentions, *(key for key in raw_sources if key not in mentions)]
    )


def _sentence(
    text: str,
    raw: Mapping[str, Any],
    sources: Mapping[str, Source],
    record_types: Sequence[str],
    spans: tuple[LabeledSpan, ...],
) -> Sentence:
    """One sentence with the labels that it carries itself."""
    span = Span(raw["start"], raw["end"])
    known_types = tuple(raw.get("known_types", record_types)) if "types" in raw else ()
    key = raw.get("source")
    perspective = None
    if key == AUTHOR:
        perspective = Perspective(AUTHOR)
    elif key is not None:
        perspective = Perspective(SOURCE, sources[key], mention=_mention(text, raw))
    return Sentence(
        start=span.start,
        end=span.end,
        text=span.of(text),
        types=tuple(name for name in known_types if name in raw["types"]),
        perspective=perspective,
        spans=spans,
        known_types=known_types,
    )
