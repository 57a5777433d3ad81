"""Which side a source speaks for: a country, an organisation, a party, a campaign.

Step "perspectives" of the flow. Evidence are the source's mentions and the titles and appositives
beside its name anywhere in the document; without any there is no party, except that an official of
no known country is taken for one of the country that the document mostly is about.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Final

from claimclf.perspectives import words
from claimclf.perspectives.countries import find_countries, find_country, names_country
from claimclf.perspectives.entities import Entity
from claimclf.perspectives.evidence import gather_evidence
from claimclf.perspectives.introductions import Introductions
from claimclf.perspectives.mentions import institution_head, is_institution_word
from claimclf.perspectives.names import (
    is_acronym,
    normalize,
    singular,
    surname,
    without_possessive,
)
from claimclf.perspectives.namescan import scan_names, scan_words
from claimclf.perspectives.party_facts import find_leader_country, find_member_party, find_power

_TO: Final = re.compile(r"\b(?:to|in|on|against|with)\s.*")
_CAMPAIGN: Final = re.compile(r"\b([A-Z][\w-]+)(?:'s|’s)? (?:[a-z][\w-]+ )?campaign")
_OFFICE_HOLDERS: Final = words.LEGISLATORS | {"governor", "mayor", "president"}
_ELECTION: Final = re.compile(
    r"\b(?:candidates?|campaign|primary|primaries|nominee|caucus|presidential)\b"
)


class PartyFinder:
    """Finds the parties of one document's sources.

    Args:
        text: The whole document.
        introductions: Its full names.
        parties: The caller's own parties, each with words by which its sources are known.
    """

    def __init__(
        self, text: str, introductions: Introductions, parties: Mapping[str, Sequence[str]]
    ) -> None:
        self._text = text
        self._introductions = introductions
        self._own = [
            (party, re.compile(rf"(?<!\w){re.escape(word)}(?!\w)"))
            for party, known in parties.items()
            for word in (party, *known)
        ]

    def party(self, name: str, entity: Entity, evidence: Sequence[str]) -> str | None:
        """The side that a source speaks for, None without evidence.

        Args:
            name: Its fullest name.
            entity: What its mentions say.
            evidence: The words that may show a party, the nearest to the source first.
        """
        for party, pattern in self._own:
            if any(pattern.search(text) for text in evidence):
                return party
        kind = entity.kind
        if kind == "official":
            return find_leader_country(name) or self._state(evidence)
        if kind == "political":
            return self._political(name, entity, evidence)
        if kind == "media":
            return self._institution(name, entity, evidence) or self._press(entity, evidence)
        if kind == "organization" or (kind == "expert" and not entity.is_named_person):
            return self._institution(name, entity, evidence)
        return None

    @cached_property
    def _main_country(self) -> str | None:
        """The country that the document names most often."""
        counts = Counter(find_countries(self._text))
        return counts.most_common(1)[0][0] if counts else None

    def _state(self, evidence: Sequence[str]) -> str | None:
        for text in evidence:
            power = find_power(_TO.sub("", text)) or find_power(text)
            if power := power or find_leader_country(text):
                return power
        return self._main_country

    def _press(self, entity: Entity, evidence: Sequence[str]) -> str | None:
        """The country of "U.S. media" and "local media"."""
        if entity.is_named_person or not entity.heads & words.PRESS:
            return None
        countries = (find_country(text) for text in evidence)
        return next(filter(None, countries), self._main_country)

    def _political(self, name: str, entity: Entity, evidence: Sequence[str]) -> str | None:
        for text in evidence:
            match = _CAMPAIGN.search(text)
            if match and match.group(1).casefold() not in words.NOT_NAMES | words.DETERMINERS:
                return f"{match.group(1)} campaign"
        for text in evidence:
            for found in affiliations(text, name):
                if institution_head(found.split()) in words.POLITICAL:
                    return found
        if entity.is_named_person and (candidacy := self._candidacy(name, entity)):
            return candidacy
        for text in evidence:
            if member_of := find_member_party(text):
                return member_of
        return self._institution(name, entity, evidence)

    def _candidacy(self, name: str, entity: Entity) -> str | None:
        """The campaign of somebody whom the document shows as a candidate."""
        last = name.split()[-1]
        if entity.roles & words.AIDES:
            return None
        shown = entity.known_words & words.CANDIDATES or last in self._campaigns
        may_run = not entity.roles or entity.roles & _OFFICE_HOLDERS
        is_likely = may_run and self._is_electoral and self._main_country == "United States"
        return f"{last} campaign" if shown or is_likely else None

    @cached_property
    def _campaigns(self) -> frozenset[str]:
        """Surnames that stand before "campaign"."""
        return frozenset(match.group(1) for match in _CAMPAIGN.finditer(self._text))

    @cached_property
    def _is_electoral(self) -> bool:
        return _ELECTION.search(self._text) is not None

    def _may_be_institution(self, name: str) -> bool:
        """Whether a name is no person's, and no word that only starts a sentence."""
        if not (" " in name or is_acronym(name) or self._introductions.is_name(name)):
            return False
        person = self._introductions.person(name)
        if person is None or surname(person.name) != surname(name):
            return True
        return not (person.roles or person.pronouns)

    def _institution(self, name: str, entity: Entity, evidence: Sequence[str]) -> str | None:
        """The institution that the source is, or that its titles and appositives name."""
        if not entity.is_person and entity.owner is None and _is_named(entity):
            return without_company_form(without_document(name))
        person = name if entity.is_named_person else ""
        for text in evidence:
            for found in affiliations(text, person):
                if self._may_be_institution(found):
                    return without_company_form(found)
        if entity.speaks_for:
            employer = entity.speaks_for.namings[0].name
            evidence = gather_evidence(employer, entity.speaks_for, self._introductions)
            return self.party(employer, entity.speaks_for, evidence)
        return None


