"""Mentions of one document → entities: who is meant by each name, title, role and pronoun.

Mentions are linked in the order of the text, each in constant time: names are looked up by normal
form, surname and head noun, pronouns and titles among the entities that were mentioned last and the
persons whom the text introduces.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import Final

from claimclf import pronouns
from claimclf.documents import Span
from claimclf.perspectives import words
from claimclf.perspectives.countries import government_of, names_country
from claimclf.perspectives.entities import (
    Entity,
    is_leader,
    plain_words,
    related_roles,
    roles_agree,
)
from claimclf.perspectives.first_names import usual_pronoun
from claimclf.perspectives.introductions import Introductions
from claimclf.perspectives.mentions import (
    Naming,
    document_author,
    is_part,
    is_possessor,
    read_mention,
    without_base,
)
from claimclf.perspectives.names import generation, is_name_word, normalize, singular, surname
from claimclf.perspectives.party_facts import find_member_party
from claimclf.perspectives.people import Person
from claimclf.perspectives.wording import calls_person, is_institution_word, is_person_name

_REACH: Final = 12
"""How many of the entities mentioned last a pronoun or title may mean."""

_SUBJECT_REACH: Final = 400
"""How near before a pronoun a source must be mentioned for no other person to come between."""

_MAX_HEADED_WORDS: Final = 8
"""How many words an institution's name may have; a longer run of capitals is a headline."""

_LIKE_REACH: Final = 2
"""How many of them a description may mean that shares no word with their names."""

_PRONOUN_REACH: Final = 3000
"""How many characters before a pronoun a person who is no source may stand."""

_KINDS_OF_BODIES: Final = frozenset({"organization", "media"})
"""Kinds of which a bare name of a person's shape is rather an institution's."""

_KINDS_OF_PEOPLE: Final = frozenset({"public", "expert"})
"""Kinds of which a name of that shape is a person's."""

_VAGUE_ROLES: Final = frozenset({"executive", "expert", "official"})
"""Roles of whom any title may tell more: "an aviation expert said … Ida Berg, a professor"."""

_INDEFINITE: Final = re.compile(r"[Aa]n?\s")

_LEAD_REACH: Final = 300
"""Before this character, the next person may also be "a local official", but no leader."""

_FORETOLD_RANKS: Final = 3
"""Among how many of the sources mentioned last it is; but for the last one, roles must agree."""

_FORETOLD_REACH: Final = 600
"""How many characters after a title the name that belongs to it may follow."""

_LIKELY_NAME_SCORE: Final = 0.5
"""From this probability on, it decides for "the group" that fits nobody known."""

TRUSTED_NAME_SCORE: Final = 0.7
"""From this probability on, the model's pointer to a full name decides.

Source accuracy on ClaimNews dev and on the dev articles of `annotations/`: 85.9 and 80.4 % at
0.995, 86.3 and 80.6 % at 0.9, 86.4 and 80.6 % at 0.6 to 0.8, 86.4 and 80.7 % at 0.5.
"""


_APPOSED_REACH: Final = 60
"""How many characters before a description the name that it explains begins at most."""

_OWNING_BODY: Final = re.compile(r"\b[Tt]he ([a-z]+(?: [a-z]+)?)(?=['’]s? )")
"""Whom somebody speaks for: "the union's secretary"."""

_OWNED: Final = re.compile(r"[\w.-]+['’]s ([A-Z][\w-]+)$")
"""One word after its owner: "Telmar's Lund"."""


