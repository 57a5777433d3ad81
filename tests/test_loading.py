import json
import os
import subprocess
import sys

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from transformers import AutoModel, AutoTokenizer, DistilBertConfig, ModernBertConfig

from claimclf import bundle
from claimclf.classifier import ClaimClassifier
from claimclf.encoding import max_positions
from claimclf.fetch import find_folder
from claimclf.labels import TYPES
from claimclf.loading import _dropout, build_model, is_trained, load_pretrained
from claimclf.model_files import packaged_folder
from claimclf.modeling import ClaimModel
from claimclf.training_config import ModelConfig


@pytest.fixture
def folder(tiny_classifier, tmp_path):
    tiny_classifier.save_pretrained(tmp_path / "model")
    return tmp_path / "model"


def test_weights_are_fp16_on_disk_and_fp32_in_memory(folder):
    with safe_open(folder / "model.safetensors", "pt") as weights:
        types = {weights.get_tensor(key).dtype for key in weights.keys()}  # noqa: SIM118
    assert types == {torch.float16}
    model, _ = load_pretrained(folder)
    assert {parameter.dtype for parameter in model.parameters()} == {torch.float32}


def test_saved_folder_tells_no_local_path(folder, tmp_path, tiny_encoder):
    paths = sorted(folder.glob("*.json"))
    assert paths
    for path in paths:
        content = path.read_text(encoding="utf-8")
        assert str(tmp_path) not in content
        assert str(tiny_encoder) not in content


def test_saved_folder_holds_no_pickle(folder):
    assert {path.suffix for path in folder.iterdir()} <= {".json", ".safetensors", ".txt", ".py"}


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
    assert (model.config.context_tokens, model.config.lookahead_tokens) == (32, 32)
    with pytest.raises(ValueError, match=r"half of a window, whose 64 tokens .*, got 40"):
        build_model(ModelConfig(encoder=str(tiny_encoder), context_tokens=40), {})


def test_the_code_lies_beside_the_weights(folder):
    assert (folder / bundle.FILE).read_text(encoding="utf-8") == bundle.bundle()
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    assert config["auto_map"] == bundle.AUTO_MAP


def test_no_path_of_the_training_run_is_saved(tiny_classifier, tmp_path):
    tiny_classifier.model.config.provenance = {
        "config": {"model": {"encoder": "/home/me/encoders/minilm"}},
        "train": {"files": {"/home/me/news/train.jsonl": "ab12"}},
    }
    tiny_classifier.save_pretrained(tmp_path)
    content = (tmp_path / "config.json").read_text(encoding="utf-8")
    assert "/home/me" not in content
    provenance = json.loads(content)["provenance"]
    assert provenance["config"]["model"]["encoder"] == "minilm"
    assert provenance["train"]["files"] == {"train.jsonl": "ab12"}


def test_automodel_runs_the_packages_own_code_in_fp32(folder):
    model = AutoModel.from_pretrained(folder, trust_remote_code=True)
    assert type(model) is ClaimModel
    assert model.dtype == torch.float32


LOADS_WITH_THE_PACKAGE = """
import sys
import claimclf.modeling
from transformers import AutoModel

print(type(AutoModel.from_pretrained(sys.argv[1], trust_remote_code=True)).__module__)
"""


def test_with_the_package_no_code_of_a_repository_runs(folder, tmp_path):
    file = folder / bundle.FILE
    file.write_text("raise SystemExit('ran')\n" + file.read_text(encoding="utf-8"), "utf-8")
    result = subprocess.run(
        [sys.executable, "-c", LOADS_WITH_THE_PACKAGE, str(folder)],
        env={**os.environ, "HF_HUB_OFFLINE": "1", "HF_MODULES_CACHE": str(tmp_path / "modules")},
        capture_output=True,
        text=True,
    )
    assert result.stdout.strip() == "claimclf.modeling", result.stderr


def test_a_tokenizer_with_code_of_its_own_is_refused(folder):
    path = folder / "tokenizer_config.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    config |= {"tokenizer_class": "Mine", "auto_map": {"AutoTokenizer": ["mine.Mine", None]}}
    path.write_text(json.dumps(config), encoding="utf-8")
    with pytest.raises(ValueError, match="which claimclf never runs"):
        load_pretrained(folder)


