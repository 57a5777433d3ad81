"""One record of a corpus file → one `Document`: every record shape goes through here.

A record is what one line of JSON holds. Its fields decide how it is read, not the corpus that it comes from:

* `text`, and `id` or `doc_id`; every other key that is not named here goes to `Document.metadata`;
* `sentences`: `{"start", "end"}` with, if annotated, `types`, `source` (`"author"`, a key of `sources`, or null where
  nobody decided it) and `mention`; a record without the key is cut into sentences by `claimclf.segmentation`;
* `sources`: key → `{"name", "kind", "party"}`;
* `attributions`: `{"source", "cue", "content"}` lists of spans, with an optional `source_name`; where the sentences
  carry neither `types` nor `source`, they decide both (see `claimclf.corpora.attributions`);
* `known_types`, of the record or of one sentence: the types that the annotators decided, if not the reader's `types`.

Records that `Document.to_dict` wrote (their `sources` is a list) are read by `Document.from_dict`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final, Literal, TypeAlias

from claimclf.corpora.attributions import sentences_from_attributions
from claimclf.documents import (
    Attribution,
    Document,
    LabeledSpan,
    Perspective,
    Sentence,
    Source,
    Span,
    clip_spans,
)
from claimclf.labels import AUTHOR, KINDS, SOURCE, SPAN_LABELS, TYPES, UNRESOLVED

Level: TypeAlias = Literal["error", "warning"]
"""An error makes a record unreadable; a warning is worth a look."""

Finding: TypeAlias = tuple[Level, str]
"""What is wrong with a record, without its place in a file."""

_STRUCTURE: Final = frozenset(
    {"id", "doc_id", "text", "sentences", "sources", "attributions", "known_types"}
)


def document_from_record(
    record: Any, *, types: Sequence[str] = TYPES, default_id: str = ""
) -> Document:
    """Read one record of any shape.

    Args:
        record: What `json.loads` made of one line.
        types: The types that annotators decided, in schema order, where the record declares no `known_types`.
        default_id: The document's id where the record has none.

    Raises:
        ValueError: If the record has any error; the message names all of them.
    """
    errors = [
        message for level, message in record_findings(record, types=types) if level == "error"
    ]
    if errors:
        raise ValueError(" ".join(errors))
    if _is_written_document(record):
        return Document.from_dict(record)

    text: str = record["text"]
    attributions = _attributions(record)
    raw_sentences = record.get("sentences")
    if raw_sentences is None:
        from claimclf.segmentation import split_sentences

        raw_sentences = [{"start": span.start, "end": span.end} for span in split_sentences(text)]
    if attributions is not None and not any(
        "types" in sentence or "source" in sentence for sentence in raw_sentences
    ):
        sentences, sources = sentences_from_attributions(
            text,
            [Span(sentence["start"], sentence["end"]) for sentence in raw_sentences],
            attributions,
            names=[item.get("source_name") for item in record["attributions"]],
        )
    else:
        sources = _sources(record, raw_sentences)
        by_id = {source.id: source for source in sources}
        spans = {span for item in attributions or () for span in item.labeled_spans()}
        sentences = tuple(
            _sentence(text, sentence, by_id, record.get("known_types", types), spans)
            for sentence in raw_sentences
        )
    return Document(
        text=text,
        sentences=sentences,
        sources=sources,
        attributions=attributions,
        id=str(record_id(record) or default_id),
        metadata={key: value for key, value in record.items() if key not in _STRUCTURE},
    )


def record_id(record: Any) -> str | None:
    """The id that a record gives its document, None where it gives none."""
    if not isinstance(record, Mapping):
        return None
    found = record.get("doc_id", record.get("id"))
    return None if found is None else str(found)


def record_findings(record: Any, *, types: Sequence[str] = TYPES) -> Iterator[Finding]:
    """Say everything that is wrong with a record; nothing when it is sound.

    Args:
        record: What `json.loads` made of one line.
        types: The types that a sentence may have where the record declares no `known_types`.
    """
    if not isinstance(record, Mapping):
        yield "error", f"Expected a JSON object, got {_form(record)}."
        return
    text = record.get("text")
    if not isinstance(text, str):
        got = "no such key" if "text" not in record else _form(text)
        yield (
            "error",
            f"'text' must be a string, got {got}; the record's keys are {sorted(record)}.",
        )
        return
    if not text.strip():
        yield "warning", "The text is empty."
    surrogate = next((i for i, char in enumerate(text) if "\ud800" <= char <= "\udfff"), None)
    if surrogate is not None:
        yield (
            "error",
            f"The text holds half of a surrogate pair at character {surrogate}, which is no Unicode character; "
            "write the whole character.",
        )
    yield from _source_findings(record, len(text))
    yield from _sentence_findings(record, text, types)
    yield from _attribution_findings(record, len(text))


# --- reading, once the record is known to be sound ---------------------------------------------------------------


def _is_written_document(record: Mapping[str, Any]) -> bool:
    """Whether `Document.to_dict` wrote the record."""
    return isinstance(record.get("sources"), list)


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
    """The record's sources with the mentions that its sentences give, by first use; unused ones come last."""
    mentions: dict[str, list[Span]] = {}
    for sentence in raw_sentences:
        key = sentence.get("source")
        if key is not None and key != AUTHOR:
            found = mentions.setdefault(key, [])
            if sentence.get("mention") is not None:
                found.append(Span(*sentence["mention"]))
    raw_sources: Mapping[str, Any] = record.get("sources") or {}
    in_order = [*mentions, *(key for key in raw_sources if key not in mentions)]
    return tuple(
        Source(
            id=key,
            name=raw_sources[key]["name"],
            kind=raw_sources[key].get("kind"),
            party=raw_sources[key].get("party"),
            mentions=tuple(sorted(set(mentions.get(key, ())))),
        )
        for key in in_order
    )


