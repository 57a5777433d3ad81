"""Which attribution a sentence belongs to, worked out by hand."""

import dataclasses

import pytest

from claimclf.corpora.attributions import mask_partial_content, sentences_from_attributions
from claimclf.documents import Attribution, Document, Perspective, Span

TEXT = "Kyiv says Moscow believes it won. It lost. He left, a man said; a dog barked."
SENTENCES = (Span(0, 33), Span(34, 42), Span(43, 77))


def span(words, *, start=0):
    first = TEXT.index(words, start)
    return Span(first, first + len(words))


def attribution(source, content, cue=None):
    return Attribution(
        source=(span(source),) if source else (),
        cue=(span(cue),) if cue else (),
        content=tuple(span(words) for words in content),
    )


def label(*attributions, names=None, text=TEXT, sentences=SENTENCES):
    return sentences_from_attributions(text, sentences, attributions, names=names)


def names(sentences):
    return [
        None if s.perspective is None else s.perspective.source and s.perspective.source.name
        for s in sentences
    ]


def test_the_outermost_of_nested_attributions_holds_the_sentence():
    outer = attribution("Kyiv", ["Moscow believes it won."])
    inner = attribution("Moscow", ["it won."])
    for order in ((outer, inner), (inner, outer)):
        sentences, _ = label(*order)
        assert sentences[0].perspective.source.name == "Kyiv"


def test_the_outermost_holds_a_sentence_that_both_cover_entirely():
    outer = Attribution(source=(span("Kyiv"),), content=(Span(10, 42),))
    inner = Attribution(source=(span("Moscow"),), content=(Span(26, 42),))
    for order in ((outer, inner), (inner, outer)):
        sentences, _ = label(*order)
        assert sentences[1].perspective.source.name == "Kyiv"


def test_most_content_wins_and_fragments_add_up():
    long = attribution("a dog", ["He left"])
    fragments = attribution("a man", ["He l", "eft,", "barked"])
    sentences, _ = label(long, fragments)
    assert sentences[2].perspective.source.name == "a man"


def test_a_sentence_outside_all_content_is_the_authors():
    sentences, _ = label(attribution("Kyiv", ["it won"], cue="says"))
    assert [s.types for s in sentences] == [("attribution",), (), ()]
    assert sentences[1].perspective.is_author
    assert all(s.known_types == ("attribution",) for s in sentences)


def test_content_that_covers_only_white_space_of_a_sentence_is_no_overlap():
    text, sentences = "He said: ok \nNo.", (Span(0, 12), Span(12, 16))
    content = Attribution(source=(Span(0, 2),), content=(Span(9, 13),))
    labelled, _ = label(content, text=text, sentences=sentences)
    assert [s.types for s in labelled] == [("attribution",), ()]


def test_without_a_source_the_perspective_is_unknown():
    sentences, sources = label(attribution(None, ["It lost"]))
    assert sentences[1].types == ("attribution",)
    assert sentences[1].perspective is None
    assert sources == ()


@pytest.mark.parametrize(("known", "expected"), [("It lost", "a man"), ("It", None)])
def test_a_known_source_goes_before_an_unknown_one_that_covers_no_more(known, expected):
    sentences, _ = label(attribution(None, ["It lost"]), attribution("a man", [known]))
    assert names(sentences)[1] == expected


def test_the_mention_is_the_source_span_where_it_is_in_the_sentence():
    sentences, _ = label(attribution("a man", ["He left", "It lost."]))
    assert sentences[2].perspective.mention.of(TEXT) == "a man"
    assert sentences[1].perspective.source.name == "a man"
    assert sentences[1].perspective.mention is None


def test_the_same_source_span_is_one_source_named_by_its_first_attribution():
    _, sources = label(
        attribution("a dog", ["won"]), attribution("Kyiv", ["it"]), attribution("a dog", ["lost"])
    )
    assert [(source.id, source.name) for source in sources] == [("a1", "Kyiv"), ("a0", "a dog")]


def test_the_same_name_is_one_source_with_every_mention():
    first = attribution("Moscow", ["it won"])
    second = attribution("He", ["He left"])
    elsewhere = attribution("a man", ["It lost"])
    sentences, sources = label(first, second, elsewhere, names=["Ivo Ray", "Ivo Ray", None])
    ray, man = sources
    assert (ray.name, [m.of(TEXT) for m in ray.mentions]) == ("Ivo Ray", ["Moscow", "He"])
    assert (man.id, man.name) == ("a2", "a man")
    assert sentences[2].perspective.source is sentences[0].perspective.source


def test_two_names_on_one_mention_are_two_sources():
    one, two = attribution("He", ["it won"]), attribution("He", ["He left"])
    _, sources = label(one, two, names=["Ivo Ray", "Bo Ray"])
    assert [source.name for source in sources] == ["Ivo Ray", "Bo Ray"]


def test_another_mention_of_the_source_in_the_sentence_serves_as_its_mention():
    one = Attribution(source=(span("Moscow"),), content=(span("He left"),))
    two = Attribution(source=(span("a man"),), content=(span("barked"),))
    sentences, _ = label(one, two, names=["Ivo Ray", "Ivo Ray"])
    assert sentences[2].perspective.mention.of(TEXT) == "a man"


def test_a_source_over_two_sentences_is_cut_to_the_one_that_holds_most_of_it():
    two_sentences = Attribution(source=(Span(39, 51),), content=(span("It"),))
    sentences, (source,) = label(two_sentences)
    assert source.name == "He left,"
    assert source.mentions == (Span(43, 51),)
    assert sentences[1].perspective.mention is None


def test_spans_are_the_documents_clipped_to_the_sentence():
    marked = [
        Attribution(source=(Span(0, 4),), cue=(Span(5, 9),), content=(Span(10, 50),)),
        Attribution(cue=(Span(5, 9),), content=(Span(10, 60),)),
    ]
    sentences, _ = label(*marked)
    assert [[(s.start, s.end, s.label) for s in sentence.spans] for sentence in sentences] == [
        [(0, 4, "source"), (5, 9, "cue"), (10, 33, "content"), (10, 33, "content")],
        [(34, 42, "content"), (34, 42, "content")],
        [(43, 50, "content"), (43, 60, "content")],
    ]


def test_sentences_of_little_content_can_be_left_open():
    marked = (attribution("Kyiv", ["Moscow believes it won."]), attribution("a man", ["He left"]))
    sentences, sources = label(*marked)
    document = Document(TEXT, sentences, sources, marked)
    (masked,) = mask_partial_content([document], min_share=0.5)
    first, second, third = masked.sentences  # covered: 20 of 28 characters, none, 6 of 28
    assert first == sentences[0]
    assert second == sentences[1]
    assert (third.types, third.known_types, third.perspective) == ((), (), None)
    assert third.spans == sentences[2].spans
    (kept,) = mask_partial_content([document], min_share=6 / 28)
    assert kept == document


def test_labels_that_do_not_come_from_spans_stay():
    marked = (attribution("a man", ["He left"]),)
    (sentence, *_), _ = label(marked[0], sentences=(SENTENCES[2],))
    own = dataclasses.replace(
        sentence,
        types=(),
        known_types=("attribution", "statistic"),
        perspective=Perspective("author"),
    )
    document = Document(TEXT, (own,), attributions=marked)
    assert list(mask_partial_content([document], min_share=1.0)) == [document]