def test_a_tokenizer_with_more_tokens_than_the_encoder_is_refused(folder):
    tokenizer = AutoTokenizer.from_pretrained(folder)
    size = len(tokenizer)
    tokenizer.add_tokens(["unheard"])
    tokenizer.save_pretrained(folder)
    with pytest.raises(ValueError, match=f"tokenizer has {size + 1} tokens, .* for {size}. They"):
        load_pretrained(folder)


def test_a_config_whose_types_are_not_those_of_its_calibration_is_refused(folder):
    path = folder / "config.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    config["types"] = ["mine", *config["types"][1:]]
    path.write_text(json.dumps(config), encoding="utf-8")
    with pytest.raises(ValueError, match=r"has the types .*'mine'.* and calibrates"):
        ClaimClassifier.from_pretrained(folder)


LOADS_ELSEWHERE = """
import json, sys
sys.modules["claimclf"] = None  # as if it were not installed
import torch
from transformers import AutoConfig, AutoModel, AutoTokenizer

folder = sys.argv[1]
config = AutoConfig.from_pretrained(folder, trust_remote_code=True)
model = AutoModel.from_pretrained(folder, trust_remote_code=True)
tokenizer = AutoTokenizer.from_pretrained(folder, trust_remote_code=True)
output = model(**tokenizer(["It may leak."], return_tensors="pt"))
print(json.dumps([config.types, str(output.type_logits.dtype), output.type_logits.tolist()]))
"""


@pytest.mark.slow
def test_automodel_loads_where_the_package_is_not_installed(folder, tmp_path):
    result = subprocess.run(
        [sys.executable, "-c", LOADS_ELSEWHERE, str(folder)],
        env={**os.environ, "HF_HUB_OFFLINE": "1", "HF_MODULES_CACHE": str(tmp_path / "modules")},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
    types, dtype, logits = json.loads(result.stdout)
    assert types == list(TYPES)
    assert dtype == "torch.float32"
    model, tokenizer = load_pretrained(folder)
    with torch.no_grad():
        expected = model(**tokenizer(["It may leak."], return_tensors="pt")).type_logits
    assert torch.allclose(torch.tensor(logits), expected, atol=1e-6)


def test_weights_that_were_cut_off_are_refused(folder):
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(ValueError, match=r"model.safetensors is damaged or incomplete: .* Delete"):
        load_pretrained(folder)


def test_weights_of_another_model_are_refused(folder):
    path = folder / "config.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**config, "kinds": ["official"], "pointer_size": 8}))
    with pytest.raises(ValueError, match=r"do not fit: \d+ mismatched, such as"):
        load_pretrained(folder)


@pytest.mark.parametrize(("change", "problem"), [("drop", "1 missing"), ("add", "1 unexpected")])
def test_missing_and_unknown_weights_are_named(folder, change, problem):
    path = folder / "model.safetensors"
    weights = load_file(path)
    if change == "drop":
        del weights["kind_head.mix.bias"]
    else:
        weights["kind_head.other"] = torch.zeros(2)
    save_file(weights, path, {"format": "pt"})
    with pytest.raises(ValueError, match=rf"{problem}, such as kind_head"):
        load_pretrained(folder)


def test_weights_of_a_strange_type_are_refused(folder):
    path = folder / "model.safetensors"
    weights = load_file(path)
    weights["kind_head.mix.bias"] = weights["kind_head.mix.bias"].to(torch.int8)
    save_file(weights, path, {"format": "pt"})
    with pytest.raises(ValueError, match=r"expected weights of .*'F32'.*, got \['I8'\]"):
        load_pretrained(folder)


def test_a_pickle_is_not_loaded(folder):
    weights = folder / "model.safetensors"
    torch.save(load_file(weights), folder / "pytorch_model.bin")
    weights.unlink()
    with pytest.raises(ValueError, match=r"holds no \*.safetensors; other weights are not loaded"):
        load_pretrained(folder)


def test_a_folder_without_a_config_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"holds no config.json: expected a folder that"):
        load_pretrained(tmp_path)


@pytest.mark.parametrize("name", ["./nowhere", "~/nowhere", "a/b/c", "../x"])
def test_what_can_only_be_a_folder_is_not_looked_for_on_the_hub(name):
    with pytest.raises(FileNotFoundError, match=r"There is no folder .* or a Hub id"):
        load_pretrained(name)


