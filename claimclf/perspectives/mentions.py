"""What the words of one mention say about whom they name.

A mention goes in, a `Naming` comes out. Nothing here knows the document; `introductions` has the
fullest forms of its names.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, Literal

from claimclf import pronouns
from claimclf.perspectives import words
from claimclf.perspectives.countries import find_countries, find_country, names_country
from claimclf.perspectives.names import (
    is_name_word,
    plain,
    singular,
    tokenize,
    without_possessive,
)
from claimclf.perspectives.wording import (
    MAX_NAME_WORDS,
    OUTLETS,
    after_owner,
    calls_person,
    content_words,
    given_roles,
    home_of,
    institution_head,
    is_institution_word,
    is_person_name,
    is_role,
    person_at_end,
)
from claimclf.perspectives.words import listed
from claimclf.pronouns import Gender

Form = Literal["pronoun", "person", "name", "description"]

_SUFFIX: Final = re.compile(
    r",?\s+(?:II|III|IV)\b|,\s+(?:Inc|Ltd|LLC|Co|Corp)\b\.?|\s*\([^)]*\)"
    r"|\s*,\s*(?:R|D|I)-[A-Z][\w.]*(?: (?:Carolina|Dakota|Hampshire|Jersey|Mexico|York|Island))?"
)
"""What may follow a name without being an appositive: "III", "Inc.", "(ISW)", ", R-Ohio"."""

_POST_NOMINALS: Final = listed("MP MEP MSP KC QC OBE CBE PhD MD")
"""Letters behind a person's name."""

_GENERATION: Final = re.compile(r",?\s+(Jr|Sr)\b\.?")
_PRIME_MINISTER: Final = re.compile(r"\bPM\b")
_COMMA: Final = re.compile(r"\s*[,;:—–]\s+|\s+[-–—]+\s+")
_CLAUSE: Final = re.compile(
    rf"\s+(?:who|whose|which|that|as|led|handling|speaking|citing|quoted|told|said"
    rf"|{'|'.join(sorted(words.ISSUED))})\s.*"
)
_SECOND_PERSON: Final = re.compile(
    r"(?<=[a-z]) and (?:(?:Mr|Mrs|Ms|Dr|Sen|Rep)\.|his|her|their|others?) .*"
)
"""Of two sources of equal weight the first counts."""
_EXAMPLES: Final = re.compile(r",?\s(?:such as|including)\s.*")
"""Who else belongs to the group that a mention names."""
_BASE: Final = re.compile(
    r"\b(?!The\b)[A-Z][\w.]*(?: [A-Z][\w.]*)*(?:, [A-Z][\w.]*-based (?=\w)|-based (?=[A-Z]))"
)
"""Where somebody is at home: "the Austin, Texas-based company", "London-based Amnesty"."""
_STATE: Final = re.compile(r"[A-Z][a-z]+\.")
_PART: Final = re.compile(r"(?:one|some|two|both|several) of (?:the|those|these) ", re.IGNORECASE)
_ARTICLE: Final = re.compile(r"^(?:the|this|that|these|those)\s+", re.IGNORECASE)
_PREPOSITIONS: Final = listed(
    """
    of from at for with in on by to about into near against within among familiar close there
    speaking involved briefed like such including
    """
)
_MIN_TELLING_WORDS: Final = 5
"""From so many words on, a description says enough without its relative clause."""


@dataclass(frozen=True, slots=True)
class Naming:
    """One mention, read."""

    form: Form
    """`pronoun`, `person` (a person's name), `name` (of anything else), or `description`."""
    name: str
    """The words that name, without titles, articles, appositives; for a description all of it."""
    head: str = ""
    """Singular head noun of a description or institution ("ministry"); empty for persons."""
    roles: frozenset[str] = frozenset()
    """Titles and roles that the mention gives ("president", "spokesman"), casefolded."""
    modifiers: frozenset[str] = frozenset()
    """Other content words, casefolded, possessives removed."""
    proper: frozenset[str] = frozenset()
    """Those modifiers of a description that are written as names."""
    countries: frozenset[str] = frozenset()
    """Countries that the mention names."""
    gender: Gender = ""
    """What pronoun the words ask for, where they show it."""
    is_plural: bool = False
    is_definite: bool = True
    """Whether the words claim that the reader knows who is meant ("the ministry", a name)."""


