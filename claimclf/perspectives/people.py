"""Whom a document names in full, and what it tells of them: titles, pronouns, surnames.

"Zelensky" is "Volodymyr Zelensky" wherever the text has the full name, also where that is no source
of any sentence.
"""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Final

from claimclf import pronouns
from claimclf.perspectives import words
from claimclf.perspectives.contexts import LEFT_REACH, context, own_roles
from claimclf.perspectives.countries import find_countries, names_country
from claimclf.perspectives.first_names import usual_pronoun
from claimclf.perspectives.mentions import Naming
from claimclf.perspectives.names import (
    family_name,
    generation,
    is_name_word,
    may_be_first_name,
    normalize,
    surname,
    tokenize,
    without_article,
)
from claimclf.perspectives.namescan import NameRun, Word, starts_sentence
from claimclf.perspectives.party_facts import find_leader_country
from claimclf.perspectives.wording import is_institution_word, person_at_end
from claimclf.pronouns import Gender

_SENTENCE_START: Final = re.compile(r"(?<!\b[A-Z])(?<!Mr)(?<!Ms)(?<!Mrs)(?<!Dr)[.!?”\"]\s+|\n")
_AGE: Final = re.compile(r"(?<![\w.,-])(\d{1,3})(?:-year-old\b|(?=,|$))")
_MAX_CONTEXTS: Final = 4
_MAX_WITH_ROLE: Final = 20
"""How many who were introduced under one title are thought of, on each side."""
_PRONOUN_REACH: Final = 200
_MAX_FULL_NAMES: Final = 2
"""How often a person may be named in full without ever being named by surname."""

_MIN_PRONOUNS: Final = 6
"""From so many pronouns of one gender on, a first name does not count against them."""