def test_a_file_is_no_model(folder):
    with pytest.raises(FileNotFoundError, match=r"model.safetensors is a file. Expected a folder"):
        load_pretrained(folder / "model.safetensors")


def test_a_trained_model_can_be_gone_on_from(folder, tiny_classifier):
    config = ModelConfig(encoder=str(folder), types=("praise", "speculation"))
    model, _ = build_model(config, {"types": 1.0})
    before, after = tiny_classifier.model.state_dict(), model.state_dict()
    assert model.config.types == ["praise", "speculation"]
    assert model.config.max_tokens == tiny_classifier.model.config.max_tokens
    assert model.config.calibration is None
    for name in after:
        if not name.startswith("type_head"):
            assert torch.allclose(after[name], before[name], atol=1e-3), name
    kept = TYPES.index("speculation")
    assert torch.allclose(
        after["type_head.score"][1], before["type_head.score"][kept], atol=1e-3
    ), "a type of the same name keeps its weights"
    assert not torch.allclose(
        after["type_head.score"][0], before["type_head.score"][0], atol=1e-3
    ), "another type starts afresh"


@pytest.mark.parametrize(
    ("encoder", "hidden", "attention"),
    [
        (
            DistilBertConfig(dim=32, n_layers=1, n_heads=2, hidden_dim=64),
            ("dropout",),
            "attention_dropout",
        ),
        (
            ModernBertConfig(
                hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=64
            ),
            ("embedding_dropout", "mlp_dropout"),
            "attention_dropout",
        ),
    ],
    ids=lambda value: getattr(value, "model_type", ""),
)
def test_dropout_has_the_names_of_the_encoder(tiny_encoder, tmp_path, encoder, hidden, attention):
    AutoTokenizer.from_pretrained(tiny_encoder).save_pretrained(tmp_path)
    AutoModel.from_config(encoder).save_pretrained(tmp_path)
    config = ModelConfig(encoder=str(tmp_path), encoder_dropout=0.25, attention_dropout=0.125)
    found = build_model(config, {})[0].encoder.config
    assert {getattr(found, name) for name in hidden} == {0.25}
    assert getattr(found, attention) == 0.125


def test_an_encoder_whose_dropout_is_unknown_is_refused():
    with pytest.raises(ValueError, match=r"dropout by one of .*some/thing \(t5\) has none of them"):
        _dropout({"model_type": "t5", "dropout_rate": 0.1}, ModelConfig(encoder="some/thing"))


def test_windows_of_a_trained_model_are_the_configs(folder, tiny_classifier):
    config = ModelConfig(encoder=str(folder), max_tokens=32, lookahead_tokens=2)
    model, _ = build_model(config, {})
    assert (model.config.max_tokens, model.config.lookahead_tokens) == (32, 2)
    assert model.config.context_tokens == tiny_classifier.model.config.context_tokens
    longest = ModelConfig(encoder=str(folder), max_tokens=100_000)
    model, _ = build_model(longest, {})
    assert model.config.max_tokens == max_positions(model.encoder.config)


@pytest.mark.parametrize("name", ["context_tokens", "lookahead_tokens"])
@pytest.mark.parametrize("tokens", [-1, 400])
def test_windows_of_little_but_other_sentences_are_refused(folder, tiny_encoder, name, tokens):
    for encoder in (folder, tiny_encoder):
        with pytest.raises(ValueError, match=rf"model.{name} must be 0 to half of a window"):
            build_model(ModelConfig(encoder=str(encoder), **{name: tokens}), {})


def test_other_pointers_than_those_of_a_trained_model_are_refused(folder):
    with pytest.raises(ValueError, match=r"with pointer_size 16, .* wants 8. Take point"):
        build_model(ModelConfig(encoder=str(folder), pointer_size=8), {})


def test_dropout_of_a_trained_model_is_the_configs(folder):
    model, _ = build_model(ModelConfig(encoder=str(folder), encoder_dropout=0.25), {})
    assert model.config.encoder["hidden_dropout_prob"] == 0.25
    assert model.encoder.config.hidden_dropout_prob == 0.25


@pytest.mark.slow
def test_the_packaged_model_has_a_name():
    assert find_folder("default") == find_folder(None) == packaged_folder()
    assert is_trained("default")
    model, _ = build_model(ModelConfig(encoder="default", types=("harm",)), {})
    assert model.config.types == ["harm"]
