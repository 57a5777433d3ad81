"""Classify the sentences of news articles by type and by whose perspective they carry."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from claimclf.documents import (
    Attribution,
    Document,
    LabeledSpan,
    Perspective,
    Prediction,
    Sentence,
    Source,
    Span,
)

if TYPE_CHECKING:
    from claimclf.charts import plot_share_of_voice
    from claimclf.classifier import ClaimClassifier, predict
    from claimclf.renaming import rename_sources
    from claimclf.voices import share_of_voice

__version__ = "0.1.0"

# Names that need torch or pandas are imported when first used: `import claimclf` stays fast.
_LAZY = {
    "ClaimClassifier": "claimclf.classifier",
    "plot_share_of_voice": "claimclf.charts",
    "predict": "claimclf.classifier",
    "rename_sources": "claimclf.renaming",
    "share_of_voice": "claimclf.voices",
}

__all__ = [
    "Attribution",
    "ClaimClassifier",
    "Document",
    "LabeledSpan",
    "Perspective",
    "Prediction",
    "Sentence",
    "Source",
    "Span",
    "__version__",
    "plot_share_of_voice",
    "predict",
    "rename_sources",
    "share_of_voice",
]


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        return getattr(importlib.import_module(_LAZY[name]), name)
    raise AttributeError(f"module 'claimclf' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
