"""Sentence and voice tables: columns, dtypes, counts done by hand, and the chart of them."""

from __future__ import annotations

import matplotlib
import pytest
from hypothesis import given
from hypothesis import strategies as st

matplotlib.use("Agg")

import pandas as pd
from matplotlib.colors import to_rgb

import claimclf
from claimclf.documents import Document, Perspective, Sentence, Source, Span
from claimclf.labels import TYPES
from claimclf.tables import (
    PLAIN_COLORS,
    VOICE_COLORS,
    _ink,
    count_voices,
    document_names,
    plot_share_of_voice,
    sentence_frame,
    share_of_voice,
    type_names,
)

MAYOR = Source("s1", "Ida Lund", "official", "Norway")
UNION = Source("s2", "the dockers' union", "organization", None)
RESIDENT = Source("s3", "a resident", "public", None)


def spoken(*voices: tuple[str, Source | str | None], id: str = "") -> Document:
    """One sentence per (text, voice); a voice is a source, a status or undecided."""
    sentences, text = [], ""
    for words, voice in voices:
        if isinstance(voice, Source):
            perspective = Perspective("source", voice)
        else:
            perspective = None if voice is None else Perspective(voice)
        start = len(text)
        text += words
        sentences.append(Sentence(start, len(text), words, perspective=perspective))
    sources = {voice.id: voice for _, voice in voices if isinstance(voice, Source)}
    return Document(text, tuple(sentences), tuple(sources.values()), id=id)


@pytest.fixture
def harbour() -> Document:
    """40 characters: 10 author, 16 mayor, 8 union, 4 resident, 2 unresolved."""
    return spoken(
        ("a" * 6, "author"),
        ("m" * 10, MAYOR),
        ("a" * 4, "author"),
        ("u" * 8, UNION),
        ("m" * 6, MAYOR),
        ("r" * 4, RESIDENT),
        ("?" * 2, "unresolved"),
        id="harbour",
    )


def test_sentence_frame_has_one_flat_row_per_sentence():
    text = "Ida Lund said 40 ships left. It rained."
    first = Sentence(
        0,
        28,
        text[:28],
        types=("attribution", "statistic"),
        scores=dict(zip(TYPES, (0.9, 0.2, 0.8, 0.1), strict=True)),
        perspective=Perspective("source", MAYOR, mention=Span(0, 8), score=0.75),
        known_types=TYPES,
    )
    second = Sentence(29, 39, text[29:])
    frame = sentence_frame([Document(text, (first, second), (MAYOR,), id="d")])
    assert frame.iloc[0].to_dict() == {
        "doc_id": "d",
        "sentence_id": 0,
        "start": 0,
        "end": 28,
        "text": text[:28],
        "is_attribution": True,
        "is_official_statement": False,
        "is_statistic": True,
        "is_speculation": False,
        "p_attribution": 0.9,
        "p_official_statement": 0.2,
        "p_statistic": 0.8,
        "p_speculation": 0.1,
        "status": "source",
        "source_id": "s1",
        "source_name": "Ida Lund",
        "source_kind": "official",
        "source_party": "Norway",
        "mention_start": 0,
        "mention_end": 8,
        "p_perspective": 0.75,
    }
    assert frame.iloc[1, 5:].isna().all(), "what nobody decided is missing, not False"


def test_sentence_frame_keeps_columns_and_dtypes_whatever_the_documents_hold(harbour):
    full, empty = sentence_frame([harbour]), sentence_frame([])
    assert list(full.columns) == list(empty.columns)
    assert full.dtypes.equals(empty.dtypes)
    assert full.dtypes["is_statistic"] == "boolean"
    assert full.dtypes["mention_start"] == "Int64"
    assert full.dtypes["source_party"] == "string"
    assert full.dtypes["p_perspective"] == "float64"


def test_nameless_documents_stay_apart():
    documents = [spoken(("One.", "author")), spoken(("Two.", "author"), id="named")]
    assert list(sentence_frame(documents).doc_id) == ["0", "named"]
    assert list(share_of_voice([*documents, documents[0]]).doc_id) == ["0", "named", "2"]


