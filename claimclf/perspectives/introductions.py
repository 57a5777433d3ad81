"""Where a document introduces whom: full names with the titles, appositives, pronouns around.

Step "perspectives" of the flow, its document level: the text is read once, in linear time, and
answers what the fullest form of a name is ("Zelensky" → "Volodymyr Zelensky"), also where that form
is no source of any sentence, and who was introduced under a title.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from claimclf import pronouns
from claimclf.perspectives import words
from claimclf.perspectives.countries import find_countries, find_country, names_country
from claimclf.perspectives.first_names import usual_pronoun
from claimclf.perspectives.mentions import Gender, Naming
from claimclf.perspectives.names import (
    initials,
    is_acronym,
    is_name_word,
    normalize,
    plain,
    singular,
    surname,
    tokenize,
    without_article,
    without_possessive,
)
from claimclf.perspectives.namescan import NameRun, Word, scan_names, scan_words, starts_sentence
from claimclf.perspectives.party_facts import find_leader_country
from claimclf.perspectives.wording import (
    given_roles,
    institution_head,
    is_institution_word,
    person_at_end,
)
from claimclf.perspectives.words import listed

_DEFINITION: Final = re.compile(r"\s\(([A-Z][A-Za-z&-]{1,7})\)")
_CONTEXT_START: Final = re.compile(r"[.;:!?\"“”()\n](?:\s|$)|,\s")
_SENTENCE_START: Final = re.compile(r"(?<!\b[A-Z])(?<!Mr)(?<!Ms)(?<!Mrs)(?<!Dr)[.!?”\"]\s+|\n")
_APPOSITIVE: Final = re.compile(
    r"(?:(?:’s|'s)?\s*[,(–—]\s*(?=\S)|\s(?=(?:of|from|with) (?:the )?[A-Z]))"
    r"((?:[^\n.;,\"“”]|\.(?=\w|\s[a-z])|(?<=\.[A-Z])\.(?=\s[A-Z])|,(?=\s[A-Z]\w+,)){3,110})"
)
_IN_OFFICE: Final = listed(
    """
    became chaired founded headed led managed oversaw owned ran represented retired served studied
    taught worked
    """
)
"""Past tenses that tell what somebody is by what they did: "who ran the bank"."""

_IRREGULAR: Final = listed(
    """
    became began brought came did fell felt found gave got heard held kept knew left lost made met
    paid put quit ran read sat saw sent shook showed spoke stood struck swore taught thought threw
    took went woke won wore wrote
    """
)
"""Past tenses that do not end in "ed"."""

_NOUN_PHRASE_END: Final = listed(
    """
    said says told that with and but by from when while as was were is are has had after before
    he she they it where if or than because adding
    """
)
_MAX_CONTEXTS: Final = 4
_LEFT_REACH: Final = 90
_LEFT_WORDS: Final = 8
_PRONOUN_REACH: Final = 200
_MAX_FULL_NAMES: Final = 2
"""How often a person may be named in full without ever being named by surname."""

_COMMON_NOUNS: Final = words.ROLES | words.DOCUMENTS | words.INSTITUTIONS | words.PERSONS
_MIN_PRONOUNS: Final = 6
"""From so many pronouns of one gender on, a first name does not count against them."""
_GENERATIONS: Final = {"jr", "sr", "ii", "iii", "iv"}
_MIN_INITIALS: Final = 3
_TWO_LETTERS: Final = {"European Union", "United Nations", "Financial Times"}
"""Names that are known by two initials, which mostly mean something else."""


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
        """Whether a title, a pronoun or the use of the surname shows a person."""
        return bool(self.num_surname_uses or self.pronouns or self.roles)

    @property
    def is_junior(self) -> bool:
        """Whether somebody older has the same name: "Omar Lund Jr."."""
        return surname(self.name) in _GENERATIONS

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
        named = {country for context in self.contexts for country in find_countries(context)}
        led = find_leader_country(self.name)
        return frozenset(named | {led} if led and names_country(led) else named)

    @property
    def context_words(self) -> frozenset[str]:
        """Words of the contexts, casefolded."""
        return frozenset(normalize(" ".join(self.contexts)).split())

    @property
    def roles(self) -> frozenset[str]:
        """Titles and roles that the contexts give."""
        return given_roles(tokenize(" ".join(self.contexts)))


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A person named at one place, by full name or surname."""

    start: int
    person: Person
    is_subject: bool
    """Whether only titles and articles stand before it in its sentence."""


