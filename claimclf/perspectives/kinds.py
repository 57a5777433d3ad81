"""What the names and titles of a source tell of its kind, to be weighed with the model's opinion.

The model reads a kind from the sentence, which tells an analyst from an official badly;
"professor", "Ltd" and "a source" tell it well. A source's words belong to one class of evidence,
and by Bayes' rule what that class says multiplies what the model says.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final

from claimclf.labels import KINDS
from claimclf.perspectives import words
from claimclf.perspectives.countries import government_of, names_country
from claimclf.perspectives.entities import Entity
from claimclf.perspectives.names import normalize, singular, tokenize
from claimclf.perspectives.party_facts import find_body, find_candidacy, find_leader_country

_COUNTS: Final = {
    "office": (269, 22, 10, 3, 1, 3, 7),
    "state": (203, 3, 8, 4, 3, 4, 3),
    "leader": (153, 29, 0, 0, 0, 2, 0),
    "power": (107, 2, 0, 0, 0, 2, 0),
    "politics": (10, 58, 2, 2, 0, 2, 0),
    "company": (10, 5, 86, 8, 2, 5, 3),
    "society": (9, 3, 34, 2, 4, 3, 0),
    "scholar": (3, 1, 3, 70, 0, 4, 0),
    "study": (8, 1, 1, 106, 3, 0, 1),
    "outlet": (1, 0, 4, 1, 46, 0, 0),
    "press": (17, 4, 3, 1, 54, 4, 0),
    "former": (3, 11, 3, 7, 1, 1, 0),
    "public": (3, 2, 5, 1, 1, 38, 0),
    "nobody": (11, 1, 2, 1, 7, 1, 30),
    "person": (56, 39, 18, 20, 11, 24, 0),
    "names": (17, 3, 2, 3, 4, 4, 0),
    "name": (6, 2, 15, 4, 6, 4, 1),
    "description": (42, 22, 19, 11, 7, 16, 11),
}
"""Sources of ClaimNews train with each class of evidence, by kind in schema order."""

_WEIGHT: Final = 0.75
"""How much the evidence counts beside the model, which has read some of the same words.

On ClaimNews dev, kind right in 69.4, 71.2, 75.0, 75.8 % of sourced sentences at 0, 0.5, 0.75 and 1
with the first default model, in 77.8, 79.2, 79.5, 78.8 % with the second.
"""

_PSEUDO_COUNT: Final = 3.0
"""Sources of average kinds that are added to every class, so that nothing is impossible."""

_IMPOSSIBLE: Final = -100.0
"""Of a kind that a source cannot be."""

_OUTLET_NAME: Final = re.compile(r"\w\.(?:com|org|net|info)$")
_LEFT: Final = re.compile(
    r"\b(?:[Ff]ormer|[Ee]x|[Rr]etired)\b(?:(?!\b(?:now|currently)\b).)*"
    r"|\bwho (?:was|served)\b.*\b(?:until|from|between) (?:\w+ )?\d{4}\b"
)
_COUNSEL: Final = re.compile(
    r"(?:['’]s?|\b(?:[Hh]is|[Hh]er|[Tt]heir|[Ii]ts)) (?:\w+ )?(?:lawyer|attorney)s?\b(?! general)"
    r"|\b(?<!US )(?<!U\.S\. )(?<!States )(?<!state )(?<!district )(?:lawyer|attorney)s? "
    r"(?:for|representing)\b"
)
"""Lawyers of a party, who are no officers of a court: "Berg's attorney", "a lawyer for Berg"."""
_WAS: Final = re.compile(r"\bwho (?:was|served)\b")
_OFFICES: Final = (words.OFFICERS | words.LEADERS | {"secretary", "speaker"}) - {"leader"}
_POSTS: Final = words.SPEAKERS | words.listed(
    "executive ceo chairman chairwoman chairperson chief secretary-general rapporteur commissioner"
)
"""Posts that somebody holds who once had an office, not as an expert but for an institution."""
_SCHOLARLY: Final = words.listed("research program programme project think")
_SEATED: Final = words.listed(
    "senator sen congressman congresswoman lawmaker legislator mp mep parliamentarian councillor"
)
_SEAT_WEIGHT: Final = 2.0
_HEADS: Final = frozenset({"head", "chief", "director"})
"""Roles that are an office of state only beside one of `words.STATE`: "head of the Army"."""
_MEDIA_REPORT: Final = re.compile(r"\b(?:media|news|press) (?:report|source)", re.IGNORECASE)
_SEAT: Final = re.compile(r"(?:, ?|\()[DRI]-[A-Z]")
"""State of a legislator: "D-Ohio"."""
_CENTRAL_BANK: Final = re.compile(
    r"\b[Cc]entral bank|\bCentral Bank|\bReserve Bank|Norges Bank|Riksbank|Bundesbank"
    r"|\bBank of (?:England|Japan|Canada|Israel|Korea|Russia|Italy|France|Spain|Mexico|Thailand)\b"
)
_AGE: Final = re.compile(r"\b\d\d-year-old\b|, \d\d,")


@cache
def log_lift(evidence: str) -> dict[str, float]:
    """Weighted logarithm of how much likelier this class of evidence makes every kind."""
    total = sum(map(sum, _COUNTS.values()))
    num_sources = sum(_COUNTS[evidence]) + _PSEUDO_COUNT
    lifts = {}
    for index, kind in enumerate(KINDS):
        share = sum(row[index] for row in _COUNTS.values()) / total
        smoothed = (_COUNTS[evidence][index] + _PSEUDO_COUNT * share) / num_sources
        lifts[kind] = _WEIGHT * math.log(smoothed / share)
    return lifts


def kind_evidence(name: str, entity: Entity, evidence: Sequence[str]) -> dict[str, float]:
    """What is added to the model's logarithmic opinion on every kind of a source.

    Args:
        name: The source's fullest name.
        entity: What its mentions say.
        evidence: Its titles, appositives and descriptions.
    """
    found = evidence_class(name, entity, evidence)
    lifts = log_lift(found)
    if found == "former" and _has_left_office(evidence):
        # By the label guide a former official comments as an expert, if not as a politician.
        in_politics = words.POLITICS | words.CANDIDATES | {"leader"}
        if find_candidacy(name) or any(_words(text) & in_politics for text in evidence):
            return {**lifts, "official": _IMPOSSIBLE}
        return dict.fromkeys(set(KINDS) - {"expert"}, _IMPOSSIBLE)
    if found == "office" and _sits_in_parliament(name, entity, evidence):
        # By the label guide legislators speak officially, if not as candidates.
        return {**lifts, "political": lifts["political"] - _SEAT_WEIGHT}
    if found == "public" and _is_counsel(evidence):
        return {**lifts, "official": _IMPOSSIBLE}
    return lifts


def _has_left_office(evidence: Sequence[str]) -> bool:
    """Whether an office of state is over, and no word shows one that is held."""
    # "ex-minister" is one word otherwise.
    left = [
        _words(found.group().replace("-", " "))
        for text in evidence
        if (found := _LEFT.search(text))
    ]
    held = [_LEFT.sub("", text) for text in evidence]
    is_over = any(said & _OFFICES or (said & _HEADS and said & words.STATE) for said in left)
    return is_over and not any(map(_names_office, held))


def _sits_in_parliament(name: str, entity: Entity, evidence: Sequence[str]) -> bool:
    """Whether this is a legislator, and no word shows a candidate or a party's leader."""
    said = {word for text in evidence for word in _words(text)}
    is_candidate = find_candidacy(name) or said & (words.CANDIDATES | {"leader", "campaign"})
    return bool(entity.roles & _SEATED) and not is_candidate


