"""The door to all corpora, the filter by licence, and the script that converts."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from claimclf.corpora import filter_by_licence, read_documents
from claimclf.documents import Document

SCRIPT = Path(__file__).parents[1] / "scripts" / "prepare_data.py"


@pytest.fixture
def brat_folder(tmp_path):
    folder = tmp_path / "brat"
    folder.mkdir()
    (folder / "a.txt").write_text("Rain fell, she said.")
    (folder / "a.ann").write_text("T1\tCue 15 19\tsaid\nT2\tContent 0 9\nE1\tCue:T1 Content:T2\n")
    return folder


def test_files_and_folders_find_their_reader(tmp_path, brat_folder):
    path = tmp_path / "a.JSONL"
    path.write_text('{"text": "Rain fell."}')
    assert [document.text for document in read_documents(path)] == ["Rain fell."]
    assert [document.id for document in read_documents(brat_folder)] == ["a"]


def test_options_reach_the_reader(tmp_path):
    path = tmp_path / "a.jsonl"
    sentence = {"start": 0, "end": 5, "types": ["own"]}
    lines = [json.dumps({"text": "Rain.", "sentences": [sentence]}), "{"]
    path.write_text("\n".join(lines))
    rejects = []
    (document,) = read_documents(path, types=["own"], on_error="skip", rejects=rejects)
    assert document.sentences[0].known_types == ("own",)
    assert [reject.line for reject in rejects] == [2]


def test_what_cannot_be_read_is_refused_with_what_can(tmp_path):
    (tmp_path / "a.csv").write_text("text")
    with pytest.raises(ValueError, match=r"expected a \.jsonl file or a folder .*got '\.csv'"):
        read_documents(tmp_path / "a.csv")
    with pytest.raises(FileNotFoundError, match="There is no corpus at"):
        read_documents(tmp_path / "b.jsonl")


@pytest.mark.parametrize(
    ("options", "kept"),
    [
        ({}, "abcd"),
        ({"allow": ["cc by", "PUBLIC domain"]}, "abc"),
        ({"allow": ["cc by"], "deny": ["-nc"]}, "a"),
        ({"deny": ["cc"]}, "cd"),
        ({"allow": []}, ""),
    ],
)
def test_documents_are_kept_by_their_licence(options, kept):
    licences = {"a": "text CC BY 2.5", "b": "CC BY-NC 4.0", "c": "US work, public domain"}
    documents = [Document("x", id=key, metadata={"license": licences[key]}) for key in "abc"]
    found = filter_by_licence([*documents, Document("x", id="d")], **options)
    assert "".join(document.id for document in found) == kept


def run_script(*arguments):
    command = [sys.executable, str(SCRIPT), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_script_converts_and_says_what_it_did(brat_folder, tmp_path):
    (brat_folder / "b.ann").write_text("")
    output = tmp_path / "out.jsonl"
    result = run_script(brat_folder, output, "--skip-bad")
    assert result.stdout.splitlines()[-1].startswith(f"{output}: 1 documents")
    assert result.stdout.startswith("left out: line 1 (b): error: No text")
    (document,) = read_documents(output)
    assert document.sentences[0].types == ("attribution",)


def test_the_script_names_a_mistake_without_a_traceback(tmp_path):
    result = run_script(tmp_path / "none.jsonl", tmp_path / "out.jsonl")
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.startswith("prepare_data: There is no corpus at")