def _is_named(entity: Entity) -> bool:
    return any(naming.form in ("name", "person") for naming in entity.namings)


def without_document(name: str) -> str:
    """The institution in the name of a document: "YouGov" for "YouGov poll"."""
    tokens = name.split()
    while len(tokens) > 1 and tokens[-1][0].islower():
        tokens = tokens[:-1]
    return " ".join(tokens).removesuffix("'s").removesuffix("’s")


def without_company_form(name: str) -> str:
    """A company's name as news shortens it: "Telmar Shipping Co Ltd" loses "Co Ltd"."""
    tokens = name.split()
    while len(tokens) > 1 and tokens[-1].strip(".,") in words.COMPANY_FORMS:
        tokens = tokens[:-1]
    return " ".join(tokens)


def affiliations(text: str, person: str) -> Iterator[str]:
    """The institutions that a title or appositive names, in order.

    >>> list(affiliations("Anatolia Rail spokesman Sabri Okten", "Sabri Okten"))
    ['Anatolia Rail']
    """
    own = set(normalize(person).split())
    for run in scan_names(text, scan_words(text)):
        tokens = [word.text for word in run.words]
        start, end = 0, len(tokens)
        while start < end and _is_title(tokens[start]):
            start += 1
        while start < end and _is_title(tokens[end - 1]):
            end -= 1
        if all(normalize(token) in own for token in tokens[start:end]):
            continue
        possessor = next((i for i in range(start, end) if tokens[i].endswith(("'s", "'"))), end)
        if not any(map(is_institution_word, tokens[possessor + 1 : end])):
            end = min(end, possessor + 1)
        name = without_possessive(" ".join(tokens[start:end]))
        if not name or names_country(name):
            continue
        yield name


def _is_title(token: str) -> bool:
    lowered = without_possessive(token.casefold()).rstrip(".")
    if lowered.isdigit() or lowered in words.OFFICES or lowered in words.NOT_NAMES:
        return True
    return singular(lowered) in words.ROLES or lowered in words.JOINTS