def test_many_documents_of_one_name_are_numbered_in_no_time():
    names = document_names([Document("", (), id="a")] * 30_000)
    assert names[-1] == "a (30000)"


def test_documents_of_one_name_stay_apart():
    ids = ["1", "", "a", "a", "a", "a (2)", ""]
    documents = [spoken(("One.", "author"), id=id) for id in ids]
    frame = share_of_voice(documents)
    assert list(frame.doc_id) == ["1", "1 (2)", "a", "a (3)", "a (4)", "a (2)", "6"]
    assert list(sentence_frame(documents).doc_id) == list(frame.doc_id)


def test_own_types_replace_the_default_ones():
    sentence = Sentence(0, 3, "Go!", types=("call",), known_types=("promise", "call"))
    document = Document("Go!", (sentence,))
    assert type_names([document]) == ("promise", "call")
    frame = sentence_frame([document])
    assert [name for name in frame.columns if name.startswith("is_")] == ["is_promise", "is_call"]
    assert type_names([]) == TYPES


def test_lone_surrogates_and_nul_survive_the_frame():
    text = "a\ud800b\0c"
    frame = sentence_frame([spoken((text, "author"))])
    assert frame.text[0] == text


def test_share_by_source_is_counted_as_on_paper(harbour):
    frame = share_of_voice(harbour)
    assert frame.source_id.isna().tolist() == [True, False, False, False, True]
    assert frame.fillna({"source_id": ""}).to_dict("list") == {
        "doc_id": ["harbour"] * 5,
        "status": ["author", "source", "source", "source", "unresolved"],
        "source_id": ["", "s1", "s2", "s3", ""],
        "source": ["author", "Ida Lund", "the dockers' union", "a resident", "unresolved"],
        "sentences": [2, 2, 1, 1, 1],
        "characters": [10, 16, 8, 4, 2],
        "sentence_share": [2 / 7, 2 / 7, 1 / 7, 1 / 7, 1 / 7],
        "character_share": [0.25, 0.4, 0.2, 0.1, 0.05],
    }


def test_no_source_is_hashed_with_all_its_mentions(harbour, monkeypatch):
    expected = count_voices(harbour)
    monkeypatch.setattr(Source, "__hash__", None)
    assert count_voices(harbour) == expected


def test_sources_without_a_party_are_one_row(harbour):
    frame = share_of_voice(harbour, by="party")
    assert list(frame.party) == ["author", "Norway", "(none)", "unresolved"]
    assert list(frame.characters) == [10, 16, 12, 2]
    assert "source_id" not in frame.columns


def test_share_by_kind(harbour):
    frame = share_of_voice(harbour, by="kind")
    assert list(frame.kind) == ["author", "official", "organization", "public", "unresolved"]


def test_namesakes_and_a_source_called_author_stay_apart():
    twins = [Source("s1", "an official"), Source("s2", "an official"), Source("s3", "author")]
    frame = share_of_voice(
        spoken(("xx", twins[0]), ("y", twins[1]), ("z", twins[2]), ("a", "author"))
    )
    assert list(zip(frame.status, frame.source, frame.characters, strict=True)) == [
        ("author", "author", 1),
        ("source", "an official", 2),
        ("source", "an official", 1),
        ("source", "author", 1),
    ]


def test_undecided_sentences_are_not_counted():
    frame = share_of_voice(spoken(("Known.", "author"), ("Nobody decided this.", None)))
    assert frame.character_share.tolist() == [1.0]
    assert share_of_voice(spoken(("Nobody decided this.", None))).empty


def test_document_and_package_offer_the_same_table(harbour):
    expected = share_of_voice([harbour], by="kind")
    pd.testing.assert_frame_equal(harbour.share_of_voice(by="kind"), expected)
    pd.testing.assert_frame_equal(claimclf.share_of_voice([harbour], by="kind"), expected)
    pd.testing.assert_frame_equal(harbour.to_pandas(), sentence_frame([harbour]))


