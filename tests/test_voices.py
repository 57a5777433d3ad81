"""Share of voice: counts done by hand."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import claimclf
from claimclf.documents import Source
from claimclf.tables import sentence_frame
from claimclf.voices import count_voices, share_of_voice
from tests.spoken import HARBOUR, MAYOR, RESIDENT, UNION, spoken


def test_share_by_source_is_counted_as_on_paper():
    frame = share_of_voice(HARBOUR)
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


def test_no_source_is_hashed_with_all_its_mentions(monkeypatch):
    expected = count_voices(HARBOUR)
    monkeypatch.setattr(Source, "__hash__", None)
    assert count_voices(HARBOUR) == expected


def test_sources_without_a_party_are_one_row():
    frame = share_of_voice(HARBOUR, by="party")
    assert list(frame.party) == ["author", "Norway", "(none)", "unresolved"]
    assert list(frame.characters) == [10, 16, 12, 2]
    assert "source_id" not in frame.columns


def test_share_by_kind():
    frame = share_of_voice(HARBOUR, by="kind")
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


def test_document_and_package_offer_the_same_table():
    expected = share_of_voice([HARBOUR], by="kind")
    pd.testing.assert_frame_equal(HARBOUR.share_of_voice(by="kind"), expected)
    pd.testing.assert_frame_equal(claimclf.share_of_voice([HARBOUR], by="kind"), expected)
    pd.testing.assert_frame_equal(HARBOUR.to_pandas(), sentence_frame([HARBOUR]))


def test_unknown_voice_is_refused():
    with pytest.raises(ValueError, match=r"one of \('source', 'party', 'kind'\), got by='colour'"):
        share_of_voice(HARBOUR, by="colour")


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
