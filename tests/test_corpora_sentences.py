"""A user's own sentences: every form that they come in, and what is said about bad ones."""

from __future__ import annotations

import pytest

from claimclf.corpora.sentences import read_sentences


@pytest.fixture
def write(tmp_path):
    def write(name: str, content: str, encoding: str = "utf-8"):
        path = tmp_path / name
        path.write_text(content, encoding=encoding)
        return path

    return write


def rows(labelled) -> list[tuple[str, tuple[str, ...]]]:
    return [(sentence.text, sentence.types) for sentence in labelled.sentences()]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", 'text,label\n"Late, again.",complaint\nGreat crew.,praise\n'),
        ("a.csv", "label;sentence\ncomplaint;Late, again.\npraise;Great crew.\n"),
        ("a.tsv", "type\ttext\ncomplaint\tLate, again.\npraise\tGreat crew.\n"),
        (
            "a.jsonl",
            '{"text": "Late, again.", "label": "complaint"}\n\n'
            '{"text": "Great crew.", "label": ["praise"]}\n',
        ),
    ],
)
def test_single_labels_are_read_from_every_format(write, name, content):
    labelled = read_sentences(write(name, content))
    assert rows(labelled) == [("Late, again.", ("complaint",)), ("Great crew.", ("praise",))]
    assert labelled.types == ("complaint", "praise")
    assert labelled.is_exclusive
    assert labelled.counts() == {"complaint": 1, "praise": 1}


def test_several_labels_and_none(write):
    content = "text,labels\nOne.,b|a\nTwo.,\nThree.,a| a \n"
    labelled = read_sentences(write("a.csv", content))
    assert rows(labelled) == [("One.", ("a", "b")), ("Two.", ()), ("Three.", ("a",))]
    assert not labelled.is_exclusive
    assert {sentence.known_types for sentence in labelled.sentences()} == {("a", "b")}


def test_columns_and_separator_can_be_named(write):
    path = write("a.csv", "body,topic\nOne.,x y\nTwo.,x\n")
    labelled = read_sentences(path, text_column="body", label_column="topic", separator=" ")
    assert rows(labelled) == [("One.", ("x", "y")), ("Two.", ("x",))]


def test_numbers_are_label_names(write):
    path = write("a.jsonl", '{"text": "One.", "label": 3}\n{"text": "Two.", "label": 1}\n')
    assert read_sentences(path).types == ("1", "3")


@pytest.mark.parametrize("column", ["document", "Document", " DOCUMENT"])
def test_sentences_of_one_document_are_read_together(write, column):
    path = write("a.csv", f"text,label,{column}\nOne.,a,x\nTwo.,b,y\nThree.,a,x\nFour.,b,\n")
    documents = read_sentences(path).documents
    assert [document.text for document in documents] == ["One. Three.", "Two.", "Four."]
    for document in documents:
        for sentence in document.sentences:
            assert document.text[sentence.start : sentence.end] == sentence.text


def test_line_breaks_inside_a_cell_are_spaces_and_a_byte_order_mark_is_nothing(write):
    path = write("a.csv", 'text,label\n"One\n two.",a\nThree.,b\n', encoding="utf-8-sig")
    assert rows(read_sentences(path))[0] == ("One two.", ("a",))


def test_line_separators_inside_json_strings_do_not_end_a_row(write):
    path = write("a.jsonl", '{"text": "One\u2028two.", "label": "a"}\n')
    assert rows(read_sentences(path)) == [("One two.", ("a",))]


def test_no_separator_of_unicode_ends_a_row(write):
    path = write("a.csv", "Text,Label\nOne\u2028two.,a\nThree\x85four.,b\n")
    assert rows(read_sentences(path)) == [("One two.", ("a",)), ("Three four.", ("b",))]


def test_types_can_be_given_beforehand(write):
    path = write("a.csv", "text,label\nOne.,b\n")
    assert read_sentences(path, types=("a", "b")).types == ("a", "b")
    with pytest.raises(ValueError, match=r"line 2: unknown label 'b', expected one of \['a'\]"):
        read_sentences(path, types=("a",))


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", "", "holds no sentences"),
        ("a.csv", "text,label\n", "holds no sentences"),
        (
            "a.csv",
            "body,label\nOne.,a\n",
            r"expected a column 'text' or 'sentence', got the columns \['body', 'label'\]. "
            "Name it with text_column",
        ),
        ("a.csv", "text,topic\nOne.,a\n", r"got the columns .* Name it with label_column"),
        ("a.csv", "text,label\nOne.,a\n,b\n", "line 3: expected a sentence, got ''"),
        ("a.csv", "text,label\nOne.,\n", "no row has a label in the column 'label'"),
        (
            "a.csv",
            "text,label\nOne, two.,a\n",
            "line 2: 3 cells for 2 columns. Put texts that hold ',' in double quotes",
        ),
        ("a.csv", "text,label\nOne.,a\nTwo.\n", "line 3: 1 cells for 2 columns"),
        (
            "a.csv",
            'text,label\n"The ferry may sail.,b\nIt leaks.,a\nNo.,b\nYes.,a\n',
            "lines 2 to 5: not CSV: a quote is never closed. Write quotes inside a cell twice",
        ),
        (
            "a.csv",
            'text,label\n"The ferry may sail.,b\nIt "leaks".,a\nNo.,b\n',
            "lines 2 to 3: not CSV: a quote inside a field is not doubled",
        ),
        ("a.csv", f"text,label\nOne.,a\n{'x' * 200_000},b\n", "line 3: not CSV: field larger than"),
        (
            "a.csv",
            "text,label,Labels\nOne.,a,b\n",
            r"the columns \['label', 'Labels'\] may all be meant. Name one with label_column",
        ),
        ("a.csv", "text,label\nOne.,macro\n", "line 2: the label 'macro' has a meaning of its own"),
        ("a.jsonl", '{"text": "One.", "label": [1.5]}\n', "line 1: expected label names, got 1.5"),
        ("a.jsonl", '{"text": "One.", "label": true}\n', "line 1: expected label names, got True"),
        ("a.jsonl", '{"text": 3, "label": "a"}\n', "line 1: expected a sentence, got 3"),
        (
            "a.jsonl",
            '{"text": "a\\ud83d", "label": "a"}\n',
            "line 1: Character 1 .* is half",
        ),
        ("a.jsonl", "[1]\n", "line 1: expected an object such as .* got list"),
        ("a.jsonl", "{\n", "line 1 is not JSON"),
        ("a.txt", "One.", r"expected a .csv, .tsv or .jsonl file, got '.txt'"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(write, name, content, message):
    with pytest.raises(ValueError, match=message):
        read_sentences(write(name, content))


def test_many_bad_rows_are_counted(write):
    path = write("a.csv", "text,label\n" + " ,a\n" * 8)
    with pytest.raises(ValueError, match=r"line 2: .*; line 6: [^;]*; and 3 more\.$"):
        read_sentences(path)


def test_another_encoding_is_named(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes("text,label\ncaf\xe9,a\n".encode("latin-1"))
    with pytest.raises(ValueError, match="expected UTF-8 text, got byte 0xe9 at position 14"):
        read_sentences(path)


def test_a_missing_file_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"There is no file .*nowhere.csv"):
        read_sentences(tmp_path / "nowhere.csv")
