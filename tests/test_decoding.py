from dataclasses import replace

import pytest
import torch

from claimclf.decoding import decode, whole_words
from claimclf.documents import Attribution, Document, LabeledSpan, Sentence, Span, spans_by_sentence
from claimclf.heads import NUM_ANCHORS
from claimclf.modeling import ClaimOutput
from claimclf.targets import collate_targets, make_targets

SURE = 30.0


def gold_as_logits(classifier, document, windows):
    """What a perfect model would put out: the targets themselves, written as logits."""
    config = classifier.model.config
    batch = classifier.window_encoder.collate(windows)
    targets = collate_targets(batch, [make_targets(document, window, config) for window in windows])
    tags = torch.nn.functional.one_hot(targets["span_labels"].clamp(min=0), 3).float()

    def pointer(name):
        return (targets[name].float() - 0.5) * 2 * SURE

    kinds = torch.nn.functional.one_hot(
        targets["kind_labels"].clamp(min=0), len(config.kinds)
    ).float()
    return batch, ClaimOutput(
        type_logits=(targets["type_labels"] - 0.5) * 2 * SURE,
        span_logits=tags * SURE,
        span_transitions=torch.zeros(3, 3, 3),
        source_start_logits=pointer("source_labels"),
        source_end_logits=pointer("source_end_labels"),
        link_start_logits=pointer("link_labels"),
        link_end_logits=pointer("link_end_labels"),
        kind_logits=kinds * SURE,
    )


@pytest.fixture
def predictions(tiny_classifier, small_document):
    windows = tiny_classifier.window_encoder.encode([small_document])
    outputs = [gold_as_logits(tiny_classifier, small_document, [window]) for window in windows]
    (found,) = decode(outputs, [small_document], tiny_classifier.model.config)
    return found


def test_decoding_gold_gives_gold(predictions, small_document):
    for prediction, sentence in zip(predictions, small_document.sentences, strict=True):
        assert (prediction.start, prediction.end) == (sentence.start, sentence.end)
        assert (
            tuple(name for name, score in prediction.type_scores.items() if score > 0.5)
            == sentence.types
        )
        assert (prediction.author_score > 0.5) == sentence.perspective.is_author
        assert prediction.mention == sentence.perspective.mention
        if sentence.perspective.source:
            assert max(prediction.kind_scores, key=prediction.kind_scores.get) == "official"
            assert prediction.name_mention.of(small_document.text) == "Ada Lund"
    spans = sorted(span for prediction in predictions for span in prediction.spans)
    assert tuple(spans) == small_document.spans()


def test_source_elsewhere_becomes_an_antecedent(predictions, small_document):
    runs_on = predictions[3]
    assert runs_on.mention is None
    assert runs_on.antecedent in {*small_document.sources[0].mentions, Span(39, 47)}


def test_windows_may_come_in_any_order(tiny_classifier, small_document):
    windows = tiny_classifier.window_encoder.encode([small_document, small_document])
    config = tiny_classifier.model.config
    one_by_one = [gold_as_logits(tiny_classifier, small_document, [window]) for window in windows]
    shuffled = [gold_as_logits(tiny_classifier, small_document, windows[::-1])]
    first = decode(one_by_one, [small_document] * 2, config)
    second = decode(shuffled, [small_document] * 2, config)
    assert [[p.spans for p in row] for row in first] == [[p.spans for p in row] for row in second]
    assert [[p.mention for p in row] for row in first] == [
        [p.mention for p in row] for row in second
    ]


def test_sentence_in_pieces_gets_one_prediction(tiny_classifier):
    text = " ".join(["river"] * 150)
    document = Document(text, (Sentence(0, len(text), text),))
    (predictions,) = tiny_classifier.read([document])
    assert len(predictions) == 1
    assert (predictions[0].start, predictions[0].end) == (0, len(text))