def is_part(mention: str) -> bool:
    """Whether a mention is some of a known group: "one of the officials"."""
    return _PART.match(mention) is not None


def document_author(mention: str) -> str | None:
    """Whose document a mention is, where it says so; polls and studies speak for themselves.

    >>> document_author("Telmar's annual report")
    'Telmar'
    >>> document_author("data provided by the Health Ministry")
    'Health Ministry'
    """
    tokens = tokenize(plain(mention))
    owners = [index for index, token in enumerate(tokens) if token.endswith("'s")]
    if owners or (len(tokens) > 1 and tokens[0].casefold() in words.OWNERS):
        end = owners[-1] if owners else 0
        is_near = end + 1 < len(tokens) <= end + MAX_NAME_WORDS
        author = tokens[: end + 1]
        if is_near and _is_document(tokens[-1]) and not _is_time(author):
            return without_possessive(" ".join(author))
        return None
    for index, token in enumerate(tokens[:-1]):
        if token in ("by", "from") and index > 1 and _is_document_before(tokens[:index]):
            author = tokens[index + 1 :]
            if author[0] == "the":
                author = author[1:]
            is_name = author and _is_all_name(author) and not _is_time(author)
            return " ".join(author) if is_name else None
    return None


def _is_time(tokens: list[str]) -> bool:
    """Whether words say when, not who: "Monday's", "last week's", "2019"."""
    return tokens[0].isdigit() or without_possessive(tokens[-1].casefold()) in words.PERIODS


def _is_document_before(tokens: list[str]) -> bool:
    """Whether words end in a document, or in one that somebody released."""
    return _is_document(tokens[-1]) or (tokens[-1] in words.ISSUED and _is_document(tokens[-2]))


def _is_document(token: str) -> bool:
    return singular(token.casefold()) in words.DOCUMENTS - words.STUDIES | words.UTTERANCES


def without_base(mention: str) -> str:
    """A mention without where the source is at home: "London-based Amnesty"."""
    return _BASE.sub("", mention)


def is_named(source_name: str) -> bool:
    """Whether a source goes by a name: "Ada Lund", "Telmar police", not "the group" or "she"."""
    return read_mention(source_name).form in ("person", "name")


@lru_cache(maxsize=65536)
def read_mention(mention: str) -> Naming:
    """Read the words of one mention.

    Args:
        mention: The source's words as they stand in the text, with titles and appositives if any.
    """
    text = without_base(plain(mention).strip(" .,;:\"“”'[]«»"))
    text = _EXAMPLES.sub("", _SECOND_PERSON.sub("", text))
    lowered = text.casefold()
    if pronouns.is_pronoun(text):
        gender: Gender = (
            "he" if lowered in pronouns.HE else "she" if lowered in pronouns.SHE else ""
        )
        is_plural = lowered in pronouns.THEY
        return Naming("pronoun", text, head=lowered, gender=gender, is_plural=is_plural)
    text = _without_letters(_first_of_two(text))
    parts = _COMMA.split(_SUFFIX.sub(" ", _GENERATION.sub(r" \1", text)))
    segments = [_CLAUSE.sub("", part) for part in parts if part.strip()] or [text]
    readings = [_read_segment(segment) for segment in segments]
    chosen = _after_place(segments, readings) or _choose(readings)
    if chosen.form == "description" and len(readings) == 1 and segments[0] != text:
        is_told = len(segments[0].split()) >= _MIN_TELLING_WORDS
        chosen = replace(chosen, name=_ARTICLE.sub("", segments[0] if is_told else text))
    homes = frozenset(filter(None, [home_of(chosen.head)]))
    chosen = replace(chosen, countries=homes.union(find_countries(text)))
    if chosen.form == "name" or chosen.is_plural:
        return chosen
    if _PRIME_MINISTER.search(text):
        chosen = replace(chosen, modifiers=chosen.modifiers | {"prime"})
    roles = frozenset().union(*(reading.roles for reading in readings))
    named = set(tokenize(chosen.name)) if chosen.form == "person" else set()
    said = roles | {token.casefold() for token in tokenize(text) if token not in named}
    return replace(chosen, roles=roles, gender=_gender(said))


