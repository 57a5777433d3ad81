"""Who may speak for an institution: what a source's kind tells of a sentence's types.

The model sees one window, the kind of a source comes from the whole document: a former minister
stays one in every later sentence that only has a surname.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from claimclf.documents import Source
from claimclf.labels import OFFICIAL_STATEMENT

_PERSONAL_KINDS: Final = frozenset({"expert", "public", "anonymous"})
"""Who speaks for nobody else, by the label guide: of 940 such sentences in ClaimNews train, four
are official statements all the same."""

_SHARE: Final = 0.25
"""How often a sentence that the model takes for an official statement is one all the same where
its source is of these kinds: 76 of 314 of ClaimNews train, by models that have not seen them."""


def with_entitlement(scores: Mapping[str, float], source: Source | None) -> dict[str, float]:
    """Calibrated probabilities of the types, given who the source is.

    >>> with_entitlement({"official_statement": 0.8}, Source("s1", "Ada Lund", kind="expert"))
    {'official_statement': 0.2}
    """
    given = dict(scores)
    if source and source.kind in _PERSONAL_KINDS and OFFICIAL_STATEMENT in given:
        given[OFFICIAL_STATEMENT] *= _SHARE
    return given
