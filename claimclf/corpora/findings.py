"""What is wrong with one record of a corpus file, before it is read: takes nothing for granted.

`claimclf.corpora.records` says which fields a record may have. Readers turn the errors into one
message; `claimclf.corpora.check` lists errors and warnings with their line numbers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from claimclf.corpora.mentions import whole_word_mention
from claimclf.corpora.problems import Level
from claimclf.documents import Span, half_character
from claimclf.labels import AUTHOR, KINDS, SPAN_LABELS, TYPES, UNRESOLVED

_FORMS: Final[Mapping[type, str]] = {
    dict: "an object",
    list: "a list",
    str: "a string",
    bool: "a boolean",
    int: "a number",
    float: "a number",
    type(None): "null",
}
"""JSON's words for its values, for messages."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a record."""

    level: Level
    message: str
    """What was expected, what came, and where in the record."""


def record_findings(record: Any, *, types: Sequence[str] = TYPES) -> Iterator[Finding]:
    """Say everything that is wrong with a record; nothing when it is sound.

    Args:
        record: What `json.loads` made of one line.
        types: The types that a sentence may have where the record declares no `known_types`.
    """
    if not isinstance(record, Mapping):
        yield _error(f"Expected a JSON object, got {_form(record)}.")
        return
    text = record.get("text")
    if not isinstance(text, str):
        got = _form(text) if "text" in record else "no such key"
        yield _error(f"'text' must be a string, got {got}; the keys are {sorted(record)}.")
        return
    if not text.strip():
        yield _warning("The text is empty.")
    if problem := half_character(text):
        yield _error(problem)
    yield from _source_findings(record, len(text))
    yield from _sentence_findings(record, text, types)
    yield from _attribution_findings(record, len(text))


def is_written_document(record: Mapping[str, Any]) -> bool:
    """Whether `Document.to_dict` wrote the record."""
    return isinstance(record.get("sources"), list)


def _error(message: str) -> Finding:
    return Finding("error", message)


def _warning(message: str) -> Finding:
    return Finding("warning", message)


# Sources


def _source_findings(record: Mapping[str, Any], num_characters: int) -> Iterator[Finding]:
    sources = record.get("sources")
    if sources is not None and not isinstance(sources, Mapping | list):
        yield _error(f"'sources' must map keys to {{'name', 'kind'}}, got {_form(sources)}.")
    items = _source_items(record)
    for key, source in items:
        yield from _one_source_findings(key, source, num_characters)
    for key in _repeated([key for key, _ in items]):
        yield _error(f"Source {key!r} is defined more than once.")
    sentences = _sentence_items(record)
    if any("source" in sentence for sentence in sentences):
        used = [_perspective(sentence)[0] for sentence in sentences]
        for key, _ in items:
            if key not in used:
                yield _warning(f"Source {key!r} is defined, but no sentence has it.")


def _one_source_findings(key: Any, source: Any, num_characters: int) -> Iterator[Finding]:
    if not isinstance(key, str) or key == AUTHOR:
        yield _error(f"A source's key must be a string other than {AUTHOR!r}, got {key!r}.")
    if not isinstance(source, Mapping) or not isinstance(source.get("name"), str):
        yield _error(f"Source {key!r} must be an object with a string 'name', got {source!r:.80}.")
        return
    if not source["name"].strip():
        yield _warning(f"Source {key!r} has an empty name.")
    kind, party = source.get("kind"), source.get("party")
    if kind is not None and kind not in KINDS:
        yield _error(f"Source {key!r}: unknown kind {kind!r}; expected one of {list(KINDS)}.")
    if party is not None and not isinstance(party, str):
        yield _error(f"Source {key!r}: 'party' must be a string or null, got {_form(party)}.")
    yield from _span_findings(source.get("mentions"), f"Source {key!r}: mention", num_characters)


def _source_items(record: Mapping[str, Any]) -> list[tuple[Any, Any]]:
    """Key and value of every source, whichever way the record writes them."""
    sources = record.get("sources")
    if isinstance(sources, Mapping):
        return list(sources.items())
    if isinstance(sources, list):
        return [(s.get("id") if isinstance(s, Mapping) else None, s) for s in sources]
    return []


# Sentences


def _sentence_findings(
    record: Mapping[str, Any], text: str, types: Sequence[str]
) -> Iterator[Finding]:
    sentences = record.get("sentences")
    if not isinstance(sentences, list):
        if sentences is not None or is_written_document(record):
            yield _error(f"'sentences' must be a list of objects, got {_form(sentences)}.")
        return
    if text.strip() and not sentences:
        yield _warning("'sentences' is empty. Leave it out to have the text cut into sentences.")
    keys = [key for key, _ in _source_items(record)]
    previous_end = 0
    for index, sentence in enumerate(sentences):
        if not isinstance(sentence, Mapping) or not _is_pair(
            [sentence.get("start"), sentence.get("end")]
        ):
            yield _error(
                f"Sentence {index} must be an object with whole numbers 'start' and 'end', "
                f"got {sentence!r:.80}."
            )
            continue
        where = f"Sentence {index} [{sentence['start']}, {sentence['end']})"
        yield from _range_findings(sentence, where, text, previous_end)
        yield from _unread_findings(record, sentence, where)
        yield from _type_findings(record, sentence, where, types)
        yield from _perspective_findings(record, sentence, where, keys)
        previous_end = max(previous_end, sentence["end"])