class Introductions:
    """Full names of one document.

    Args:
        text: The whole document.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._persons: dict[str, dict[str, Person]] = defaultdict(dict)
        self._by_first_name: dict[str, dict[str, Person]] = defaultdict(dict)
        self._by_middle_name: dict[str, dict[str, Person]] = defaultdict(dict)
        self._by_role: dict[str, dict[int, Person]] = defaultdict(dict)
        self._longest: dict[str, str] = {}
        self._by_first_word: dict[str, list[str]] = defaultdict(list)
        self._by_head: dict[str, list[tuple[int, str]]] = defaultdict(list)
        self._acronyms: dict[str, str] = {}
        self._capitalised: set[str] = set()
        self._lower: set[str] = set()
        self._last_name_end = 0
        self._name_ends: set[int] = set()
        self.occurrences: list[Occurrence] = []
        scanned = scan_words(text)
        self._lower.update(word.text for word in scanned if word.text.islower())
        runs = scan_names(text, scanned)
        for run in runs:
            self._add_institution(run)
            for piece in run.pieces():
                self._add_person(piece)
        self._define_acronyms(runs)
        self._follow_persons(scanned)
        self._starts = [occurrence.start for occurrence in self.occurrences]

    def person(
        self, name: str, roles: frozenset[str] = frozenset(), gender: Gender = ""
    ) -> Person | None:
        """The person whom a full name or surname means, None if the text has no full name for it.

        Args:
            name: Without titles.
            roles: Titles given with the name; they decide between namesakes.
            gender: What the mention shows of it.
        """
        tokens = normalize(name).split()
        namesakes = self._persons.get(without_article(tokens[-1]), {}) if tokens else {}
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

    def is_name(self, word: str) -> bool:
        """Whether a word is capitalised somewhere for another reason than its place."""
        return word in self._capitalised

    def may_be_person(self, naming: Naming) -> bool:
        """Whether nothing in the text speaks against a name of a person's shape."""
        person = self._persons.get(surname(naming.name), {}).get(normalize(naming.name))
        return bool(naming.roles) or person is None or not person.is_doubtful

    def institution(self, name: str) -> str | None:
        """The longest name in the text that ends in these words, or that they abbreviate."""
        if is_acronym(name):
            return self._acronyms.get(name.replace(".", "").upper())
        key = normalize(name)
        if not key:
            return None
        longer = [self._longest[key]] if key in self._longest else []
        same_start = self._by_first_word.get(key.partition(" ")[0], ())
        longer += [form for form in same_start if normalize(form).startswith(key + " ")]
        return max(longer, key=len, default=None)

    def persons_between(self, start: int, end: int) -> list[Occurrence]:
        """Where persons are named in `text[start:end]`, by full name or surname, in order."""
        first, last = bisect_left(self._starts, start), bisect_left(self._starts, end)
        return self.occurrences[first:last]

    def persons_with_role(self, roles: Iterable[str]) -> list[Person]:
        """Persons introduced under one of these titles."""
        found: dict[int, Person] = {}
        for role in roles:
            found |= self._by_role.get(role, {})
        return list(found.values())

    def institution_headed(self, head: str, position: int) -> str | None:
        """The name with this head noun ("committee") that stands nearest before, else after."""
        named = self._by_head.get(head, [])
        index = bisect_left(named, (position, ""))
        if index:
            return named[index - 1][1]
        return named[0][1] if named else None

    def mention_words(self, start: int, end: int) -> str:
        """The words at a place, without a capital that only the sentence's start gives them."""
        mention = self._text[start:end]
        first = re.match(r"[^\W\d_]+(?:[-'’]\w+)*", mention)
        if first is None or not mention[0].isupper() or not starts_sentence(self._text, start):
            return mention
        word = first.group()
        follows = mention[first.end() :].strip()[:1]
        if word in self._capitalised or word.isupper() or follows.isupper() or find_country(word):
            return mention
        lowered = word.casefold()
        is_common = lowered in self._lower or lowered in words.SEVERAL
        is_common = is_common or singular(word) in _COMMON_NOUNS
        return mention[0].lower() + mention[1:] if is_common else mention

    def _add_person(self, piece: NameRun) -> None:
        tokens = person_at_end([word.text for word in piece.words])
        if not tokens or (tokens[0].endswith("ing") and starts_sentence(self._text, piece.start)):
            return
        name = " ".join(tokens)
        start = piece.words[-len(tokens)].start
        before = self._text[max(0, start - _LEFT_REACH) : start].split()[-1:]
        if before and before[0].islower() and is_institution_word(before[0]):
            return  # "the group Ansar Field"
        base = [token for token in tokens if token.casefold() not in _GENERATIONS] or tokens
        namesakes = self._persons[surname(" ".join(base))]
        is_rest = tokens[0].casefold() in words.PARTICLES
        if is_rest and any(key.endswith(f" {normalize(name)}") for key in namesakes):
            return  # "Van Dorn" of Beth Van Dorn
        person = namesakes.setdefault(normalize(name), Person(name))
        person.positions.append(start)
        self._name_ends.add(piece.end)
        self._by_first_name[normalize(tokens[0])].setdefault(normalize(name), person)
        for middle in base[1:-1]:
            self._by_middle_name[normalize(middle)].setdefault(normalize(name), person)
        if len(person.contexts) < _MAX_CONTEXTS:
            context = self.context(start, piece.end, self._last_name_end)
            if context:
                person.contexts.append(context)
            for role in given_roles(tokenize(context)):
                self._by_role[role].setdefault(id(person), person)
        self._last_name_end = piece.end

    def _add_institution(self, run: NameRun) -> None:
        if not starts_sentence(self._text, run.start):
            self._capitalised.add(run.words[0].text)
        self._capitalised.update(word.text for word in run.words[1:])
        if len(run.words) < 2:
            return
        is_headed = bool(institution_head([word.text for word in run.words]))
        for whole in run.parts():
            if whole.start > run.start and is_headed:
                continue  # "Court of Justice of the European Union"
            part = _without_speaker(whole)
            phrase = without_possessive(plain(self._text[part.start : part.end]))
            tokens = [word.text for word in part.words]
            if head := institution_head(tokens):
                key = normalize(phrase)
                self._add_endings(key.split(), phrase)
                self._by_head[head].append((part.start, phrase))
                if head != "police" and "police" in key.split():
                    self._by_head["police"].append((part.start, phrase))
            ends = [i for i, token in enumerate(tokens) if i and token in _COMPANY_ENDS]
            if ends and not {"in", "on", "the"} & set(tokens):  # not "Hamas in the West Bank"
                company = self._text[part.start : part.words[ends[-1]].end]
                self._by_first_word[normalize(tokens[0])].append(company)
            self._add_initials(part)

    def _add_endings(self, key: list[str], phrase: str) -> None:
        """Make a name findable by what it ends in, where no "and", "of" or "in" precedes that."""
        for index in range(1, len(key)):
            ending = " ".join(key[index:])
            is_apart = key[index - 1] not in words.JOINTS
            if is_apart and len(phrase) > len(self._longest.get(ending, "")):
                self._longest[ending] = phrase

    def _add_initials(self, part: NameRun) -> None:
        for word in part.words[:-1]:
            if word.text in words.JOINTS or word.text in words.DETERMINERS:
                continue  # not "of the National Union"
            name = self._text[word.start : part.end]
            short, owned, _ = name.rpartition(" of ")  # "MFA" of Ukraine
            for letters in initials(name) | (initials(short) if owned else frozenset()):
                if len(letters) >= _MIN_INITIALS or name in _TWO_LETTERS:
                    self._acronyms.setdefault(letters, name)

    def context(self, start: int, end: int, after: int = 0) -> str:
        """The title before (and after position `after`) and the appositive behind a name."""
        left = self._text[max(after, start - _LEFT_REACH, 0) : start].replace("U.S. ", "US ")
        phrases = _CONTEXT_START.split(left)
        before = phrases[-1]
        if not before and left.endswith(", ") and len(phrases) > 1:
            before = phrases[-2]  # "the group's chairman, Carl Berg"
            if not given_roles(tokenize(before)):
                before = ""
        kept = _title_words(before)
        if appositive := self.appositive(end):
            kept += [",", appositive]
        return " ".join(kept)

    def appositive(self, end: int) -> str:
        """What explains the name that ends here, "" if nothing does."""
        found = _APPOSITIVE.match(self._text, end)
        return "" if found is None or _tells_deed(found.group(1).split()) else found.group(1)

    def _is_subject(self, position: int) -> bool:
        """Whether only capitalised words and titles stand between a sentence's start and here."""
        left = self._text[max(0, position - _LEFT_REACH) : position]
        before = _SENTENCE_START.split(left)[-1]
        if len(before) == len(left) and position > _LEFT_REACH:
            return False
        return all(
            is_name_word(word) or word in words.JOINTS or word in words.ROLES
            for word in tokenize(before)
        )

    def _define_acronyms(self, runs: Sequence[NameRun]) -> None:
        """Acronyms given in brackets after the name: "Institute for the Study of War (ISW)"."""
        by_end = {run.end: run for run in runs}
        for match in _DEFINITION.finditer(self._text):
            run = by_end.get(match.start())
            if run is None:
                continue
            letters = match.group(1).upper()
            parts = [self._text[word.start : run.end] for word in run.words]
            exact = (part for part in parts if letters in initials(part))
            alike = (part for part in parts if _may_abbreviate(letters, part))
            # In another language: "Kurdistan Workers' Party (PKK)".
            is_headed = institution_head([word.text for word in run.words])
            other = parts[0] if is_headed and is_acronym(match.group(1)) else None
            if name := next(exact, None) or next(alike, other):
                self._acronyms[letters] = name

    def _follow_persons(self, scanned: Sequence[Word]) -> None:
        """Record where persons are named; each "he" and "she" votes for the one named last."""
        last: Occurrence | None = None
        for word in scanned:
            lowered = word.text.casefold()
            gender = "he" if lowered in pronouns.HE else "she" if lowered in pronouns.SHE else ""
            if gender:
                if last and word.start - last.start < _PRONOUN_REACH:
                    last.person.pronouns[gender] += 1
                last = None
            elif is_name_word(word.text) and (namesakes := self._persons.get(surname(word.text))):
                person = max(namesakes.values(), key=lambda person: len(person.positions))
                is_full = word.end in self._name_ends
                for namesake in namesakes.values():
                    namesake.num_surname_uses += not is_full
                last = Occurrence(word.start, person, self._is_subject(word.start))
                self.occurrences.append(last)


