"""The table in a terminal: what it says, how it wraps, and that a text can't drive it."""

from __future__ import annotations

import io

import pytest
from rich.cells import cell_len
from rich.console import Console

from claimclf.documents import Document, Perspective, Sentence, Source, Span
from claimclf.examples import example_document
from claimclf.labels import TYPES
from claimclf.terminal import plain, print_documents


def printed(*documents: Document, **options) -> str:
    """What a console with these options shows."""
    file = io.StringIO()
    print_documents(documents, Console(file=file, **{"width": 100, **options}))
    return file.getvalue()


def scored(text: str = "Lund said 40 ships left.") -> Document:
    source = Source("s1", "Ida Lund", "official", "Norway")
    sentence = Sentence(
        0,
        len(text),
        text,
        types=("attribution", "statistic"),
        scores=dict(zip(TYPES, (0.971, 0.2, 0.8, 0.1), strict=True)),
        perspective=Perspective("source", source, Span(0, 4), score=0.55),
        known_types=TYPES,
    )
    return Document(text, (sentence,), (source,))


def test_a_row_says_types_source_kind_party_and_scores():
    words = " ".join(printed(scored()).split())
    assert "1 Lund said 40 ships left. attribution 97% Ida Lund 55% statistic 80%" in words
    assert "official · Norway" in words


def test_the_summary_counts_sentences_types_sources_and_voices(small_document):
    words = " ".join(printed(small_document).split())
    assert words.endswith(
        "5 sentences: 3 attribution, 3 official statement, 1 statistic, 2 speculation, 1 none. "
        "1 source; share of voice: author 39%, Ada Lund 61%."
    )


@pytest.mark.parametrize("width", [50, 80, 100, 160])
def test_no_line_is_wider_than_the_terminal(width):
    lines = printed(example_document(), width=width).splitlines()
    assert max(map(cell_len, lines)) <= width


@pytest.mark.parametrize("width", [80, 100, 160])
def test_no_word_is_cut_or_lost(width):
    shown = printed(example_document(), width=width).split()
    assert [word for word in example_document().text.split() if word not in shown] == []


def test_colour_only_where_it_is_wanted(monkeypatch):
    assert "\x1b" not in printed(scored())
    assert "\x1b[34mattribution" in printed(scored(), force_terminal=True, color_system="standard")
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[34m" not in printed(scored(), force_terminal=True)


def test_several_documents_have_their_names_above_them():
    text = printed(scored().replace(id="a.txt"), scored())
    assert text.index("a.txt") < text.index("1 sentence:") < text.rindex("1 sentence:")
    assert "a.txt" not in printed(scored().replace(id="a.txt"))


def test_a_text_is_shown_and_never_obeyed():
    assert plain("a\x1b[31mb\nc\u202ed") == "a�[31mb c�d"
    text = "Bad \x1b[2J\x07 [red]news[/red] \r\nhere"
    shown = printed(scored(text).replace(id="\x1b[31m"), scored(), force_terminal=True)
    assert "\x1b[2J" not in shown
    assert "\x07" not in shown
    assert "[red]news[/red]" in shown


@pytest.mark.parametrize("document", [Document(""), Document("x", (Sentence(0, 1, "x"),))])
def test_unlabelled_documents_are_shown_too(document):
    assert "sentence" in printed(document)