class Linker:
    """Links the mentions of one document, which must come in the order of the text.

    Args:
        introductions: What the document introduces by name.
    """

    def __init__(self, introductions: Introductions) -> None:
        self._text = introductions.text
        self._introductions = introductions
        self._people = introductions.people
        self._institutions = introductions.institutions
        self._recent: dict[int, Entity] = {}
        self._by_name: dict[str, Entity] = {}
        self._by_person: dict[int, Entity] = {}
        self._owned_by: dict[tuple[int, str], Entity] = {}
        self._by_surname: dict[str, dict[int, Entity]] = defaultdict(dict)
        self._by_head: dict[str, dict[int, Entity]] = defaultdict(dict)

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
        mention = self._introductions.mention_words(span.start, span.end)
        kind = max(kind_scores, key=kind_scores.__getitem__, default=None)
        document = None
        if author := document_author(mention):
            document, mention = self._read(mention, kind), author
        naming = self._read(mention, kind)
        person = self._person(naming)
        entity: Entity | None = None
        if naming.form == "pronoun" and naming.head not in pronouns.INDEFINITE:
            entity = self._meant(naming, span, kind, name_mention, name_score)
        elif naming.form == "description" and mention.split()[0].casefold() in words.OWNERS:
            entity = self._owned(naming, span, mention)
        elif naming.form == "description":
            entity = self._apposed(naming, span, mention) or self._known(naming, mention)
            entity = entity or self._pointed(naming, name_mention, name_score)
            entity = entity or self._described(naming, span, kind)
            if entity is None and naming.is_definite and not naming.roles:
                entity = self._pointed(naming, name_mention, name_score, least=_LIKELY_NAME_SCORE)
        elif naming.form != "pronoun":
            entity = self._named(naming, person) or self._foretold(naming, person, span, kind)
        entity = entity or Entity()
        entity.add_kinds(kind_scores)
        self._learn(entity, naming, mention, person)
        if document:
            entity.describe_document(document)
        if entity.speaks_for is None and entity.is_person:
            entity.speaks_for = self._employer(entity, naming, mention, span, kind)
        entity.spans.append(span)
        if mention not in entity.texts:
            entity.texts.append(mention)
        _move_last(self._recent, entity)
        return entity

    def _read(self, mention: str, kind: str | None) -> Naming:
        """What the words of a mention say, given what the document and the model know of it."""
        naming = read_mention(mention)
        if naming.form == "description" and is_name_word(mention) and " " not in mention:
            person = self._people.find(mention)
            if person and not naming.is_plural:  # "King", of Ada King
                naming = Naming("name", mention)
        if self._is_national(naming, mention, kind):
            naming = replace(naming, form="person")
        owned = _OWNED.match(naming.name) if naming.form == "name" else None
        if owned and self._people.find(owned.group(1)):
            naming = Naming("person", owned.group(1))
        if naming.form == "person" and (
            not self._people.may_include(naming) or self._is_body(naming, mention, kind)
        ):
            naming = replace(naming, form="name")
        return naming

    def _is_national(self, naming: Naming, mention: str, kind: str | None) -> bool:
        """Whether a name behind its country is a person's: "Serbia's Ivo Maric"."""
        tokens = naming.name.split()
        is_owned = naming.form == "name" and is_possessor(mention.partition("'s ")[0], mention)
        if not is_owned or kind in _KINDS_OF_BODIES or not is_person_name(tokens):
            return False
        person = self._people.find(naming.name)
        is_shown = usual_pronoun(naming.name) or (person and person.is_shown)
        return kind in _KINDS_OF_PEOPLE or bool(is_shown)

    def _is_body(self, naming: Naming, mention: str, kind: str | None) -> bool:
        """Whether a name of a person's shape is a country's or institution's: "Rio Tinto"."""
        if naming.roles or naming.gender or " " not in naming.name:
            return False
        if names_country(naming.name) or (kind == "political" and find_member_party(naming.name)):
            return True  # "Leading Democrats"
        is_bare = without_base(mention).strip(" .,") == naming.name
        is_initialled = "." in naming.name.split()[0]
        if not is_bare or is_initialled or kind not in _KINDS_OF_BODIES:
            return False
        if usual_pronoun(naming.name):
            return False
        person = self._people.find(naming.name)
        return person is None or not (person.is_shown or person.is_explained)

    def _latest(self) -> Iterator[Entity]:
        """Entities by their last mention, latest first."""
        return islice(reversed(self._recent.values()), _REACH)

    # Names

    def _person(self, naming: Naming) -> Person | None:
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

    def _named(self, naming: Naming, person: Person | None) -> Entity | None:
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

    def _namesakes(self, name: str) -> list[Entity]:
        """The latest of one surname, "Omar Lund Jr." after others where only "Lund" is asked."""
        known = self._by_surname.get(surname(name), {})
        latest = islice(reversed(known.values()), _REACH)
        return sorted(latest, key=lambda entity: entity.generation != generation(name))

    def _foretold(
        self, naming: Naming, person: Person | None, span: Span, kind: str | None
    ) -> Entity | None:
        """The source whose title came before its name: "an admiral said"."""
        if person is None:
            return None
        roles = naming.roles | person.roles
        for rank, told in enumerate(islice(self._latest(), _FORETOLD_RANKS)):
            if not told.is_untold or span.start - told.spans[-1].end > _FORETOLD_REACH:
                continue
            is_related = bool(roles & related_roles(frozenset(told.roles)))
            is_fitting = is_related or (not rank and (not roles or _is_vague(told, person)))
            is_other_gender = told.gender and person.gender not in ("", told.gender)
            is_before = person.positions[0] < told.spans[0].start
            if is_before or is_other_gender or told.contradicts(person.countries):
                continue
            if is_fitting and (kind is None or told.kind == kind):
                return told
        return None

    def _full_names(self, naming: Naming, person: Person | None) -> Iterator[str]:
        yield naming.name
        if person is None:
            longer = self._institutions.find(naming.name)
            if longer:
                yield longer

    def _same_institution(self, naming: Naming) -> Entity | None:
        """The latest institution with this head noun, where one's words are among the other's."""
        mine = plain_words(naming.modifiers)
        for entity in islice(reversed(self._by_head.get(naming.head, {}).values()), _REACH):
            theirs = entity.modifiers
            is_same = (mine <= theirs or theirs <= mine) and bool(mine & theirs or mine == theirs)
            if is_same and not entity.contradicts(naming.countries):
                return entity
        return None

    # Descriptions

    def _known(self, naming: Naming, mention: str) -> Entity | None:
        """The entity that was described by the same words before."""
        entity = self._by_name.get(_key(mention))
        is_other = mention.split()[0].casefold() in ("another", "other", "others")
        if entity is None or is_other:
            return None
        if naming.is_definite and naming.head not in words.DOCUMENTS:
            for later in self._latest():  # "the ministry" is the one that was named last
                if later is entity:
                    break
                if later.fits(naming, None, strict=True):
                    return later
        return entity

    def _apposed(self, naming: Naming, span: Span, mention: str) -> Entity | None:
        """The person whose name a bare title follows: "Ida Berg, vice president of Telmar"."""
        has_article = mention.split()[0].casefold() in words.DETERMINERS
        if has_article or naming.is_plural or not naming.roles:
            return None
        before = self._text[max(0, span.start - _APPOSED_REACH) : span.start].rstrip()
        nearby = self._people.between(span.start - len(before), span.start)
        if not nearby or not before.endswith(f"{nearby[-1].person.name},"):
            return None
        return self._of_person(nearby[-1].person)

    def _unnamed(self, naming: Naming) -> Entity | None:
        """The latest of those who would not be named, for "the sources"."""
        if naming.head not in words.UNNAMED or naming.modifiers:
            return None
        for entity in self._latest():
            if entity.is_unnamed and entity.is_plural == naming.is_plural:
                return entity
        return None

    def _issuer(self, naming: Naming, kind: str | None) -> Entity | None:
        """The source mentioned last, where a document can only be its own: "the letter"."""
        latest = next(self._latest(), None)
        if latest is None or naming.head not in words.DOCUMENTS or naming.is_plural:
            return None
        is_message = naming.head in words.MESSAGES and not naming.modifiers
        is_thing = latest.is_person is False and self._is_like(latest, naming, kind)
        return latest if is_message or is_thing else None

    def _described(self, naming: Naming, span: Span, kind: str | None) -> Entity | None:
        if not naming.is_definite and not is_part(naming.name):
            return self._bare_plural(naming, span) if naming.is_plural else None
        entity = self._issuer(naming, kind) or self._fitting(naming, kind, strict=True)
        if entity := entity or self._unnamed(naming):
            return entity
        if naming.is_plural or not naming.roles:
            entity = self._aged(naming, span) or self._fitting(naming, kind, strict=False)
            if entity or naming.is_plural:
                return entity
            entity = self._headed(naming, span) or self._latest_like(naming, kind)
            return entity or self._bystander(naming, span)
        latest = next(self._latest(), None)
        if latest and not latest.roles and latest.is_person and self._is_like(latest, naming, kind):
            return latest
        return (
            self._introduced_as(naming, span)
            or self._fitting(naming, kind, strict=False)
            or self._latest_like(naming, kind)
        )

    def _aged(self, naming: Naming, span: Span) -> Entity | None:
        """The person of whom the text tells this age: "the 45-year-old"."""
        if not naming.head.endswith("-year-old"):
            return None
        told = self._people.with_role({naming.head}, span.start)
        before = [person for person in told if person.positions[0] < span.start]
        return self._of_person(before[0]) if before else None

    def _bystander(self, naming: Naming, span: Span) -> Entity | None:
        """The person named last who is no source yet, for "the Serb", "the mogul"."""
        if not calls_person(naming.head):
            return None
        nearby = self._people.between(span.start - _SUBJECT_REACH, span.start)
        for person in (occurrence.person for occurrence in reversed(nearby)):
            is_other = naming.gender and person.gender not in ("", naming.gender)
            if person.is_shown and not is_other and naming.countries <= person.countries:
                return self._of_person(person)
        return None

    def _fitting(self, naming: Naming, kind: str | None, *, strict: bool) -> Entity | None:
        """The latest entity that a definite description fits."""
        for entity in self._latest():
            if entity.fits(naming, kind, strict=strict):
                return entity
        return None

    def _bare_plural(self, naming: Naming, span: Span) -> Entity | None:
        """The latest "Ukrainian officials" for "officials", the Telmar Police for "police"."""
        if naming.modifiers:
            return None
        if naming.head == "police" and (force := self._headed(naming, span)):
            return force
        for entity in self._latest():
            is_group = entity.is_plural or naming.head in words.COLLECTIVES
            if is_group and naming.head in entity.heads:
                return entity
        return None

    def _latest_like(self, naming: Naming, kind: str | None) -> Entity | None:
        """The entity mentioned last, if a description that fits nothing better may mean it."""
        for entity in islice(self._latest(), _LIKE_REACH):
            if self._is_like(entity, naming, kind):
                return entity
        return None

    def _is_like(self, entity: Entity, naming: Naming, kind: str | None) -> bool:
        if entity.contradicts(naming.countries) or not entity.is_like(naming, kind):
            return False
        if naming.head in words.DOCUMENTS and naming.modifiers:
            return False
        return plain_words(naming.proper) <= entity.known_words

    def _headed(self, naming: Naming, span: Span) -> Entity | None:
        """The institution of the text whose name has the head noun of a description."""
        name = self._institutions.headed(naming.head, span.start)
        if name is None or len(name.split()) > _MAX_HEADED_WORDS:
            return None
        full = read_mention(name)
        if naming.countries and full.countries and not naming.countries & full.countries:
            return None
        if not plain_words(naming.modifiers) <= plain_words(full.modifiers):
            return None
        return self._named(full, None) or self._new(full, name)

    def _introduced_as(self, naming: Naming, span: Span) -> Entity | None:
        """The person whom the text introduces under a title: nearest before, else after."""
        asked = naming.modifiers - words.OFFICES
        owners = {
            normalize(word)
            for word in naming.proper
            if is_possessor(word, naming.name) and not is_institution_word(word)
        }
        owners = plain_words(owners)
        best: tuple[int, bool, int] | None = None
        chosen: Person | None = None
        for person in self._people.with_role(related_roles(naming.roles), span.start):
            if not roles_agree(naming, person.roles, person.context_words & words.OFFICES):
                continue
            if naming.countries and person.countries and not naming.countries & person.countries:
                continue
            if owners - set(map(singular, person.context_words)):
                continue  # "Lund's spokesman" of a spokesman for Berg
            known = self._by_person.get(id(person))
            if known and known.contradicts(naming.countries):
                continue
            position = person.positions[0]
            shared = len(asked & person.context_words)
            rank = (shared, position < span.start, -abs(position - span.start))
            if best is None or rank > best:
                best, chosen = rank, person
        return self._of_person(chosen) if chosen else None

    def _owned(self, naming: Naming, span: Span, mention: str) -> Entity:
        """The entity that belongs to another one: "his office"."""
        owner = self._pronoun(read_mention(mention.split()[0]), span)
        while owner and owner.owner:
            owner = owner.owner  # "their" is whose the lawyers are that were mentioned last
        entity = self._owned_by.get((id(owner), naming.head)) or Entity()
        self._owned_by[id(owner), naming.head] = entity
        entity.owner = owner
        return entity

    def _employer(
        self, entity: Entity, naming: Naming, mention: str, span: Span, kind: str | None
    ) -> Entity | None:
        """The institution behind "the union's secretary", "company spokeswoman", "its chairman"."""
        contexts = entity.person.contexts if entity.person else []
        for text in (mention, *contexts):
            owner = _OWNING_BODY.search(text)
            if owner and is_institution_word(owner.group(1).split()[-1]):
                body = read_mention(owner.group())
                found = self._fitting(body, kind, strict=True) or self._headed(body, span)
                if found := found or self._latest_like(body, kind):
                    return found
        is_its = any(re.match(r"(?:, )?[Ii]ts\b", text) for text in (mention, *contexts))
        if not is_its and (naming.proper or not naming.modifiers & words.INSTITUTIONS):
            return None
        return next((entity for entity in self._latest() if entity.is_person is False), None)

    # Pronouns

    def _pronoun(self, naming: Naming, span: Span, kind: str | None = None) -> Entity | None:
        agreeing = [entity for entity in self._latest() if entity.agrees(naming)]
        if not naming.gender:
            agreeing.sort(key=lambda entity: kind is not None and entity.kind != kind)
            return next(iter(agreeing), None)
        agreeing.sort(key=lambda entity: not entity.seems_person)
        known = agreeing[0] if agreeing else None
        start = known.spans[-1].end if known else 0
        start = max(start, span.start - _PRONOUN_REACH)
        named = [
            occurrence
            for occurrence in self._people.between(start, span.start)
            if occurrence.person.may_be(naming.gender)
            and (known is None or (occurrence.is_subject and span.start - start > _SUBJECT_REACH))
        ]
        if known is None and not named:
            later = self._people.between(span.end, span.end + _SUBJECT_REACH)
            named = [item for item in later if item.person.gender in ("", naming.gender)][:1]
        if known is None:
            named = [item for item in named if item.person.gender] or named
        return self._of_person(named[-1].person) if named else known

    def _pointed(
        self,
        naming: Naming,
        name_mention: Span | None,
        name_score: float,
        *,
        least: float = TRUSTED_NAME_SCORE,
    ) -> Entity | None:
        """The entity whose full name the model points at, unless the words contradict."""
        if name_mention is None or name_score < least:
            return None
        words_there = self._introductions.mention_words(name_mention.start, name_mention.end)
        target = read_mention(words_there)
        if target.form in ("pronoun", "description"):
            return None
        person = self._person(target)
        if naming.roles and target.head and not person:
            return None  # a minister is no ministry
        if is_possessor(target.name, naming.name):
            return None  # Ida Berg is not "Ida Berg's office"
        if naming.countries and target.countries and not naming.countries & target.countries:
            return None
        gender = person.gender if person else target.gender
        if naming.gender and gender and gender != naming.gender:
            return None
        entity = self._named(target, person)
        if entity is None:
            entity = Entity()
            self._learn(entity, target, words_there, person)
        if entity.contradicts(naming.countries):
            return None
        return entity if naming.form != "pronoun" or entity.agrees(naming) else None

    def _meant(
        self,
        naming: Naming,
        span: Span,
        kind: str | None,
        name_mention: Span | None,
        name_score: float,
    ) -> Entity | None:
        """Whom a pronoun means: those named before, where there are any, rather than ahead."""
        entity = None
        if name_mention is None or name_mention.start <= span.start:
            entity = self._pointed(naming, name_mention, name_score)
        entity = entity or self._pronoun(naming, span, kind)
        return entity or self._pointed(naming, name_mention, name_score, least=0.0)

    # What is known

    def _of_person(self, person: Person) -> Entity:
        known = self._by_person.get(id(person))
        if known:
            return known
        entity = Entity()
        self._learn(entity, read_mention(person.name), person.name, person)
        return entity

    def _new(self, naming: Naming, mention: str) -> Entity:
        entity = Entity()
        self._learn(entity, naming, mention, None)
        return entity

    def _learn(self, entity: Entity, naming: Naming, mention: str, person: Person | None) -> None:
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


def _is_vague(told: Entity, person: Person) -> bool:
    """Whether any title may tell more of an untold source: "an aviation expert"."""
    if not told.roles <= _VAGUE_ROLES or _INDEFINITE.match(told.texts[0]) is None:
        return False
    if "official" not in told.roles:
        return True
    return told.spans[0].start < _LEAD_REACH and not is_leader(person.name, person.roles)


def _move_last(entities: dict[int, Entity], entity: Entity) -> None:
    """Put an entity at the end of those by identity."""
    entities.pop(id(entity), None)
    entities[id(entity)] = entity


def _key(name: str) -> str:
    """Normal form by which an entity is found; a country and its capital are one government."""
    country = government_of(name)
    return f"government of {country}" if country else normalize(name)