def test_missing_window_is_an_error(tiny_classifier, small_document):
    with pytest.raises(ValueError, match="no window decodes sentences"):
        decode([], [small_document], tiny_classifier.model.config)


def marked(document, label, *pairs):
    """The document with only these spans."""
    attribution = Attribution(**{label: tuple(Span(*pair) for pair in pairs)})
    sentence_spans = [sentence.span for sentence in document.sentences]
    spans = spans_by_sentence(sentence_spans, attribution.labeled_spans())
    sentences = tuple(
        replace(sentence, spans=inside)
        for sentence, inside in zip(document.sentences, spans, strict=True)
    )
    return document.replace(sentences=sentences, attributions=(attribution,))


@pytest.mark.parametrize(
    ("spans", "label", "expected"),
    [
        ([(0, 3), (4, 9)], "content", [(0, 9)]),  # what touches is one
        ([(0, 14)], "cue", [(0, 14)]),
        ([(0, 3), (21, 32)], "source", [(0, 3), (21, 32)]),
        ([(4, 39)], "content", [(4, 33), (34, 39)]),  # a span ends with its sentence
    ],
)
def test_spans_survive_the_round_trip(tiny_classifier, small_document, spans, label, expected):
    document = marked(small_document, label, *spans)
    windows = tiny_classifier.window_encoder.encode([document])
    outputs = [gold_as_logits(tiny_classifier, document, [window]) for window in windows]
    (predictions,) = decode(outputs, [document], tiny_classifier.model.config)
    found = [span for prediction in predictions for span in prediction.spans]
    assert found == [LabeledSpan(*pair, label) for pair in expected]


def test_inside_after_outside_begins_a_span(tiny_classifier, small_document):
    windows = tiny_classifier.window_encoder.encode([small_document])
    batch, output = gold_as_logits(tiny_classifier, small_document, windows[:1])
    output.span_logits[:] = 0.0
    output.span_logits[..., 0] = SURE
    output.span_logits[0, 2, 1, :] = torch.tensor([0.0, 0.0, 2 * SURE])  # one I for cue
    rest = [
        gold_as_logits(tiny_classifier, marked(small_document, "cue"), [w]) for w in windows[1:]
    ]
    (predictions,) = decode(
        [(batch, output), *rest], [small_document], tiny_classifier.model.config
    )
    found = [span for prediction in predictions for span in prediction.spans]
    start, end = windows[0].offsets[2]
    assert found == [LabeledSpan(int(start), int(end), "cue")]


def test_mentions_of_the_same_words_are_weighed_together(tiny_classifier, small_document):
    windows = tiny_classifier.window_encoder.encode([small_document])
    batch, output = gold_as_logits(tiny_classifier, small_document, windows[:1])
    text = small_document.text
    ids = batch.windows[0].offsets.tolist()
    she = ids.index([text.index("she"), text.index("she") + 3])
    output.source_start_logits[:] = -SURE
    slot = 0
    output.source_start_logits[0, slot, NUM_ANCHORS + she] = 1.0
    rest = [gold_as_logits(tiny_classifier, small_document, [window]) for window in windows[1:]]
    (predictions,) = decode(
        [(batch, output), *rest], [small_document], tiny_classifier.model.config
    )
    assert predictions[slot].antecedent.of(text).startswith("she")
    assert predictions[slot].mention_score == pytest.approx(1.0, abs=1e-4)


@pytest.mark.parametrize(
    ("part", "whole"),
    [
        (Span(2, 6), "Ada Lund"),
        (Span(0, 2), "Ada"),
        (Span(4, 8), "Lund"),
        (Span(15, 16), "it"),
        (Span(23, 26), "called"),
        (Span(26, 29), "called"),
    ],
)
def test_spans_hold_whole_words_of_their_sentence(part, whole):
    text = "Ada Lund said: it’s so-calledThe next one"
    sentence = Sentence(0, 29, text[:29])
    assert whole_words(text, part, sentence).of(text) == whole
