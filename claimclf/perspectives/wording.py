"""What words are: names of persons or institutions, roles, nouns that may call anybody.

Single words and runs of them, before `mentions` reads a whole mention.
"""

from __future__ import annotations

import re
from typing import Final

from claimclf.perspectives import words
from claimclf.perspectives.countries import find_country, names_country
from claimclf.perspectives.first_names import usual_pronoun
from claimclf.perspectives.names import (
    ARABIC_ARTICLE,
    plain,
    singular,
    without_possessive,
)
from claimclf.perspectives.words import listed

OUTLETS: Final = ("Times", "Post")
"""Nouns that are names of newspapers where they are capitalised."""
_NO_PERSON_WORDS: Final = words.THINGS | (words.JOINTS - words.FIRST_NAMES)
"""Casefolded words that stand in no person's name."""
_BODIES: Final = listed("EU UK UN US")
"""Capitals that are no initials; "Un" of "Kim Jong Un" is a name."""
_ARABIC: Final = re.compile(rf"{ARABIC_ARTICLE}[A-Z]")
"""A name that begins with a small article: "al-Jabari"."""
_ADJECTIVE: Final = re.compile(
    r"-(?:[a-z]+(?:ed|ing|ish|ian|ist|ern|ly)|right|wing|left|language|government|area|based|born"
    r"|held|led|run|owned|made|style|wide|free|general|elect|term|time|level|scale|tech|old)$"
)
"""The end of a compound adjective: "Far-right", "Skagen-based"."""
_UNNAMELIKE: Final = re.compile(r"'s|\d")
"""What no word of a person's name holds."""
_NATIONAL: Final = re.compile(r"(english|french|irish|dutch|welsh|scots)(?:wo)?man")
MAX_NAME_WORDS: Final = 5


def is_person_name(tokens: list[str]) -> bool:
    """Two to five words of a shape that persons' names have."""
    if not 2 <= len(tokens) <= MAX_NAME_WORDS or singular(tokens[-1]) in words.DOCUMENTS:
        return False
    if tokens[0][0].islower() and tokens[0] not in words.PARTICLES:
        return False  # "al-Jazeera English"
    if tokens[-1].casefold() in words.PLACE_SURNAMES and usual_pronoun(tokens[0]):
        tokens = tokens[:-1]  # "Thomas Hill"
    return all(
        token in words.PARTICLES
        or (index and token.casefold() in words.PARTICLES)
        or _is_person_word(token)
        for index, token in enumerate(tokens)
    )


def _is_person_word(token: str) -> bool:
    lowered = token.casefold()
    if lowered in _NO_PERSON_WORDS or is_institution_word(token):
        return False
    if lowered in words.ROLES and "-" in token:
        return False  # "Secretary-General"
    is_shouted = token.isupper() and "." not in token and (len(token) > 2 or token in _BODIES)
    is_capital = token[0].isupper() or _ARABIC.match(token)
    is_odd = _ADJECTIVE.search(token) or _UNNAMELIKE.search(token)
    return bool(is_capital and not is_shouted and not is_odd)


def person_at_end(tokens: list[str]) -> list[str]:
    """The person's name that ends a run of capitalised words, [] if none does.

    >>> person_at_end(["Business", "Association", "Petra", "Kolar's"])
    ['Petra', 'Kolar']
    """
    tokens = [*tokens[:-1], without_possessive(plain(tokens[-1]))]
    start = 0
    for index, token in enumerate(tokens[:-1]):
        lowered = token.casefold()
        is_title = lowered in words.ROLES or lowered in words.OFFICES
        is_place = find_country(token) or names_country(
            " ".join(tokens[max(0, index - 1) : index + 1])
        )
        is_other = lowered not in words.PARTICLES and not _is_person_word(token)
        if is_title or is_other or is_place:
            start = index + 1
    name = tokens[start:]
    if len(name) == 1 and start and tokens[start - 1].casefold() in words.SURNAMES:
        name = tokens[start - 1 :]  # "Dean Baker"
    while name and name[0].casefold() in words.PARTICLES - words.FIRST_NAMES:
        name = name[1:]
    is_surname = name and name[-1].casefold() in words.SURNAMES
    if not is_person_name(name) or (is_role(name[-1]) and not is_surname):
        return []
    # Jim Jordan is no country.
    return [] if find_country(" ".join(name)) and not usual_pronoun(name[0]) else name


def calls_person(noun: str) -> bool:
    """Whether a casefolded noun may stand for any one person.

    >>> calls_person("man"), calls_person("43-year-old"), calls_person("serb")
    (True, True, True)
    """
    return noun in words.PERSONS or noun.endswith("-year-old") or home_of(noun) is not None


def home_of(noun: str) -> str | None:
    """The country by which a casefolded noun calls a person: "serb", "dutchman"."""
    if noun == "emirate":
        return None
    stem = _NATIONAL.fullmatch(noun)
    name = stem.group(1).capitalize() if stem else f"{noun.capitalize()}s"
    return find_country(name) if names_country(name) else None


def after_owner(tokens: list[str]) -> list[str]:
    """The words after the last possessor: what "the minister's spokesman" is."""
    last = max((i for i, token in enumerate(tokens) if token.endswith(("'s", "s'"))), default=-1)
    return tokens[last + 1 :]


def given_roles(tokens: list[str]) -> frozenset[str]:
    """The titles and roles among some words; honorifics are none."""
    lowered = {token.casefold().rstrip(".") for token in tokens} & words.ROLES
    return frozenset(
        words.ROLE_ABBREVIATIONS.get(role, role) for role in lowered - words.HONORIFICS
    )


def is_role(token: str) -> bool:
    """Whether a word, in singular or plural, is a title or role."""
    return token.casefold() in words.ROLES or singular(token) in words.ROLES


def is_institution_word(token: str) -> bool:
    """Whether a word heads names of institutions."""
    noun = token.casefold().rstrip(".")
    return noun in words.INSTITUTIONS or singular(noun) in words.INSTITUTIONS or token in OUTLETS


def institution_head(tokens: list[str]) -> str:
    """The noun that says what kind of institution a name is of, "" if none does."""
    end = next((i for i, t in enumerate(tokens) if i and t in ("of", "for", "on")), len(tokens))
    for token in reversed(tokens[:end]):
        if is_institution_word(token) or singular(token) in words.DOCUMENTS:
            return singular(token)
    return ""


def content_words(tokens: list[str]) -> frozenset[str]:
    """Words that describe, casefolded."""
    lowered = (without_possessive(token.casefold()) for token in tokens)
    return frozenset(token for token in lowered if token not in words.JOINTS)
