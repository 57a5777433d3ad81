"""Push and pull with the real `huggingface_hub` client against a Hub on loopback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
import torch
from huggingface_hub import ModelCard, constants
from typer.testing import CliRunner

from claimclf.bundle import FILE
from claimclf.card import PLACEHOLDER
from claimclf.classifier import ClaimClassifier
from claimclf.cli import app
from claimclf.fetch import HubError, fetch, find_folder
from claimclf.hub import push
from claimclf.labels import TYPES
from claimclf.loading import build_model, is_trained
from claimclf.training_config import ModelConfig
from tests.hub_server import READ_TOKEN, TOKEN, LocalHub, Repository
from tests.test_card import report  # noqa: F401

pytestmark = pytest.mark.slow

REPO = "me/news"


@pytest.fixture
def hub(monkeypatch, tmp_path) -> Iterator[LocalHub]:
    server = LocalHub()
    server.start()
    monkeypatch.setattr(constants, "ENDPOINT", server.url)
    monkeypatch.setattr(
        constants,
        "HUGGINGFACE_CO_URL_TEMPLATE",
        server.url + "/{repo_id}/resolve/{revision}/{filename}",
    )
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(tmp_path / "token"))
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    monkeypatch.setattr("huggingface_hub.file_download.time.sleep", lambda seconds: None)
    for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def pushed(hub, tiny_classifier) -> Repository:
    tiny_classifier.push_to_hub(REPO, token=TOKEN)
    return hub.repositories[REPO]


def files(repository: Repository, branch: str = "main") -> dict[str, bytes]:
    return repository.commits[repository.branches[branch]]


def scores(classifier: ClaimClassifier, text: str) -> list[dict[str, float]]:
    return [dict(sentence.scores) for sentence in classifier.predict(text).sentences]


def test_what_was_pushed_comes_back_the_same(pushed, tiny_classifier, small_document, tmp_path):
    tiny_classifier.save_pretrained(tmp_path / "saved")
    local = ClaimClassifier.from_pretrained(tmp_path / "saved", dtype="float32")
    pulled = ClaimClassifier.from_pretrained(REPO, dtype="float32")
    assert scores(pulled, small_document.text) == scores(local, small_document.text)
    assert pulled.calibration == local.calibration


def test_push_uploads_model_code_and_card_and_nothing_local(pushed, tiny_encoder):
    assert set(files(pushed)) == {
        ".gitattributes",
        "README.md",
        "config.json",
        FILE,
        "model.safetensors",
        "tokenizer.json",
        "tokenizer_config.json",
    }
    for name, content in files(pushed).items():
        assert str(tiny_encoder.parent).encode() not in content, name
    assert 'from_pretrained("me/news")' in files(pushed)["README.md"].decode()
    assert not pushed.is_private


def test_push_returns_the_commit(hub, tiny_classifier):
    url = tiny_classifier.push_to_hub(REPO, token=TOKEN)
    repository = hub.repositories[REPO]
    assert url == f"{hub.url}/{REPO}/commit/{repository.branches['main']}"
    assert repository.messages[-1].startswith("Upload a model of claimclf")


def test_private_repository_needs_a_token_to_be_read(hub, tiny_classifier):
    push(tiny_classifier, REPO, private=True, token=TOKEN)
    assert hub.repositories[REPO].is_private
    with pytest.raises(HubError, match="has no model me/news, or it is private and there is no"):
        ClaimClassifier.from_pretrained(REPO)
    assert ClaimClassifier.from_pretrained(REPO, token=TOKEN).calibration.types


def test_a_private_push_to_a_public_repository_is_refused(hub, pushed, tiny_classifier):
    commits = dict(pushed.branches)
    with pytest.raises(ValueError, match=r"Expected me/news to be private, .* nothing was upl"):
        push(tiny_classifier, REPO, private=True, token=TOKEN)
    assert pushed.branches == commits
    pushed.is_private = True
    push(tiny_classifier, REPO, private=True, token=TOKEN)


def test_card_carries_the_report(hub, tiny_classifier, report):  # noqa: F811
    tiny_classifier.push_to_hub(REPO, token=TOKEN, report=report)
    card = ModelCard(files(hub.repositories[REPO])["README.md"].decode())
    assert card.data.model_name == REPO
    assert {item.metric_type for item in card.data.eval_results} >= {"f1", "accuracy"}


def test_a_classifier_keeps_the_card_of_its_folder(
    hub,
    tiny_classifier,
    report,  # noqa: F811
    tmp_path,
):
    tiny_classifier.save_pretrained(tmp_path)
    (tmp_path / "README.md").write_text(f"Ours, for boats: {PLACEHOLDER}", encoding="utf-8")
    classifier = ClaimClassifier.from_pretrained(tmp_path)
    classifier.push_to_hub(REPO, token=TOKEN)
    assert files(hub.repositories[REPO])["README.md"] == b'Ours, for boats: "me/news"'
    classifier.push_to_hub(REPO, token=TOKEN, report=report)
    assert b"model-index" in files(hub.repositories[REPO])["README.md"]


def test_a_version_gets_branch_message_and_tag(hub, pushed, tiny_classifier):
    first = pushed.branches["main"]
    tiny_classifier.model.config.provenance = {"python": "tagged"}
    tiny_classifier.push_to_hub(
        REPO, token=TOKEN, revision="next", tag="v1", message="Boats as well"
    )
    assert pushed.messages[-1] == "Boats as well"
    assert pushed.tags == {"v1": pushed.branches["next"]}
    assert pushed.branches["main"] == first
    folder = find_folder(f"{REPO}@v1")
    assert "tagged" in (folder / "config.json").read_text(encoding="utf-8")
    commits = dict(pushed.commits)
    with pytest.raises(ValueError, match="me/news has a tag 'v1' already; nothing was uploaded"):
        tiny_classifier.push_to_hub(REPO, token=TOKEN, tag="v1")
    assert pushed.commits == commits


def test_training_goes_on_from_a_revision_that_the_id_names(hub, pushed, tiny_classifier):
    tiny_classifier.model.config.provenance = {"python": "on a branch"}
    push(tiny_classifier, REPO, revision="next", token=TOKEN)
    model, _ = build_model(ModelConfig(encoder=f"{REPO}@next", types=("harm",)), {})
    assert model.config.provenance["started_from"]["python"] == "on a branch"
    model, _ = build_model(ModelConfig(encoder=REPO, types=("harm",)), {})
    assert "python" not in model.config.provenance["started_from"]
    assert is_trained(f"{REPO}@next")


def test_a_folder_is_cleaned_and_keeps_its_card(hub, tiny_classifier, tmp_path):
    folder = tmp_path / "model"
    tiny_classifier.save_pretrained(folder)
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config["provenance"] = {"config": {"model": {"encoder": str(tmp_path)}}}
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    (folder / FILE).write_text("raise SystemExit", encoding="utf-8")
    (folder / "pytorch_model.bin").write_bytes(b"pickle")
    for name in ("articles.txt", "predictions.json", "metrics.json"):
        (folder / name).write_text("{}", encoding="utf-8")
    card = f"My own card {PLACEHOLDER}, before ClaimClassifier.from_pretrained()"
    (folder / "README.md").write_text(card, encoding="utf-8")
    push(folder, REPO, token=TOKEN)
    uploaded = files(hub.repositories[REPO])
    card = b'My own card "me/news", before ClaimClassifier.from_pretrained("me/news")'
    assert uploaded["README.md"] == card
    assert set(uploaded) - {".gitattributes"} == {
        *("README.md", "config.json", "model.safetensors", FILE),
        *("tokenizer.json", "tokenizer_config.json"),
    }, "what else lies in the folder stays there"
    assert b"class ClaimModel" in uploaded[FILE]
    assert str(tmp_path).encode() not in uploaded["config.json"]
    assert str(tmp_path) in (folder / "config.json").read_text(encoding="utf-8"), "left as it was"


def test_a_revision_is_pulled_by_branch_and_by_commit(hub, pushed, tiny_classifier, tmp_path):
    first = pushed.branches["main"]
    tiny_classifier.model.config.provenance = {"python": "second"}
    push(tiny_classifier, REPO, revision="next", token=TOKEN)
    assert pushed.branches["main"] == first != pushed.branches["next"]

    def read(revision: str) -> str | None:
        model = ClaimClassifier.from_pretrained(REPO, revision=revision).model
        return model.config.provenance.get("python")

    assert read("next") == "second"
    assert read("main") is None
    assert read(first) is None
    assert read(pushed.branches["next"]) == "second"


def test_an_id_may_name_its_revision(hub, pushed, tiny_classifier):
    tiny_classifier.model.config.provenance = {"python": "on a branch"}
    push(tiny_classifier, REPO, revision="next", token=TOKEN)
    folder = find_folder(f"{REPO}@next")
    assert "on a branch" in (folder / "config.json").read_text(encoding="utf-8")
    assert find_folder(f"{REPO}@{folder.name}") == folder
    assert find_folder(REPO) != folder
    with pytest.raises(HubError, match=r"no revision 'refs/pr/3'"):
        find_folder(f"{REPO}@refs/pr/3")
    with pytest.raises(ValueError, match="without a revision, got 'me/news@v2'"):
        push(tiny_classifier, f"{REPO}@v2", token=TOKEN)


def test_a_missing_revision_is_named(pushed):
    with pytest.raises(HubError, match=r"me/news has no revision 'v9'. Give a branch, tag or comm"):
        ClaimClassifier.from_pretrained(REPO, revision="v9")


def test_the_cache_serves_without_a_network(hub, pushed, monkeypatch):
    ClaimClassifier.from_pretrained(REPO)
    hub.requests.clear()
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    assert ClaimClassifier.from_pretrained(REPO).calibration.types
    assert hub.requests == []


def test_without_network_and_cache_the_error_names_both(hub, monkeypatch):
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(HubError, match=r"can't be reached, and me/news .* is not, or not wholly"):
        ClaimClassifier.from_pretrained(REPO)


def test_a_hub_that_is_down_is_reported(hub, monkeypatch):
    monkeypatch.setattr(
        constants,
        "HUGGINGFACE_CO_URL_TEMPLATE",
        "http://127.0.0.1:9/{repo_id}/resolve/{revision}/{filename}",
    )
    with pytest.raises(HubError, match="can't be reached"):
        ClaimClassifier.from_pretrained(REPO)


def test_a_download_that_breaks_off_goes_on_where_it_stopped(hub, pushed):
    hub.break_after = 1000
    with pytest.raises(HubError, match=r"download of me/news broke off .* Call it again"):
        ClaimClassifier.from_pretrained(REPO)
    with pytest.raises(HubError, match="broke off"):
        ClaimClassifier.from_pretrained(REPO)
    hub.break_after = None
    assert ClaimClassifier.from_pretrained(REPO).calibration.types


def test_a_half_download_is_not_taken_for_a_model_without_a_network(hub, pushed, monkeypatch):
    hub.break_after = 1000
    with pytest.raises(HubError):
        ClaimClassifier.from_pretrained(REPO)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(HubError, match=r"me/news .* is not, or not wholly, in the cache"):
        ClaimClassifier.from_pretrained(REPO)


def test_a_missing_model_is_reported(hub):
    with pytest.raises(HubError, match="has no model me/nothing, or it is private and there is no"):
        ClaimClassifier.from_pretrained("me/nothing")
    with pytest.raises(HubError, match=r"private and this token may not see it. Check the id"):
        ClaimClassifier.from_pretrained("me/nothing", token=TOKEN)


def test_a_wrong_token_is_reported_on_pull_and_on_push(hub, pushed, tiny_classifier):
    with pytest.raises(HubError, match=r"does not accept this token for me/news. Make one at"):
        ClaimClassifier.from_pretrained(REPO, token="hf_wrong")
    with pytest.raises(HubError, match=r"does not accept this token .* with 'write' access at"):
        tiny_classifier.push_to_hub(REPO, token="hf_wrong")


def test_a_push_without_a_token_is_reported(hub, tiny_classifier):
    with pytest.raises(HubError, match=r"wants a token for me/news. Make one with 'write' access"):
        tiny_classifier.push_to_hub(REPO)


def test_a_token_that_can_only_read_is_reported(hub, pushed, tiny_classifier):
    with pytest.raises(HubError, match=r"This token may not write to me/news. Use one that may"):
        tiny_classifier.push_to_hub(REPO, token=READ_TOKEN)


def test_another_model_type_is_refused_before_its_weights_are_fetched(hub, tiny_encoder):
    repository = Repository()
    content = {path.name: path.read_bytes() for path in tiny_encoder.iterdir()}
    repository.commit("main", content, "a bert")
    hub.repositories["other/bert"] = repository
    with pytest.raises(ValueError, match="other/bert holds a 'bert' model, not 'claimclf'"):
        ClaimClassifier.from_pretrained("other/bert")
    assert not [request for request in hub.requests if "safetensors" in request]


def test_a_repository_without_a_config_is_refused(hub):
    repository = Repository()
    repository.commit("main", {"README.md": b"nothing here"}, "empty")
    hub.repositories["other/empty"] = repository
    with pytest.raises(HubError, match=r"has no config.json: it is no model that"):
        ClaimClassifier.from_pretrained("other/empty")


@pytest.mark.parametrize("repo_id", ["not a name", "-x/y-", "a--b/c"])
def test_what_can_be_no_id_is_refused_without_asking(hub, repo_id):
    with pytest.raises(HubError, match="is neither a folder here nor a Hub id"):
        ClaimClassifier.from_pretrained(repo_id)
    assert hub.requests == []


def test_no_code_is_fetched(hub, pushed):
    folder = fetch(REPO)
    assert not list(folder.glob("*.py"))
    assert not [request for request in hub.requests if FILE in request]


def test_another_folder_is_not_pushed(hub, tiny_encoder, tmp_path):
    with pytest.raises(ValueError, match="holds a 'bert' model"):
        push(tiny_encoder, REPO, token=TOKEN)
    with pytest.raises(FileNotFoundError, match="There is no folder"):
        push(tmp_path / "nothing", REPO, token=TOKEN)
    assert hub.repositories == {}


def test_an_id_without_an_owner_is_refused(hub, tiny_classifier):
    with pytest.raises(ValueError, match="Expected a Hub id 'owner/name' to push to, got 'news'"):
        tiny_classifier.push_to_hub("news", token=TOKEN)
    assert hub.requests == []


ELSEWHERE = """
import json, sys
sys.modules["claimclf"] = None  # as if it were not installed
from transformers import AutoModel, AutoTokenizer

