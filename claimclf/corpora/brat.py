"""Brat standoff as PolNeAR lays it out: text and `.ann` files → `Document`s, and back.

PolNeAR keeps `text/NAME.txt` beside `attributions/NAME_ANNOTATOR.ann`; brat itself keeps `NAME.txt`
and `NAME.ann` in one folder. Both are read, in any depth of folders. An attribution is an event
(`E1 Attribution:T4 Source:T1 Cue:T2 Content:T3`) or a set of relations (`R1 … Arg1:T1 Arg2:T2`)
around one cue. Other annotations (attributes, notes, types of text span) are passed over.

Formats: https://brat.nlplab.org/standoff.html, https://github.com/networkdynamics/PolNeAR
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias
from urllib.parse import quote, unquote

from claimclf.corpora.attributions import sentences_from_attributions
from claimclf.corpora.problems import OnError, Problem, check_on_error, log_rejects
from claimclf.documents import Attribution, Document, Span
from claimclf.labels import SPAN_LABELS
from claimclf.segmentation import split_sentences

_SPAN_LINE = re.compile(r"(T\S+)\t(\S+) (\d+ \d+(?:;\d+ \d+)*)(?:\t(.*))?")
_LINK_LINE = re.compile(r"[ER]\S*\t(\S+(?: \S+)*) ?")

_Marked: TypeAlias = tuple[str, tuple[Span, ...]]
"""Lower-case label and fragments of one text-bound annotation."""


def read_brat(
    folder: str | Path, *, on_error: OnError = "raise", rejects: list[Problem] | None = None
) -> Iterator[Document]:
    """Read every `.ann` file under a folder, in order of their paths, with the text beside it.

    A text that several annotators marked gives one document for each of them: the document's id is
    the name of the `.ann` file, and `metadata["annotator"]` its ending where the text's name lacks
    it. Sentences come from `claimclf.segmentation`.

    Args:
        folder: PolNeAR's `data`, one of its parts such as `data/dev`, or any brat folder.
        on_error: `"raise"` stops at the first bad file; `"skip"` logs how many were left out.
        rejects: With `"skip"`, files that are left out are appended here while reading.

    Raises:
        FileNotFoundError: If there is no `.ann` file under the folder; at once.
        ValueError: If `on_error` is unknown, or, while reading, a bad file may not be skipped.
    """
    check_on_error(on_error)
    folder = Path(folder)
    annotation_paths = sorted(folder.rglob("*.ann"))
    if not annotation_paths:
        raise FileNotFoundError(
            f"There is no .ann file under {folder}. Expected brat standoff, such as PolNeAR's "
            "text/NAME.txt and attributions/NAME_ANNOTATOR.ann."
        )
    return _documents(folder, annotation_paths, on_error, [] if rejects is None else rejects)


def write_brat(documents: Iterable[Document], folder: str | Path) -> int:
    """Write texts and attributions in PolNeAR's layout; return how many documents there were.

    Brat holds no sentences, types or named sources; use `write_jsonl` to keep them. A document's
    id, percent-encoded, is the name of its files.

    Raises:
        ValueError: If a document has no id, the id of an earlier one, or `attributions` of None.
    """
    folder = Path(folder)
    for name in ("text", "attributions"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    written: set[str] = set()
    for document in documents:
        if not document.id or document.id in written:
            raise ValueError(
                f"Document {document.id!r}: brat files need an id that no other document has."
            )
        if document.attributions is None:
            raise ValueError(
                f"Document {document.id!r} has no marked attributions (None), so there is nothing "
                "to write. Use `write_jsonl` for types and perspectives."
            )
        name = quote(document.id, safe=" ")
        written.add(document.id)
        _write(folder / "text" / f"{name}.txt", document.text)
        lines = _annotation_lines(document.text, document.attributions)
        _write(folder / "attributions" / f"{name}.ann", "".join(f"{line}\n" for line in lines))
    return len(written)


def _documents(
    folder: Path, paths: Sequence[Path], on_error: OnError, rejects: list[Problem]
) -> Iterator[Document]:
    """The reading itself, apart so that `read_brat` can complain about its arguments at once."""
    num_before = len(rejects)
    for path in paths:
        try:
            document = _document(path)
        except _BadLine as error:
            reject = Problem(error.line, unquote(path.stem), "error", str(error))
            if on_error == "raise":
                raise ValueError(f"{path}, {reject}") from error
            rejects.append(reject)
        else:
            yield document
    log_rejects(folder, rejects[num_before:], len(paths))


class _BadLine(ValueError):
    """Something is wrong with one line of an annotation file."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


def _document(path: Path) -> Document:
    """One annotation file with the text that it belongs to."""
    text_path = _text_path(path)
    text = _read(text_path)
    attributions = parse_annotations(text, _read(path))
    sentences, sources = sentences_from_attributions(text, split_sentences(text), attributions)
    annotator = path.stem.removeprefix(text_path.stem).removeprefix("_")
    return Document(
        text=text,
        sentences=sentences,
        sources=sources,
        attributions=attributions,
        id=unquote(path.stem),
        metadata={"annotator": annotator} if annotator else {},
    )


def _text_path(path: Path) -> Path:
    """The text of an annotation file: beside it or in `../text`, with or without the annotator."""
    for name in (path.stem, path.stem.rpartition("_")[0]):
        for folder in (path.parent, path.parent.parent / "text"):
            if name and (folder / f"{name}.txt").is_file():
                return folder / f"{name}.txt"
    raise _BadLine(
        1,
        f"No text for it: expected {path.stem}.txt beside it or in {path.parent.parent / 'text'}.",
    )


