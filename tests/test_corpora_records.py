"""Records of every shape → documents, and what is wrong with the ones that cannot be read."""

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimclf.corpora.findings import record_findings
from claimclf.corpora.records import document_from_record
from claimclf.documents import Document, Perspective, Sentence, Span
from claimclf.labels import TYPES

TEXT = "Rain fell. The mayor said 40 homes flooded. “More may follow,” she said."
SENTENCES = [(0, 10), (11, 43), (44, 72)]


def annotated(**changes):
    record = {
        "doc_id": "d1",
        "corpus": "test",
        "license": "CC0",
        "text": TEXT,
        "sentences": [
            {"start": 0, "end": 10, "types": [], "source": "author", "mention": None},
            {
                "start": 11,
                "end": 43,
                "types": ["statistic", "attribution"],
                "source": "e1",
                "mention": [11, 20],
            },
            {
                "start": 44,
                "end": 72,
                "types": ["speculation"],
                "source": "e1",
                "mention": [63, 66],
            },
        ],
        "sources": {
            "e0": {"name": "Nobody", "kind": "public", "party": None},
            "e1": {"name": "The mayor", "kind": "official", "party": "Bern"},
        },
    }
    return record | changes


def with_sentence(index, **changes):
    record = annotated()
    record["sentences"][index] |= changes
    return record


def errors(record, **options):
    found = record_findings(record, **options)
    return [finding.message for finding in found if finding.level == "error"]


def warnings(record):
    return [finding.message for finding in record_findings(record) if finding.level == "warning"]


def test_an_annotated_record_keeps_all_its_labels():
    document = document_from_record(annotated())
    narration, first, second = document.sentences
    assert document.id == "d1"
    assert document.metadata == {"corpus": "test", "license": "CC0"}
    assert narration.perspective == Perspective("author")
    assert (narration.types, narration.known_types) == ((), TYPES)
    assert first.types == ("attribution", "statistic")  # schema order, not the file's
    assert first.perspective.mention.of(TEXT) == "The mayor"
    assert second.perspective.mention.of(TEXT) == "she"
    assert document.attributions is None


def test_sources_gather_their_mentions_and_unused_ones_come_last():
    mayor, nobody = document_from_record(annotated()).sources
    assert (mayor.name, mayor.kind, mayor.party) == ("The mayor", "official", "Bern")
    assert [span.of(TEXT) for span in mayor.mentions] == ["The mayor", "she"]
    assert (nobody.id, nobody.mentions) == ("e0", ())


def test_a_sentence_without_types_is_not_annotated_rather_than_none():
    record = annotated()
    del record["sentences"][0]["types"]
    not_annotated, annotated_sentence, _ = document_from_record(record).sentences
    assert not_annotated.known_types == ()
    assert annotated_sentence.known_types == TYPES


def test_a_null_source_means_that_nobody_decided():
    document = document_from_record(with_sentence(0, source=None))
    assert document.sentences[0].perspective is None


def test_own_types_are_declared_by_the_record_or_the_reader():
    own = with_sentence(0, types=["opinion"])
    for sentence in own["sentences"][1:]:
        sentence["types"] = []
    by_record = document_from_record(own | {"known_types": ["opinion", "irony"]})
    by_reader = document_from_record(own, types=("opinion", "irony"))
    assert by_record.sentences == by_reader.sentences
    assert by_record.sentences[0].types == ("opinion",)
    assert by_record.sentences[1].known_types == ("opinion", "irony")


def test_known_types_of_a_sentence_win_over_those_of_the_record():
    document = document_from_record(with_sentence(0, known_types=["attribution"]))
    assert document.sentences[0].known_types == ("attribution",)
    assert document.sentences[1].known_types == TYPES


def test_attributions_beside_types_give_spans_only():
    marked = {"source": [[11, 20]], "cue": [[21, 25]], "content": [[26, 42], [45, 60]]}
    document = document_from_record(annotated(attributions=[marked]))
    assert document.sentences[0].known_types == TYPES
    assert document.sentences[1].perspective.source.id == "e1"
    assert [(span.start, span.label) for span in document.sentences[1].spans] == [
        (11, "source"),
        (21, "cue"),
        (26, "content"),
    ]
    assert [span.start for span in document.sentences[2].spans] == [45]


def test_attributions_alone_decide_type_and_perspective():
    document = document_from_record(
        {
            "id": "p1",
            "text": TEXT,
            "sentences": [{"start": start, "end": end} for start, end in SENTENCES],
            "attributions": [
                {"source": [[11, 20]], "cue": [[21, 25]], "content": [[26, 42]]},
                {"source": [[63, 66]], "content": [[44, 61]], "source_name": "Ada Moor"},
            ],
        }
    )
    narration, first, second = document.sentences
    assert (narration.types, narration.known_types) == ((), ("attribution",))
    assert narration.perspective.is_author
    assert first.types == ("attribution",)
    assert (first.perspective.source.name, first.perspective.source.kind) == ("The mayor", None)
    assert second.perspective.source.name == "Ada Moor"
    assert len(document.attributions) == 2


