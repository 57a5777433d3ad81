"""Whom a description means: "the ministry", "the Ukrainian leader", "the 45-year-old".

`linking` asks this of the `known` sources and of those whom the text introduces.
"""

from __future__ import annotations

from itertools import islice
from typing import Final

from claimclf.documents import Span
from claimclf.perspectives import words
from claimclf.perspectives.entities import Entity, plain_words, related_roles, roles_agree
from claimclf.perspectives.introductions import Introductions
from claimclf.perspectives.known import KnownSources
from claimclf.perspectives.mentions import Naming, is_part, is_possessor, read_mention
from claimclf.perspectives.names import normalize, singular
from claimclf.perspectives.people import Person
from claimclf.perspectives.wording import calls_person, is_institution_word

_MAX_HEADED_WORDS: Final = 8
"""How many words an institution's name may have; a longer run of capitals is a headline."""

_LIKE_REACH: Final = 2
"""How many of the latest entities a description may mean that shares no word with their names."""

_APPOSED_REACH: Final = 60
"""How many characters before a description the name that it explains begins at most."""

_BYSTANDER_REACH: Final = 400
"""How many characters before "the mogul" the person who is meant stands at most."""


class Descriptions:
    """Finds whom the descriptions of one document mean.

    Args:
        introductions: What the document introduces by name.
        known: Its sources so far.
    """

    def __init__(self, introductions: Introductions, known: KnownSources) -> None:
        self._text = introductions.text
        self._people = introductions.people
        self._institutions = introductions.institutions
        self._known = known

    def find_same(self, naming: Naming, span: Span, mention: str) -> Entity | None:
        """Whom a description surely means: it stands beside the name, or was used before."""
        return self._apposed(naming, span, mention) or self._repeated(naming, mention)

    def find_fitting(self, naming: Naming, span: Span, kind: str | None) -> Entity | None:
        """Whom a description may mean by its head noun, roles, country, number and kind."""
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
        latest = next(self._known.latest(), None)
        if latest and not latest.roles and latest.is_person and self._is_like(latest, naming, kind):
            return latest
        return (
            self._introduced_as(naming, span)
            or self._fitting(naming, kind, strict=False)
            or self._latest_like(naming, kind)
        )

    def find_body(self, naming: Naming, span: Span, kind: str | None) -> Entity | None:
        """The institution that "the union" means in "the union's secretary"."""
        entity = self._fitting(naming, kind, strict=True) or self._headed(naming, span)
        return entity or self._latest_like(naming, kind)

    def _repeated(self, naming: Naming, mention: str) -> Entity | None:
        """The entity that was described by the same words before."""
        entity = self._known.by_words(mention)
        is_other = mention.split()[0].casefold() in ("another", "other", "others")
        if entity is None or is_other:
            return None
        if naming.is_definite and naming.head not in words.DOCUMENTS:
            for later in self._known.latest():  # "the ministry" is the one that was named last
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
        return self._known.of_person(nearby[-1].person)

    def _unnamed(self, naming: Naming) -> Entity | None:
        """The latest of those who would not be named, for "the sources"."""
        if naming.head not in words.UNNAMED or naming.modifiers:
            return None
        for entity in self._known.latest():
            if entity.is_unnamed and entity.is_plural == naming.is_plural:
                return entity
        return None

    def _issuer(self, naming: Naming, kind: str | None) -> Entity | None:
        """The source mentioned last, where a document can only be its own: "the letter"."""
        latest = next(self._known.latest(), None)
        if latest is None or naming.head not in words.DOCUMENTS or naming.is_plural:
            return None
        is_message = naming.head in words.MESSAGES and not naming.modifiers
        is_thing = latest.is_person is False and self._is_like(latest, naming, kind)
        return latest if is_message or is_thing else None

    def _aged(self, naming: Naming, span: Span) -> Entity | None:
        """The person of whom the text tells this age: "the 45-year-old"."""
        if not naming.head.endswith("-year-old"):
            return None
        told = self._people.with_role({naming.head}, span.start)
        before = [person for person in told if person.positions[0] < span.start]
        return self._known.of_person(before[0]) if before else None

    def _bystander(self, naming: Naming, span: Span) -> Entity | None:
        """The person named last who is no source yet, for "the Serb", "the mogul"."""
        if not calls_person(naming.head):
            return None
        nearby = self._people.between(span.start - _BYSTANDER_REACH, span.start)
        for person in (occurrence.person for occurrence in reversed(nearby)):
            is_other = naming.gender and person.gender not in ("", naming.gender)
            if person.is_shown and not is_other and naming.countries <= person.countries:
                return self._known.of_person(person)
        return None

    def _fitting(self, naming: Naming, kind: str | None, *, strict: bool) -> Entity | None:
        """The latest entity that a definite description fits."""
        for entity in self._known.latest():
            if entity.fits(naming, kind, strict=strict):
                return entity
        return None

    def _bare_plural(self, naming: Naming, span: Span) -> Entity | None:
        """The latest "Ukrainian officials" for "officials", the Telmar Police for "police"."""
        if naming.modifiers:
            return None
        if naming.head == "police" and (force := self._headed(naming, span)):
            return force
        for entity in self._known.latest():
            is_group = entity.is_plural or naming.head in words.COLLECTIVES
            if is_group and naming.head in entity.heads:
                return entity
        return None

    def _latest_like(self, naming: Naming, kind: str | None) -> Entity | None:
        """The entity mentioned last, if a description that fits nothing better may mean it."""
        for entity in islice(self._known.latest(), _LIKE_REACH):
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
        return self._known.named(full, None) or self._known.new(full, name)

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
            known = self._known.by_person(person)
            if known and known.contradicts(naming.countries):
                continue
            position = person.positions[0]
            shared = len(asked & person.context_words)
            rank = (shared, position < span.start, -abs(position - span.start))
            if best is None or rank > best:
                best, chosen = rank, person
        return self._known.of_person(chosen) if chosen else None
