import json

import pytest
import torch
from safetensors import safe_open

from claimclf.classifier import ClaimClassifier
from claimclf.config import ModelConfig
from claimclf.loading import build_model, load_pretrained


@pytest.fixture
def folder(tiny_classifier, tmp_path):
    tiny_classifier.save_pretrained(tmp_path / "model")
    return tmp_path / "model"


def test_weights_are_fp16_on_disk_and_fp32_in_memory(folder):
    with safe_open(folder / "model.safetensors", "pt") as weights:
        assert {weights.get_tensor(key).dtype for key in weights.keys()}  # noqa: SIM118 == {torch.float16}
    model, _ = load_pretrained(folder)
    assert {parameter.dtype for parameter in model.parameters()} == {torch.float32}


def test_saved_folder_tells_no_local_path(folder, tmp_path, tiny_encoder):
    for path in folder.glob("*.json"):
        content = path.read_text(encoding="utf-8")
        assert str(tmp_path) not in content
        assert str(tiny_encoder) not in content


def test_saved_folder_holds_no_pickle(folder):
    assert {path.suffix for path in folder.iterdir()} <= {".json", ".safetensors", ".txt"}


def test_another_model_type_is_refused(tiny_encoder):
    with pytest.raises(
        ValueError, match=r"holds a 'bert' model, not 'claimclf'. Train one on it with"
    ):
        ClaimClassifier.from_pretrained(tiny_encoder)


def test_missing_folder_is_an_error(tmp_path):
    with pytest.raises(OSError, match="nowhere"):
        ClaimClassifier.from_pretrained(tmp_path / "nowhere")


def test_missing_package_is_named():
    with pytest.raises(ValueError, match="no Python package 'no_such_package' is installed"):
        build_model(ModelConfig(encoder="python:no_such_package/model"), {})


def test_calibration_is_stored(folder):
    stored = json.loads((folder / "config.json").read_text(encoding="utf-8"))["calibration"]
    assert set(stored["types"]) == {"attribution", "official_statement", "statistic", "speculation"}


def test_windows_keep_to_what_the_encoder_can_read(tiny_encoder):
    model, _ = build_model(ModelConfig(encoder=str(tiny_encoder), max_tokens=512), {})
    assert model.config.max_tokens == 64