_COMPANY_ENDS: Final = listed(
    """
    Corp Inc Ltd Co Cos PLC plc LLC AG SA NV Holdings Group Company Corporation Technologies
    Cars Motors Airlines Airways Bank Books Media Rx Partners Capital Industries
    """
)
"""Last words of company names that the short form leaves out."""


def _without_speaker(run: NameRun) -> NameRun:
    """An institution's name without the person behind it: "Skagen Police Commander Ida Berg".

    "Ministry of Justice" stays whole.
    """
    is_seen = False
    for index, word in enumerate(run.words[:-1]):
        if is_seen and word.text.casefold() in words.ROLES:
            return NameRun(run.words[:index])
        is_seen = is_institution_word(word.text) or (is_seen and word.text not in words.JOINTS)
    return run


def _title_words(before: str) -> list[str]:
    """The words at the end of `before` that can be a title of the name that follows."""
    kept: list[str] = []
    for word in reversed(before.split()[-_LEFT_WORDS:]):
        if word.casefold() in _NOUN_PHRASE_END:
            break
        if not kept and not (is_name_word(word) or _is_title_noun(word)):
            break
        kept.insert(0, word)
    return kept


def _is_title_noun(word: str) -> bool:
    lowered = word.casefold()
    return lowered in words.ROLES or lowered in words.OFFICES or is_institution_word(word)


