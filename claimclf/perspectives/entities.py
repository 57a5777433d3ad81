"""One source while its document is being linked: what is known of it, and what words can mean it.

`linking` makes entities and looks them up.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from claimclf import pronouns
from claimclf.documents import Span
from claimclf.perspectives import words
from claimclf.perspectives.countries import find_countries, find_country, government_of
from claimclf.perspectives.mentions import Naming, is_part, is_possessor
from claimclf.perspectives.names import generation, may_be_first_name, normalize, singular, surname
from claimclf.perspectives.party_facts import find_leader_country, find_member_party
from claimclf.perspectives.people import Person
from claimclf.perspectives.wording import calls_person

_ROLE_CLASSES: Final = (
    (words.LEADERS, frozenset({"leader", "ruler"})),
    (words.LEGISLATORS, frozenset({"lawmaker", "legislator", "parliamentarian", "politician"})),
    (words.ENVOYS, frozenset({"envoy", "diplomat"})),
    (words.SPEAKERS, words.SPEAKERS),
    (frozenset({"judge", "magistrate", "justice"}), frozenset({"judge", "magistrate"})),
    (frozenset({"prosecutor", "attorney"}), frozenset({"prosecutor"})),
)
"""Roles of one sort, with those of them that may stand for any other."""

_MIN_SCORE: Final = 1e-4


@dataclass(slots=True, eq=False)
class Entity:
    """Everything known of one source."""

    namings: list[Naming] = field(default_factory=list)
    """How it was named, each way once, pronouns left out."""
    spans: list[Span] = field(default_factory=list)
    """Its mentions, pronouns too."""
    texts: list[str] = field(default_factory=list)
    """The words of `spans`, each once."""
    person: Person | None = None
    speaks_for: Entity | None = None
    """The institution that "company" means in "company spokeswoman"."""
    owner: Entity | None = None
    """Whom "his" means in "his office"."""
    is_person: bool | None = None
    is_plural: bool = False
    gender: str = ""
    heads: set[str] = field(default_factory=set)
    """Head nouns of its names and descriptions: "ministry"."""
    roles: set[str] = field(default_factory=set)
    modifiers: set[str] = field(default_factory=set)
    offices: set[str] = field(default_factory=set)
    """Words that name the portfolio of a role: "prime", "foreign"."""
    countries: set[str] = field(default_factory=set)
    known_words: set[str] = field(default_factory=set)
    """Every word of its names and descriptions and of its introductions in the text."""
    kind_scores: dict[str, float] = field(default_factory=dict)
    """Summed log-probability of every kind over its sentences."""
    num_opinions: int = 0
    """How many sentences are in `kind_scores`."""
    kind_evidence: Mapping[str, float] = field(default_factory=dict)
    """What names and titles add to the mean log-probability of every kind."""

    def add_kinds(self, scores: Mapping[str, float]) -> None:
        """Take the model's opinion of one more sentence into account."""
        for kind, score in scores.items():
            log_score = math.log(max(score, _MIN_SCORE))
            self.kind_scores[kind] = self.kind_scores.get(kind, 0.0) + log_score
        self.num_opinions += bool(scores)

    @property
    def is_untold(self) -> bool:
        """Whether this is one person of whom only titles are known: "a Norwegian admiral"."""
        is_described = all(naming.form == "description" for naming in self.namings)
        return bool(self.spans and self.roles) and is_described and not self.is_plural

    @property
    def is_named_person(self) -> bool:
        """Whether some mention is a person's name."""
        forms = {naming.form for naming in self.namings}
        is_name_of_person = forms == {"name"} and bool(self.is_person)
        return self.person is not None or "person" in forms or is_name_of_person

    @property
    def seems_person(self) -> bool:
        """Whether this is a person, or a bare name of a kind that mostly persons have."""
        if self.is_person is not None:
            return self.is_person
        is_bare = all(" " not in text and not text.isupper() for text in self.texts)
        return is_bare and self.kind not in ("organization", "media", "anonymous")

    @property
    def is_unnamed(self) -> bool:
        """Whether only descriptions of people who would not be named are known."""
        is_described = all(naming.form == "description" for naming in self.namings)
        return bool(self.heads & words.UNNAMED) and is_described

    @property
    def kind(self) -> str | None:
        """The kind that sentences and names support most, None without any opinion."""

        def support(kind: str) -> float:
            # The mean: sentences of one source are no independent opinions.
            mean = self.kind_scores[kind] / self.num_opinions
            return mean + self.kind_evidence.get(kind, 0.0)

        return max(self.kind_scores, key=support, default=None)

    def describe(self, naming: Naming, mention: str, person: Person | None) -> None:
        """Learn from one more naming that is no pronoun."""
        if naming not in self.namings:
            self.namings.append(naming)
        self.roles |= naming.roles
        self.offices |= naming.modifiers & words.OFFICES
        self.modifiers |= plain_words(naming.modifiers)
        self.known_words.update(map(singular, normalize(mention).split()))
        self.gender = self.gender or naming.gender
        self.countries.update(find_countries(mention))
        if naming.head:
            self.heads.add(naming.head)
        if len(self.namings) == 1:
            self.is_plural = naming.is_plural
        if person or naming.form == "person" or naming.roles:
            self.is_person = True
        elif self.is_person is None and (naming.head or government_of(naming.name)):
            self.is_person = False
        if person and self.person is None:
            self.person = person
            self.gender = self.gender or person.gender
            self.roles |= person.roles
            self.offices |= person.context_words & words.OFFICES
            self.known_words.update(map(singular, person.context_words))
            self.countries |= person.countries

    def describe_document(self, naming: Naming) -> None:
        """Learn by what words a document of this source goes."""
        self.heads.add(naming.head)
        self.modifiers |= plain_words(naming.modifiers)

    def agrees(self, pronoun: Naming) -> bool:
        """Whether a pronoun may mean this entity: gender, number, person or thing."""
        if pronoun.gender:
            if self.is_person is False or self.is_plural:
                return False
            return not self.gender or self.gender == pronoun.gender
        if pronoun.head in pronouns.IT:
            return self.is_person is not True and not self.is_plural
        if pronoun.head in pronouns.PERSON:
            return self.is_person is not False and not self.is_plural
        if pronoun.head in pronouns.WE:
            return True
        return self.is_plural or self.is_person is not True

    def fits(self, description: Naming, kind: str | None, *, strict: bool) -> bool:
        """Whether a definite description may mean this entity.

        Args:
            description: "the ministry", "the Ukrainian leader".
            kind: The model's kind for it.
            strict: Whether the country must be known to be the same, and "former" to be true.
        """
        if not self._may_be(description) or (strict and not self._surely_is(description)):
            return False
        if self._is_of(description):
            return False
        if description.roles:
            return self.is_person is not False and self.has_role(description)
        if description.head in self.heads:
            other = plain_words(description.modifiers)
            known = self.modifiers
            if description.head in words.DOCUMENTS:  # "the new poll" may be the Skagen poll
                other = plain_words(description.proper)
                known = plain_words(word for naming in self.namings for word in naming.proper)
            is_open = is_part(description.name) or not known
            return other <= known or (is_open and not self._is_named)
        if description.head in words.COLLECTIVES and description.head in self.known_words:
            return self.is_person is False
        if not strict and description.head in words.STUDIES and self.heads & words.STUDIES:
            return not description.modifiers
        return not strict and self._may_be_called(description, kind)

    def _may_be(self, description: Naming) -> bool:
        """Whether number, gender and country allow the description."""
        if description.is_plural != self.is_plural and description.head not in words.COLLECTIVES:
            return False
        if description.gender and self.gender and description.gender != self.gender:
            return False
        return not self.contradicts(description.countries) and not self._owns(description)

    def _owns(self, description: Naming) -> bool:
        """Whether this is the possessor in a description: Berg in "Berg's spokesman"."""
        names = (naming.name for naming in self.namings if naming.form != "description")
        return any(is_possessor(surname(name), description.name) for name in names)

    def _is_of(self, description: Naming) -> bool:
        """Whether this person only belongs to who is described: "the president", of his aide."""
        is_known = description.head in self.known_words
        return (
            bool(description.roles)
            and is_known
            and not related_roles(description.roles) & self.roles
        )

    def _surely_is(self, description: Naming) -> bool:
        """Whether the country is known to be the description's, and "former" is known as true."""
        is_former = "former" in description.modifiers
        is_known = not is_former or "former" in self.known_words
        return is_known and description.countries <= self.countries

    def _may_be_called(self, description: Naming, kind: str | None) -> bool:
        """Whether a noun of wide meaning ("the man", "the company") may stand for this entity."""
        if calls_person(description.head):
            party = find_member_party(description.head.title())
            said = " ".join([*self.texts, *(self.person.contexts if self.person else [])])
            is_other = party and find_member_party(said) not in (party, None)
            return self.is_person is True and not is_other
        if description.head not in words.ORGANIZATIONS or not self._is_named:
            return False
        if not plain_words(description.proper) <= self.known_words:
            return False  # "Lund's office" is no ministry
        is_open = description.head in words.GENERIC or not self.heads
        return is_open and self.is_like(description, kind)

    def contradicts(self, countries: frozenset[str]) -> bool:
        """Whether these countries are all other ones than those that this source is known by."""
        return bool(countries and self.countries) and not countries & self.countries

    def is_like(self, description: Naming, kind: str | None) -> bool:
        """Whether this is the sort of source that a description of unknown meaning asks for."""
        if self._owns(description) or self._is_of(description):
            return False
        if description.head not in words.DOCUMENTS:
            if description.is_plural != self.is_plural:
                return False
            if bool(description.roles) != bool(self.is_person):
                return False
            if self.is_untold and description.proper and not self.has_role(description):
                return False  # "the French minister" is no "Treasury official"
        elif self.roles or (self.is_person and description.head in words.STUDIES):
            return False
        if self._is_other_body(description):
            return False
        is_state = any(government_of(naming.name) for naming in self.namings)
        if is_state and description.head in words.ORGANIZATIONS - words.GOVERNMENTS:
            return False
        if description.head in ("government", "administration") and not is_state and self.heads:
            return False  # no ministry
        return kind is None or self.kind is None or self.kind == kind

    def _is_other_body(self, description: Naming) -> bool:
        """Whether a description deals with something else: "the audit office" is no government."""
        is_apart = description.head in words.DEPARTMENTS or (
            description.head in words.ORGANIZATIONS - self.heads
            and self.heads & words.ORGANIZATIONS
        )
        return bool(is_apart) and not plain_words(description.modifiers) <= self.known_words

    @property
    def _is_named(self) -> bool:
        return any(naming.form == "name" for naming in self.namings)

    def has_role(self, description: Naming) -> bool:
        """Whether a title or role may be one of those that this person is known by."""
        return roles_agree(description, frozenset(self.roles), frozenset(self.offices))

    @property
    def _full_name(self) -> str:
        return self.person.name if self.person else self.namings[0].name

    @property
    def generation(self) -> str:
        """What tells this person from an older one of the same name: "jr", or ""."""
        return generation(self._full_name)

    def may_be_namesake(self, naming: Naming, name: str) -> bool:
        """Whether a person of the same surname may be this one: first names don't contradict."""
        if naming.gender and self.gender and naming.gender != self.gender:
            return False
        mine, theirs = normalize(name).split(), normalize(self._full_name).split()
        if generation(name) not in ("", self.generation) and len(theirs) > 1:
            return False  # Omar Lund Jr. is not Omar Lund
        return 1 in (len(mine), len(theirs)) or may_be_first_name(mine[0], theirs[0])


