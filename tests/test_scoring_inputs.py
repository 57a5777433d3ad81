"""Files, folders, globs and datasets → the same rows in the same order; every bad row is named."""

from __future__ import annotations

import csv
import gzip
import json
import os
import pickle
import random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from datasets import Dataset, DatasetDict

from claimclf.scoring import InputError, formats
from claimclf.scoring.formats import format_of
from claimclf.scoring.ids import SeenIds
from claimclf.scoring.inputs import REJECT_CODES, Article, RejectedRow, open_input

RECORDS = [
    {"id": "a", "text": "The dam held.", "n": 1},
    {"id": "b", "text": "“Zürich” said\n\nno, “yes”; a\tb.", "n": 2},
    {"id": "c", "text": "Third.", "n": 3},
]
ARTICLES = [(record["id"], record["text"]) for record in RECORDS]


def rows_of(*data, **options):
    inputs = open_input(*data, **options)
    return [inputs.parse(raw) for raw in inputs.stream()]


def articles(rows):
    assert all(isinstance(row, Article) for row in rows), rows
    return [(row.doc_id, row.text) for row in rows]


def write(path, records=RECORDS):
    """Write records in the format and compression that the name asks for."""
    name = path.name
    if ".parquet" in name:
        pq.write_table(pa.Table.from_pylist(records), path, row_group_size=2)
        return path
    plain = path.with_name(name.removesuffix(".gz").removesuffix(".zst"))
    if "jsonl" in name:
        plain.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    elif "sv" in name:
        with plain.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, delimiter="\t" if "tsv" in name else ",")
            writer.writerows([list(records[0]), *(record.values() for record in records)])
    if name.endswith((".gz", ".zst")):
        content = plain.read_bytes()
        plain.unlink()
        kind = "gzip" if name.endswith(".gz") else "zstd"
        with pa.CompressedOutputStream(str(path), kind) as file:
            file.write(content)
    return path


@pytest.mark.parametrize("compression", ["", ".gz", ".zst"])
@pytest.mark.parametrize("name", ["a.jsonl", "a.csv", "a.tsv", "a.parquet"])
def test_every_format_gives_the_same_articles(tmp_path, name, compression):
    if ".parquet" in name and compression:
        pytest.skip("Parquet is compressed inside")
    assert articles(rows_of(write(tmp_path / f"{name}{compression}"))) == ARTICLES


def test_text_files_are_one_article_each_named_by_their_path(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "b.txt").write_bytes(b"\xef\xbb\xbfSecond.")
    (tmp_path / "sub" / "a.txt.gz").write_bytes(gzip.compress("Üst.".encode()))
    (tmp_path / ".hidden.txt").write_text("no")
    (tmp_path / "_SUCCESS.txt").write_text("no")
    assert articles(rows_of(tmp_path)) == [("b.txt", "Second."), ("sub/a.txt.gz", "Üst.")]


def test_several_files_and_globs_are_read_by_name(tmp_path):
    for number, record in enumerate(RECORDS):
        write(tmp_path / f"{number}.jsonl", [record])
    assert articles(rows_of(str(tmp_path / "*.jsonl"))) == ARTICLES
    paths = [tmp_path / "2.jsonl", tmp_path / "0.jsonl", tmp_path / "0.jsonl"]
    assert articles(rows_of(paths)) == [ARTICLES[0], ARTICLES[2]]


def test_a_dataset_is_read_and_so_is_its_folder(tmp_path):
    dataset = Dataset.from_list(RECORDS)
    assert articles(rows_of(dataset)) == ARTICLES
    dataset.save_to_disk(tmp_path / "saved")
    assert articles(rows_of(tmp_path / "saved")) == ARTICLES
    with pytest.raises(InputError, match="several splits: 'train'"):
        open_input(DatasetDict(train=dataset))
    read = open_input(dataset)
    assert read.num_bytes == (dataset.data.nbytes,), "it decides whether compiling pays"
    assert read.sizes == (len(RECORDS),)
    with pytest.raises(TypeError, match=r"Expected a file, folder, glob or datasets.Dataset"):
        open_input(7)


