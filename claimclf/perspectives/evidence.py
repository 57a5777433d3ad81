"""The words that show what a source is: its mentions, and titles and appositives beside its name.

Step "perspectives" of the flow; `kinds` and `parties` read them.
"""

from __future__ import annotations

import re
from typing import Final

from claimclf.perspectives.entities import Entity
from claimclf.perspectives.introductions import Introductions
from claimclf.perspectives.names import plain

_TICKER: Final = re.compile(r"\s*\(?\b[A-Z0-9]{1,6}\.[A-Z]{1,2}\)")
"""What an agency calls a share: "(TLM.OL)"."""


def gather_evidence(name: str, entity: Entity, introductions: Introductions) -> list[str]:
    """The words that show what a source is, the nearest to it first, a person's name left out."""
    mentions = dict.fromkeys(entity.texts)
    if entity.is_named_person:
        evidence = [mention.replace(name, "") for mention in mentions]
    else:
        evidence = [*mentions, name]
    if entity.person:
        evidence += entity.person.contexts
    else:
        evidence += [introductions.context(span.start, span.end) for span in entity.spans[:2]]
    return [_TICKER.sub("", plain(text)) for text in evidence]
