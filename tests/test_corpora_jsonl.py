"""JSON Lines files: line numbers, rejects, and writing."""

import json
import logging
from datetime import date

import pytest

from claimclf.corpora.jsonl import read_jsonl, write_jsonl
from claimclf.corpora.problems import Problem
from claimclf.documents import Document

GOOD = {"doc_id": "good", "text": "Rain fell.", "sentences": [{"start": 0, "end": 10, "types": []}]}
BAD = {"doc_id": "bad", "text": "Rain fell.", "sentences": [{"start": 0, "end": 11}]}


def write(path, *lines):
    path.write_bytes(
        b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines)
    )
    return path


@pytest.fixture
def mixed(tmp_path):
    return write(tmp_path / "m.jsonl", GOOD, b"", b"{broken", BAD, b'"\xff"', b"[]", GOOD)


def test_the_first_bad_record_stops_the_reader_and_is_named(tmp_path):
    path = write(tmp_path / "m.jsonl", GOOD, b"", BAD)
    documents = read_jsonl(path)
    assert next(documents).id == "good"
    with pytest.raises(ValueError, match=r"m\.jsonl, line 3 \(bad\): error: Sentence 0 \[0, 11\)"):
        next(documents)


def test_bad_records_are_skipped_with_line_and_reason_when_asked(mixed, caplog):
    rejects: list[Problem] = []
    with caplog.at_level(logging.WARNING):
        documents = list(read_jsonl(mixed, on_error="skip", rejects=rejects))
    assert [document.id for document in documents] == ["good", "good"]
    assert [(reject.line, reject.doc_id) for reject in rejects] == [
        (3, None),
        (4, "bad"),
        (5, None),
        (6, None),
    ]
    for reject, reason in zip(
        rejects, ("Not JSON", "inside the text", "Not UTF-8", "JSON object"), strict=True
    ):
        assert reason in reject.message
    (message,) = caplog.messages
    assert "left out 4 of 6 records" in message


def test_a_file_without_bad_records_logs_nothing(tmp_path, caplog):
    with caplog.at_level(logging.WARNING):
        list(read_jsonl(write(tmp_path / "g.jsonl", GOOD), on_error="skip"))
    assert caplog.messages == []


def test_wrong_arguments_are_refused_before_reading(tmp_path):
    with pytest.raises(ValueError, match="'raise' or 'skip', got 'ignore'"):
        read_jsonl(write(tmp_path / "g.jsonl", GOOD), on_error="ignore")
    with pytest.raises(FileNotFoundError, match="is not a file"):
        read_jsonl(tmp_path / "none.jsonl")


def test_records_without_id_are_named_by_file_and_line(tmp_path):
    path = write(tmp_path / "notes.jsonl", GOOD, {"text": "Rain fell."})
    assert [document.id for document in read_jsonl(path)] == ["good", "notes:2"]


def test_only_line_feeds_end_a_line(tmp_path):
    record = json.dumps({"text": "One\u2028two.\u0085"}, ensure_ascii=False).encode()
    documents = list(read_jsonl(write(tmp_path / "u.jsonl", record + b"\r", GOOD)))
    assert documents[0].text == "One\u2028two.\u0085"
    assert len(documents) == 2


def test_a_byte_order_mark_is_no_part_of_the_first_record(tmp_path):
    path = write(tmp_path / "b.jsonl", b"\xef\xbb\xbf" + json.dumps(GOOD).encode())
    assert next(read_jsonl(path)).id == "good"


def test_written_documents_are_read_back_unchanged(tmp_path):
    path = write(tmp_path / "a.jsonl", GOOD, {"text": "“Größe” 😀\r\n\0 x", "date": "2020-01-01"})
    documents = list(read_jsonl(path))
    assert write_jsonl(documents, tmp_path / "b.jsonl") == 2
    assert list(read_jsonl(tmp_path / "b.jsonl")) == documents


def test_a_corpus_can_be_rewritten_in_place(tmp_path):
    path = write(tmp_path / "a.jsonl", GOOD, GOOD)
    assert write_jsonl(read_jsonl(path), path) == 2
    assert [document.id for document in read_jsonl(path)] == ["good", "good"]


def test_a_failed_writing_leaves_the_old_file_and_nothing_else(tmp_path):
    path = write(tmp_path / "a.jsonl", GOOD)
    before = path.read_bytes()
    undated = Document("x", id="x1", metadata={"date": date(2020, 1, 2)})
    with pytest.raises(ValueError, match=r"Document 'x1': metadata must fit JSON, .*date\(2020"):
        write_jsonl([Document("x"), undated], path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