def _without_letters(text: str) -> str:
    """A person's name without the letters behind it: "Ada Lund MP", not "the Labour MP"."""
    *name, letters = text.replace(",", "").split() or [""]
    is_name = letters in _POST_NOMINALS and is_person_name(name) and find_country(name[0]) is None
    return " ".join(name) if is_name else text


def _first_of_two(text: str) -> str:
    """The first of two persons with titles: "President Berg and Minister Lund"."""
    first, conjunction, second = text.partition(" and ")
    if not conjunction or not is_name_word(first.rpartition(" ")[2]):
        return text
    one, other = _read_segment(first), _read_segment(second)
    are_titled = all(naming.form == "person" and naming.roles for naming in (one, other))
    return first if are_titled else text


def _after_place(segments: list[str], readings: list[Naming]) -> Naming | None:
    """The person behind an American place and state: "Lund, Iowa, Mayor Ida Berg"."""
    if len(segments) < 3 or readings[2].form != "person" or not readings[2].roles:
        return None
    is_state = _STATE.fullmatch(segments[1]) or names_country(segments[1])
    return readings[2] if is_state and not segments[2].startswith("and ") else None


def _choose(readings: list[Naming]) -> Naming:
    """The reading of the segment that names: the first, or the name that a description precedes."""
    first = readings[0]
    if first.form != "description":  # not "the republic's coordinator, Ivo Maric"
        return first
    for reading in readings[1:3]:
        is_only = reading.form == "name" and len(readings) == 2 and not first.roles
        if reading.form == "person" or is_only:
            return reading
    return first


def _gender(tokens: frozenset[str]) -> Gender:
    if tokens & words.FEMALE:
        return "she"
    return "he" if tokens & words.MALE else ""


def _read_segment(segment: str) -> Naming:
    """Read one stretch of words that no comma or relative pronoun breaks."""
    tokens = tokenize(segment)
    if quantified := _without_quantifier(tokens):
        counted = _read_segment(" ".join(quantified))
        if counted.form == "person":
            return counted  # "Five Star leader Ada Lund"
        counted = replace(counted, is_definite=False, name=segment)
        is_some = counted.form == "name" and tokens[0].casefold() in words.UNCOUNTED
        return replace(counted, form="description") if is_some else counted  # "another Islamist"
    if tokens and tokens[0] in words.PARTICLES and is_name_word(tokens[-1]):  # "von der Leyen"
        is_article = tokens[0] in words.FOREIGN_ARTICLES  # "el Heraldo"
        return Naming("name" if is_article else "person", " ".join(tokens))
    if not tokens:
        return Naming("description", segment)
    tokens, has_article, is_definite = _without_article(tokens)
    end = _phrase_end(tokens)
    front = tokens[:end]
    if named := _read_titled_person(tokens, end, has_article) or _read_owned(front):
        return named
    is_called = has_article and _calls_member(front)
    is_named = not is_role(front[-1]) or _is_surname(front, has_article)
    if _is_all_name(front) and is_named and not is_called:
        return _read_name(segment, tokens, front, has_article)
    if name := _name_after_noun(front):
        if is_person_name(name.split()) and not is_institution_word(front[-len(name.split()) - 1]):
            return Naming("person", name, modifiers=content_words(front[: -len(name.split())]))
        whole = _whole_name(tokens[end - len(name.split()) :], len(name.split()))
        head = institution_head(whole)
        return Naming("name", " ".join(whole), head, modifiers=content_words(front))
    return _read_description(segment, tokens, front, is_definite, has_article)


def _without_article(tokens: list[str]) -> tuple[list[str], bool, bool]:
    """The words after an article and place or age ("London-based"); was there one, a definite?"""
    has_article = is_definite = False
    while len(tokens) > 1 and tokens[0].casefold() in words.DETERMINERS:
        has_article = True
        is_definite = tokens[0].casefold() in words.DEFINITE
        tokens = tokens[1:]
    is_aged = len(tokens) > 1 and tokens[0].endswith("-year-old") and is_name_word(tokens[1])
    if is_aged or (len(tokens) > 1 and tokens[0].endswith("-based")):
        tokens = tokens[1:]
    return tokens, has_article, is_definite


