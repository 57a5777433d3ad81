"""An example article with its gold labels, invented for this library and shipped with it."""

from __future__ import annotations

import json
from importlib.resources import files

from claimclf.documents import Document


def example_text() -> str:
    """The article as plain text."""
    return (files(__name__) / "harbour.txt").read_text(encoding="utf-8")


def example_document() -> Document:
    """The article with its gold labels: types, perspectives and sources, but no spans."""
    return Document.from_dict(
        json.loads((files(__name__) / "harbour.jsonl").read_text(encoding="utf-8"))
    )