def roles_agree(description: Naming, roles: frozenset[str], offices: frozenset[str]) -> bool:
    """Whether "the foreign minister" may be somebody known by these roles and offices."""
    asked = (description.modifiers & words.OFFICES) - words.TIMES
    if asked and not asked <= offices:
        return False
    return bool(related_roles(description.roles) & roles)


def is_leader(name: str, roles: frozenset[str]) -> bool:
    """Whether news would name this person or office at once, and not as "an official"."""
    is_elected = roles & (words.LEADERS | words.LEGISLATORS | {"minister", "mayor", "governor"})
    return bool(is_elected or "secretary" in roles or find_leader_country(name))


def related_roles(roles: frozenset[str]) -> frozenset[str]:
    """The roles themselves and others that they may stand for: "leader" for "president"."""
    related = set(roles)
    for members, generic in _ROLE_CLASSES:
        if roles & generic:
            related |= members
        if roles & members:
            related |= generic
    return frozenset(related)


def plain_words(modifiers: Iterable[str]) -> set[str]:
    """The modifiers that name no country, in the singular."""
    return {singular(word.replace(".", "")) for word in modifiers if not _names_country(word)}


@lru_cache(maxsize=8192)
def _names_country(word: str) -> bool:
    """Whether a casefolded word is (part of) a country's name or of its people's."""
    return find_country(word.title()) is not None or find_country(word.upper()) is not None