def _sentence(
    text: str,
    raw: Mapping[str, Any],
    sources: Mapping[str, Source],
    record_types: Sequence[str],
    spans: Collection[LabeledSpan],
) -> Sentence:
    """One sentence with the labels that it carries itself."""
    known_types = tuple(raw.get("known_types", record_types)) if "types" in raw else ()
    source = raw.get("source")
    mention = raw.get("mention")
    perspective = None
    if source == AUTHOR:
        perspective = Perspective(AUTHOR)
    elif source is not None:
        perspective = Perspective(
            SOURCE, sources[source], mention=None if mention is None else Span(*mention)
        )
    return Sentence(
        start=raw["start"],
        end=raw["end"],
        text=text[raw["start"] : raw["end"]],
        types=tuple(name for name in known_types if name in raw["types"]),
        perspective=perspective,
        spans=clip_spans(spans, Span(raw["start"], raw["end"])),
        known_types=known_types,
    )


# --- checking: nothing about the record's form is taken for granted ---------------------------------------------


def _source_findings(record: Mapping[str, Any], num_characters: int) -> Iterator[Finding]:
    sources = record.get("sources")
    if sources is None:
        return
    if not isinstance(sources, Mapping | list):
        yield (
            "error",
            f"'sources' must map keys to {{'name', 'kind', 'party'}}, got {_form(sources)}.",
        )
        return
    items = _source_items(record)
    for key, source in items:
        if not isinstance(source, Mapping) or not isinstance(source.get("name"), str):
            yield (
                "error",
                f"Source {key!r} must be an object with a 'name' string, got {source!r:.80}.",
            )
            continue
        if not source["name"].strip():
            yield "warning", f"Source {key!r} has an empty name."
        kind = source.get("kind")
        if kind is not None and kind not in KINDS:
            yield "error", f"Source {key!r}: unknown kind {kind!r}; expected one of {list(KINDS)}."
        party = source.get("party")
        if party is not None and not isinstance(party, str):
            yield "error", f"Source {key!r}: 'party' must be a string or null, got {_form(party)}."
        for pair in source.get("mentions") or ():
            yield from _span_findings(pair, f"Source {key!r}: mention", num_characters)
    for key in _repeated([key for key, _ in items]):
        yield "error", f"Source {key!r} is defined more than once."
    used = {_perspective(sentence)[0] for sentence in _sentence_items(record)}
    is_labelled = any("source" in sentence for sentence in _sentence_items(record))
    for key, _ in items:
        if key == AUTHOR:
            yield (
                "error",
                f"A source may not have the key {AUTHOR!r}: it means the article's own voice.",
            )
        elif is_labelled and key not in used:
            yield "warning", f"Source {key!r} is defined, but no sentence carries its perspective."


def _sentence_findings(
    record: Mapping[str, Any], text: str, types: Sequence[str]
) -> Iterator[Finding]:
    sentences = record.get("sentences")
    if sentences is None and not _is_written_document(record):
        return
    if not isinstance(sentences, list):
        yield (
            "error",
            f"'sentences' must be a list of {{'start', 'end', …}}, got {_form(sentences)}.",
        )
        return
    if not sentences and text.strip():
        yield (
            "warning",
            "'sentences' is an empty list; leave the key out to have the text cut into sentences.",
        )
    keys = {key for key, _ in _source_items(record)}
    previous_end = 0
    for index, sentence in enumerate(sentences):
        if not isinstance(sentence, Mapping) or not all(
            _is_offset(sentence.get(k)) for k in ("start", "end")
        ):
            yield (
                "error",
                f"Sentence {index} must be an object with whole numbers 'start' and 'end', got {sentence!r:.80}.",
            )
            continue
        start, end = sentence["start"], sentence["end"]
        where = f"Sentence {index} [{start}, {end})"
        if not 0 <= start < end <= len(text):
            yield (
                "error",
                f"{where} must be non-empty and inside the text (0 to {len(text)} characters).",
            )
        else:
            if start < previous_end:
                yield (
                    "error",
                    f"{where} starts before the sentence before it ends, at {previous_end}.",
                )
            if "text" in sentence and sentence["text"] != text[start:end]:
                yield (
                    "error",
                    f"{where} covers {text[start:end]!r:.60}, but its 'text' is {sentence['text']!r:.60}.",
                )
        previous_end = max(previous_end, end)
        yield from _type_findings(record, sentence, where, types)
        yield from _perspective_findings(sentence, where, keys)


