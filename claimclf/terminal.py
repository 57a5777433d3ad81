"""Documents → a table of their sentences and a summary, for a terminal or a plain text file.

Colour comes from the terminal's own palette and carries no meaning alone; rich leaves it out where
the output is no terminal or `NO_COLOR` is set.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from claimclf.documents import Document, Sentence
from claimclf.labels import SOURCE
from claimclf.tables import document_names, type_names
from claimclf.views import DocumentView, SentenceView, view_document

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

TYPE_STYLES: Final = ("blue", "magenta", "green", "yellow", "cyan", "red")
"""Colour of each type, in schema order; a seventh type starts over."""

NUM_VOICES: Final = 5
"""Voices that the summary names; the rest are counted."""


def print_documents(documents: Sequence[Document], console: Console) -> None:
    """Print each document's name, if there are several, its sentences, and its summary."""
    types = type_names(documents)
    for name, document in zip(document_names(documents), documents, strict=True):
        if len(documents) > 1:
            console.rule(plain(name), align="left", style="dim")
        view = view_document(document, types)
        if view.rows:
            console.print(sentence_table(document, view, width=console.width))
        console.print(summary(view))
        console.print()


def sentence_table(document: Document, view: DocumentView, *, width: int) -> Table:
    """One row per sentence: number, text with the source's mention underlined, types, perspective.

    Args:
        document: Gold or predicted.
        view: What `view_document` says of it.
        width: Columns of the terminal; below 100 the types are kept narrow.
    """
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, leading=1, expand=True)
    table.add_column("", justify="right", style="dim", no_wrap=True)
    table.add_column("Sentence", ratio=1, overflow="fold")
    table.add_column("Types", width=16 if width < 100 else 24, overflow="fold")
    table.add_column("Perspective", width=min(36, max(18, width // 4)), overflow="fold")
    for sentence, row in zip(document.sentences, view.rows, strict=True):
        table.add_row(str(row.number), _words(sentence), _types(row), _perspective(sentence))
    return table


def summary(view: DocumentView) -> Text:
    """Sentences, types, sources and share of voice in a few words."""
    from rich.text import Text

    text = Text()
    text.append(_count(len(view.rows), "sentence"), style="bold")
    separator = ": "
    for type_view in view.types:
        text.append(separator)
        style = TYPE_STYLES[type_view.index % len(TYPE_STYLES)]
        text.append(f"{type_view.count} {plain(type_view.label)}", style=style)
        separator = ", "
    text.append(f", {view.num_plain} none. ")
    text.append(_count(sum(voice.status == SOURCE for voice in view.voices), "source"), "bold")
    separator = "; share of voice: "
    for voice in view.voices[:NUM_VOICES]:
        text.append(f"{separator}{plain(voice.name)} {voice.share:.0%}")
        separator = ", "
    if others := view.voices[NUM_VOICES:]:
        text.append(f", {len(others)} more {sum(voice.share for voice in others):.0%}")
    return text.append(".")


# Characters that would move the cursor, change colours or turn the line around: a text must not
# drive the terminal. One becomes one, so that offsets stay right.
_DRIVING = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def plain(text: str) -> str:
    """A text that a terminal only shows."""
    return _DRIVING.sub(lambda match: " " if match[0].isspace() else "\ufffd", text)


def _words(sentence: Sentence) -> Text:
    """The sentence with the mention of its source underlined."""
    from rich.text import Text

    text = Text(plain(sentence.text))
    mention = sentence.perspective.mention if sentence.perspective else None
    if mention:
        text.stylize("underline", mention.start - sentence.start, mention.end - sentence.start)
    return text


def _types(row: SentenceView) -> Text:
    """A line for each type that the sentence has, with its probability."""
    from rich.text import Text

    lines = []
    for cell in row.cells:
        if cell.is_on:
            style = TYPE_STYLES[cell.type.index % len(TYPE_STYLES)]
            score = "" if cell.text == "yes" else f" {cell.text}"
            lines.append(Text.assemble((plain(cell.type.label), style), (score, "dim")))
    return Text("\n").join(lines)


def _perspective(sentence: Sentence) -> Text:
    """Whose perspective, how sure, and of what kind and party."""
    from rich.text import Text

    perspective = sentence.perspective
    if perspective is None:
        return Text()
    source = perspective.source
    score = "" if perspective.score is None else f" {perspective.score:.0%}"
    if source is None:
        return Text(f"{perspective.status}{score}", style="dim")
    text = Text.assemble((plain(source.name), "bold"), (score, "dim"))
    about = " · ".join(filter(None, (source.kind, source.party)))
    return text.append(f"\n{plain(about)}", style="dim") if about else text


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
