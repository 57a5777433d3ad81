from pathlib import Path

import pytest

from claimclf.training_config import load_config, parse_config, resolve_path

CONFIGS = sorted((Path(__file__).parents[1] / "configs").glob("*.toml"))
MINIMAL = {
    "data": {"train": [{"path": "train.jsonl"}], "dev": [{"path": "dev.jsonl"}]},
    "model": {"encoder": "encoder"},
}


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.name)
def test_every_config_loads(path):
    assert load_config(path).model.encoder


def test_there_are_configs():
    assert {path.name for path in CONFIGS} >= {"default.toml", "tiny.toml", "large.toml"}


def test_numbers_written_as_powers_are_floats(tmp_path):
    path = tmp_path / "one.toml"
    path.write_text(
        '[data]\ntrain = [{path = "a"}]\ndev = [{path = "b"}]\n[model]\nencoder = "e"\n'
        "[train]\nlearning_rate = 1e-5\nnum_epochs = 2\n"
    )
    train = load_config(path).train
    assert (train.learning_rate, train.num_epochs) == (1e-5, 2.0)
    assert isinstance(train.num_epochs, float)


@pytest.mark.parametrize(
    ("section", "values", "message"),
    [
        (
            "train",
            {"learnin_rate": 1e-5},
            r"\[train\]: unknown keys: \['learnin_rate'\]. Known keys",
        ),
        ("train", {"learning_rate": "1e-5"}, r"learning_rate must be of type float, got '1e-5'"),
        ("train", {"learning_rate": -1.0}, r"train.learning_rate must be above 0, got -1.0"),
        ("train", {"seed": True}, r"seed must be of type int, got True"),
        ("train", {"bfloat16": "maybe"}, r"bfloat16 must be auto, yes or no"),
        ("model", {}, r"\[model\]: missing keys: \['encoder'\]"),
        ("model", {"encoder": "e", "types": "statistic"}, r"types must be a list of strings"),
        ("model", {"encoder": "e", "max_tokens": 8}, r"max_tokens must be at least 16 tokens"),
        ("loss", {"kind": -0.1}, r"loss.kind must be at least 0"),
        ("train", {"weight_decay": -0.1}, r"train.weight_decay must be at least 0, got -0.1"),
        ("train", {"max_gradient_norm": 0.0}, r"train.max_gradient_norm must be above 0, got 0"),
        ("train", {"patience": 0}, r"train.patience must be at least 1, got 0"),
        (
            "data",
            {"train": [{"path": "a", "min_content_share": 30.0}], "dev": []},
            r"min_content_share must be in \[0, 1\], got 30.0",
        ),
        ("data", {"train": ["a.jsonl"]}, r"\[\[data.train\]\] must be a table, .*got 'a.jsonl'"),
        ("data", {"dev": "a.jsonl"}, r"data.dev must be a list of tables, got 'a.jsonl'"),
        ("data", "a.jsonl", r"\[data\] must be a table, .*got 'a.jsonl'"),
        ("model", "e", r"\[model\] must be a table, .*got 'e'"),
    ],
)
def test_wrong_value_is_named(section, values, message):
    with pytest.raises(ValueError, match=message):
        parse_config({**MINIMAL, section: values})


def test_unknown_section_is_named():
    with pytest.raises(ValueError, match=r"unknown sections: \['trian'\]"):
        parse_config({**MINIMAL, "trian": {}})


def test_broken_toml_names_the_file(tmp_path):
    path = tmp_path / "broken.toml"
    path.write_text("[data")
    with pytest.raises(ValueError, match=r"broken.toml: not valid TOML"):
        load_config(path)


@pytest.mark.parametrize("name", ["no_such_package/model", "xml.dom/model", "/model"])
def test_a_folder_lies_in_an_installed_package(name):
    with pytest.raises(ValueError, match=r"no Python package|expected the name of an installed"):
        resolve_path(f"python:{name}")
    assert resolve_path("python:xml/dom").endswith("xml/dom")
