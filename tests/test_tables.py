"""The table of sentences: columns, dtypes, names of documents."""

from __future__ import annotations

from claimclf.documents import Document, Perspective, Sentence, Span
from claimclf.labels import TYPES
from claimclf.tables import document_names, sentence_frame, type_names
from claimclf.voices import share_of_voice
from tests.spoken import HARBOUR, MAYOR, spoken


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


def test_sentence_frame_keeps_columns_and_dtypes_whatever_the_documents_hold():
    full, empty = sentence_frame([HARBOUR]), sentence_frame([])
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
