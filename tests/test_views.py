"""What is shown of a document: paragraphs, underlines, numbers and words, before any markup."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from claimclf.documents import Document, LabeledSpan, Perspective, Sentence, Source, Span
from claimclf.labels import TYPES
from claimclf.views import DocumentView, view_document

MAYOR = Source("s1", "Ada Lund", "official", "Lund city")


def paragraphs(view: DocumentView) -> list[str]:
    return ["".join(p.text for part in par.parts for p in part.pieces) for par in view.paragraphs]


def alone(text: str, **fields) -> Document:
    """A document that is one sentence."""
    perspective = fields.get("perspective")
    sources = (perspective.source,) if perspective and perspective.source else ()
    return Document(text, (Sentence(0, len(text), text, **fields),), sources)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One.\n\nTwo.", ["One.", "Two."]),
        ("One.\r\n \t\r\n\r\nTwo.", ["One.", "Two."]),
        ("One.\nTwo.\rThree.", ["One.", "Two.", "Three."]),
        ("Wrapped\nline.\n\nTwo.", ["Wrapped\nline.", "Two."]),
        ("\n\nOne.\nTwo.\n\n", ["One.", "Two."]),
        ("", []),
        (" \n\n ", []),
    ],
)
def test_paragraphs_end_at_blank_lines_or_else_at_line_ends(text, expected):
    assert paragraphs(view_document(Document(text), TYPES)) == expected


def test_a_sentence_over_two_paragraphs_is_marked_once_at_its_end():
    text = "“First.\n\nSecond.”"
    view = view_document(alone(text), TYPES)
    parts = [part for paragraph in view.paragraphs for part in paragraph.parts]
    assert [(part.row.number, part.is_last) for part in parts] == [(1, False), (1, True)]


def test_a_sentence_that_ends_in_a_blank_line_is_marked_before_it():
    text = "First.\n\n"
    (paragraph,) = view_document(Document(text, (Sentence(0, 8, text),)), TYPES).paragraphs
    assert paragraph.parts[0].is_last


def test_overlapping_underlines_show_the_source_before_the_cue_before_the_content():
    text = "He says she said no"
    spans = (
        LabeledSpan(0, 2, "source"),
        LabeledSpan(3, 7, "cue"),
        LabeledSpan(8, 19, "content"),
        LabeledSpan(8, 11, "source"),
        LabeledSpan(12, 16, "cue"),
    )
    (paragraph,) = view_document(alone(text, spans=spans), TYPES).paragraphs
    assert [(piece.text, piece.label) for piece in paragraph.parts[0].pieces] == [
        ("He", "source"),
        (" ", None),
        ("says", "cue"),
        (" ", None),
        ("she", "source"),
        (" ", "content"),
        ("said", "cue"),
        (" no", "content"),
    ]


def test_the_mention_is_underlined_where_nobody_marked_spans():
    document = alone("Lund agreed.", perspective=Perspective("source", MAYOR, Span(0, 4)))
    (paragraph,) = view_document(document, TYPES).paragraphs
    assert [(p.text, p.label) for p in paragraph.parts[0].pieces] == [
        ("Lund", "source"),
        (" agreed.", None),
    ]


def test_sources_are_numbered_from_the_loudest(small_document):
    loud = Source("s9", "Loud")
    text = "ab cdef g"
    document = Document(
        text,
        (
            Sentence(0, 2, "ab", perspective=Perspective("source", MAYOR)),
            Sentence(3, 7, "cdef", perspective=Perspective("source", loud)),
            Sentence(8, 9, "g", perspective=Perspective("author")),
        ),
        (MAYOR, loud),
    )
    view = view_document(document, TYPES)
    assert [(voice.sign, voice.name) for voice in view.voices] == [
        ("A", "author"),
        ("1", "Loud"),
        ("2", "Ada Lund"),
    ]
    assert [voice.sign for voice in view.paragraphs[0].voices] == ["2", "1"], "as they speak"


@pytest.mark.parametrize(
    ("perspective", "words"),
    [
        (None, "perspective unknown"),
        (Perspective("author"), "author"),
        (Perspective("unresolved", score=0.4), "unresolved, 40%"),
        (
            Perspective("source", MAYOR, mention=Span(0, 2), score=0.931),
            "Ada Lund (official, Lund city), 93%, here “He”",
        ),
        (Perspective("source", Source("s", "X"), antecedent=Span(3, 6)), "X, elsewhere “ran”"),
    ],
)
def test_a_perspective_in_words(perspective, words):
    document = alone("He ran.", perspective=perspective)
    assert view_document(document, TYPES).rows[0].whose == words


def test_no_and_unknown_and_a_score_are_told_apart():
    types = ("attribution", "statistic", "speculation")
    sentence = Sentence(
        0, 3, "So.", types=("statistic",), scores={"speculation": 0.256}, known_types=types[:2]
    )
    row = view_document(Document("So.", (sentence,)), (*types, "other")).rows[0]
    assert [cell.text for cell in row.cells] == ["no", "yes", "26%", "unknown"]
    assert row.name == "Sentence 1: statistic"


def test_a_sentence_is_plain_only_when_every_type_was_decided():
    assert view_document(alone("So.", known_types=TYPES), TYPES).rows[0].is_plain
    assert not view_document(alone("So.", known_types=TYPES[:3]), TYPES).rows[0].is_plain
    assert not view_document(alone("So.", types=TYPES[:1]), TYPES).rows[0].is_plain


def test_facts_are_the_id_and_the_metadata_without_the_title(small_document):
    document = small_document.replace(
        metadata={"title": "Dam holds", "publisher": "Daily", "date": "2020-01-02", "url": None}
    )
    view = view_document(document, TYPES)
    assert (view.title, view.byline) == ("Dam holds", "Daily · 2020-01-02")
    assert view.facts == (("id", "small"), ("publisher", "Daily"), ("date", "2020-01-02"))


def test_a_view_takes_time_linear_in_the_mentions_of_a_source():
    words, num_sentences = "It rose.", 4000
    starts = [index * len(words) for index in range(num_sentences)]
    source = Source("s1", "It", mentions=tuple(Span(start, start + 2) for start in starts))
    perspective = Perspective("source", source)
    document = Document(
        words * num_sentences,
        tuple(Sentence(start, start + 8, words, perspective=perspective) for start in starts),
        (source,),
    )
    started = time.process_time()
    view = view_document(document, TYPES)
    assert time.process_time() - started < 1  # each sentence with each mention takes 2 s or more
    assert [voice.sentences for voice in view.voices] == [num_sentences]


@given(st.text("ab.\n\r \t\u2028“", max_size=40), st.lists(st.integers(0, 40), max_size=12))
@example("It rained.\r a", [0, 12])
def test_every_character_but_blank_lines_is_shown_once_and_in_order(text, cuts):
    edges = sorted({min(cut, len(text)) for cut in cuts})
    pairs = zip(edges[::2], edges[1::2], strict=False)
    sentences = tuple(Sentence(start, end, text[start:end]) for start, end in pairs)
    view = view_document(Document(text, sentences), TYPES)
    assert "".join("".join(paragraphs(view)).split()) == "".join(text.split())
    worded = [row for row in view.rows if row.text.strip()]
    ended = [part.row for par in view.paragraphs for part in par.parts if part.is_last]
    assert [row for row in ended if row in worded] == worded