def test_an_input_can_be_sent_to_another_process(tmp_path):
    inputs = pickle.loads(pickle.dumps(open_input(write(tmp_path / "a.csv"))))  # noqa: S301
    assert articles([inputs.parse(raw) for raw in inputs.stream()]) == ARTICLES


def test_columns_are_guessed_by_name_or_chosen(tmp_path):
    records = [{"URL": "u1", "Headline": "h", "Body": "Text."}]
    path = write(tmp_path / "a.jsonl", records)
    assert articles(rows_of(path)) == [("u1", "Text.")]
    chosen = rows_of(path, text_column="Headline", id_column="Body")
    assert articles(chosen) == [("Text.", "h")]


def test_without_an_id_file_and_row_are_the_id(tmp_path):
    path = write(tmp_path / "a.csv", [{"text": "One."}, {"text": "Two."}])
    assert [row.doc_id for row in rows_of(path)] == ["a.csv:2", "a.csv:3"]


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv", "a.parquet"])
def test_a_missing_column_lists_what_is_there(tmp_path, name):
    path = write(tmp_path / name)
    with pytest.raises(InputError, match=r"no column 'body'; it has 'id', 'text', 'n'.*--text-col"):
        open_input(path, text_column="body")
    with pytest.raises(InputError, match=r"no column 'key'.*--id-column"):
        open_input(path, id_column="key")
    odd = write(tmp_path / f"odd_{name}", [{"x": "1", "y": "2"}])
    with pytest.raises(InputError, match="no column looks like the text; it has 'x', 'y'"):
        open_input(odd)
    if name != "a.jsonl":  # its records are checked one by one
        with pytest.raises(InputError, match=r"odd_.*: no column 'id'; it has 'x', 'y'"):
            open_input([path, odd])


def test_what_is_no_input_says_what_would_be(tmp_path):
    with pytest.raises(InputError, match="There is no file"):
        open_input(tmp_path / "none.jsonl")
    (tmp_path / "a.pdf").write_bytes(b"%PDF")
    with pytest.raises(InputError, match="expected Parquet, or JSON Lines"):
        open_input(tmp_path / "a.pdf")
    with pytest.raises(InputError, match=r"found 'a.pdf'"):
        open_input(tmp_path)
    write(tmp_path / "a.csv")
    (tmp_path / "README.txt").write_text("About.")
    with pytest.raises(InputError, match=r"several formats \(1 csv, 1 txt\)"):
        open_input(tmp_path)
    with pytest.raises(InputError, match="has no columns"):
        open_input(tmp_path / "README.txt", text_column="text")


def test_broken_lines_spoil_only_themselves(tmp_path, monkeypatch):
    monkeypatch.setattr(formats, "MAX_RECORD_BYTES", 200)
    good = b'{"id": "g", "text": "Good."}\n'
    lines = {
        b"{broken\n": "json",
        b"[1, 2]\n": "json",
        b'{"id": "1", "text": null}\n': "null",
        b'{"id": "2", "text": 7}\n': "not_text",
        b'{"id": "3"}\n': "not_text",
        b'{"id": "4", "text": " \\n"}\n': "empty",
        b'{"id": "5", "text": "\xff"}\n': "encoding",
        b'{"id": "6", "text": "\\ud800"}\n': "encoding",
        b'{"text": "No id."}\n': "no_id",
        b'{"id": null, "text": "Null id."}\n': "no_id",
        b'{"id": 1.5, "text": "Float id."}\n': "bad_id",
        b'{"id": "7", "text": "' + b"x" * 60 + b'"}\n': "too_large",
        b'{"id": "8", "text": "' + b"y" * 1000 + b'"}\n': "too_large",
        b"[" * 190 + b"\n": "json",
    }
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"\n".join([good, *(line + good for line in lines)]))
    rows = rows_of(path, max_characters=50)
    rejects = [row for row in rows if isinstance(row, RejectedRow)]
    assert [reject.code for reject in rejects] == list(lines.values())
    assert set(lines.values()) <= set(REJECT_CODES)
    assert len(rows) == 2 * len(lines) + 1, "every good line is there"
    content = path.read_bytes().split(b"\n")
    for line, reject in zip(lines, rejects, strict=True):
        assert content[reject.place - 1] + b"\n" == line
        assert reject.file == "a.jsonl"
    assert {row.row for row in rows} == set(range(len(rows)))


