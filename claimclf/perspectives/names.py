"""Words and names as strings: tokens, normal forms, singulars, initials.

Nothing here knows a mention or a document.
"""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Final

from claimclf.perspectives import words

_APOSTROPHES: Final = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "\u00a0": " "})
_TOKEN: Final = re.compile(
    r"(?:[^\W\d_]\.)+(?:[^\W\d_]\b)?(?:'s)?"  # initials and abbreviations: "J.", "U.S."
    r"|[\w@$#][\w'./&@-]*\w|[\w&]"
)
ARABIC_ARTICLE: Final = r"(?:a[lnrstdz]|ash|el|ul)-"
_ARTICLE: Final = re.compile(ARABIC_ARTICLE)
_POSSESSIVE: Final = re.compile(r"'s?$")
_GENERATIONS: Final = {"jr", "sr", "ii", "iii", "iv"}
_MIN_NICKNAME: Final = 3
_SAME_SPELLING: Final = 0.8
"""Ratio of matching letters above which a name is another transcription."""


def plain(text: str) -> str:
    """The text with straight apostrophes and single spaces."""
    return " ".join(text.translate(_APOSTROPHES).split())


def tokenize(text: str) -> list[str]:
    """Words of a name; abbreviations keep their dots, possessives their apostrophe."""
    return _TOKEN.findall(text.translate(_APOSTROPHES))


def without_possessive(token: str) -> str:
    """The word without a final 's or apostrophe."""
    return _POSSESSIVE.sub("", token)


@lru_cache(maxsize=65536)
def normalize(name: str) -> str:
    """What identifies a name: case, articles, honorifics, possessives and dots are gone.

    >>> normalize("The Ukraine’s Defense Ministry")
    'ukraine defense ministry'
    """
    tokens = [without_possessive(token) for token in tokenize(name.casefold())]
    kept = [token.replace(".", "") for token in tokens if token not in words.HONORIFICS]
    while len(kept) > 1 and kept[0] in words.DETERMINERS:
        kept = kept[1:]
    return " ".join(kept or tokens)


def family_name(name: str) -> str:
    """Last word of a person's name as it is written: "Lund" of "Omar Lund Jr."."""
    tokens = name.split()
    return tokens[-2] if generation(name) else tokens[-1]


def generation(name: str) -> str:
    """What tells a person from an older one of the same name, "jr" for "Omar Lund Jr.", or ""."""
    first, _, last = name.casefold().rstrip(".").rpartition(" ")
    return last if first and last in _GENERATIONS else ""


def surname(name: str) -> str:
    """Last word of a person's name, casefolded, without an Arabic article ("al-Jabari")."""
    *others, last = normalize(name).split() or [""]
    return without_article(others[-1] if others and last in _GENERATIONS else last)


@lru_cache(maxsize=65536)
def may_be_first_name(first_name: str, other: str) -> bool:
    """Whether two normal first names may be one: shortened, or spelled in another way.

    >>> may_be_first_name("j", "jan"), may_be_first_name("ben", "benjamin")
    (True, True)
    >>> may_be_first_name("françois", "francois"), may_be_first_name("mary", "mark")
    (True, False)
    """
    if first_name[0] != other[0]:
        return False
    short, long = sorted((first_name, other), key=len)
    if long.startswith(short) and (len(short) == 1 or len(short) >= _MIN_NICKNAME):
        return True
    return SequenceMatcher(None, first_name, other).ratio() > _SAME_SPELLING


def without_article(token: str) -> str:
    """A casefolded name without its Arabic article: "jabari" for "al-jabari"."""
    match = _ARTICLE.match(token)
    return token[match.end() :] if match and match.end() < len(token) else token


@lru_cache(maxsize=65536)
def singular(noun: str) -> str:
    """Casefolded singular of a regular English noun; other words are returned casefolded."""
    noun = without_possessive(noun.casefold())
    if noun in ("people", "persons"):
        return "person"
    if noun == "corps":
        return noun
    if noun.endswith("men") and noun[:-2] + "an" in words.ROLES | words.PERSONS:
        return noun[:-2] + "an"
    if noun.endswith("ies") and len(noun) > 4:
        return noun[:-3] + "y"
    if noun.endswith(("sses", "ches", "shes", "xes")):
        return noun[:-2]
    if noun.endswith("s") and not noun.endswith(("ss", "us", "is", "news")) and len(noun) > 3:
        return noun[:-1]
    return noun


def is_name_word(token: str) -> bool:
    """Whether a word is written as (part of) a name: "Vetrov", "eBay", "3M", "@user"."""
    return any(character.isupper() for character in token) or token[0] in "@#0123456789"


def is_acronym(token: str) -> bool:
    """Whether a word looks like an abbreviation of initials: "ISW", "U.N.", "MoD"."""
    letters = token.replace(".", "")
    capitals = sum(character.isupper() for character in letters)
    return letters.isalpha() and 2 <= len(letters) <= 7 and 2 * capitals > len(letters)


def initials(name: str) -> frozenset[str]:
    """First letters of a name of two or more words, with and without its small words."""
    tokens = tokenize(name.replace("-", " "))
    while tokens and tokens[0].casefold() in words.DETERMINERS:
        tokens = tokens[1:]
    capitals = [token[0] for token in tokens if token[0].isupper()]
    if len(capitals) < 2:
        return frozenset()
    return frozenset({"".join(capitals), "".join(token[0].upper() for token in tokens)})