@dataclass(slots=True, eq=False)
class Person:
    """Somebody whom the document names in full."""

    name: str
    """The name without titles, as first written."""
    positions: list[int] = field(default_factory=list)
    """Where the full name starts, in order."""
    contexts: list[str] = field(default_factory=list)
    """Titles before and appositives after the name, of its first occurrences."""
    num_surname_uses: int = 0
    """How often the last word of the name stands outside the full name."""
    pronouns: Counter[str] = field(default_factory=Counter)
    """How often "he" and "she" are the next pronoun after the name."""

    @property
    def gender(self) -> Gender:
        """The pronoun that always follows, else what the first name tells, else the usual one."""
        he, she = self.pronouns["he"], self.pronouns["she"]
        told: Gender = "he" if he > 2 * she + 1 else "she" if she > 2 * he + 1 else ""
        if max(he, she) >= _MIN_PRONOUNS and not min(he, she):
            return told
        return usual_pronoun(self.name) or told

    @property
    def is_shown(self) -> bool:
        """Whether a title, an age, a pronoun or the use of the surname shows a person."""
        return bool(self.num_surname_uses or self.pronouns or self.roles or self.ages)

    @property
    def is_explained(self) -> bool:
        """Whether something stands in apposition to the name: "Ada Lund, a nurse"."""
        return any(", " in shown for shown in self.contexts)

    @property
    def is_junior(self) -> bool:
        """Whether somebody older has the same name: "Omar Lund Jr."."""
        return bool(generation(self.name))

    @property
    def is_doubtful(self) -> bool:
        """Whether the name is repeated in full only and nothing shows a person: "Ansar Field"."""
        return len(self.positions) > _MAX_FULL_NAMES and not self.is_shown

    def may_be(self, gender: str) -> bool:
        """Whether this is a person for all the text shows, and "he" or "she" may mean it."""
        return self.gender == gender or (not self.gender and self.is_shown)

    @property
    def countries(self) -> frozenset[str]:
        """Countries that the contexts name, and the one that this person is known to lead."""
        named = {country for shown in self.contexts for country in find_countries(shown)}
        led = find_leader_country(self.name)
        return frozenset(named | {led} if led and names_country(led) else named)

    @property
    def context_words(self) -> frozenset[str]:
        """Words of the contexts, casefolded."""
        return frozenset(normalize(" ".join(self.contexts)).split())

    @property
    def roles(self) -> frozenset[str]:
        """Titles and roles that the contexts give; not those of whom somebody works for."""
        return frozenset().union(*map(own_roles, self.contexts))

    @property
    def ages(self) -> frozenset[str]:
        """Ages that the contexts give, as a later mention says them: "45-year-old"."""
        found = (_AGE.findall(shown) for shown in self.contexts)
        return frozenset(f"{age}-year-old" for ages in found for age in ages)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A person named at one place, by full name or surname."""

    start: int
    person: Person
    is_subject: bool
    """Whether only titles and articles stand before it in its sentence."""


class People:
    """The persons whom one document names in full.

    Args:
        text: The whole document.
        runs: Its names, in order.
        scanned: Its words, in order.
    """

    def __init__(self, text: str, runs: Iterable[NameRun], scanned: Iterable[Word]) -> None:
        self._text = text
        self._by_surname: dict[str, dict[str, Person]] = defaultdict(dict)
        self._by_first_name: dict[str, dict[str, Person]] = defaultdict(dict)
        self._by_middle_name: dict[str, dict[str, Person]] = defaultdict(dict)
        self._by_role: dict[str, list[tuple[int, Person]]] = defaultdict(list)
        self._name_ends: list[int] = []
        for run in runs:
            for piece in run.pieces():
                self._add(piece)
        self._occurrences = self._follow(scanned)
        self._starts = [occurrence.start for occurrence in self._occurrences]

    def find(
        self, name: str, roles: frozenset[str] = frozenset(), gender: Gender = ""
    ) -> Person | None:
        """The person whom a full name or surname means, None if the text has no full name for it.

        Args:
            name: Without titles.
            roles: Titles given with the name; they decide between namesakes.
            gender: What the mention shows of it.
        """
        tokens = normalize(name).split()
        namesakes = self._by_surname.get(surname(name), {})
        if len(tokens) == 1 and not namesakes:  # "Li" for "Li Mingde"
            namesakes = self._by_first_name.get(tokens[0], {})
        if len(tokens) == 1 and not namesakes:  # "Blanco" for "Iago Blanco Cabrera"
            namesakes = self._by_middle_name.get(tokens[0], {})
        fitting = [
            person
            for key, person in namesakes.items()
            if _may_shorten(tokens, key.split())
            and gender in ("", person.gender or gender)
            and not (roles and person.is_junior and not roles & person.roles)
        ]
        exact = namesakes.get(" ".join(tokens))
        if exact in fitting:
            return exact
        return max(
            fitting,
            key=lambda person: (
                bool(roles & person.roles),
                len(person.name.split()[0].rstrip(".")) > 1,
                len(person.positions),
            ),
            default=None,
        )

    @property
    def names(self) -> list[str]:
        """The full names of all persons."""
        return [person.name for known in self._by_surname.values() for person in known.values()]

    def may_include(self, naming: Naming) -> bool:
        """Whether nothing in the text speaks against a name of a person's shape."""
        person = self._by_surname.get(surname(naming.name), {}).get(normalize(naming.name))
        return bool(naming.roles) or person is None or not person.is_doubtful

    def between(self, start: int, end: int) -> list[Occurrence]:
        """Where persons are named in `text[start:end]`, by full name or surname, in order."""
        first, last = bisect_left(self._starts, start), bisect_left(self._starts, end)
        return self._occurrences[first:last]

    def with_role(self, roles: Iterable[str], position: int) -> list[Person]:
        """Persons introduced under one of these titles or ages, the nearest before and after."""
        found: dict[int, Person] = {}
        for role in sorted(roles):
            introduced = self._by_role.get(role, [])
            index = bisect_left(introduced, position, key=itemgetter(0))
            nearest = introduced[max(0, index - _MAX_WITH_ROLE) : index + _MAX_WITH_ROLE]
            found |= {id(person): person for _, person in nearest}
        return list(found.values())

    def _add(self, piece: NameRun) -> None:
        tokens = person_at_end([word.text for word in piece.words])
        if not tokens or (tokens[0].endswith("ing") and starts_sentence(self._text, piece.start)):
            return
        name = " ".join(tokens)
        if len(tokens) == 2 and generation(name):
            return  # "Lund Jr.", of Omar Lund Jr.
        start = piece.words[-len(tokens)].start
        before = self._text[max(0, start - LEFT_REACH) : start].split()[-1:]
        if before and before[0].islower() and is_institution_word(before[0]):
            return  # "the group Ansar Field"
        namesakes = self._by_surname[surname(name)]
        is_rest = tokens[0].casefold() in words.PARTICLES
        if is_rest and any(key.endswith(f" {normalize(name)}") for key in namesakes):
            return  # "Van Dorn" of Beth Van Dorn
        person = namesakes.setdefault(normalize(name), Person(name))
        person.positions.append(start)
        self._by_first_name[normalize(tokens[0])].setdefault(normalize(name), person)
        for middle in tokens[1 : tokens.index(family_name(name))]:
            self._by_middle_name[normalize(middle)].setdefault(normalize(name), person)
        if len(person.contexts) < _MAX_CONTEXTS:
            known = person.roles | person.ages
            last_name_end = self._name_ends[-1] if self._name_ends else 0
            if shown := context(self._text, start, piece.end, after=last_name_end):
                person.contexts.append(shown)
            for role in (person.roles | person.ages) - known:
                insort(self._by_role[role], (person.positions[0], person), key=itemgetter(0))
        self._name_ends.append(piece.end)

    def _follow(self, scanned: Iterable[Word]) -> list[Occurrence]:
        """Where persons are named; each "he" and "she" votes for the one named last."""
        occurrences: list[Occurrence] = []
        full_name_ends = set(self._name_ends)
        last: Occurrence | None = None
        for word in scanned:
            lowered = word.text.casefold()
            gender = "he" if lowered in pronouns.HE else "she" if lowered in pronouns.SHE else ""
            if gender:
                if last and word.start - last.start < _PRONOUN_REACH:
                    last.person.pronouns[gender] += 1
                last = None
            elif is_name_word(word.text) and (
                namesakes := self._by_surname.get(surname(word.text))
            ):
                person = max(namesakes.values(), key=lambda person: len(person.positions))
                is_full = word.end in full_name_ends
                for namesake in namesakes.values():
                    namesake.num_surname_uses += not is_full
                last = Occurrence(word.start, person, self._is_subject(word.start))
                occurrences.append(last)
        return occurrences

    def _is_subject(self, position: int) -> bool:
        """Whether only capitalised words and titles stand between a sentence's start and here."""
        left = self._text[max(0, position - LEFT_REACH) : position]
        before = _SENTENCE_START.split(left)[-1]
        if len(before) == len(left) and position > LEFT_REACH:
            return False
        return all(
            is_name_word(word) or word in words.JOINTS or word in words.ROLES
            for word in tokenize(before)
        )


def _may_shorten(query: Sequence[str], full: Sequence[str]) -> bool:
    """Whether a name may be short for the full one: its end, or with a fitting first name."""
    older, younger = generation(" ".join(full)), generation(" ".join(query))
    if younger and younger != older:
        return False
    query, full = list(query[:-1] if younger else query), list(full[:-1] if older else full)
    query[-1], full[-1] = without_article(query[-1]), without_article(full[-1])
    if query[0] == full[0] or query == full[-len(query) :]:
        return True
    if len(query) == 1 and query[0] in full:
        return True
    return may_be_first_name(query[0], full[0])