def test_broken_csv_records_spoil_only_themselves(tmp_path, monkeypatch):
    monkeypatch.setattr(formats, "MAX_RECORD_BYTES", 100)
    path = tmp_path / "a.csv"
    path.write_bytes(
        b'id,text\n1,One\n2\n3,"Thr\nee"\n4,bad \xe9\n5,' + b"x" * 120 + b"\n6,Six\n7,\n"
    )
    rows = rows_of(path)
    assert [(row.doc_id, row.text) for row in rows if isinstance(row, Article)] == [
        ("1", "One"),
        ("3", "Thr\nee"),
        ("6", "Six"),
    ]
    rejects = [(row.place, row.code) for row in rows if isinstance(row, RejectedRow)]
    assert rejects == [(3, "csv"), (6, "encoding"), (7, "csv"), (9, "empty")]
    assert "byte 0xe9" in next(row.reason for row in rows if row.place == 6)


def test_bad_cells_of_parquet_are_named(tmp_path):
    bad = pa.StringArray.from_buffers(
        2, pa.py_buffer(b"\0\0\0\0\1\0\0\0\3\0\0\0"), pa.py_buffer(b"\xffOK")
    )
    pq.write_table(pa.table({"text": bad, "id": [1, 2]}), tmp_path / "a.parquet")
    first, second = rows_of(tmp_path / "a.parquet")
    assert (first.code, first.place) == ("encoding", 1)
    assert (second.doc_id, second.text) == ("2", "OK")
    binary = pa.table({"text": [b"bytes", b"\xff"], "id": [1, None]})
    pq.write_table(binary, tmp_path / "b.parquet")
    first, second = rows_of(tmp_path / "b.parquet")
    assert first.text == "bytes"
    assert second.code == "no_id"


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        ([7.0, -8.0, None], ["7", "-8", "no_id"]),
        (pa.array([7.0, float("nan"), 2.0**53]), ["7", "no_id", "bad_id"]),
        ([7.5, float("inf"), 8.0], ["bad_id", "bad_id", "8"]),
        ([b"a7", b"", b"\xff\x00"], ["a7", "no_id", "bad_id"]),
        ([[7], [], [8]], ["bad_id", "bad_id", "bad_id"]),
    ],
)
def test_whole_numbers_and_text_are_ids_however_parquet_keeps_them(tmp_path, ids, expected):
    pq.write_table(pa.table({"text": ["One."] * 3, "id": ids}), tmp_path / "a.parquet")
    rows = rows_of(tmp_path / "a.parquet")
    assert [row.doc_id if isinstance(row, Article) else row.code for row in rows] == expected
    reasons = [row.reason for row in rows if isinstance(row, RejectedRow) and row.code == "bad_id"]
    assert all("Write the column as strings." in reason for reason in reasons)


@pytest.mark.parametrize("name", ["a.jsonl.gz", "a.parquet", "a.csv.zst"])
def test_a_file_that_ends_too_early_is_unreadable(tmp_path, name):
    random.seed(0)
    text = "".join(random.choices("abcdefgh ", k=200_000))
    path = write(tmp_path / name, [{"id": str(n), "text": f"{text}{n}"} for n in range(5)])
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(InputError, match="can't be read"):
        rows_of(path)


