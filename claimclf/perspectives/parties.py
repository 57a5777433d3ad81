"""Which side a source speaks for: a country, an organisation, a party, a campaign.

Evidence are the source's mentions, the titles and appositives beside its name anywhere in the
document, and facts about leaders, bodies and parties (`party_facts`). Where these tell nothing, the
document does: an official without a country, and the press of none, have the one that it names most
often, the first two namings counting more; those who speak for an organization without naming it
the one that is a source most often; aides without a candidate the campaign named most often; and
whoever holds an office in a text on an American election, by the model's kind a politician, a
campaign of their own. Experts and private people have no party without evidence.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Final

from claimclf.perspectives import words
from claimclf.perspectives.countries import find_countries, find_country, names_country
from claimclf.perspectives.entities import Entity
from claimclf.perspectives.evidence import gather_evidence
from claimclf.perspectives.first_names import usual_pronoun
from claimclf.perspectives.introductions import Introductions
from claimclf.perspectives.names import (
    family_name,
    is_acronym,
    normalize,
    singular,
    surname,
    tokenize,
    without_possessive,
)
from claimclf.perspectives.namescan import scan_names, scan_words
from claimclf.perspectives.party_facts import (
    find_candidacy,
    find_group,
    find_leader_country,
    find_member_party,
    find_office_country,
    find_politician_party,
    find_power,
    usual_countries,
)
from claimclf.perspectives.wording import given_roles, institution_head, is_institution_word

_TO: Final = re.compile(r"\b(?:to|in|on|against|with)\s.*")
"""Where somebody speaks, or to whom: what follows does not say for whom."""
_FOR: Final = re.compile(r"\b(?:to|in|on|against|with|for)\s.*")
"""The same behind an envoy, who is "for" a country as he is "to" it."""
_ENVOY: Final = re.compile(r"\b[Aa]mbassador|\b[Ee]nvoy|\b[Cc]onsul\b")
_PUBLISHED: Final = re.compile(r"\b(?:published|referenced|cited|quoted|appearing|seen)\b.*")
_CAMPAIGN: Final = re.compile(r"\b([A-Z][\w-]+)(?:'s|’s)? (?:[a-z][\w-]+ )?campaign")
_MANY: Final = re.compile(
    r"(?:(?:[Ww]estern|African|Asian|Arab|Gulf|Nordic|Baltic|Balkan|Caribbean|Scandinavian|[Aa]llied"
    r"|(?:Latin|Central|South|North) American|European(?! Union| Commission| Parliament| Council)"
    r") (?:\w+ )?"
    r"(?:official|leader|backer|countr|government|nation|diplomat|power|allie)"
    r"|[Bb]oth sides|[Ii]nternational community|[Ww]orld leaders|[Cc]ountries (?:on|in|like|such)"
    r"|[Oo]ther (?:countries|nations|governments))"
)
"""Words for the officials of many countries, who speak for none of them."""
_AGENCY: Final = re.compile(r"\bXinhua\b")
"""An agency that is named in datelines from everywhere; beside a source it shows the country."""
_LEAD: Final = 2
_LEAD_WEIGHT: Final = 2
"""The first `_LEAD` namings of countries count this many times more.

