"""A Hub id → a folder on this machine, or an error that says what to do.

Only data is fetched (configs, safetensors, vocabularies), never code. What was fetched once is read
from the cache, also without a network. `claimclf.hub` goes the other way.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from huggingface_hub import constants, get_token, hf_hub_download, snapshot_download
from huggingface_hub.errors import (  # type: ignore[attr-defined]
    GatedRepoError,
    HfHubHTTPError,
    HFValidationError,
    HTTPError,
    LocalEntryNotFoundError,
    OfflineModeIsEnabled,
    RemoteEntryNotFoundError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from claimclf import __version__
from claimclf.model_files import DATA_FILES, DEFAULT, check_model_type, packaged_folder


class HubError(OSError):
    """The Hub, or the way to it, refused something; the message says what to do."""


def fetch(repo_id: str, *, revision: str = "main", token: str | None = None) -> Path:
    """Download a model from the Hub, or find it in the cache.

    Args:
        repo_id: Such as `"owner/name"`.
        revision: Branch, tag or commit.
        token: Access token; None takes that of `hf auth login` or `HF_TOKEN`.

    Returns:
        The folder with its files.

    Raises:
        HubError: If it can't be had; says what to do.
        ValueError: If it is a model of another type, found before its weights are downloaded.
    """
    with hub_errors(repo_id, revision=revision, token=token):
        config = Path(
            hf_hub_download(
                repo_id,
                "config.json",
                revision=revision,
                token=token,
                library_name="claimclf",
                library_version=__version__,
            )
        )
        check_model_type(config.parent, repo_id)
        folder = snapshot_download(
            repo_id,
            # The commit that the config is of, so that all files are of one commit.
            revision=config.parent.name,
            allow_patterns=list(DATA_FILES),
            token=token,
            library_name="claimclf",
            library_version=__version__,
        )
    return Path(folder)


def find_folder(
    name_or_path: str | Path | None, *, revision: str = "main", token: str | None = None
) -> Path:
    """The folder of a model: the one that is named, or what the Hub has under that id.

    Args:
        name_or_path: A folder, or a Hub id; `"owner/name@revision"` names the revision as well.
            None and `"default"` mean the model inside this package.
        revision: Branch, tag or commit, where the id names none.
        token: See `fetch`.

    Raises:
        FileNotFoundError: If it can only mean a folder, and there is none.
        HubError: See `fetch`.
        ValueError: See `fetch`.
    """
    if name_or_path is None or name_or_path == DEFAULT:
        return packaged_folder()
    path = Path(name_or_path)
    if path.is_dir():
        return path
    name = str(name_or_path)
    repo_id, named = split_revision(name)
    is_path = isinstance(name_or_path, Path) or name.startswith((".", "~"))
    is_path = is_path or repo_id.count("/") > 1
    if is_path or path.is_absolute() or path.exists():
        what = f"{path} is a file" if path.exists() else f"There is no folder {path}"
        raise FileNotFoundError(
            f"{what}. Expected a folder that ClaimClassifier.save_pretrained wrote, or a Hub id."
        )
    return fetch(repo_id, revision=named or revision, token=token)


def split_revision(name: str) -> tuple[str, str | None]:
    """A Hub id, and the revision that stands in it: `"owner/name@v2"`; None where there is none."""
    repo_id, _, revision = name.partition("@")
    return (repo_id, revision) if repo_id.count("/") == 1 and revision else (name, None)


@contextmanager
def hub_errors(
    repo_id: str, *, revision: str = "main", token: str | None = None, is_push: bool = False
) -> Iterator[None]:
    """Turn what `huggingface_hub` raises into a `HubError` that says what to do."""
    try:
        yield
    except HFValidationError as error:
        raise HubError(
            f"{repo_id!r} is neither a folder here nor a Hub id. A Hub id is 'owner/name'; check "
            "the path if you meant a folder."
        ) from error
    except (LocalEntryNotFoundError, OfflineModeIsEnabled) as error:
        raise HubError(
            f"The Hub at {constants.ENDPOINT} can't be reached, and {repo_id} (revision "
            f"{revision}) is not, or not wholly, in the cache {constants.HF_HUB_CACHE}. Check the "
            "connection and HF_HUB_OFFLINE, then call it again; or give a folder."
        ) from error
    except HfHubHTTPError as error:
        raise HubError(_refusal(error, repo_id, revision, token, is_push)) from error
    except HTTPError as error:
        way = "upload to" if is_push else "download of"
        raise HubError(
            f"The {way} {repo_id} broke off ({type(error).__name__}). Call it again: what has "
            "arrived is not transferred a second time."
        ) from error


def _refusal(
    error: HfHubHTTPError, repo_id: str, revision: str, token: str | None, is_push: bool
) -> str:
    """What the Hub's answer means, and what to do."""
    status = error.response.status_code
    has_token = bool(token or get_token())
    settings = f"{constants.ENDPOINT}/settings/tokens"
    if isinstance(error, GatedRepoError):
        return (
            f"{repo_id} is gated. Accept its terms at {constants.ENDPOINT}/{repo_id}, then use a "
            "token of that account (`hf auth login`, or token=…)."
        )
    if isinstance(error, RevisionNotFoundError):
        return (
            f"{repo_id} has no revision {revision!r}. Give a branch, tag or commit that "
            f"{constants.ENDPOINT}/{repo_id} lists; the default is 'main'."
        )
    if isinstance(error, RemoteEntryNotFoundError):
        return (
            f"{repo_id} (revision {revision}) has no config.json: it is no model that claimclf can "
            "load."
        )
    if isinstance(error, RepositoryNotFoundError):
        reason = "this token may not see it" if has_token else "there is no token"
        return (
            f"{constants.ENDPOINT} has no model {repo_id}, or it is private and {reason}. Check "
            f"the id; for a private model use a token of its owner from {settings} (`hf auth "
            "login`, or token=…)."
        )
    if status == 401:
        reason = "does not accept this token" if has_token else "wants a token"
        kind = "with 'write' access " if is_push else ""
        return (
            f"{constants.ENDPOINT} {reason} for {repo_id}. Make one {kind}at {settings}, then run "
            "`hf auth login` or pass token=…."
        )
    if status == 403:
        wanted = "write to" if is_push else "read"
        return (
            f"This token may not {wanted} {repo_id}. Use one that may from {settings}, or another "
            "owner in the id."
        )
    reason = (error.server_message or "").strip() or f"status {status}"
    return f"{constants.ENDPOINT} refused {repo_id}: {reason} (status {status}). Try again later."