def test_a_text_alone_is_cut_into_sentences_that_nobody_labelled():
    document = document_from_record({"text": "Rain fell. It stopped."}, default_id="f:1")
    assert [sentence.text for sentence in document.sentences] == ["Rain fell.", "It stopped."]
    assert all(s.known_types == () and s.perspective is None for s in document.sentences)
    assert document.id == "f:1"


def test_what_to_dict_wrote_is_read_back():
    document = document_from_record(annotated())
    assert document_from_record(json.loads(json.dumps(document.to_dict()))) == document


def test_sound_records_have_no_findings_but_an_unused_source():
    assert errors(annotated()) == []
    assert warnings(annotated()) == ["Source 'e0' is defined, but no sentence has it."]


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ([1], "Expected a JSON object, got a list"),
        ({"doc_id": "x"}, "'text' must be a string, got no such key; the keys are ['doc_id']"),
        ({"text": 3}, "'text' must be a string, got a number"),
        ({"text": "a\ud83d"}, "Character 1 of the text is half of a surrogate pair"),
        (annotated(sentences=3), "'sentences' must be a list of objects, got a number"),
        (annotated(sentences=[3]), "Sentence 0 must be an object with whole numbers"),
        (with_sentence(0, start="0"), "Sentence 0 must be an object with whole numbers"),
        (with_sentence(0, start=False), "Sentence 0 must be an object with whole numbers"),
        (with_sentence(2, end=73), "Sentence 2 [44, 73) must be non-empty and inside the text"),
        (with_sentence(0, end=0), "Sentence 0 [0, 0) must be non-empty"),
        (with_sentence(1, start=9), "Sentence 1 [9, 43) starts before 10"),
        (with_sentence(0, text="Snow fell."), "covers 'Rain fell.', but its 'text' is 'Snow"),
        (with_sentence(0, types=["opinion"]), "unknown type 'opinion'; expected one of ['attr"),
        (with_sentence(0, types="attribution"), "'types' must be a list of strings"),
        (with_sentence(0, known_types=3), "'known_types' must be a list of strings"),
        (with_sentence(1, source="e7"), "unknown source 'e7'; expected 'author' or one of"),
        (with_sentence(1, source=["e1"]), "unknown source ['e1']"),
        (with_sentence(0, mention=[0, 4]), "has a mention [0, 4], but no source"),
        (with_sentence(1, mention=[40, 45]), "mention must be a non-empty [start, end] inside it"),
        (with_sentence(1, mention=[12]), "mention must be a non-empty [start, end] inside it"),
        (annotated(sources="e1"), "'sources' must map keys"),
        (annotated(sources={"e1": {"kind": "public"}}), "must be an object with a string 'name'"),
        (annotated(sources={"e1": {"name": "A", "kind": "state"}}), "unknown kind 'state'"),
        (annotated(sources={"e1": {"name": "A", "party": 1}}), "'party' must be a string or null"),
        (annotated(sources={"author": {"name": "A"}}), "key must be a string other than 'author'"),
        (annotated(sources=[{"id": "e1", "name": "A"}] * 2), "'e1' is defined more than once"),
        (annotated(attributions={}), "'attributions' must be a list of objects"),
        (annotated(attributions=[[]]), "Attribution 0 must be an object"),
        (annotated(attributions=[{"cue": 7}]), "Attribution 0: cue spans must be a list"),
        (annotated(attributions=[{"cue": [[70, 80]]}]), "cue span must be a non-empty"),
        (annotated(attributions=[{"source_name": 1}]), "'source_name' must be a string"),
    ],
)
def test_an_error_says_what_was_expected_and_what_came(record, message):
    assert any(message in found for found in errors(record)), errors(record)
    with pytest.raises(ValueError):  # noqa: PT011 - the message is checked above
        document_from_record(record)


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ({"text": " \n"}, "The text is empty."),
        (annotated(sentences=[]), "'sentences' is empty"),
        (with_sentence(0, end=11), "Sentence 0 [0, 11) begins or ends with white space."),
        (with_sentence(1, mention=[11, 21]), "its mention [11, 21] begins or ends with white"),
        (with_sentence(1, types=["statistic"] * 2), "type 'statistic' is listed more than once"),
        (annotated(sources={"e1": {"name": " "}}), "Source 'e1' has an empty name."),
        (annotated(attributions=[{"cue": [[0, 4]]}]), "Attribution 0 has no content."),
    ],
)
def test_a_warning_does_not_keep_a_record_from_being_read(record, message):
    assert any(message in found for found in warnings(record)), warnings(record)
    document_from_record(record)