def parse_annotations(text: str, annotations: str) -> tuple[Attribution, ...]:
    """Read the lines of one `.ann` file.

    Raises:
        ValueError: If a line has no known form, a span does not fit the text, or a link has no end.
    """
    marked: dict[str, _Marked] = {}
    links: list[tuple[int, list[tuple[str, str]]]] = []
    for number, line in enumerate(annotations.split("\n"), start=1):
        line = line.rstrip("\r")
        if line.startswith("T"):
            key, value = _text_bound(number, line, text)
            marked[key] = value
        elif line.startswith(("E", "R")):
            links.append((number, _roles(number, line)))
    for number, roles in links:
        for _, key in roles:
            if key not in marked and key.startswith("T"):
                raise _BadLine(number, f"{key} is linked, but no T line defines it.")
    # Other annotations may be linked as well; they mark no words.
    links = [(n, [(role, key) for role, key in roles if key in marked]) for n, roles in links]
    events = [_attribution(roles, marked) for _, roles in links if not _is_relation(roles)]
    relations = [[key for _, key in roles] for _, roles in links if _is_relation(roles)]
    return (*(item for item in events if item.labeled_spans()), *_joined(relations, marked))


def _text_bound(number: int, line: str, text: str) -> tuple[str, _Marked]:
    """Key, label and fragments of a `T1<tab>Label 0 5;9 12<tab>words` line."""
    match = _SPAN_LINE.fullmatch(line)
    if not match:
        raise _BadLine(number, f"Expected `T1<tab>Label 0 5<tab>words`, got {line!r:.80}.")
    key, label, ranges, words = match.groups()
    offsets = [[int(offset) for offset in pair.split()] for pair in ranges.split(";")]
    for start, end in offsets:
        if not start < end <= len(text):
            raise _BadLine(
                number, f"{key} [{start}, {end}) must lie inside the text (0 to {len(text)})."
            )
    spans = tuple(Span(start, end) for start, end in offsets)
    found = " ".join(span.of(text) for span in spans)
    if words is not None and found.split() != words.split():
        raise _BadLine(
            number,
            f"{key} should read {words!r:.60}, but the text has {found!r:.60} there. Is it the "
            "right text, with its line ends as they were?",
        )
    return key, (label.lower(), spans)


def _roles(number: int, line: str) -> list[tuple[str, str]]:
    """Lower-case roles, without the digit that brat adds to a repeated one, and keys of a link."""
    match = _LINK_LINE.fullmatch(line.rstrip())
    roles = [part.rpartition(":") for part in match[1].split()] if match else []
    links = [(role.lower().rstrip("0123456789"), key) for role, colon, key in roles if colon]
    if not links:
        raise _BadLine(
            number, f"Expected `E1<tab>Attribution:T1 Role:T2` or `R1<tab>…`, got {line!r:.80}."
        )
    return links


def _is_relation(roles: Sequence[tuple[str, str]]) -> bool:
    return all(role == "arg" for role, _ in roles)


def _attribution(roles: Iterable[tuple[str, str]], marked: Mapping[str, _Marked]) -> Attribution:
    """The spans that are linked by their roles; roles such as an event's trigger have no part."""
    return Attribution(
        **{
            label: tuple(span for role, key in roles if role == label for span in marked[key][1])
            for label in SPAN_LABELS
        }
    )


def _joined(
    relations: Sequence[Sequence[str]], marked: Mapping[str, _Marked]
) -> Iterator[Attribution]:
    """Attributions from pairwise relations: all that is linked to one cue, else to one content."""
    anchors: dict[str, dict[str, None]] = {}
    for label in ("cue", "content"):
        for keys in relations:
            found = [key for key in keys if marked[key][0] == label]
            taken = [a for a, members in anchors.items() if any(key in members for key in found)]
            for anchor in taken or found[:1]:
                anchors.setdefault(anchor, {}).update(dict.fromkeys(keys))
    for members in anchors.values():
        yield _attribution([(marked[key][0], key) for key in members], marked)


def _annotation_lines(text: str, attributions: Iterable[Attribution]) -> Iterator[str]:
    """The lines that `parse_annotations` reads back."""
    num_spans = 0
    for number, attribution in enumerate(attributions, start=1):
        has_source = bool(attribution.source)
        event = "Attribution" if has_source else "Attribution-no-source"
        roles = {label.capitalize(): getattr(attribution, label) for label in SPAN_LABELS}
        links = []
        # Brat hangs an event on words of the text, its trigger; PolNeAR repeats the cue.
        trigger = attribution.cue or attribution.content or attribution.source
        for role, spans in ((event, trigger), *roles.items()):
            if not spans:
                continue
            num_spans += 1
            ranges = ";".join(f"{span.start} {span.end}" for span in spans)
            words = " ".join(" ".join(span.of(text).split()) for span in spans)
            yield f"T{num_spans}\t{role} {ranges}\t{words}"
            links.append(f"{role}:T{num_spans}")
        if links:
            yield f"E{number}\t{' '.join(links)}"


def _read(path: Path) -> str:
    """A file's text with its line ends as they are: offsets count them."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return file.read()
    except UnicodeDecodeError as error:
        raise _BadLine(1, f"{path.name} is not UTF-8: {error.reason} at {error.start}.") from error


def _write(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(text)
