"""Label names and what they mean: the only place where they are defined.

Everything downstream (encoding, heads, decoding, metrics, reports) reads the names from here or,
for a trained model, from the copy in its `config.json`, so that a model trained on other types
works through the same code. Rules of language about one label, such as that experts hardly make
official statements, name that label.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

ATTRIBUTION: Final = "attribution"
OFFICIAL_STATEMENT: Final = "official_statement"
"""Types that rules of language speak of."""

TYPE_DEFINITIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        ATTRIBUTION: (
            "The content, or most of it, is ascribed to a source other than the author: direct or "
            "indirect speech, thought, belief or intention, a document, a poll, another outlet. "
            "A sentence that continues a quotation has it even with no cue of its own."
        ),
        OFFICIAL_STATEMENT: (
            "Conveys what an institution says, announces, orders or denies through someone "
            "entitled to speak for it, or in its own document."
        ),
        "statistic": "Reports a measured, counted or estimated quantity as information.",
        "speculation": (
            "Presents something as possible, likely, predicted, suspected, conjectured or "
            "unverified, no matter who holds it."
        ),
    }
)
"""Sentence types in schema order, each with the one-sentence rule that annotators apply."""

TYPES: Final[tuple[str, ...]] = tuple(TYPE_DEFINITIONS)
"""Names of the sentence types, in schema order; a sentence has none, one or several."""

KIND_DEFINITIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "official": "State power and its people in office; intergovernmental bodies.",
        "political": (
            "Parties, candidates, campaigns, movements and armed groups outside state office."
        ),
        "organization": (
            "Companies, unions, NGOs, churches, clubs, universities, and those who speak for them."
        ),
        "expert": (
            "Analysts, scholars, doctors, former officials as commentators; studies, think tanks, "
            "pollsters."
        ),
        "media": "Other outlets, journalists, commentators.",
        "public": "Private people: witnesses, victims, relatives, voters, crowds, users.",
        "anonymous": "A source that the article keeps unidentified.",
    }
)
"""Kinds of source in schema order, each with who belongs to it."""

KINDS: Final[tuple[str, ...]] = tuple(KIND_DEFINITIONS)
"""Names of the kinds of source, in schema order; a source has exactly one."""

SPAN_DEFINITIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "source": "The words that name who is quoted or whose view it is.",
        "cue": "The words that signal the attribution, such as a verb of saying.",
        "content": "The words that are ascribed to the source.",
    }
)
"""Span labels in schema order (the terms of PARC and PolNeAR)."""

SPAN_LABELS: Final[tuple[str, ...]] = tuple(SPAN_DEFINITIONS)
"""Names of the span labels, in schema order."""

AUTHOR: Final = "author"
"""Perspective status of a sentence in the article's own voice; in corpus files, no source's key."""

SOURCE: Final = "source"
"""Perspective status of a sentence that carries a source's view."""

UNRESOLVED: Final = "unresolved"
"""Perspective status of a sentence whose perspective the model leaves open."""

STATUSES: Final[tuple[str, ...]] = (AUTHOR, SOURCE, UNRESOLVED)
"""Every perspective status."""


def label2id(labels: tuple[str, ...]) -> dict[str, int]:
    """Map each label to its index in schema order, as `transformers` configs store it."""
    return {label: index for index, label in enumerate(labels)}