Right for 89.7 and 83.5 % of the officials of no known country in ClaimNews train and the train
articles of `annotations/`, given their mentions; for 87.0 and 82.0 % without.
"""
_OTHERS: Final = {"presidential", "democrat", "republican", "democratic"}
_OFFICE_HOLDERS: Final = words.LEGISLATORS | {"governor", "mayor", "president"}
_ELECTION: Final = re.compile(
    r"\b(?:candidates?|campaign|primary|primaries|nominee|caucus|presidential)\b"
)


class PartyFinder:
    """Finds the parties of one document's sources.

    Args:
        introductions: What the document introduces by name.
        parties: The caller's own parties, each with words by which its sources are known.
        entities: All sources of the document by name.
    """

    def __init__(
        self,
        introductions: Introductions,
        parties: Mapping[str, Sequence[str]],
        entities: Mapping[str, Entity],
    ) -> None:
        self._entities = entities
        self._text = introductions.text
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
            if any(pattern.search(text) for text in (name, *entity.texts, *evidence)):
                return party
        kind = entity.kind
        if kind == "official":
            return self._state(name, entity, evidence)
        if kind == "political":
            return next(filter(None, self._political(name, entity, evidence)), None)
        if kind == "media":
            return self._institution(name, entity, evidence) or self._press(entity, evidence)
        if kind == "organization":
            return self._institution(name, entity, evidence)
        if kind == "expert" and not _is_single_person(entity):
            mentions = [_PUBLISHED.sub("", text) for text in evidence[: len(set(entity.texts))]]
            return self._institution(name, entity, mentions)
        return None

    @cached_property
    def _named_countries(self) -> list[str]:
        """The countries that the document names, in order, with repetition; no Carla Jordan."""
        text = _AGENCY.sub("", self._text)
        for name in self._introductions.people.names:
            if names_country(surname := family_name(name)) and usual_pronoun(name):
                text = re.sub(rf"(?<!\w){re.escape(surname)}(?!\w)", "", text)
        return list(find_countries(text))

    @cached_property
    def _main_countries(self) -> list[str]:
        """The countries of the document, the most frequent first; the first named count more."""
        named = self._named_countries
        counts = Counter(named + _LEAD_WEIGHT * named[:_LEAD] + list(usual_countries(self._text)))
        return [country for country, _ in counts.most_common()]

    @property
    def _main_country(self) -> str | None:
        return next(iter(self._main_countries), None)

    @cached_property
    def _main_organization(self) -> str | None:
        """The organization that is mentioned most often as a source."""
        num_mentions = {
            name: len(entity.spans)
            for name, entity in self._entities.items()
            if entity.kind == "organization" and _is_named(entity) and not _is_shown_person(entity)
        }
        name = max(num_mentions, key=num_mentions.__getitem__, default=None)
        return without_company_form(without_document(name)) if name else None

    def _state(self, name: str, entity: Entity, evidence: Sequence[str]) -> str | None:
        title = _TO.sub("", evidence[0]) if entity.is_named_person else ""
        if power := find_power(title) or find_leader_country(name):
            return power
        if _MANY.match(evidence[0]):
            return None
        posts: set[str] = set()
        for text in evidence:
            is_envoy = _ENVOY.search(text) is not None
            power = find_power((_FOR if is_envoy else _TO).sub("", text))
            power = power or find_office_country(text) or self._usual_country(text)
            if power is None and is_envoy:
                posts.update(find_countries(text))
            else:
                power = power or find_power(text)
            if power := power or find_leader_country(text):
                return power
        if _MANY.search(evidence[0]):
            return None
        return next((country for country in self._main_countries if country not in posts), None)

    def _usual_country(self, text: str) -> str | None:
        """The country that an office of several mostly means, if the document is about it."""
        usual = next(usual_countries(text), None)
        is_near = not self._named_countries or usual in self._named_countries
        return usual if is_near else None

    def _press(self, entity: Entity, evidence: Sequence[str]) -> str | None:
        """The country of "U.S. media" and "local media"."""
        if entity.is_named_person or not entity.heads & words.PRESS:
            return None
        countries = (find_country(text) for text in evidence)
        return next(filter(None, countries), self._main_country)

    def _political(
        self, name: str, entity: Entity, evidence: Sequence[str]
    ) -> Iterator[str | None]:
        """The campaign, movement or party of a political source, best evidence first."""
        is_person = entity.is_named_person
        yield from map(_named_campaign, evidence)
        if is_person and not entity.roles & words.AIDES:
            yield find_candidacy(name)
            yield find_politician_party(name)
        yield from map(find_group, (name, *evidence))
        for text in evidence:
            named = affiliations(text, name)
            yield from (
                found for found in named if institution_head(found.split()) in words.POLITICAL
            )
        if is_person:
            yield self._candidacy(name, entity)
        yield from map(find_member_party, evidence)
        yield self._institution(name, entity, evidence)
        if not is_person and entity.heads & (words.AIDES | {"campaign"}):
            yield self._main_campaign

    def _candidacy(self, name: str, entity: Entity) -> str | None:
        """The campaign of somebody whom the document shows as a candidate."""
        last = family_name(name)
        if entity.roles & words.AIDES or not _may_run(last):
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
    def _main_campaign(self) -> str | None:
        """The campaign that the document names most often."""
        counts = Counter(match.group(1) for match in _CAMPAIGN.finditer(self._text))
        named = (f"{name} campaign" for name, _ in counts.most_common() if _may_run(name))
        return next(named, None)

    @cached_property
    def _is_electoral(self) -> bool:
        return _ELECTION.search(self._text) is not None

    def _may_be_institution(self, name: str, title: str) -> bool:
        """Whether a name in a title is no person's, and no word that only starts a sentence."""
        is_known = is_acronym(name) or self._introductions.is_name(name)
        if " " not in name and (not is_known or is_institution_word(name)):
            return False
        if given_roles(tokenize(title)) & words.EXECUTIVES:
            return True  # "Telmar's chief executive", however much Telmar looks like a surname
        person = self._introductions.people.find(name)
        if person is None or surname(person.name) != surname(name):
            return True
        return not (person.roles or person.pronouns)

    def _institution(self, name: str, entity: Entity, evidence: Sequence[str]) -> str | None:
        """The institution that the source is, or that its titles and appositives name."""
        is_thing = entity.owner is None and _is_named(entity)
        if is_thing and not entity.is_person:
            return without_company_form(without_document(name))
        person = name if entity.is_named_person else ""
        for text in evidence:
            for found in affiliations(text, person):
                if self._may_be_institution(found, text):
                    return without_company_form(found)
        if is_thing and not _is_shown_person(entity):
            return without_company_form(name)
        if entity.roles & words.PONTIFFS:
            return "Catholic Church"
        if entity.speaks_for and entity.speaks_for.kind == entity.kind:
            employer = entity.speaks_for.namings[0].name
            evidence = gather_evidence(employer, entity.speaks_for, self._text)
            return self.party(employer, entity.speaks_for, evidence)
        return self._main_organization if entity.kind == "organization" else None


