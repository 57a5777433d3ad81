"""Sources renamed and merged: sentences, mentions and shares follow, the rest stays as it was."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import claimclf
from claimclf.documents import Document, Perspective, Sentence, Source, Span

TEXT = "Mr Hall spoke. Tom Hall left. He slept. A guard ran. A guard sat. It rained."
MENTIONS = {"s1": ((0, 7),), "s2": ((15, 23), (30, 32)), "s3": ((40, 47),), "s4": ((53, 60),)}
NAMES = {"s1": "Mr Hall", "s2": "Tom Hall", "s3": "A guard", "s4": "A guard"}
SPOKEN = ("s1", "s2", "s2", "s3", "s4", None)


@pytest.fixture(scope="module")
def story() -> Document:
    """Two sources that are one person, two guards that are two, and a sentence of the author."""
    kinds = {"s1": ("expert", "Hall Institute"), "s2": (None, None)}
    sources = {
        id: Source(
            id, name, *kinds.get(id, ("public", None)), tuple(Span(*m) for m in MENTIONS[id])
        )
        for id, name in NAMES.items()
    }
    sentences, start = [], 0
    for id, words in zip(SPOKEN, TEXT.split(". "), strict=True):
        words = words.removesuffix(".") + "."
        perspective = Perspective("source", sources[id], score=0.5) if id else Perspective("author")
        sentences.append(Sentence(start, start + len(words), words, perspective=perspective))
        start += len(words) + 1
    return Document(TEXT, tuple(sentences), tuple(sources.values()), id="story")


def names_of(document: Document) -> list[str | None]:
    perspectives = [sentence.perspective for sentence in document.sentences]
    return [item.source.name if item.source else None for item in perspectives]


def test_a_source_is_renamed_wherever_it_is(story):
    renamed = story.rename_sources({"Tom Hall": "Thomas Hall"})
    assert names_of(renamed)[:3] == ["Mr Hall", "Thomas Hall", "Thomas Hall"]
    assert [source.name for source in renamed.sources][:2] == ["Mr Hall", "Thomas Hall"]
    assert renamed.sources[1].id == "s2"
    assert renamed.sentences[1].perspective.score == 0.5
    assert renamed.sentences[3:] == story.sentences[3:]
    assert names_of(story)[1] == "Tom Hall", "the document itself stays as it is"


def test_a_source_goes_into_the_one_that_bears_the_name(story):
    merged = story.rename_sources({"Mr Hall": "Tom Hall"})
    hall = merged.sources[0]
    assert [source.id for source in merged.sources] == ["s2", "s3", "s4"]
    assert (hall.name, hall.kind, hall.party) == ("Tom Hall", "expert", "Hall Institute")
    assert [span.of(TEXT) for span in hall.mentions] == ["Mr Hall", "Tom Hall", "He"]
    assert [sentence.perspective.source for sentence in merged.sentences[:3]] == [hall] * 3
    assert merged.share_of_voice().set_index("source").sentences["Tom Hall"] == 3


def test_ids_merge_under_a_new_name_into_the_first(story):
    merged = story.rename_sources({"s2": "Professor Hall", "s1": "Professor Hall"})
    assert [(source.id, source.name) for source in merged.sources] == [
        ("s1", "Professor Hall"),
        ("s3", "A guard"),
        ("s4", "A guard"),
    ]


def test_namesakes_stay_apart_until_their_name_is_asked_for(story):
    one = story.rename_sources({"s3": "the night guard"})
    assert names_of(one)[3:5] == ["the night guard", "A guard"]
    both = story.rename_sources({"A guard": "the guards"})
    assert [source.id for source in both.sources] == ["s1", "s2", "s3"]
    assert names_of(both)[3:5] == ["the guards", "the guards"]


def test_names_can_be_swapped(story):
    swapped = story.rename_sources({"Mr Hall": "Tom Hall", "Tom Hall": "Mr Hall"})
    assert names_of(swapped)[:2] == ["Tom Hall", "Mr Hall"]
    assert [source.id for source in swapped.sources] == [source.id for source in story.sources]


def test_a_renamed_document_survives_json(story):
    merged = story.rename_sources({"Mr Hall": "Tom Hall"})
    assert Document.from_dict(merged.to_dict()) == merged


def test_many_documents_take_one_mapping_of_names(story, caplog):
    other = story.rename_sources({"s2": "Somebody"}).replace(id="other")
    mapping = {"Mr Hall": "Tom Hall", "Ann Moe": "Anne Moe"}
    first, second = claimclf.rename_sources([story, other], mapping)
    assert first == story.rename_sources({"Mr Hall": "Tom Hall"})
    assert names_of(second)[:2] == ["Tom Hall", "Somebody"]
    assert "No document has a source named 'Ann Moe'." in caplog.text
    assert claimclf.rename_sources(iter([story]), {"s1": "by name only"}) == [story]


def test_what_cannot_be_renamed_is_named(story):
    with pytest.raises(ValueError, match=r"'story': expected ids or names .* got 'Hall', 's9'"):
        story.rename_sources({"Hall": "Tom Hall", "s9": "Tom Hall"})
    with pytest.raises(ValueError, match="It has s1 'Mr Hall', s2 'Tom Hall'"):
        story.rename_sources({"Hall": "Tom Hall"})
    with pytest.raises(ValueError, match="expected a new name for source 's1', got ' '"):
        claimclf.rename_sources([story], {"Mr Hall": " "})


@given(
    st.dictionaries(
        st.sampled_from(["s1", "s2", "s3", "s4"]), st.sampled_from(["A", "B", "A guard"])
    )
)
def test_every_sentence_and_mention_keeps_a_source_of_the_document(story, names):
    renamed = story.rename_sources(names)
    sources = set(renamed.sources)
    for before, after in zip(story.sentences, renamed.sentences, strict=True):
        assert after.perspective.status == before.perspective.status
        if after.perspective.source:
            assert after.perspective.source in sources
            wanted = names.get(before.perspective.source.id, before.perspective.source.name)
            assert after.perspective.source.name == wanted
    mentions = sorted(span for source in renamed.sources for span in source.mentions)
    assert mentions == sorted(span for source in story.sources for span in source.mentions)