model = AutoModel.from_pretrained("me/news", trust_remote_code=True)
tokenizer = AutoTokenizer.from_pretrained("me/news", trust_remote_code=True)
logits = model(**tokenizer(["It may leak."], return_tensors="pt")).type_logits
print(json.dumps([model.config.types, logits.tolist()]))
"""


def test_automodel_pulls_where_the_package_is_not_installed(hub, pushed, tmp_path):
    result = subprocess.run(
        [sys.executable, "-c", ELSEWHERE],
        env={**os.environ, "HF_ENDPOINT": hub.url, "HF_HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr
    types, logits = json.loads(result.stdout)
    assert types == list(TYPES)
    model = ClaimClassifier.from_pretrained(REPO, dtype="float32")
    with torch.no_grad():
        expected = model.model(**model.tokenizer(["It may leak."], return_tensors="pt"))
    assert torch.allclose(torch.tensor(logits), expected.type_logits, atol=1e-6)


def test_the_command_pushes_a_folder_with_the_token_of_the_environment(
    hub,
    tiny_classifier,
    report,  # noqa: F811
    tmp_path,
    monkeypatch,
):
    tiny_classifier.save_pretrained(tmp_path / "model")
    command = ["push", str(tmp_path / "model"), REPO, "--private", "--report", str(report)]
    refused = CliRunner().invoke(app, command)
    assert refused.exit_code == 2
    assert "wants a token for me/news" in refused.stderr
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    done = CliRunner().invoke(app, command)
    repository = hub.repositories[REPO]
    assert done.exit_code == 0, done.stderr
    assert done.stdout == f"{REPO} is at {hub.url}/{REPO}/commit/{repository.branches['main']}\n"
    assert repository.is_private
    assert b"model-index" in files(repository)["README.md"]


def test_the_command_says_what_is_wrong_with_a_folder(hub, tmp_path):
    result = CliRunner().invoke(app, ["push", str(tmp_path), REPO])
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "holds no config.json: expected a folder" in result.stderr