def _read_owned(front: list[str]) -> Naming | None:
    """The name after its owner: "Telmar Post's Ida Berg", "Norway's Skagen News Agency"."""
    owner = max((i for i, token in enumerate(front) if token.endswith("'s")), default=None)
    if owner is None:
        return None
    owned = front[owner + 1 :]
    is_place = owner == 0 and find_country(front[0]) is not None
    if is_person_name(owned) and not is_role(front[-1]):
        return Naming("name" if is_place else "person", " ".join(owned))  # Britain's Telmar Marine
    return _read_segment(" ".join(owned)) if is_place and _is_outlet(owned) else None


def _phrase_end(tokens: list[str]) -> int:
    """Where a noun phrase ends: at a preposition, or before it in "officials present at"."""
    end = next((i for i, token in enumerate(tokens) if i and token in _PREPOSITIONS), len(tokens))
    return end - 1 if end > 1 and tokens[end - 1] == "present" else end


def _without_quantifier(tokens: list[str]) -> list[str]:
    """The words after "some of the", "another", "several"; empty where nothing is counted."""
    rest = tokens
    while len(rest) > 1 and (rest[0].casefold() in words.QUANTIFIERS or rest[0].isdigit()):
        rest = rest[1:]
        if len(rest) > 1 and rest[0] == "of":
            rest = rest[1:]
    return rest if len(rest) < len(tokens) else []


def _read_titled_person(tokens: list[str], end: int, has_article: bool) -> Naming | None:
    """A person's name after a title, None if there is none; a preposition stands at `end`."""
    at = _last_role(tokens[:end])
    if at is None and not has_article:  # "University of Skagen Professor Clara Nyström"
        at = _last_role(tokens)
    if at is None:
        return None
    rest = tokens[at + 1 :]
    name = _name_after_office(rest) if rest[:1] and rest[0] in _PREPOSITIONS else _leading(rest)
    if not name:
        return None
    roles = given_roles(after_owner(tokens[: at + 1]))
    return Naming("person", name, "", roles, content_words(tokens[: at + 1]) - roles)


def _name_after_office(rest: list[str]) -> str:
    """The name after an office that is named: "(Secretary) of the Interior Ann Dale"."""
    run = _trailing_name(rest)
    name = person_at_end(run) if run else []
    before = rest[-len(run) - 1] if run else ""
    is_apart = len(name) < len(run) or before not in words.JOINTS | words.DETERMINERS
    return " ".join(name) if is_apart else ""


def _leading(rest: list[str]) -> str:
    """The name that begins a list of words, "" if that is no person's."""
    end = 0
    while end < len(rest) and (is_name_word(rest[end]) or (end and rest[end] in words.PARTICLES)):
        end += 1
    run = rest[:end]
    while run and run[-1] in words.PARTICLES:
        run = run[:-1]
    if run and run[-1].endswith("'s") and end < len(rest):
        return ""  # "Mr. Berg's successor"
    name = without_possessive(" ".join(run))
    is_person = run and len(run) <= MAX_NAME_WORDS and not any(map(is_institution_word, run))
    is_person = is_person and not (len(run) > 1 and names_country(name))  # "North Korean"
    return name if is_person and not _is_body(name) else ""


def _is_body(name: str) -> bool:
    """Whether a few capitals name a state or body, as in "the chief US negotiator"."""
    return name.isalpha() and name.isupper() and len(name) < 5


def _read_name(segment: str, tokens: list[str], front: list[str], has_article: bool) -> Naming:
    """A stretch that begins with a name: of a person or an institution ("Bank of England")."""
    if not has_article and is_person_name(front):
        return Naming("person", " ".join(front))
    end = _name_end(tokens)
    follows = tokens[end] if end < len(tokens) else ""
    if follows.isalpha() and follows not in _PREPOSITIONS and is_name_word(tokens[end - 1]):
        return _read_description(segment, tokens, tokens[: end + 1], True, has_article)
    whole = _whole_name(tokens, len(front))
    head = institution_head(whole)
    if len(whole) == 1 and head and whole[0] not in OUTLETS:
        is_plural = head in words.COLLECTIVES
        return Naming("description", whole[0], head, is_plural=is_plural, is_definite=has_article)
    name = without_possessive(" ".join(whole))
    is_plural = whole[-1].casefold() in words.GROUPS
    return Naming("name", name, head, modifiers=content_words(whole) - {head}, is_plural=is_plural)