def test_a_mention_that_cuts_a_word_is_a_warning_that_says_how_it_is_read():
    record = {
        "text": "The dam held, he said.",
        "sentences": [{"start": 0, "end": 22, "source": "e1", "mention": [1, 3]}],
        "sources": {"e1": {"name": "A man"}},
    }
    (message,) = warnings(record)
    assert message == (
        "Sentence 0 [0, 22): its mention [1, 3] 'he' cuts a word; it is read as [14, 16]."
    )


def test_all_errors_of_a_record_are_named_at_once():
    record = with_sentence(1, source="e7", mention=[0, 4], types=["opinion"])
    with pytest.raises(ValueError, match=r"'opinion'.*'e7'.*mention"):
        document_from_record(record)


@pytest.mark.parametrize(
    ("labels", "named"),
    [
        ({"source": "e1"}, "has source,"),
        ({"source": "author"}, "has source,"),
        ({"source": "e1", "mention": [0, 4]}, "has source, mention,"),
        ({"types": ["attribution"]}, r"has types \(without 'known_types'\),"),
    ],
)
def test_labels_that_a_list_of_sources_would_hide_are_an_error(labels, named):
    record = {
        "text": "Rain fell.",
        "sentences": [{"start": 0, "end": 10, "text": "Rain fell.", **labels}],
        "sources": [{"id": "e1", "name": "Ada Moor"}],
    }
    with pytest.raises(ValueError, match=rf"Sentence 0 \[0, 10\) {named} .*'sources' as an object"):
        document_from_record(record)


def test_a_perspective_without_a_list_of_sources_is_an_error():
    record = {
        "text": "Rain fell.",
        "sentences": [{"start": 0, "end": 10, "perspective": {"status": "author"}}],
    }
    with pytest.raises(ValueError, match=r"Sentence 0 \[0, 10\) has a 'perspective', which nobody"):
        document_from_record(record)


def test_a_type_beside_the_known_ones_of_a_written_document_is_a_warning():
    record = document_from_record(annotated()).to_dict()
    record["sentences"][0]["types"] = ["opinion"]
    (message,) = warnings(record)
    assert "type 'opinion' is not one of its 'known_types'" in message
    assert document_from_record(record).sentences[0].types == ("opinion",)


def test_a_written_document_that_contradicts_itself_is_an_error():
    record = document_from_record(annotated()).to_dict()
    record["sentences"][1]["perspective"]["status"] = "author"
    with pytest.raises(ValueError, match="source exactly when"):
        document_from_record(record)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 80) | st.floats() | st.sampled_from(["", "e1"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["start", "end", "name", "id", "cue"]), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(
    key=st.sampled_from(["text", "sentences", "sources", "attributions", "known_types", "doc_id"]),
    inner=st.none() | st.sampled_from(["start", "types", "source", "mention", "perspective"]),
    value=JSON_VALUES,
)
def test_no_value_makes_reading_fail_but_for_value_error(key, inner, value):
    record = annotated() | {key: value} if inner is None else with_sentence(1, **{inner: value})
    try:
        document = document_from_record(record)
    except ValueError:
        return
    assert isinstance(document, Document)


ODD_TEXT = st.text(
    st.sampled_from("aB .\n\r\t\0“”’é\u0301א\u202e😀👩\u200d\u2028\ufeff"), min_size=1, max_size=30
)


@given(text=ODD_TEXT, data=st.data())
def test_every_span_of_odd_text_reproduces(text, data):
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)), min_size=2)) | {0, len(text)})
    sentences = [{"start": a, "end": b} for a, b in pairwise(cuts)]
    offsets = st.integers(0, len(text) - 1)
    pairs = st.lists(
        st.tuples(offsets, offsets).map(lambda pair: [min(pair), max(pair) + 1]), max_size=2
    )
    marked = st.fixed_dictionaries({"source": pairs, "cue": pairs, "content": pairs})
    record = {
        "text": text,
        "sentences": sentences,
        "attributions": data.draw(st.lists(marked, max_size=3)),
    }
    document = document_from_record(json.loads(json.dumps(record)))
    assert "".join(sentence.text for sentence in document.sentences) == text
    for sentence in document.sentences:
        covered = {i for span in document.spans() for i in range(span.start, span.end)}
        clipped = {i for span in sentence.spans for i in range(span.start, span.end)}
        assert clipped == covered & set(range(sentence.start, sentence.end))
        if sentence.perspective and sentence.perspective.mention:
            assert Span(sentence.start, sentence.end).contains(sentence.perspective.mention)
            assert sentence.perspective.mention in sentence.perspective.source.mentions


def test_a_written_record_without_an_id_gets_one():
    record = Document("It rained.", (Sentence(0, 10, "It rained."),)).to_dict()
    assert document_from_record(record, default_id="w:1").id == "w:1"
    assert document_from_record(record | {"id": 7}).id == "7"
