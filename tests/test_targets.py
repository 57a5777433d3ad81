"""Targets: what a window's sentences are to learn, found once however many share a source."""

from claimclf import targets
from claimclf.documents import Document, Perspective, Sentence, Source, Span


def test_a_source_is_looked_for_once_in_a_window(tiny_classifier, monkeypatch):
    words, num_sentences = "The dam.", 8
    starts = [index * len(words) for index in range(num_sentences)]
    mentions = tuple(Span(start, start + 7) for start in starts)
    source = Source("s1", "Ada Lund", "official", mentions=mentions)
    perspective = Perspective("source", source)
    document = Document(
        words * num_sentences,
        tuple(Sentence(start, start + 8, words, perspective=perspective) for start in starts),
        (source,),
    )
    (window,) = tiny_classifier.window_encoder.encode([document])
    find, calls = targets.token_range, []
    monkeypatch.setattr(
        targets, "token_range", lambda offsets, span: calls.append(span) or find(offsets, span)
    )
    found = targets.make_targets(document, window, tiny_classifier.model.config)
    # As mentions, as mentions that name it in lack of its name, and for the pointer to these.
    assert len(calls) == 3 * num_sentences
    assert len(set(found.source)) == len(set(found.link)) == 1
    assert len(found.source[0]) == 2 * num_sentences
