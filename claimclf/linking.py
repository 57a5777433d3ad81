"""Mentions of one document → entities: who is meant by each name, title, role and pronoun.

Step "perspectives" of the flow. Mentions are linked in the order of the text, each in constant
time: names are looked up by normal form, surname and head noun, pronouns and titles among the
entities that were mentioned last.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from claimclf import words
from claimclf.countries import find_countries, find_country
from claimclf.documents import Span
from claimclf.introductions import Introductions, Person
from claimclf.names import Naming, normalize, read_mention, singular, surname

_REACH: Final = 12
"""How many of the entities mentioned last a pronoun or title may mean."""

_TRUSTED_NAME_SCORE: Final = 0.5
"""From this probability on, the model's pointer to a full name decides."""

_ROLE_CLASSES: Final = (words.LEADERS, words.LEGISLATORS, words.SPEAKERS)


@dataclass(slots=True, eq=False)
class Entity:
    """Everything known of one source while its document is being linked."""

    namings: list[Naming] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    person: Person | None = None
    is_person: bool | None = None
    is_plural: bool = False
    gender: str = ""
    heads: set[str] = field(default_factory=set)
    roles: set[str] = field(default_factory=set)
    modifiers: set[str] = field(default_factory=set)
    countries: set[str] = field(default_factory=set)
    kind_scores: dict[str, float] = field(default_factory=dict)
    """Summed log-probability of every kind over the entity's sentences."""

    def add_kinds(self, scores: Mapping[str, float]) -> None:
        """Take the model's opinion of one more sentence into account."""
        for kind, score in scores.items():
            self.kind_scores[kind] = self.kind_scores.get(kind, 0.0) + math.log(max(score, 1e-4))

    @property
    def kind(self) -> str | None:
        """The kind that the sentences support most, None without any opinion."""
        return max(self.kind_scores, key=self.kind_scores.__getitem__, default=None)


