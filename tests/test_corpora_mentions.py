"""Mentions that cut a word are moved to where the words stand by themselves."""

import pytest

from claimclf.corpora.mentions import whole_word_mention
from claimclf.corpora.records import document_from_record
from claimclf.documents import Span


def moved(text, words, *, at=0):
    start = text.index(words, at)
    mention = Span(start, start + len(words))
    found = whole_word_mention(text, Span(0, len(text)), mention)
    assert found.of(text) == words
    return found.start


@pytest.mark.parametrize(
    ("text", "words", "start"),
    [
        ("The dam held, he said.", "he", 14),
        ("“There he was,” he said.", "he", 16),
        ("There he was,” he said.", "he", 15),
        ('"They say he can," he said.', "he", 19),
        ("“The man he saw left.”", "he", 9),
        ("She saw what he did, where he was.", "he", 13),
        ("Theéa said he would.", "he", 11),
    ],
)
def test_a_mention_inside_a_word_moves_to_the_whole_word(text, words, start):
    assert moved(text, words) == start


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("He said he’d go, he did.", "he"),
        ("Trump’s aide said so.", "Trump"),
        ("The Morning Newsrecently said so.", "The Morning News"),
        ("“The U.S. said", "U.S."),
    ],
)
def test_other_mentions_stay(text, words):
    assert moved(text, words) == text.index(words)


def test_a_mention_never_leaves_its_sentence():
    text = "The dam held. He said he knew."
    assert whole_word_mention(text, Span(0, 13), Span(1, 3)) == Span(1, 3)


def test_reading_moves_the_mention_for_the_sentence_and_its_source():
    text = "The dam held, he said."
    sentence = {"start": 0, "end": 22, "types": [], "source": "e1", "mention": [1, 3]}
    document = document_from_record(
        {"text": text, "sentences": [sentence], "sources": {"e1": {"name": "A man"}}}
    )
    assert document.sentences[0].perspective.mention == Span(14, 16)
    assert document.sources[0].mentions == (Span(14, 16),)
