"""The words that show what a source is: its mentions, and titles and appositives beside its name.

`kinds` and `parties` read them.
"""

from __future__ import annotations

import re
from itertools import islice
from typing import Final

from claimclf.perspectives.contexts import appositive, context
from claimclf.perspectives.entities import Entity
from claimclf.perspectives.names import family_name, plain, tokenize
from claimclf.perspectives.people import Person
from claimclf.perspectives.wording import given_roles

_TICKER: Final = re.compile(r"\s*\(?\b[A-Z0-9]{1,6}\.[A-Z]{1,2}\)")
"""What an agency calls a share: "(TLM.OL)"."""

_TITLE_CLAUSE: Final = re.compile(r"(?:who (?:is|was|serves|served)|the|an?)\b")
_MAX_APPOSITIVES: Final = 6
"""At how many mentions by surname one is looked for."""


def gather_evidence(name: str, entity: Entity, text: str) -> list[str]:
    """The words that show what a source is, the nearest to it first, a person's name left out.

    Args:
        name: Its fullest name.
        entity: What its mentions say.
        text: The whole document.
    """
    mentions = dict.fromkeys(entity.texts)
    if entity.is_named_person:
        surname = rf"(?<!\w){re.escape(family_name(name))}(?!\w)"  # "Mr. Fox" is no broadcaster
        evidence = [re.sub(surname, "", mention.replace(name, "")) for mention in mentions]
    else:
        evidence = [*mentions, name]
    if entity.person:
        evidence += entity.person.contexts
        evidence += _later_appositives(entity, entity.person, text)
    else:
        evidence += [
            context(text, span.start, span.end, is_person=False) for span in entity.spans[:2]
        ]
    return [_TICKER.sub("", plain(words)) for words in evidence]


def _later_appositives(entity: Entity, person: Person, text: str) -> list[str]:
    """What is added to a surname: "Mr. Berg, who was president until 2012"."""
    full_names = set(person.positions)
    spans = (span for span in entity.spans if span.start not in full_names)
    added = (appositive(text, span.end) for span in islice(spans, _MAX_APPOSITIVES))
    return [words for words in added if _TITLE_CLAUSE.match(words) and given_roles(tokenize(words))]