@pytest.mark.skipif(os.getuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_unreadable(tmp_path):
    (tmp_path / "a.txt").write_text("secret")
    (tmp_path / "a.txt").chmod(0)
    with pytest.raises(InputError, match="can't be read"):
        rows_of(tmp_path)


def test_progress_goes_from_nothing_to_all(tmp_path):
    for name in ("a.jsonl", "b.jsonl.gz", "c.jsonl"):
        write(tmp_path / name, [{"id": n, "text": "x" * 9000} for n in range(50)])
    stream = open_input(tmp_path).stream()
    shares = [stream.share for _ in stream]
    assert shares == sorted(shares)
    assert 0 < shares[0] < 0.3
    assert stream.share == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.JSONL", "jsonl"),
        ("a.ndjson.zst", "jsonl"),
        ("a.pq", "parquet"),
        ("a.tsv.gz", "tsv"),
        ("a.txt", "txt"),
        ("a.json", None),
        ("a.gz", None),
        ("gz", None),
    ],
)
def test_the_name_says_the_format(tmp_path, name, expected):
    assert format_of(tmp_path / name) == expected


def test_seen_ids_are_a_set_in_little_memory():
    seen = SeenIds()
    names = [f"doc-{n % 30_000}" for n in range(40_000)]
    reference: set[str] = set()
    for name in names:
        assert seen.add(name) == (name not in reference)
        reference.add(name)
    assert len(seen) == len(reference) == 30_000
    assert seen.num_bytes <= 16 * len(seen)


