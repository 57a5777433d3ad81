"""Mentions of one document → entities: who is meant by each name, title, role and pronoun.

Mentions are linked in the order of the text, each in constant time: names and pronouns here, what
only describes its source in `descriptions`; `known` remembers who was mentioned.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from itertools import islice
from typing import Final

from claimclf import pronouns
from claimclf.documents import Span
from claimclf.perspectives import words
from claimclf.perspectives.countries import names_country
from claimclf.perspectives.descriptions import Descriptions
from claimclf.perspectives.entities import Entity, is_leader, related_roles
from claimclf.perspectives.first_names import usual_pronoun
from claimclf.perspectives.introductions import Introductions
from claimclf.perspectives.known import KnownSources
from claimclf.perspectives.mentions import (
    Naming,
    document_author,
    is_possessor,
    read_mention,
    without_base,
)
from claimclf.perspectives.names import is_name_word
from claimclf.perspectives.party_facts import find_member_party
from claimclf.perspectives.people import Person
from claimclf.perspectives.wording import is_institution_word, is_person_name

_SUBJECT_REACH: Final = 400
"""How near before a pronoun a source must be mentioned for no other person to come between."""

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
        self._introductions = introductions
        self._people = introductions.people
        self._known = KnownSources(introductions)
        self._descriptions = Descriptions(introductions, self._known)
        self._owned_by: dict[tuple[int, str], Entity] = {}

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
        person = self._known.person(naming)
        entity: Entity | None = None
        if naming.form == "pronoun" and naming.head not in pronouns.INDEFINITE:
            entity = self._meant(naming, span, kind, name_mention, name_score)
        elif naming.form == "description" and mention.split()[0].casefold() in words.OWNERS:
            entity = self._owned(naming, span, mention)
        elif naming.form == "description":
            entity = self._descriptions.find_same(naming, span, mention)
            entity = entity or self._pointed(naming, name_mention, name_score)
            entity = entity or self._descriptions.find_fitting(naming, span, kind)
            if entity is None and naming.is_definite and not naming.roles:
                entity = self._pointed(naming, name_mention, name_score, least=_LIKELY_NAME_SCORE)
        elif naming.form != "pronoun":
            entity = self._known.named(naming, person) or self._foretold(naming, person, span, kind)
        entity = entity or Entity()
        entity.add_kinds(kind_scores)
        self._known.learn(entity, naming, mention, person)
        if document:
            entity.describe_document(document)
        if entity.speaks_for is None and entity.is_person:
            entity.speaks_for = self._employer(entity, naming, mention, span, kind)
        self._known.add_mention(entity, span, mention)
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

    def _foretold(
        self, naming: Naming, person: Person | None, span: Span, kind: str | None
    ) -> Entity | None:
        """The source whose title came before its name: "an admiral said"."""
        if person is None:
            return None
        roles = naming.roles | person.roles
        for rank, told in enumerate(islice(self._known.latest(), _FORETOLD_RANKS)):
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
                if found := self._descriptions.find_body(body, span, kind):
                    return found
        is_its = any(re.match(r"(?:, )?[Ii]ts\b", text) for text in (mention, *contexts))
        if not is_its and (naming.proper or not naming.modifiers & words.INSTITUTIONS):
            return None
        return next((entity for entity in self._known.latest() if entity.is_person is False), None)

    def _pronoun(self, naming: Naming, span: Span, kind: str | None = None) -> Entity | None:
        """The latest source that agrees, or whoever the text named between it and the pronoun."""
        agreeing = [entity for entity in self._known.latest() if entity.agrees(naming)]
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
        return self._known.of_person(named[-1].person) if named else known

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
        person = self._known.person(target)
        if naming.roles and target.head and not person:
            return None  # a minister is no ministry
        if is_possessor(target.name, naming.name):
            return None  # Ida Berg is not "Ida Berg's office"
        if naming.countries and target.countries and not naming.countries & target.countries:
            return None
        gender = person.gender if person else target.gender
        if naming.gender and gender and gender != naming.gender:
            return None
        entity = self._known.named(target, person)
        if entity is None:
            entity = Entity()
            self._known.learn(entity, target, words_there, person)
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


def _is_vague(told: Entity, person: Person) -> bool:
    """Whether any title may tell more of an untold source: "an aviation expert"."""
    if not told.roles <= _VAGUE_ROLES or _INDEFINITE.match(told.texts[0]) is None:
        return False
    if "official" not in told.roles:
        return True
    return told.spans[0].start < _LEAD_REACH and not is_leader(person.name, person.roles)