def test_unknown_voice_is_refused(harbour):
    with pytest.raises(ValueError, match=r"one of \('source', 'party', 'kind'\), got by='colour'"):
        share_of_voice(harbour, by="colour")


voices = st.sampled_from([MAYOR, UNION, RESIDENT, "author", "unresolved", None])


@given(
    st.lists(st.tuples(st.text("ab.", min_size=1), voices)),
    st.sampled_from(["source", "party", "kind"]),
)
def test_shares_add_up_and_every_decided_character_counts_once(parts, by):
    document = spoken(*parts)
    decided = [text for text, voice in parts if voice is not None]
    counted = count_voices(document, by=by)
    assert sum(voice.sentences for voice in counted) == len(decided)
    assert sum(voice.characters for voice in counted) == len("".join(decided))
    if decided:
        assert sum(voice.character_share for voice in counted) == pytest.approx(1)
        assert sum(voice.sentence_share for voice in counted) == pytest.approx(1)


def drawn(ax) -> dict[str, list[float]]:
    """Legend label → width of its segment in every bar."""
    return {
        bars.get_label().strip(): [round(float(patch.get_width()), 6) for patch in bars]
        for bars in ax.containers
    }


def test_chart_draws_the_table(harbour):
    quiet = spoken(("Rain.", "author"), id="rain")
    ax = plot_share_of_voice([harbour, quiet], by="party")
    assert drawn(ax) == {
        "author": [25, 100],
        "Norway": [40, 0],
        "(none)": [30, 0],
        "unresolved": [5, 0],
    }
    assert [label.get_text() for label in ax.get_yticklabels()] == ["harbour", "rain"]
    assert ax.get_ylim()[0] > ax.get_ylim()[1], "the first document is on top"


def test_chart_counts_sentences_when_asked(harbour):
    widths = drawn(plot_share_of_voice(harbour, measure="sentences"))
    assert widths["author"] == [pytest.approx(200 / 7)]


def test_chart_gathers_what_has_no_colour_left():
    crowd = [Source(f"s{i}", f"_speaker ${i}$") for i in range(len(VOICE_COLORS) + 2)]
    parts = [("x" * (20 - i), source) for i, source in enumerate(crowd)]
    ax = plot_share_of_voice(spoken(*parts))
    widths = drawn(ax)
    assert len(widths) == len(VOICE_COLORS) + 1
    smallest = sum(len(text) for text, _ in parts[-2:])
    assert widths["(others)"] == [pytest.approx(100 * smallest / sum(len(t) for t, _ in parts))]
    ax.figure.canvas.draw()  # `$` would otherwise be read as a formula
    assert len(ax.get_legend().get_texts()) == len(widths), "a leading underscore hides no label"


def test_chart_shortens_long_names():
    ministry = Source("s1", "the Norwegian Ministry of Transport and Communications")
    ax = plot_share_of_voice(spoken(("Safe.", ministry), id="x" * 60))
    assert list(drawn(ax)) == ["the Norwegian Ministry of T…"]
    assert ax.get_yticklabels()[0].get_text() == "x" * 27 + "…"


@pytest.mark.parametrize("color", [*VOICE_COLORS, *PLAIN_COLORS.values()])
def test_shares_can_be_read_on_every_colour(color):
    def luminance(name: str) -> float:
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(name)]
        return sum(a * b for a, b in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    low, high = sorted((luminance(color), luminance(_ink(color))))
    assert (high + 0.05) / (low + 0.05) >= 4.5, "contrast of text, WCAG 2.2, level AA"


def test_chart_says_what_it_needs(harbour):
    with pytest.raises(ValueError, match="got measure='words'"):
        plot_share_of_voice(harbour, measure="words")
    with pytest.raises(ValueError, match="no document to draw"):
        plot_share_of_voice([])
    with pytest.raises(ValueError, match="No sentence has a perspective"):
        plot_share_of_voice(Document("x"))