class Linker:
    """Links the mentions of one document, which must come in the order of the text.

    Args:
        text: The whole document.
        introductions: Its full names.
    """

    def __init__(self, text: str, introductions: Introductions) -> None:
        self._text = text
        self._introductions = introductions
        self.entities: list[Entity] = []
        self._recent: dict[int, Entity] = {}
        self._by_name: dict[str, Entity] = {}
        self._by_surname: dict[str, list[Entity]] = defaultdict(list)
        self._by_head: dict[str, list[Entity]] = defaultdict(list)

    def link(
        self,
        span: Span,
        kind_scores: Mapping[str, float],
        name_mention: Span | None = None,
        name_score: float = 0.0,
    ) -> Entity:
        """The entity that the words at `span` mean; a new one if nothing known fits.

        Args:
            span: The mention.
            kind_scores: The model's probability of every kind for it.
            name_mention: Where the model sees the full name of the same source.
            name_score: How sure it is, in [0, 1].
        """
        mention = span.of(self._text)
        naming = read_mention(mention)
        person = self._person(naming)
        kind = max(kind_scores, key=kind_scores.__getitem__, default=None)
        entity = None
        if naming.form == "pronoun":
            entity = self._pointed(naming, name_mention, name_score) or self._pronoun(naming, span)
        elif naming.form == "description":
            entity = self._described(naming, mention, kind)
            if entity is None and naming.is_definite:
                entity = self._pointed(naming, name_mention, name_score)
        else:
            entity = self._named(naming, person)
        if entity is None:
            entity = self._new(naming)
        self._extend(entity, span, mention, naming, person)
        return entity

    def recent(self, limit: int = _REACH) -> Iterator[Entity]:
        """Entities by their last mention, latest first."""
        return islice(reversed(self._recent.values()), limit)

    # --- names

    def _person(self, naming: Naming) -> Person | None:
        is_bare = naming.form == "name" and not naming.head and len(naming.name.split()) == 1
        if naming.form == "person" or (is_bare and not find_country(naming.name)):
            return self._introductions.person(naming.name, naming.roles)
        return None

    def _named(self, naming: Naming, person: Person | None) -> Entity | None:
        for name in self._full_names(naming, person):
            if entity := self._by_name.get(_key(name)):
                return entity
        if naming.form == "person" or person:
            name = person.name if person else naming.name
            for entity in reversed(self._by_surname.get(surname(name), ())):
                if _may_be_same_person(entity, naming, name):
                    return entity
            return None
        if naming.head:
            return self._same_institution(naming)
        for entity in reversed(self._by_surname.get(surname(naming.name), ())):
            if " " not in naming.name:
                return entity
        return None

    def _full_names(self, naming: Naming, person: Person | None) -> Iterator[str]:
        if person:
            yield person.name
        yield naming.name
        if not person and naming.form == "name":
            longer = self._introductions.institution(naming.name)
            if longer:
                yield longer

    def _same_institution(self, naming: Naming) -> Entity | None:
        """The latest institution with this head noun, where one's words are among the other's."""
        mine = _countries_apart(naming.modifiers)
        for entity in islice(reversed(self._by_head.get(naming.head, ())), _REACH):
            theirs = _countries_apart(entity.modifiers)
            smaller, larger = sorted((mine[0], theirs[0]), key=len)
            same_words = smaller <= larger and bool(smaller or not naming.modifiers)
            if same_words and (not mine[1] or not theirs[1] or mine[1] & theirs[1]):
                return entity
        return None

    # --- descriptions

    def _described(self, naming: Naming, mention: str, kind: str | None) -> Entity | None:
        known = self._by_name.get(_key(mention))
        if known and (
            naming.is_definite
            or naming.is_plural
            or mention.split()[0].casefold() not in ("another", "other")
        ):
            return known
        if not naming.is_definite:
            return None
        for entity in self.recent():
            if self._fits(naming, entity, kind):
                return entity
        return None

    def _fits(self, naming: Naming, entity: Entity, kind: str | None) -> bool:
        """Whether a definite description may mean this entity."""
        if naming.is_plural != entity.is_plural:
            return False
        if naming.gender and entity.gender and naming.gender != entity.gender:
            return False
        other, countries = _countries_apart(naming.modifiers)
        if countries and entity.countries and not countries & entity.countries:
            return False
        if naming.roles:
            return entity.is_person is not False and _roles_agree(naming.roles, entity.roles)
        if naming.head in entity.heads:
            return not entity.modifiers or other <= entity.modifiers or not entity.namings
        if naming.head in words.PERSONS:
            return entity.is_person is True
        if naming.head in words.DOCUMENTS:
            return False
        if naming.head in words.ORGANIZATIONS:
            same_kind = kind is None or entity.kind is None or entity.kind == kind
            generic = not entity.heads & words.ORGANIZATIONS
            return entity.is_person is False and same_kind and generic
        return False

    # --- pronouns

    def _pronoun(self, naming: Naming, span: Span) -> Entity | None:
        for entity in self.recent():
            if _agrees(naming, entity):
                return entity
        if naming.gender:
            persons = self._introductions.persons_between(max(0, span.start - 600), span.start)
            for person in reversed(persons):
                if person.gender in ("", naming.gender):
                    return self._by_name.get(_key(person.name)) or self._introduced(person)
        return None

    def _pointed(
        self, naming: Naming, name_mention: Span | None, name_score: float
    ) -> Entity | None:
        """The entity whose full name the model points at, unless its words contradict."""
        if name_mention is None or name_score < _TRUSTED_NAME_SCORE:
            return None
        target = read_mention(name_mention.of(self._text))
        if target.form == "pronoun":
            return None
        person = self._person(target)
        entity = self._named(target, person) if target.form != "description" else None
        gender = person.gender if person else target.gender
        if naming.gender and gender and gender != naming.gender:
            return None
        if entity is None and target.form != "description":
            entity = self._new(target)
            self._describe(entity, target, person)
        return entity if entity is None or _agrees(naming, entity) else None

    # --- state

    def _introduced(self, person: Person) -> Entity:
        naming = read_mention(person.name)
        entity = self._new(naming)
        self._describe(entity, naming, person)
        return entity

    def _new(self, naming: Naming) -> Entity:
        entity = Entity()
        self.entities.append(entity)
        return entity

    def _extend(
        self, entity: Entity, span: Span, mention: str, naming: Naming, person: Person | None
    ) -> None:
        entity.spans.append(span)
        entity.texts.append(mention)
        self._describe(entity, naming, person)
        if naming.form == "pronoun":
            entity.gender = entity.gender or naming.gender
            if naming.gender:
                entity.is_person = True
        else:
            self._by_name.setdefault(_key(mention), entity)
        self._recent.pop(id(entity), None)
        self._recent[id(entity)] = entity

    def _describe(self, entity: Entity, naming: Naming, person: Person | None) -> None:
        """Learn from one more naming of an entity, and make it findable by it."""
        if naming.form == "pronoun":
            return
        entity.namings.append(naming)
        entity.roles |= naming.roles
        entity.gender = entity.gender or naming.gender
        entity.countries.update(find_countries(" ".join(entity.texts[-1:])))
        if naming.form == "person" or person or (naming.form == "description" and naming.roles):
            entity.is_person = entity.is_person is not False or person is not None
        elif entity.is_person is None and (naming.head or naming.form == "name"):
            entity.is_person = None if naming.form == "name" and not naming.head else False
        if naming.form == "description" and len(entity.namings) == 1:
            entity.is_plural = naming.is_plural
        if naming.form != "description":
            self._by_name.setdefault(_key(naming.name), entity)
            if naming.form == "person" or person:
                self._by_surname[surname(naming.name)].append(entity)
        if person:
            self._introduce(entity, person)
        elif naming.form == "name":
            longer = self._introductions.institution(naming.name)
            if longer:
                self._by_name.setdefault(_key(longer), entity)
        if naming.head:
            entity.heads.add(naming.head)
            entity.modifiers |= naming.modifiers
            self._by_head[naming.head].append(entity)

    def _introduce(self, entity: Entity, person: Person) -> None:
        if entity.person is person:
            return
        entity.person = person
        self._by_name.setdefault(_key(person.name), entity)
        self._by_surname[surname(person.name)].append(entity)
        entity.gender = entity.gender or person.gender
        for context in person.contexts:
            entity.countries.update(find_countries(context))
            entity.roles.update(
                role
                for word in context.replace(",", " ").split()
                if (role := word.casefold().rstrip(".")) in words.ROLES
            )