def _range_findings(
    sentence: Mapping[str, Any], where: str, text: str, previous_end: int
) -> Iterator[Finding]:
    start, end = sentence["start"], sentence["end"]
    if not 0 <= start < end <= len(text):
        yield _error(f"{where} must be non-empty and inside the text (0 to {len(text)}).")
        return
    if start < previous_end:
        yield _error(
            f"{where} starts before {previous_end}, where an earlier sentence ends. Sentences "
            "must be in order and may not overlap."
        )
    if sentence.get("text", text[start:end]) != text[start:end]:
        yield _error(
            f"{where} covers {text[start:end]!r:.60}, but its 'text' is {sentence['text']!r:.60}."
        )
    if text[start:end] != text[start:end].strip():
        yield _warning(f"{where} begins or ends with white space.")


def _unread_findings(
    record: Mapping[str, Any], sentence: Mapping[str, Any], where: str
) -> Iterator[Finding]:
    """Labels that the reader of this kind of record would pass over."""
    if is_written_document(record):
        unread = [key for key in ("source", "mention") if sentence.get(key) is not None]
        if "types" in sentence and "known_types" not in sentence:
            unread.append("types (without 'known_types')")
        if unread:
            yield _error(
                f"{where} has {', '.join(unread)}, which nobody reads where 'sources' is a list, "
                "as `Document.to_dict` writes it. Write 'sources' as an object, "
                '{"s1": {"name": …}}, or the sentence as `Document.to_dict` does.'
            )
    elif sentence.get("perspective") is not None:
        yield _error(
            f"{where} has a 'perspective', which nobody reads where 'sources' is not a list, as "
            "`Document.to_dict` writes it. Give the sentence a 'source' and a 'mention'."
        )


def _type_findings(
    record: Mapping[str, Any], sentence: Mapping[str, Any], where: str, types: Sequence[str]
) -> Iterator[Finding]:
    is_written = is_written_document(record)
    default = () if is_written else record.get("known_types", types)
    known, found = sentence.get("known_types", default), sentence.get("types", [])
    for key, value in (("known_types", known), ("types", found)):
        if not isinstance(value, list | tuple) or not all(isinstance(name, str) for name in value):
            yield _error(f"{where}: '{key}' must be a list of strings, got {value!r:.80}.")
            return
    for name in found:
        if name not in known and is_written:
            yield _warning(
                f"{where}: type {name!r} is not one of its 'known_types', {list(known)}, so "
                "nothing is learned from it."
            )
        elif name not in known:
            yield _error(
                f"{where}: unknown type {name!r}; expected one of {list(known)}. For other types, "
                "give the record 'known_types', the reader `types=` or the command `--types`."
            )
    for name in _repeated(found):
        yield _warning(f"{where}: type {name!r} is listed more than once.")


def _perspective_findings(
    record: Mapping[str, Any], sentence: Mapping[str, Any], where: str, source_keys: Sequence[Any]
) -> Iterator[Finding]:
    text = record["text"]
    key, mention = _perspective(sentence)
    if key is not None and key != AUTHOR and key not in source_keys:
        yield _error(
            f"{where}: unknown source {key!r}; expected {AUTHOR!r} or one of {list(source_keys)}."
        )
    if mention is None:
        return
    if key is None or key == AUTHOR:
        yield _error(f"{where} has a mention {mention!r}, but no source that it could be of.")
    if not _is_pair(mention) or not sentence["start"] <= mention[0] < mention[1] <= sentence["end"]:
        yield _error(
            f"{where}: its mention must be a non-empty [start, end] inside it, got {mention!r:.80}."
        )
        return
    span = Span(*mention)
    if span.of(text) != span.of(text).strip():
        yield _warning(f"{where}: its mention {mention} begins or ends with white space.")
    moved = whole_word_mention(text, Span(sentence["start"], sentence["end"]), span)
    if moved != span and not is_written_document(record):
        yield _warning(
            f"{where}: its mention {mention} {span.of(text)!r:.40} cuts a word; it is read as "
            f"[{moved.start}, {moved.end}]."
        )


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


# Attributions and spans


def _attribution_findings(record: Mapping[str, Any], num_characters: int) -> Iterator[Finding]:
    attributions = record.get("attributions")
    if attributions is None:
        return
    if not isinstance(attributions, list):
        yield _error(f"'attributions' must be a list of objects, got {_form(attributions)}.")
        return
    for index, item in enumerate(attributions):
        if not isinstance(item, Mapping):
            yield _error(f"Attribution {index} must be an object, got {_form(item)}.")
            continue
        for label in SPAN_LABELS:
            where = f"Attribution {index}: {label} span"
            yield from _span_findings(item.get(label), where, num_characters)
        if not isinstance(item.get("source_name"), str | None):
            name = item["source_name"]
            yield _error(f"Attribution {index}: 'source_name' must be a string, got {_form(name)}.")
        if not item.get("content"):
            yield _warning(f"Attribution {index} has no content.")


def _span_findings(pairs: Any, what: str, num_characters: int) -> Iterator[Finding]:
    if pairs is not None and not isinstance(pairs, list | tuple):
        yield _error(f"{what}s must be a list of [start, end], got {_form(pairs)}.")
        return
    for pair in pairs or ():
        if not _is_pair(pair) or not 0 <= pair[0] < pair[1] <= num_characters:
            yield _error(
                f"{what} must be a non-empty [start, end] inside the text (0 to {num_characters}), "
                f"got {pair!r:.80}."
            )


def _is_pair(value: Any) -> bool:
    """Whether a value is two whole numbers (JSON's true and false are not)."""
    return (
        isinstance(value, list | tuple)
        and len(value) == 2
        and all(isinstance(offset, int) and not isinstance(offset, bool) for offset in value)
    )


def _repeated(values: Sequence[Any]) -> list[str]:
    """Every value that occurs more than once, once."""
    return [value for value, count in Counter(map(str, values)).items() if count > 1]


def _form(value: Any) -> str:
    """What a JSON value is, for a message."""
    return _FORMS.get(type(value), type(value).__name__)
