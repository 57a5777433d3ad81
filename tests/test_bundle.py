"""The one-file model: made from the modules, runs without the package, gives the same logits."""

from __future__ import annotations

import ast
import sys
from importlib.util import module_from_spec, spec_from_file_location

import pytest
import torch

from claimclf import bundle as bundling
from claimclf.bundle import AUTO_MAP, MODULES, bundle
from claimclf.configuration import ClaimConfig
from claimclf.modeling import ClaimModel


@pytest.fixture(scope="module")
def module(tmp_path_factory):
    path = tmp_path_factory.mktemp("bundle") / bundling.FILE
    path.write_text(bundle(), encoding="utf-8")
    spec = spec_from_file_location("modeling_claimclf", path)
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


def test_the_file_imports_nothing_of_the_package():
    tree = ast.parse(bundle())
    modules = [node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    modules += [
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    ]
    assert {name.split(".")[0] for name in modules} <= {
        "__future__",
        "collections",
        "copy",
        "dataclasses",
        "numpy",
        "torch",
        "transformers",
        "types",
        "typing",
    }


def test_every_class_and_function_of_the_modules_is_in_it(module):
    for name in MODULES:
        original = getattr(__import__(f"claimclf.{name}"), name)
        own = [
            key
            for key, value in vars(original).items()
            if getattr(value, "__module__", None) == f"claimclf.{name}"
        ]
        assert own or name == "labels"
        for key in own:
            assert hasattr(module, key)


def test_auto_map_names_classes_of_the_file(module):
    assert {reference.split(".")[0] for reference in AUTO_MAP.values()} == {module.__name__}
    for reference in AUTO_MAP.values():
        assert hasattr(module, reference.split(".")[1])


def test_logits_are_those_of_the_package(module, tiny_classifier):
    config = tiny_classifier.model.config
    model = module.ClaimModel(module.ClaimConfig.from_dict(config.to_dict())).eval()
    assert not isinstance(model, ClaimModel)
    model.load_state_dict(tiny_classifier.model.state_dict())
    ids = torch.tensor([[2, 5, 6, 7, 3], [2, 8, 3, 0, 0]])
    mask = (ids > 0).long()
    with torch.no_grad():
        expected, found = tiny_classifier.model(ids, mask), model(ids, mask)
    assert set(found) == set(expected)
    for name in expected:
        assert torch.equal(found[name], expected[name])


def test_running_the_file_registers_nothing(module):
    from transformers import AutoConfig

    config = AutoConfig.for_model("claimclf")
    assert type(config) is ClaimConfig


def test_running_the_file_leaves_the_attention_of_the_package(module):
    from transformers import AttentionInterface

    from claimclf import packing

    attentions = AttentionInterface()
    assert attentions[packing.PACKED] is packing.packed_attention
    assert attentions[module.PACKED] is module.packed_attention


def test_the_file_is_always_the_same():
    assert bundle() == bundle()


def test_a_name_in_two_modules_is_an_error(monkeypatch):
    monkeypatch.setattr(bundling, "MODULES", ("losses", "heads"))
    monkeypatch.setattr(bundling, "_defined", lambda tree: ["same"])
    with pytest.raises(ValueError, match=r"claimclf.losses and claimclf.heads both define 'same'"):
        bundle()
