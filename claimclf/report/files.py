"""An evaluation from files to a report: what the command line and the script call."""

from __future__ import annotations

import hashlib
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from claimclf.classifier import ClaimClassifier
from claimclf.corpora import read_documents
from claimclf.documents import Document
from claimclf.evaluation import Report, evaluate


def evaluate_files(
    model: str | Path | None,
    data: Sequence[str | Path],
    *,
    cross_fit: bool = False,
    floors_from: Sequence[str | Path] | None = None,
    device: str = "auto",
    dtype: str = "auto",
) -> Report:
    """Evaluate a model on corpora, all of them together; a slice per corpus tells them apart.

    Args:
        model: A folder or Hub id; None for the model inside the package.
        data: Corpora, as `claimclf.corpora.read_documents` reads them.
        cross_fit: Calibrate by cross-fitting on these documents instead of as stored.
        floors_from: Training corpora; adds the floors to the report. Empty for those that need no
            training.
        device: As for `ClaimClassifier`.
        dtype: As for `ClaimClassifier`.

    Raises:
        ValueError: If a corpus is bad or holds no documents.
        OSError: If there is no such model or corpus.
    """
    documents = _read(data)
    training = None if floors_from is None else _read(floors_from)
    classifier = ClaimClassifier.from_pretrained(model, device=device, dtype=dtype)
    provenance: dict[str, Any] = {
        "model": str(model) if model is not None else "the packaged model",
        "data": {str(path): _hash(Path(path)) for path in data},
        "command": shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]]),
    }
    return evaluate(
        classifier, documents, cross_fit=cross_fit, floors_from=training, provenance=provenance
    )


def _read(paths: Sequence[str | Path]) -> list[Document]:
    return [document for path in paths for document in read_documents(path)]


def _hash(path: Path) -> str:
    """SHA-256 of a file, or of all files of a folder in order."""
    digest = hashlib.sha256()
    for file in [path] if path.is_file() else sorted(path.rglob("*")):
        if file.is_file():
            digest.update(file.read_bytes())
    return digest.hexdigest()
