"""What models and reports record of how they were made: commands, versions, data, earlier runs."""

from __future__ import annotations

import hashlib
import platform
import shlex
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from claimclf.documents import Document
from claimclf.training_config import CorpusConfig, ExperimentConfig

PACKAGES = (
    "claimclf",
    "accelerate",
    "numpy",
    "scikit-learn",
    "tokenizers",
    "torch",
    "transformers",
)
"""Packages whose versions are recorded."""


def command_line() -> str:
    """The command that runs, as it was typed."""
    script, *arguments = sys.argv
    start = ["python", script] if script.endswith(".py") else [Path(script).name]
    return shlex.join([*start, *arguments])


def ancestors(provenance: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The runs that a model went on from, latest first."""
    while provenance := provenance.get("started_from") or {}:
        yield provenance


def averaged_runs(provenance: Mapping[str, Any]) -> list[tuple[str, float]]:
    """The commands behind a mean, each with its share; empty for a model that is none.

    A model that records commands only, as the first means did, has the same share of each.
    """
    entries = provenance.get("averaged") or []
    return [
        (entry, 1 / len(entries))
        if isinstance(entry, str)
        else (str(entry["command"]), float(entry["share"]))
        for entry in entries
    ]


def versions() -> dict[str, str]:
    """Versions of what weights and figures depend on."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found


def describe_run(
    experiment: ExperimentConfig,
    data: str | Path,
    train_documents: Sequence[Document],
    dev: Sequence[Document],
) -> dict[str, Any]:
    """What a run is made of: config, versions, commit, command, the hash of every data file."""
    packages = versions()
    return {
        "config": experiment.to_dict(),
        "python": packages.pop("python"),
        "versions": packages,
        "commit": _commit(),
        "command": command_line(),
        "train": describe_corpora(experiment.data.train, data, train_documents),
        "dev": describe_corpora(experiment.data.dev, data, dev),
    }


def describe_corpora(
    corpora: Sequence[CorpusConfig], data: str | Path, documents: Sequence[Document]
) -> dict[str, Any]:
    """Files with their hashes, and how much they hold."""
    return {
        "files": {corpus.path: hash_corpus(corpus.locate(data)) for corpus in corpora},
        "corpora": sorted(
            {
                str(document.metadata["corpus"])
                for document in documents
                if document.metadata.get("corpus")
            }
        ),
        "num_documents": len({document.text for document in documents}),
        "licences": sorted({str(document.metadata.get("license")) for document in documents}),
    }


def hash_corpus(path: Path) -> str:
    """SHA-256 of a file; of a brat folder, that of its texts' and annotations' names and hashes."""
    if not path.is_dir():
        with path.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    digest = hashlib.sha256()
    files = (file for file in path.rglob("*") if file.suffix in (".ann", ".txt"))
    for name, file in sorted((file.relative_to(path).as_posix(), file) for file in files):
        digest.update(f"{name}\0{hash_corpus(file)}\n".encode())
    return digest.hexdigest()


def _commit() -> str | None:
    """The git commit of the code, with a plus sign if files are changed; None outside git."""
    folder = Path(__file__).parent
    try:
        # Not that of another project, in whose environment this package is installed.
        subprocess.run(
            ["git", "ls-files", "--error-unmatch", Path(__file__).name],
            cwd=folder,
            capture_output=True,
            check=True,
        )
        commit = subprocess.run(
            ["git", "rev-parse", "HEAD"], cwd=folder, capture_output=True, text=True, check=True
        ).stdout.strip()
        changes = subprocess.run(
            ["git", "status", "--porcelain", "--untracked-files=no"],
            cwd=folder,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    return commit + ("+" if changes.strip() else "")


@cache
def hash_code() -> str:
    """Hash of this package's modules: a checkout changes without a change of version."""
    folder = Path(__file__).parent
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        digest.update(f"{path.relative_to(folder).as_posix()} ".encode() + path.read_bytes())
    return digest.hexdigest()