def _key(name: str) -> str:
    """Normal form by which an entity is found."""
    return normalize(name)


def _countries_apart(modifiers: Iterable[str]) -> tuple[set[str], set[str]]:
    """Modifiers that name no country, and the countries that the others name."""
    plain: set[str] = set()
    countries: set[str] = set()
    for word in modifiers:
        country = find_country(word.upper() if len(word) < 3 else word.title())
        if country:
            countries.add(country)
        else:
            plain.add(singular(word))
    return plain, countries


def _roles_agree(described: frozenset[str], known: set[str]) -> bool:
    """Whether a title or role may be one of those that a person is known by."""
    for role in described:
        if role in known:
            return True
        if any(role in roles and known & roles for roles in _ROLE_CLASSES):
            return True
    return False


def _may_be_same_person(entity: Entity, naming: Naming, name: str) -> bool:
    """Whether a person of this surname may be the entity: first names and gender don't contradict."""
    if naming.gender and entity.gender and naming.gender != entity.gender:
        return False
    known = entity.person.name if entity.person else entity.namings[0].name
    mine, theirs = normalize(name).split(), normalize(known).split()
    if len(mine) == 1 or len(theirs) == 1:
        return True
    return mine[0][0] == theirs[0][0]


def _agrees(naming: Naming, entity: Entity) -> bool:
    """Whether a pronoun may mean this entity: gender, number, person or thing."""
    if naming.form != "pronoun":
        return True
    if naming.gender:
        if entity.is_person is False or entity.is_plural:
            return False
        return not entity.gender or entity.gender == naming.gender
    if naming.head in words.IT:
        return entity.is_person is not True and not entity.is_plural
    if naming.head in words.PERSON:
        return entity.is_person is not False and not entity.is_plural
    if naming.head in ("we", "us", "our"):
        return True
    return entity.is_plural or entity.is_person is False
