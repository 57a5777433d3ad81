"""Where a document introduces whom: full names with the titles, appositives, pronouns around.

Step "perspectives" of the flow, its document level: the text is read once, in linear time, and
answers what the fullest form of a name is ("Zelensky" → "Volodymyr Zelensky"), also where that
form is no source of any sentence.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Final, Literal

from claimclf import words
from claimclf.names import acronyms, is_name_word, normalize, read_mention, singular, surname

_TOKEN: Final = re.compile(r"(?:[^\W\d_]\.)+|[^\W_](?:[\w'’&-]*\w)?")
_DEFINITION: Final = re.compile(r"\s\(([A-Z][A-Z&-]{1,7})\)")
_ABBREVIATIONS: Final = frozenset(
    [
        "Mr",
        "Mrs",
        "Ms",
        "Dr",
        "Sen",
        "Rep",
        "Gov",
        "Gen",
        "Lt",
        "Col",
        "Sgt",
        "Capt",
        "Maj",
        "Adm",
        "Prof",
        "Rev",
        "Hon",
        "St",
        "Jr",
    ]
)
_NOUN_PHRASE_END: Final = frozenset(
    [
        "said",
        "says",
        "told",
        "that",
        "with",
        "and",
        "but",
        "by",
        "from",
        "when",
        "while",
        "as",
        "to",
        "was",
        "were",
        "is",
        "are",
        "has",
        "had",
        "after",
        "before",
        "he",
        "she",
        "they",
        "it",
        "where",
        "if",
        "or",
        "than",
        "because",
        "adding",
        "said.",
        "because",
    ]
)
_CONTEXT_WORDS: Final = 8
_CONTEXT_START: Final = re.compile(r"[.;:!?\"“”()\n](?:\s|$)|,\s")
_APPOSITIVE: Final = re.compile(r"(?:’s|'s)?\s*[,(–—]\s*((?:[^\n.;,\"“”]|\.(?=\w|\s[a-z])){3,110})")
_MAX_CONTEXTS: Final = 4
_PRONOUN_REACH: Final = 200
_MAX_NAME_WORDS: Final = 6


@dataclass(slots=True)
class Person:
    """Somebody whom the document names in full."""

    name: str
    """Longest form of the name without titles, as first written."""
    positions: list[int] = field(default_factory=list)
    """Where the full name starts, in order."""
    contexts: list[str] = field(default_factory=list)
    """Titles before and appositives after the name, of its first occurrences."""
    pronouns: Counter[str] = field(default_factory=Counter)
    """How often "he" and "she" are the next pronoun after the name."""

    @property
    def gender(self) -> Literal["he", "she", ""]:
        """The pronoun that follows this name clearly more often, "" where neither does."""
        he, she = self.pronouns["he"], self.pronouns["she"]
        return "he" if he > 2 * she else "she" if she > 2 * he else ""


class Introductions:
    """Full names of one document.

    Args:
        text: The whole document.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._persons: dict[str, dict[str, Person]] = defaultdict(dict)
        self._institutions: dict[str, dict[str, str]] = defaultdict(dict)
        self._acronyms: dict[str, str] = {}
        self._occurrences: list[tuple[int, Person]] = []
        tokens = list(_TOKEN.finditer(text))
        for run in _runs(text, tokens):
            self._add(run)
        self._define_acronyms()
        self._count_pronouns(tokens)
        self._starts = [start for start, _ in self._occurrences]

    def person(self, name: str, roles: frozenset[str] = frozenset()) -> Person | None:
        """The person that a full name or surname names, None if the text has no fuller name.

        Args:
            name: Without titles.
            roles: Titles given with the name; they decide between namesakes.
        """
        tokens = normalize(name).split()
        if not tokens:
            return None
        fitting = [
            person
            for key, person in self._persons.get(tokens[-1], {}).items()
            if _same_first_name(tokens, key.split())
        ]
        if not fitting:
            return None
        return max(
            fitting,
            key=lambda person: (
                bool(roles & _roles_in(person)),
                len(person.positions),
                -person.positions[0],
            ),
        )

    def institution(self, name: str) -> str | None:
        """The longest name of an institution that ends in these words, or that they abbreviate."""
        key = normalize(name)
        if name in self._acronyms:
            return self._acronyms[name]
        tokens = key.split()
        if not tokens:
            return None
        longer = [
            form
            for other, form in self._institutions.get(tokens[-1], {}).items()
            if other.endswith(" " + key)
        ]
        return max(longer, key=len, default=None)

    def persons_between(self, start: int, end: int) -> list[Person]:
        """Persons named in `text[start:end]`, by full name or surname, in order."""
        first, last = bisect_left(self._starts, start), bisect_left(self._starts, end)
        return [person for _, person in self._occurrences[first:last]]

    def _add(self, run: list[re.Match[str]]) -> None:
        """Record a run of capitalised words as a person's or an institution's name."""
        whole = [match.group() for match in run]
        if len(whole) > 1:
            phrase = self._text[run[0].start() : run[-1].end()]
            head = next((singular(t) for t in whole if singular(t) in words.INSTITUTIONS), "")
            if head:
                key = normalize(phrase)
                self._institutions[key.split()[-1]].setdefault(key, phrase)
            for initials in (a for a in acronyms(phrase) if len(a) > 2):
                self._acronyms.setdefault(initials, phrase)
        for piece in _person_pieces(run):
            phrase = self._text[piece[0].start() : piece[-1].end()]
            naming = read_mention(phrase)
            if naming.form != "person" or " " not in naming.name:
                continue
            start = phrase.find(naming.name.split()[0]) + piece[0].start()
            key = normalize(naming.name)
            person = self._persons[surname(naming.name)].setdefault(key, Person(naming.name))
            person.positions.append(start)
            if len(person.contexts) < _MAX_CONTEXTS:
                person.contexts.append(self._context(start, piece[-1].end()))

    def _context(self, start: int, end: int) -> str:
        """The title before and the appositive after a name."""
        left = self._text[max(0, start - 90) : start]
        before = _CONTEXT_START.split(left.replace("U.S. ", "US "))[-1].split()
        kept: list[str] = []
        for word in reversed(before[-_CONTEXT_WORDS:]):
            if word.casefold() in _NOUN_PHRASE_END:
                break
            kept.insert(0, word)
        after = _APPOSITIVE.match(self._text, end)
        return " ".join(kept) + (" , " + after.group(1) if after else "")

    def _define_acronyms(self) -> None:
        """Acronyms given in brackets after the name: "Institute for the Study of War (ISW)"."""
        for match in _DEFINITION.finditer(self._text):
            before = self._text[max(0, match.start() - 120) : match.start()]
            before = re.split(r"[.;:,!?\"“”()\n]\s?", before)[-1]
            tokens = before.split()
            letters = match.group(1)
            for size in range(1, len(tokens) + 1):
                phrase = " ".join(tokens[-size:])
                if phrase[0].upper() == letters[0] and letters in acronyms(phrase):
                    self._acronyms[letters] = phrase
                    break
            else:
                capitals = [i for i, t in enumerate(tokens) if t[0].isupper()]
                if capitals and (start := _trailing_start(tokens)) < len(tokens):
                    self._acronyms[letters] = " ".join(tokens[start:])

    def _count_pronouns(self, tokens: list[re.Match[str]]) -> None:
        """Let each "he" and "she" vote for the gender of the person named last before it."""
        last: tuple[int, Person] | None = None
        for match in tokens:
            word = match.group()
            gender = (
                "he"
                if word.casefold() in words.HE
                else "she"
                if word.casefold() in words.SHE
                else ""
            )
            if gender:
                if last and match.start() - last[0] < _PRONOUN_REACH:
                    last[1].pronouns[gender] += 1
                last = None
            elif word[0].isupper():
                namesakes = self._persons.get(normalize(word))
                if namesakes:
                    person = max(namesakes.values(), key=lambda person: len(person.positions))
                    last = (match.start(), person)
                    self._occurrences.append(last)


