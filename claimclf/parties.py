"""Which side a source speaks for: a country, an organisation, a party, a campaign.

Step "perspectives" of the flow. Only what the document gives as evidence counts; without any
there is no party.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from claimclf.countries import find_countries

if TYPE_CHECKING:
    from claimclf.entities import Entity


class PartyFinder:
    """Finds the parties of one document's sources.

    Args:
        text: The whole document.
        parties: The caller's own parties, each with words by which its sources are known.
    """

    def __init__(self, text: str, parties: Mapping[str, Sequence[str]]) -> None:
        self._text = text
        self._own = [
            (party, re.compile(rf"(?<!\w){re.escape(word)}(?!\w)"))
            for party, known in parties.items()
            for word in (party, *known)
        ]

    def party(self, name: str, entity: Entity) -> str | None:
        """The side that a source speaks for, None without evidence."""
        evidence = [name, *entity.texts]
        if entity.person:
            evidence += entity.person.contexts
        for party, pattern in self._own:
            if any(pattern.search(words) for words in evidence):
                return party
        if entity.kind in ("official", None):
            for words in evidence:
                for country in find_countries(words):
                    return country
            if entity.kind == "official":
                counts = Counter(find_countries(self._text))
                if counts:
                    return counts.most_common(1)[0][0]
        return None