def _type_findings(
    record: Mapping[str, Any], sentence: Mapping[str, Any], where: str, types: Sequence[str]
) -> Iterator[Finding]:
    known = sentence.get("known_types", record.get("known_types", types))
    found = sentence.get("types", [])
    for key, value in (("known_types", known), ("types", found)):
        if not isinstance(value, list | tuple) or not all(isinstance(name, str) for name in value):
            yield "error", f"{where}: '{key}' must be a list of strings, got {value!r:.80}."
            return
    for name in found:
        if name not in known:
            yield (
                "error",
                f"{where}: unknown type {name!r}; expected one of {list(known)}. For types of your own, give the "
                "record a 'known_types' list, or pass `types=` to the reader.",
            )
    for name in _repeated(found):
        yield "warning", f"{where}: type {name!r} is listed more than once."


def _perspective_findings(
    sentence: Mapping[str, Any], where: str, source_keys: set[Any]
) -> Iterator[Finding]:
    key, mention = _perspective(sentence)
    if key is not None and key != AUTHOR and key not in source_keys:
        yield (
            "error",
            f"{where}: unknown source {key!r}; expected {AUTHOR!r} or one of {sorted(map(str, source_keys))}.",
        )
    if mention is None:
        return
    if key is None or key == AUTHOR:
        yield "error", f"{where} has a mention {mention!r}, but no source that it could be of."
    if not _is_pair(mention) or not sentence["start"] <= mention[0] < mention[1] <= sentence["end"]:
        yield (
            "error",
            f"{where}: the mention must be a non-empty [start, end] inside the sentence, got {mention!r}.",
        )


def _attribution_findings(record: Mapping[str, Any], num_characters: int) -> Iterator[Finding]:
    attributions = record.get("attributions")
    if attributions is None:
        return
    if not isinstance(attributions, list):
        yield (
            "error",
            f"'attributions' must be a list of {{'source', 'cue', 'content'}}, got {_form(attributions)}.",
        )
        return
    for index, item in enumerate(attributions):
        if not isinstance(item, Mapping):
            yield "error", f"Attribution {index} must be an object, got {_form(item)}."
            continue
        for label in SPAN_LABELS:
            pairs = item.get(label) or []
            if not isinstance(pairs, list):
                yield (
                    "error",
                    f"Attribution {index}: '{label}' must be a list of [start, end], got {_form(pairs)}.",
                )
                continue
            for pair in pairs:
                yield from _span_findings(
                    pair, f"Attribution {index}: {label} span", num_characters
                )
        if not item.get("content"):
            yield "warning", f"Attribution {index} has no content."


def _span_findings(pair: Any, what: str, num_characters: int) -> Iterator[Finding]:
    if not _is_pair(pair) or not 0 <= pair[0] < pair[1] <= num_characters:
        yield (
            "error",
            f"{what} must be a non-empty [start, end] inside the text (0 to {num_characters} characters), "
            f"got {pair!r:.80}.",
        )


def _source_items(record: Mapping[str, Any]) -> list[tuple[Any, Any]]:
    """Key and value of every source, whichever way the record writes them."""
    sources = record.get("sources")
    if isinstance(sources, Mapping):
        return list(sources.items())
    if isinstance(sources, list):
        return [
            (source.get("id") if isinstance(source, Mapping) else None, source)
            for source in sources
        ]
    return []


def _sentence_items(record: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The sentences that have the form of one."""
    sentences = record.get("sentences")
    return [s for s in sentences if isinstance(s, Mapping)] if isinstance(sentences, list) else []


def _perspective(sentence: Mapping[str, Any]) -> tuple[Any, Any]:
    """A sentence's source key and mention, whichever way the record writes them."""
    perspective = sentence.get("perspective")
    if not isinstance(perspective, Mapping):
        return sentence.get("source"), sentence.get("mention")
    status = perspective.get("status")
    key = None if status == UNRESOLVED else perspective.get("source") or status
    return key, perspective.get("mention")


def _is_offset(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_pair(value: Any) -> bool:
    return isinstance(value, list | tuple) and len(value) == 2 and all(map(_is_offset, value))


def _repeated(values: Sequence[Any]) -> list[Any]:
    """Every value that occurs more than once, once."""
    return [value for value, count in Counter(map(str, values)).items() if count > 1]


def _form(value: Any) -> str:
    """What a JSON value is, for an error message."""
    return "null" if value is None else f"a {type(value).__name__}"