def _is_counsel(evidence: Sequence[str]) -> bool:
    """Whether this is somebody's lawyer, and no word shows an office."""
    others = [text for text in evidence if not _COUNSEL.search(text)]
    return len(others) < len(evidence) and not any(_words(text) & _OFFICES for text in others)


def _names_office(text: str) -> bool:
    said = _words(text)
    is_head = said & _HEADS and not said & (words.ACADEMY | _SCHOLARLY)
    return bool(said & (_OFFICES | _POSTS) or is_head)


def evidence_class(name: str, entity: Entity, evidence: Sequence[str]) -> str:
    """The class of evidence for a source's kind.

    Args:
        name: The source's fullest name.
        entity: What its mentions say.
        evidence: Its titles, appositives and descriptions.
    """
    return next(found for found, holds in _classes(name, entity, evidence) if holds)


def _classes(name: str, entity: Entity, evidence: Sequence[str]) -> Iterator[tuple[str, object]]:
    """The classes in the order in which they are looked for, with what makes each true."""
    said = {word for text in evidence for word in _words(text)}
    is_named = any(naming.form != "description" for naming in entity.namings)
    is_person = is_named and bool(entity.is_person or entity.person)
    is_nobody = not is_named and _is_nobody(entity)
    yield "outlet", is_nobody and any(map(_MEDIA_REPORT.search, evidence))
    yield "state", is_nobody and said & (words.STATE | words.OFFICERS)
    yield "nobody", is_nobody
    is_think_tank = any("think tank" in text for text in evidence)
    yield "study", not is_person and (is_think_tank or said & (words.STUDIES | words.SCHOLARS))
    yield "public", _is_counsel(evidence)
    yield "scholar", said & words.SCHOLARS
    yield "former", is_person and _has_left_office(evidence)
    is_outlet = set(normalize(name).split()) & words.NEWS or _OUTLET_NAME.search(name)
    yield "outlet", is_named and not is_person and is_outlet
    yield "press", said & words.JOURNALISTS
    yield "leader", find_leader_country(name)
    # "Press secretary", "the minister told CNN".
    is_quoted = said & (words.OFFICERS | {"secretary"})
    yield "press", said & words.NEWS and not is_quoted
    is_former = said & words.FORMER or any(map(_WAS.search, evidence))
    yield "former", is_person and is_former
    yield "company", entity.speaks_for and entity.speaks_for.kind == "organization"
    yield "office", said & words.OFFICERS or any(map(_SEAT.search, evidence))
    yield "politics", said & words.POLITICS
    yield "power", government_of(name) or names_country(name) or find_body(name)
    is_head = said & (words.SPEAKERS | {"president"})
    yield "scholar", is_person and said & words.ACADEMY and not is_head
    yield "state", not is_person and any(map(_CENTRAL_BANK.search, (name, *evidence)))
    yield "society", said & words.SOCIETY
    yield "company", said & words.BUSINESS
    yield "state", said & words.STATE
    yield "public", said & words.PRIVATE or any(map(_AGE.search, evidence))
    yield "person", is_person
    yield "description", not is_named
    yield "names" if " " in name else "name", True


def _is_nobody(entity: Entity) -> bool:
    """Whether the descriptions keep the source unidentified: "a source", "critics", "others"."""
    if (entity.heads | entity.roles) & words.UNIDENTIFIED:
        return True
    return bool(entity.namings) and entity.namings[0].name.casefold() in words.QUANTIFIERS


def _words(text: str) -> set[str]:
    """The words of a text, casefolded, in the singular."""
    lowered = (token.casefold().rstrip(".").removesuffix("'s") for token in tokenize(text))
    return {singular(token) for token in lowered}
