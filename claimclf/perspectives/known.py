"""The sources of one document that are known so far, by name, head noun and last mention.

`linking` fills this in the order of the text; it and `descriptions` ask it. Every question takes
constant time.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import islice
from typing import Final

from claimclf.documents import Span
from claimclf.perspectives import words
from claimclf.perspectives.countries import government_of
from claimclf.perspectives.entities import Entity, plain_words
from claimclf.perspectives.first_names import usual_pronoun
from claimclf.perspectives.introductions import Introductions
from claimclf.perspectives.mentions import Naming, read_mention
from claimclf.perspectives.names import generation, normalize, surname
from claimclf.perspectives.people import Person

_NUM_RECENT: Final = 12
"""How many of the entities mentioned last a pronoun or title may mean."""


class KnownSources:
    """What the mentions so far tell of the sources of one document.

    Args:
        introductions: What the document introduces by name.
    """

    def __init__(self, introductions: Introductions) -> None:
        self._text = introductions.text
        self._people = introductions.people
        self._institutions = introductions.institutions
        self._recent: dict[int, Entity] = {}
        self._by_name: dict[str, Entity] = {}
        self._by_person: dict[int, Entity] = {}
        self._by_surname: dict[str, dict[int, Entity]] = defaultdict(dict)
        self._by_head: dict[str, dict[int, Entity]] = defaultdict(dict)

    def latest(self) -> Iterator[Entity]:
        """Entities by their last mention, latest first."""
        return islice(reversed(self._recent.values()), _NUM_RECENT)

    def by_words(self, mention: str) -> Entity | None:
        """The entity that these very words named or described before."""
        return self._by_name.get(_key(mention))

    def by_person(self, person: Person) -> Entity | None:
        """The entity of a person whom the text introduces, where that is a source."""
        return self._by_person.get(id(person))

    def person(self, naming: Naming) -> Person | None:
        """The person of the text that a mention names, if it can be a person's name."""
        is_bare = naming.form == "name" and not naming.head
        is_bare = is_bare and (" " not in naming.name or naming.name[0].islower())
        is_bare = is_bare or naming.name.split()[0].casefold() in words.PARTICLES  # "Le Pen"
        if is_bare or (naming.form == "person" and " " not in naming.name):
            for entity in self._namesakes(naming.name):
                if entity.person and entity.may_be_namesake(naming, naming.name):
                    return entity.person
        if naming.form == "person" or (is_bare and not self._is_state(naming.name)):
            return self._people.find(naming.name, naming.roles, naming.gender)
        return None

    def _is_state(self, name: str) -> bool:
        """Whether a name is a state's or its government's, not that of Carla Jordan."""
        if government_of(name) is None:
            return False
        person = self._people.find(name)
        is_place = re.search(rf"\b(?:in|to|from|with|and) {re.escape(name)}\b", self._text)
        return person is None or not usual_pronoun(person.name) or is_place is not None

    def named(self, naming: Naming, person: Person | None) -> Entity | None:
        """The entity that a name means: the person's, one of this name, surname or head noun."""
        if person and id(person) in self._by_person:
            return self._by_person[id(person)]
        for name in self._full_names(naming, person):
            if entity := self._by_name.get(_key(name)):
                return entity
        name = person.name if person else naming.name
        if naming.form == "person" or person or " " not in name:
            for entity in self._namesakes(name):
                if entity.may_be_namesake(naming, name):
                    return entity
        return self._same_institution(naming) if naming.head else None

    def of_person(self, person: Person) -> Entity:
        """The entity of a person whom the text introduces, a new one if need be."""
        if known := self.by_person(person):
            return known
        entity = Entity()
        self.learn(entity, read_mention(person.name), person.name, person)
        return entity

    def new(self, naming: Naming, mention: str) -> Entity:
        """A new entity with this name."""
        entity = Entity()
        self.learn(entity, naming, mention, None)
        return entity

    def learn(self, entity: Entity, naming: Naming, mention: str, person: Person | None) -> None:
        """Describe an entity by one more naming, and make it findable by it."""
        if naming.form == "pronoun":
            entity.gender = entity.gender or naming.gender
            if naming.gender:
                entity.is_person = True
            return
        entity.describe(naming, mention, person)
        self._by_name.setdefault(_key(mention), entity)
        if naming.form != "description":
            self._by_name.setdefault(_key(naming.name), entity)
        if naming.form == "person" or person:
            _move_last(self._by_surname[surname(naming.name)], entity)
        if person and id(person) not in self._by_person:
            self._by_person[id(person)] = entity
            _move_last(self._by_surname[surname(person.name)], entity)
        if naming.form == "name" and not person:
            longer = self._institutions.find(naming.name)
            if longer:
                self._by_name.setdefault(_key(longer), entity)
        if naming.head:
            _move_last(self._by_head[naming.head], entity)

    def add_mention(self, entity: Entity, span: Span, mention: str) -> None:
        """Note where an entity is mentioned; it is the latest now."""
        entity.spans.append(span)
        if mention not in entity.texts:
            entity.texts.append(mention)
        _move_last(self._recent, entity)

    def _namesakes(self, name: str) -> list[Entity]:
        """The latest of one surname, "Omar Lund Jr." after others where only "Lund" is asked."""
        known = self._by_surname.get(surname(name), {})
        latest = islice(reversed(known.values()), _NUM_RECENT)
        return sorted(latest, key=lambda entity: entity.generation != generation(name))

    def _full_names(self, naming: Naming, person: Person | None) -> Iterator[str]:
        yield naming.name
        if person is None:
            longer = self._institutions.find(naming.name)
            if longer:
                yield longer

    def _same_institution(self, naming: Naming) -> Entity | None:
        """The latest institution with this head noun, where one's words are among the other's."""
        mine = plain_words(naming.modifiers)
        for entity in islice(reversed(self._by_head.get(naming.head, {}).values()), _NUM_RECENT):
            theirs = entity.modifiers
            is_same = (mine <= theirs or theirs <= mine) and bool(mine & theirs or mine == theirs)
            if is_same and not entity.contradicts(naming.countries):
                return entity
        return None


def _move_last(entities: dict[int, Entity], entity: Entity) -> None:
    """Put an entity at the end of those by identity."""
    entities.pop(id(entity), None)
    entities[id(entity)] = entity


def _key(name: str) -> str:
    """Normal form by which an entity is found; a country and its capital are one government."""
    country = government_of(name)
    return f"government of {country}" if country else normalize(name)