def _runs(text: str, tokens: list[re.Match[str]]) -> list[list[re.Match[str]]]:
    """Maximal runs of capitalised words with the small words between them."""
    runs: list[list[re.Match[str]]] = []
    run: list[re.Match[str]] = []

    def close() -> None:
        nonlocal run
        while run and run[-1].group() in words.JOINTS:
            run = run[:-1]
        while run and run[0].group().casefold() in words.NOT_NAMES:
            run = run[1:]
        if run:
            runs.append(run)
        run = []

    for match in tokens:
        word = match.group()
        if run:
            gap = text[run[-1].end() : match.start()]
            joined = gap in (" ", "\u00a0") or (gap == ". " and run[-1].group() in _ABBREVIATIONS)
            if not joined or len(run) > 2 * _MAX_NAME_WORDS:
                close()
        if is_name_word(word) or (run and word in words.JOINTS):
            run.append(match)
        else:
            close()
    close()
    return runs


def _person_pieces(run: list[re.Match[str]]) -> list[list[re.Match[str]]]:
    """A run cut where no person's name goes on: at "of", "and", "for", possessives."""
    pieces: list[list[re.Match[str]]] = [[]]
    for match in run:
        word = match.group()
        if word in words.JOINTS and word not in words.PARTICLES:
            pieces.append([])
            continue
        pieces[-1].append(match)
        if word.endswith(("'s", "’s")):
            pieces.append([])
    return [piece for piece in pieces if len(piece) > 1]


def _trailing_start(tokens: list[str]) -> int:
    """Index where the run of name words at the end of `tokens` begins."""
    start = len(tokens)
    while start and (is_name_word(tokens[start - 1]) or tokens[start - 1] in words.JOINTS):
        start -= 1
    while start < len(tokens) and tokens[start] in words.JOINTS:
        start += 1
    return start


def _same_first_name(query: list[str], full: list[str]) -> bool:
    """Whether a name may be short for the full one: no first name, or a fitting one."""
    if len(query) == 1:
        return True
    first, other = query[0], full[0]
    return first == other or (first[0] == other[0] and 1 in (len(first), len(other)))


def _roles_in(person: Person) -> frozenset[str]:
    return frozenset(
        token.casefold()
        for context in person.contexts
        for token in re.findall(r"[\w-]+", context)
        if token.casefold() in words.ROLES
    )
