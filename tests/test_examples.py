from claimclf.documents import document_problems
from claimclf.examples import example_document, example_text
from claimclf.labels import KINDS, TYPES
from claimclf.segmentation import split_sentences


def test_gold_is_about_the_example_text():
    document = example_document()
    assert document.text == example_text()
    assert not list(document_problems(document))


def test_gold_sentences_are_those_that_the_splitter_gives():
    document = example_document()
    assert [sentence.span for sentence in document.sentences] == split_sentences(document.text)


def test_every_sentence_is_fully_labelled():
    document = example_document()
    for sentence in document.sentences:
        assert sentence.known_types == TYPES
        assert sentence.types == tuple(name for name in TYPES if name in sentence.types)
        assert sentence.perspective is not None
    assert {name for sentence in document.sentences for name in sentence.types} == set(TYPES)


def test_attributed_sentences_are_those_with_a_source():
    for sentence in example_document().sentences:
        assert ("attribution" in sentence.types) == sentence.perspective.is_source, sentence.text


def test_sources_are_those_of_the_sentences_in_order_of_first_mention():
    document = example_document()
    used = {s.perspective.source for s in document.sentences if s.perspective.source}
    assert set(document.sources) == used
    first_mentions = [source.mentions[0] for source in document.sources]
    assert first_mentions == sorted(first_mentions)


def test_a_mention_is_one_of_its_sources_mentions():
    for sentence in example_document().sentences:
        perspective = sentence.perspective
        if perspective.mention is not None:
            assert perspective.mention in perspective.source.mentions


def test_every_name_stands_in_the_text():
    document = example_document()
    for source in document.sources:
        assert source.kind in KINDS
        assert source.name.lower() in document.text.lower()


def test_some_sentences_name_their_source_only_elsewhere():
    sourced = [s.perspective for s in example_document().sentences if s.perspective.is_source]
    assert sum(perspective.mention is None for perspective in sourced) >= 3