def _name_end(tokens: list[str]) -> int:
    """Where the capitals end that a stretch begins with, and what joins them."""
    is_part = (is_name_word(token) or token in words.JOINTS for token in tokens)
    return next((index for index, is_in in enumerate(is_part) if not is_in), len(tokens))


def _whole_name(tokens: list[str], num_certain: int) -> list[str]:
    """An institution's name with what a preposition adds: "Institute for Supply Management"."""
    whole = tokens[: _name_end(tokens)]
    while whole[-1] in words.JOINTS:
        whole = whole[:-1]
    is_longer = any(map(is_institution_word, whole[:num_certain]))
    return whole if is_longer else tokens[:num_certain]


def _read_description(
    segment: str, tokens: list[str], front: list[str], is_definite: bool, has_article: bool
) -> Naming:
    noun = without_possessive(front[-1].casefold())
    head = singular(noun)
    is_plural = head != noun or head in words.COLLECTIVES | words.SEVERAL
    is_title = not has_article and is_name_word(front[0]) and not is_plural
    return Naming(
        "description",
        _ARTICLE.sub("", segment),
        head=head,
        roles=frozenset({head}) | given_roles(after_owner(front))
        if head in words.ROLES
        else frozenset(),
        modifiers=content_words(tokens) - {head, noun},
        proper=content_words([token for token in front if is_name_word(token)]) - {head, noun},
        is_plural=is_plural,
        is_definite=is_title or (is_definite and has_article),
    )


def _calls_member(front: list[str]) -> bool:
    """Whether words written as a name call a person: "the Ohio Republican", no newspaper's name."""
    before = " ".join(front[:-1])
    is_place = not before or names_country(before) or before in ("House", "Senate")
    return is_place and calls_person(front[-1].casefold())


def is_possessor(name: str, mention: str) -> bool:
    """Whether the mention is of something that a name's bearer has: Hart in "Hart's office"."""
    if "' " not in mention and "'s " not in mention:
        return False
    owner = rf"(?<!\w){re.escape(name.casefold())}(?:'s|(?<=s)') "
    return re.search(owner, mention.casefold()) is not None


def _is_outlet(tokens: list[str]) -> bool:
    """Whether words name a news outlet."""
    return _is_all_name(tokens) and bool({token.casefold() for token in tokens} & words.NEWS)


def _last_role(tokens: list[str]) -> int | None:
    """Where the last title is; "Ensign" of "Sen. John Ensign" is none."""
    is_named = len(tokens) > 2 and is_name_word(tokens[-1]) and is_name_word(tokens[-2])
    last = len(tokens) - 1 - (is_named and _is_surname(tokens, has_article=False))
    for index in range(last, -1, -1):
        if tokens[index].casefold() in words.ROLES:
            return index
    return None


def _is_surname(tokens: list[str], has_article: bool) -> bool:
    """Whether the last word, a role elsewhere, can only be a surname here ("Ida Pope")."""
    if has_article or len(tokens) < 2 or tokens[-1].casefold() not in words.SURNAMES:
        return False
    before = tokens[-2]
    is_office = before.casefold() in words.OFFICES | words.ROLES
    return not is_office and find_country(before) is None


def _trailing_name(tokens: list[str]) -> list[str]:
    start = len(tokens)
    while start and (is_name_word(tokens[start - 1]) or tokens[start - 1] in words.PARTICLES):
        start -= 1
    while start < len(tokens) and tokens[start] in words.PARTICLES:
        start += 1
    return tokens[start:]


def _is_all_name(tokens: list[str]) -> bool:
    last = len(tokens) - 1
    return all(
        is_name_word(token) or (token in words.JOINTS and 0 < index < last)
        for index, token in enumerate(tokens)
    )


def _name_after_noun(tokens: list[str]) -> str:
    """The name after a lower-case noun for what it names ("the retailer Telmar")."""
    run = _trailing_name(tokens)
    before = tokens[: len(tokens) - len(run)]
    if not run or not before or before[-1].casefold() in words.DETERMINERS | words.JOINTS:
        return ""
    if run[0].casefold() in words.NOT_NAMES or is_role(run[-1]):
        return ""
    return " ".join(run)
