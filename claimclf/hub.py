"""A trained model → the Hugging Face Hub, with its card; the way back is `claimclf.fetch`.

What is uploaded is a cleaned copy: data, the one-file model and the card, nothing that tells of
this machine.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from huggingface_hub import HfApi, constants

from claimclf import __version__
from claimclf.card import rename_card, write_card
from claimclf.classifier import ClaimClassifier
from claimclf.fetch import hub_errors
from claimclf.model_files import check_model_type, check_weights
from claimclf.portable import make_portable

logger = logging.getLogger(__name__)

CARD = "README.md"
"""The card's file."""

MODEL_FILES: Final = (
    *("config.json", "*.safetensors", "*.safetensors.index.json"),
    *("tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json"),
    *("vocab.json", "vocab.txt", "merges.txt", "*.model"),
)
"""What is uploaded of a folder beside its card; whatever else lies there stays."""


def push(
    model: ClaimClassifier | str | Path,
    repo_id: str,
    *,
    private: bool | None = None,
    token: str | None = None,
    revision: str | None = None,
    tag: str | None = None,
    report: str | Path | None = None,
    message: str | None = None,
) -> str:
    """Upload a model; its repository is made if there is none.

    Args:
        model: A classifier, or the folder of a saved one. The card in that folder, or in the one
            that the classifier was loaded from, is uploaded as it is, with the id filled in, unless
            there is a report; without a card one is written from what the model records.
        repo_id: Such as `"owner/name"`.
        private: Whether a new repository is private; None leaves it to the account's default. An
            existing repository stays as it is; a public one is refused where True is given.
        token: Access token with write access; None takes that of `hf auth login` or `HF_TOKEN`.
        revision: Branch to upload to, made if there is none; None takes `main`.
        tag: Name of the commit, such as `"v1"`, under which this version can be loaded for good.
        report: What `claimclf evaluate --report` wrote, for the card.
        message: Of the commit.

    Returns:
        The address of the commit.

    Raises:
        HubError: If the Hub refuses it; says what to do.
        ValueError: If the id names no owner, the repository is public though `private` is True or
            has the tag already, or the folder holds a model of another type or damaged weights.
        FileNotFoundError: If the folder holds no model, or there is no report.
    """
    if repo_id.count("/") != 1:
        raise ValueError(f"Expected a Hub id 'owner/name' to push to, got {repo_id!r}.")
    if "@" in repo_id:
        raise ValueError(f"Expected a Hub id without a revision, got {repo_id!r}: give revision=.")
    with _publishable(model) as folder:
        card = folder / CARD
        if report is not None or not card.exists():
            write_card(folder, report=report, name=repo_id)
        else:
            rename_card(card, repo_id)
        api = HfApi(token=token, library_name="claimclf", library_version=__version__)
        with hub_errors(repo_id, revision=revision or "main", token=token, is_push=True):
            api.create_repo(repo_id, private=private, exist_ok=True)
            if private and not api.repo_info(repo_id).private:
                raise ValueError(
                    f"Expected {repo_id} to be private, but it exists and is public; nothing was "
                    f"uploaded. Make it private at {constants.ENDPOINT}/{repo_id}/settings, give "
                    "another id, or push without private."
                )
            if tag is not None and tag in [item.name for item in api.list_repo_refs(repo_id).tags]:
                raise ValueError(
                    f"{repo_id} has a tag {tag!r} already; nothing was uploaded. Give another tag."
                )
            if revision is not None:
                api.create_branch(repo_id, branch=revision, exist_ok=True)
            commit = api.upload_folder(
                repo_id=repo_id,
                folder_path=folder,
                revision=revision,
                commit_message=message or f"Upload a model of claimclf {__version__}",
            )
            if tag is not None:
                api.create_tag(repo_id, tag=tag, revision=commit.oid)
    logger.info("%s is at %s", repo_id, commit.repo_url)
    return str(commit.commit_url)


@contextmanager
def _publishable(model: ClaimClassifier | str | Path) -> Iterator[Path]:
    """A temporary folder that holds what is to be uploaded of a model."""
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        if isinstance(model, ClaimClassifier):
            model.save_pretrained(folder)
            if model.folder is not None and (model.folder / CARD).exists():
                shutil.copy(model.folder / CARD, folder)
        else:
            source = Path(model)
            if not source.is_dir():
                raise FileNotFoundError(
                    f"There is no folder {source}. Expected one that "
                    "ClaimClassifier.save_pretrained wrote."
                )
            check_model_type(source, str(source))
            check_weights(source, str(source))
            for pattern in (*MODEL_FILES, CARD):
                for path in source.glob(pattern):
                    shutil.copy(path, folder)
            make_portable(folder)
        yield folder