def _named_campaign(text: str) -> str | None:
    """The campaign that the words name."""
    match = _CAMPAIGN.search(text)
    return f"{match.group(1)} campaign" if match and _may_run(match.group(1)) else None


def _may_run(name: str) -> bool:
    """Whether the word before "campaign" can be a candidate's name."""
    lowered = name.casefold()
    return lowered not in words.NOT_NAMES | words.DETERMINERS and singular(lowered) not in _OTHERS


def _is_single_person(entity: Entity) -> bool:
    """Whether this is one person, who comments for nobody else."""
    return entity.is_named_person or (entity.is_person is True and not entity.is_plural)


def _is_shown_person(entity: Entity) -> bool:
    """Whether this is a person; an organization may have a name of the same shape."""
    person = entity.person
    if person is None or entity.kind != "organization":
        return bool(entity.is_person)
    return bool(entity.roles or entity.gender or person.roles or person.pronouns)


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
        is_belonging = text[: run.start].rstrip().endswith((" of", " at")) and end > 1
        if not is_belonging or tokens[0].casefold() in words.ROLES:  # "of National Nurses United"
            start = _title_end(tokens, own)
        if tokens[-1].casefold() not in words.OFFICES - words.ROLES:  # "United Nations"
            while start < end and _is_title(tokens[end - 1]):
                end -= 1
        if all(normalize(token) in own for token in tokens[start:end]):
            continue
        possessor = next((i for i in range(start, end) if tokens[i].endswith(("'s", "'"))), end)
        if not any(map(is_institution_word, tokens[possessor + 1 : end])):
            end = min(end, possessor + 1)
        is_cut = 0 < start == end - 1 and is_institution_word(tokens[start])
        if is_cut and tokens[start - 1].casefold() in words.ROLES - words.EXECUTIVES - {"general"}:
            start -= 1  # "Refugee Council"
        name = without_possessive(" ".join(tokens[start:end]))
        if not name or _names_place(name):
            continue
        yield name


def _names_place(name: str) -> bool:
    """Whether a name is of countries or parts of the world only: "Oregon and Washington"."""
    parts = re.split(r" (?:and|in|of) (?:the )?", name)
    return names_country(name) or all(
        names_country(part) or part.casefold() in words.CONTINENTS for part in parts
    )


def _title_end(tokens: Sequence[str], own: Collection[str]) -> int:
    """Where the title ends that a run of words begins with; "National" of "National Grid" is none.

    Args:
        tokens: The run.
        own: Words of the person's name, normalized; before them stands a title.
    """
    end = next((i for i, token in enumerate(tokens) if not _is_title(token)), len(tokens))
    while 0 < end < len(tokens) and normalize(tokens[end]) not in own:
        if tokens[end - 1].casefold() not in words.OFFICES - words.EXECUTIVES:
            break
        end -= 1
    return end


def _is_title(token: str) -> bool:
    lowered = without_possessive(token.casefold()).rstrip(".")
    if lowered.isdigit() or lowered in words.OFFICES or lowered in words.NOT_NAMES:
        return True
    return lowered in words.ROLES or lowered in words.JOINTS