def test_a_quote_that_is_never_closed_spoils_the_lines_it_swallows_and_says_so(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('id,text\n1,The dam is safe.\n2,"The ferry may sail.\n3,It may leak.\n4,No.\n')
    first, last = rows_of(path)
    assert (first.doc_id, first.text) == ("1", "The dam is safe.")
    assert (last.place, last.code) == (3, "csv")
    assert last.reason == (
        "Not CSV: a quote is never closed in lines 3 to 5, none of which is scored."
    )
    path.write_text('id,text\n1,"The dam" is safe.\n2,"It may\nleak."')
    assert articles(rows_of(path)) == [("1", "The dam is safe."), ("2", "It may\nleak.")]


def test_the_limit_for_fields_of_others_is_not_lowered(tmp_path, monkeypatch):
    monkeypatch.setattr(formats, "MAX_RECORD_BYTES", 100)
    (tmp_path / "a.csv").write_text("id,text\n1," + "x" * 120 + "\n2,Two\n")
    before = csv.field_size_limit(400_000)
    try:
        long, good = rows_of(tmp_path / "a.csv")
        assert csv.field_size_limit() == 400_000
    finally:
        csv.field_size_limit(before)
    assert (long.code, long.reason) == ("csv", "Not CSV: field larger than field limit (100).")
    assert good.doc_id == "2"


def test_a_record_with_too_many_fields_names_all_of_its_lines(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('id,text\n1,"The dam.\n2","Yes", and no.\n3,A,B\n4,Four\n')
    several, single, good = rows_of(path)
    assert (several.place, several.code) == (2, "csv")
    assert several.reason == (
        "Expected 2 fields as in the header, got 4 in lines 2 to 3, none of which is scored."
    )
    assert single.reason == "Expected 2 fields as in the header, got 3."
    assert good.doc_id == "4"


def test_a_quote_that_a_later_one_closes_does_not_put_two_rows_into_one(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text('id,text\n1,"The dam is safe.\n2,He said "no" today.\n3,"O""K"\n4,"A\nB"\n')
    several, *good = rows_of(path)
    assert (several.place, several.code) == (2, "csv")
    assert several.reason == (
        "Not CSV: a quote inside a field is not doubled in lines 2 to 3, none of which is scored."
    )
    assert articles(good) == [("3", 'O"K'), ("4", "A\nB")]


def test_a_header_that_is_no_csv_is_named(tmp_path):
    (tmp_path / "a.csv").write_text('id,"text\n1,One\n2,Two\n')
    with pytest.raises(InputError, match=r"a.csv: .* header .* a quote is never closed"):
        open_input(tmp_path / "a.csv")


@pytest.mark.parametrize(
    ("encoding", "found"),
    [("utf-16", "UTF-16"), ("utf-16-le", "UTF-16"), ("latin-1", "byte 0xdc")],
)
def test_a_header_in_another_encoding_is_named(tmp_path, encoding, found):
    (tmp_path / "a.csv").write_text("id,text,Über\n1,One,2\n", encoding)
    with pytest.raises(
        InputError, match=rf"a.csv: expected UTF-8, got {found} in the header. Save"
    ):
        open_input(tmp_path / "a.csv")


def test_globs_reach_into_folders_and_read_those_they_match(tmp_path):
    for number, folder in enumerate(["in", "in/sub", "in/sub/deep"]):
        (tmp_path / folder).mkdir()
        write(tmp_path / folder / f"{number}.jsonl", [RECORDS[number]])
    assert sorted(articles(rows_of(f"{tmp_path}/in/**/*.jsonl"))) == ARTICLES
    assert sorted(articles(rows_of(f"{tmp_path}/i*"))) == ARTICLES
    (tmp_path / "ink").mkdir()
    with pytest.raises(InputError, match=r"ink holds no file that can be scored"):
        open_input(f"{tmp_path}/i*")


def test_links_are_read_under_their_own_names(tmp_path):
    (tmp_path / "blobs").mkdir()
    (tmp_path / "in").mkdir()
    (tmp_path / "blobs" / "abc123").write_text("The dam held.")
    for name in ("a.txt", "b.txt"):
        (tmp_path / "in" / name).symlink_to("../blobs/abc123")
    inputs = open_input(tmp_path / "in")
    assert inputs.names == ("a.txt", "b.txt")
    found = [inputs.parse(raw) for raw in inputs.stream()]
    assert articles(found) == [("a.txt", "The dam held."), ("b.txt", "The dam held.")]
    assert open_input(tmp_path / "in" / "a.txt").names == ("a.txt",)


def test_linked_folders_are_entered_once(tmp_path):
    for name in ("in", "in/v2", "other"):
        (tmp_path / name).mkdir()
    write(tmp_path / "in" / "v2" / "a.jsonl", RECORDS[:1])
    (tmp_path / "in" / "current").symlink_to("v2")
    (tmp_path / "in" / "v2" / "up").symlink_to("..")
    assert open_input(tmp_path / "in").names == ("a.jsonl",)
    write(tmp_path / "other" / "b.jsonl", RECORDS[1:])
    (tmp_path / "in" / "other").symlink_to("../other")
    assert articles(rows_of(tmp_path / "in")) == ARTICLES


def test_a_link_to_nothing_is_unreadable(tmp_path):
    write(tmp_path / "a.jsonl")
    (tmp_path / "b.jsonl").symlink_to("gone.jsonl")
    with pytest.raises(InputError, match=r"can't be read: .*b.jsonl"):
        open_input(tmp_path)


def test_file_names_that_are_not_utf8_are_written_as_escapes(tmp_path):
    with open(os.fsencode(tmp_path) + b"/caf\xe9.txt", "w") as file:
        file.write("The dam held.")
    assert articles(rows_of(tmp_path)) == [("caf\\udce9.txt", "The dam held.")]


def write_lines(path, *records):
    path.write_text("".join(f"{json.dumps(record)}\n" for record in records))
    return path


def test_the_first_record_that_has_a_text_decides_for_json_lines(tmp_path):
    failed, good = {"id": "1", "error": "timeout"}, {"id": "2", "body": "It may leak."}
    path = write_lines(tmp_path / "a.jsonl", failed, good, {"id": "3", "text": "", "body": "No."})
    for options in ({}, {"text_column": "body"}):
        first, *others = rows_of(path, **options)
        assert (first.code, first.doc_id) == ("not_text", None)
        assert articles(others) == [("2", "It may leak."), ("3", "No.")]
    write_lines(path, failed)
    write_lines(tmp_path / "b.jsonl", good)
    assert articles(rows_of(tmp_path)[1:]) == [("2", "It may leak.")]


def test_an_id_that_most_records_of_json_lines_have_is_the_id(tmp_path):
    plain, named = {"text": "One."}, {"id": "2", "text": "Two."}
    path = write_lines(tmp_path / "a.jsonl", plain, named, named)
    for options in ({}, {"id_column": "id"}):
        assert open_input(path, **options).columns.id == "id"
    assert rows_of(path)[0].code == "no_id"
    write_lines(path, plain, plain, named)
    assert [row.doc_id for row in rows_of(path)] == ["a.jsonl:1", "a.jsonl:2", "a.jsonl:3"]
    write_lines(path, plain, {"id": "2", "error": "timeout"}, {"id": "3", "error": "timeout"})
    assert open_input(path).columns.id is None, "articles have none"


def test_a_named_column_of_json_lines_may_come_late(tmp_path, caplog):
    failed, late = {"id": "1", "error": "timeout"}, {"id": "2", "summary": "It may leak."}
    path = write_lines(tmp_path / "a.jsonl", *[failed] * formats.SAMPLED_RECORDS, late)
    assert rows_of(path, text_column="summary")[-1].text == "It may leak."
    assert "The first 1000 records have no 'summary'" in caplog.text
    with pytest.raises(InputError, match="no column looks like the text; it has 'id', 'error'"):
        open_input(path)


@pytest.mark.parametrize("name", ["a.csv", "a.parquet"])
def test_a_chosen_column_that_is_there_twice_is_refused(tmp_path, name):
    path = tmp_path / name
    if name == "a.csv":
        path.write_text("id,text,text,n,n\n1,One,Two,3,4\n")
    else:
        columns = [pa.array([value]) for value in ("1", "One", "Two", "3", "4")]
        pq.write_table(pa.Table.from_arrays(columns, ["id", "text", "text", "n", "n"]), path)
    with pytest.raises(InputError, match=rf"{name}: 2 columns are named 'text'"):
        open_input(path)
    with pytest.raises(InputError, match=r"2 columns are named 'n'"):
        open_input(path, text_column="id", id_column="n")


def test_compressed_parquet_is_refused(tmp_path):
    content = write(tmp_path / "a.parquet").read_bytes()
    (tmp_path / "b.parquet.gz").write_bytes(gzip.compress(content))
    with pytest.raises(InputError, match=r"b.parquet.gz: .* Decompress it first"):
        open_input(tmp_path)


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv", "a.tsv.gz"])
def test_an_empty_file_has_no_rows(tmp_path, name):
    (tmp_path / name).write_bytes(gzip.compress(b"\n") if name.endswith(".gz") else b"")
    assert rows_of(tmp_path) == []
    write(tmp_path / f"b{name[1:]}")
    assert articles(rows_of(tmp_path)) == ARTICLES


@pytest.mark.parametrize("name", ["a.jsonl.gz", "a.csv.zst", "a.txt.gz"])
def test_a_compressed_file_of_no_bytes_is_unreadable(tmp_path, name):
    (tmp_path / name).touch()
    with pytest.raises(InputError, match=r"can't be read: .* is empty"):
        rows_of(tmp_path)


def test_a_folder_of_several_splits_and_no_input_at_all_say_what_to_give(tmp_path):
    DatasetDict(train=Dataset.from_list(RECORDS)).save_to_disk(tmp_path / "saved")
    with pytest.raises(InputError, match=r"saved holds several splits: 'train'.*subfolder"):
        open_input(tmp_path / "saved")
    with pytest.raises(InputError, match="Expected a file, folder or glob, got an empty list"):
        open_input([])
    with pytest.raises(InputError, match=r"got ''. This folder is '.'"):
        open_input("")