def _may_abbreviate(letters: str, name: str) -> bool:
    """Whether an acronym's letters stand in this order in a name that starts with the first."""
    rest = iter(name.upper())
    return name[0].upper() == letters[0] and all(letter in rest for letter in letters)


def _tells_deed(behind: Sequence[str]) -> bool:
    """Whether the words behind a name's comma go on with the sentence or tell what somebody did.

    ", announced …" and ", who took the government to court" are no titles; ", who ran the bank" is.
    """
    if behind[-1] in ("said", "says"):
        return True  # of somebody else: "Omar Tarek, the minister says."
    verb = behind[1] if behind[0] == "who" and len(behind) > 1 else behind[0]
    if verb is not behind[0] and verb in _IN_OFFICE:
        return False
    return verb.endswith("ed") or verb in _IRREGULAR or behind[0] in _NOUN_PHRASE_END


def _may_shorten(query: Sequence[str], full: Sequence[str]) -> bool:
    """Whether a name may be short for the full one: its end, or with a fitting first name."""
    query = [*query[:-1], without_article(query[-1])]
    full = [token for token in full if token not in _GENERATIONS] or list(full)
    full[-1] = without_article(full[-1])
    if query[0] == full[0] or query == full[-len(query) :]:
        return True
    if len(query) == 1 and query[0] in full:
        return True
    return query[0][0] == full[0][0] and 1 in (len(query[0]), len(full[0]))
