"""What the words of a mention name: a person, an institution, somebody described, or a pronoun.

Step "perspectives" of the flow, its string level: the words of one mention go in, a `Naming`
comes out. Nothing here knows the document; `introductions` looks for the fullest form of a name
in the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, Literal

from claimclf import words
from claimclf.countries import find_country

Form = Literal["pronoun", "person", "name", "description"]

_APOSTROPHES: Final = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "\u00a0": " "})
_TOKEN: Final = re.compile(r"(?:[^\W\d_]\.)+(?:[^\W\d_]\b)?|[\w@$#][\w'./&@-]*[\w]|[\w&]|\.(?=\w)")
_POSSESSIVE: Final = re.compile(r"'s?$")
_SUFFIX: Final = re.compile(r",?\s+(?:Jr|Sr|II|III|IV)\b\.?|,\s+(?:Inc|Ltd|LLC|Co|Corp)\b\.?")
_PARTY_TAG: Final = re.compile(r"\s*[(,]\s*(?:R|D|I)-[A-Z][\w.]*\)?,?")
_BREAK: Final = re.compile(r"\s*[,;:—–]\s+|\s+[-–—]+\s+")
_CLAUSE: Final = re.compile(
    r"\s+(?:who|whose|which|that|as|led|published|released|speaking|citing|quoted|told|said)\s.*"
)
_PREPOSITIONS: Final = frozenset(
    [
        "of",
        "from",
        "at",
        "for",
        "with",
        "in",
        "on",
        "by",
        "to",
        "about",
        "into",
        "near",
        "against",
        "within",
        "among",
        "familiar",
        "close",
        "speaking",
        "involved",
        "briefed",
    ]
)


@dataclass(frozen=True, slots=True)
class Naming:
    """What the words of one mention say about whom they name."""

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
    gender: Literal["he", "she", ""] = ""
    """What pronoun the words ask for, where they show it."""
    is_plural: bool = False
    is_definite: bool = True
    """Whether the words claim that the reader knows who is meant ("the ministry", a name)."""


@lru_cache(maxsize=65536)
def normalize(name: str) -> str:
    """Reduce a name to what identifies it: case, articles, honorifics, possessives, dots are gone.

    >>> normalize("The Ukraine’s Defense Ministry")
    'ukraine defense ministry'
    """
    tokens = [_POSSESSIVE.sub("", token) for token in tokenize(name.casefold())]
    kept = [t.replace(".", "") for t in tokens if t not in words.HONORIFICS]
    while len(kept) > 1 and kept[0] in words.DETERMINERS:
        kept = kept[1:]
    return " ".join(kept)


def tokenize(text: str) -> list[str]:
    """Words of a mention; abbreviations keep their dots, possessives their apostrophe."""
    return _TOKEN.findall(text.translate(_APOSTROPHES))


def is_pronoun(mention: str) -> bool:
    """Whether the mention is a single pronoun."""
    return mention.strip().casefold() in words.PRONOUNS


def is_descriptive(mention: str) -> bool:
    """Whether the mention describes ("the ministry", "officials") instead of naming."""
    return read_mention(mention).form == "description"


def core_name(mention: str) -> str:
    """The name inside a mention, without titles, articles and appositives.

    >>> core_name("Kremlin spokesman Dmitry Peskov")
    'Dmitry Peskov'
    >>> core_name("ADNOC's Chief Executive Sultan al-Jaber")
    'Sultan al-Jaber'
    """
    return read_mention(mention).name


def surname(name: str) -> str:
    """Last word of a person's name, casefolded; particles are left out."""
    tokens = normalize(name).split()
    return tokens[-1] if tokens else ""


def singular(noun: str) -> str:
    """Casefolded singular of a regular English noun; others are returned unchanged."""
    noun = _POSSESSIVE.sub("", noun.casefold())
    if noun in ("people", "persons"):
        return "person"
    if noun.endswith("men") and noun[:-2] + "an" in words.ROLES:
        return noun[:-2] + "an"
    if noun.endswith("women"):
        return noun[:-2] + "an"
    if noun.endswith("ies") and len(noun) > 4:
        return noun[:-3] + "y"
    if noun.endswith(("sses", "ches", "shes", "xes")):
        return noun[:-2]
    if noun.endswith("s") and not noun.endswith(("ss", "us", "is", "news")) and len(noun) > 3:
        return noun[:-1]
    return noun


def is_acronym_of(short: str, name: str) -> bool:
    """Whether `short` is made of the initials of `name`, or stands in brackets after it.

    >>> is_acronym_of("ISW", "Institute for the Study of War")
    True
    """
    letters = short.replace(".", "")
    if not (2 <= len(letters) <= 7 and letters.isalpha() and letters.isupper()):
        return False
    if f"({letters})" in name:
        return True
    return letters in acronyms(name)


def acronyms(name: str) -> frozenset[str]:
    """Initials of a name of two or more words, with and without its small words."""
    tokens = tokenize(name.replace("-", " "))
    while tokens and tokens[0].casefold() in words.DETERMINERS:
        tokens = tokens[1:]
    capitals = [token[0] for token in tokens if token[0].isupper()]
    if len(capitals) < 2:
        return frozenset()
    return frozenset({"".join(capitals), "".join(token[0].upper() for token in tokens)})


def is_name_word(token: str) -> bool:
    """Whether a word is written as (part of) a name."""
    return token[0].isupper() or any(c.isupper() for c in token[1:]) or token[0] in "@#0123456789"


@lru_cache(maxsize=65536)
def read_mention(mention: str) -> Naming:
    """Read the words of one mention.

    Args:
        mention: The source's words as they stand in the text, with titles and appositives if any.
    """
    text = " ".join(mention.translate(_APOSTROPHES).split()).strip(" .,;:\"“”'[]«»")
    lowered = text.casefold()
    if lowered in words.PRONOUNS:
        return _read_pronoun(text, lowered)
    text = _SUFFIX.sub("", _PARTY_TAG.sub(" ", text))
    text = re.sub(r"\s*\([^)]*\)", "", text)
    segments = [_CLAUSE.sub("", part) for part in _BREAK.split(text) if part.strip()] or [text]
    readings = [_read_segment(segment) for segment in segments]
    chosen = readings[0]
    if chosen.form == "description":  # "the coordinator of the republic, Nenad Babici"
        later = (
            reading
            for reading, segment in zip(readings[1:3], segments[1:3], strict=True)
            if reading.form == "person" or (reading.form == "name" and len(segments) == 2)
        )
        chosen = next(later, chosen)
    roles = frozenset().union(*(reading.roles for reading in readings))
    named = frozenset(tokenize(chosen.name)) if chosen.form == "person" else frozenset[str]()
    gender = _gender(
        roles | frozenset(token.casefold() for token in tokenize(text) if token not in named)
    )
    return Naming(
        form=chosen.form,
        name=chosen.name,
        head=chosen.head,
        roles=roles if chosen.form != "name" else chosen.roles,
        modifiers=chosen.modifiers,
        gender=gender if not chosen.is_plural else "",
        is_plural=chosen.is_plural,
        is_definite=chosen.is_definite,
    )


def _read_pronoun(text: str, lowered: str) -> Naming:
    gender: Literal["he", "she", ""] = (
        "he" if lowered in words.HE else "she" if lowered in words.SHE else ""
    )
    return Naming("pronoun", text, head=lowered, gender=gender, is_plural=lowered in words.THEY)


def _gender(tokens: frozenset[str]) -> Literal["he", "she", ""]:
    if tokens & words.FEMALE:
        return "she"
    return "he" if tokens & words.MALE else ""


def _read_segment(segment: str) -> Naming:
    """Read one stretch of words that no comma or relative pronoun breaks."""
    tokens = tokenize(segment)
    is_definite = True
    has_article = False
    if quantified := _drop_quantifier(tokens):
        return replace(_read_segment(" ".join(quantified)), is_definite=False, name=segment)
    while len(tokens) > 2 and tokens[0] in words.PARTICLES and tokens[0] not in words.DETERMINERS:
        if is_name_word(tokens[-1]):
            return Naming("name", " ".join(tokens))
        tokens = tokens[1:]
    while len(tokens) > 1 and tokens[0].casefold() in words.DETERMINERS:
        is_definite = tokens[0].casefold() in words.DEFINITE
        has_article = True
        tokens = tokens[1:]
    if not tokens:
        return Naming("description", segment)
    role_at = _last_role(tokens)
    rest = tokens[role_at + 1 :] if role_at is not None else []
    if role_at is not None and (name := _person_after_role(tokens, role_at, rest)):
        roles = _roles(tokens[: role_at + 1])
        modifiers = _modifiers(tokens[: role_at + 1]) - roles
        return Naming("person", name, roles=roles, modifiers=modifiers)
    end = next((i for i, token in enumerate(tokens) if i and token in _PREPOSITIONS), len(tokens))
    front = tokens[:end]
    if _is_all_name(front) and (
        not _is_role(front[-1]) or (not has_article and _is_surname(front))
    ):
        return _read_name(segment, tokens, front, has_article)
    if name := _name_after_noun(front):
        return Naming(
            "name", name, head=_institution_head(tokenize(name)), modifiers=_modifiers(front)
        )
    return _read_description(segment, tokens, front, is_definite, has_article)


def _read_name(segment: str, tokens: list[str], front: list[str], has_article: bool) -> Naming:
    """A stretch that begins with a name: of a person or an institution ("Bank of England")."""
    if not has_article and _is_person_name(front):
        return Naming("person", " ".join(front))
    whole = tokens
    for index, token in enumerate(tokens):
        if not (is_name_word(token) or token in words.JOINTS):
            if token.isalpha() and token not in _PREPOSITIONS and is_name_word(tokens[index - 1]):
                return _read_description(segment, tokens, tokens[: index + 1], True, has_article)
            whole = tokens[:index]
            break
    while whole and whole[-1] in words.JOINTS:
        whole = whole[:-1]
    if not any(singular(token) in words.INSTITUTIONS for token in whole[: len(front)]):
        whole = front
    head = _institution_head(whole)
    if len(whole) == 1 and head:
        return Naming("description", whole[0], head=head, is_definite=has_article)
    modifiers = _modifiers(whole) - {head}
    if len(whole) == 1:
        return Naming("name", whole[0].removesuffix("'s"), modifiers=modifiers)
    plural = whole[-1].endswith("s") and singular(whole[-1]) in words.GROUPS
    return Naming(
        "name", " ".join(whole).removesuffix("'s"), head, modifiers=modifiers, is_plural=plural
    )


def _read_description(
    segment: str, tokens: list[str], front: list[str], is_definite: bool, has_article: bool
) -> Naming:
    head_token = front[-1]
    head = singular(head_token)
    roles = frozenset({head} | _roles(front)) if head in words.ROLES else frozenset[str]()
    is_plural = head != head_token.casefold().removesuffix("'s") or head in words.COLLECTIVES
    return Naming(
        "description",
        _drop_article(segment),
        head=head,
        roles=roles,
        modifiers=_modifiers(tokens) - {head, head_token.casefold()},
        is_plural=is_plural,
        is_definite=is_definite and (has_article or (front[0][0].isupper() and not is_plural)),
    )


def _drop_article(segment: str) -> str:
    return re.sub(r"^(?:the|this|that|these|those)\s+", "", segment, flags=re.IGNORECASE)


def _is_role(token: str) -> bool:
    token = token.casefold()
    return token in words.ROLES or singular(token) in words.ROLES


def _last_role(tokens: list[str]) -> int | None:
    """Index of the last role word that a name may follow."""
    for index in range(len(tokens) - 1, -1, -1):
        if tokens[index].casefold() in words.ROLES:
            return index
    return None


def _is_surname(tokens: list[str]) -> bool:
    """Whether the last word, a role elsewhere, can only be a surname here ("Amy Pope")."""
    before = tokens[-2].casefold() if len(tokens) > 1 else ""
    return (
        tokens[-1].casefold() in words.SURNAMES
        and bool(before)
        and before not in words.OFFICES | words.ROLES
        and not find_country(tokens[-2])
    )


def _drop_quantifier(tokens: list[str]) -> list[str]:
    """The words after "some of the", "another", "several"; empty where nothing is counted."""
    rest = tokens
    while len(rest) > 1 and (rest[0].casefold() in words.QUANTIFIERS or rest[0].isdigit()):
        rest = rest[1:]
        if len(rest) > 1 and rest[0] == "of":
            rest = rest[1:]
    return rest if len(rest) < len(tokens) else []


def _roles(tokens: list[str]) -> frozenset[str]:
    lowered = [token.casefold().rstrip(".") for token in tokens]
    return frozenset(token for token in lowered if token in words.ROLES) - words.HONORIFICS


def _modifiers(tokens: list[str]) -> frozenset[str]:
    return frozenset(
        _POSSESSIVE.sub("", token.casefold())
        for token in tokens
        if token.casefold() not in words.JOINTS
    )


def _person_after_role(tokens: list[str], role_at: int, rest: list[str]) -> str:
    """The person's name that follows a title, "" if none does."""
    if rest and rest[0] in ("of", "for", "to"):  # "Secretary of State John Kerry"
        run = _trailing_name(rest)
        named_office = len(run)
        while run and (run[0].casefold() in words.OFFICES or _is_institution_word(run[0])):
            run = run[1:]
        if len(run) > 2 and find_country(run[0]):
            run = run[1:]
        is_shorter = len(run) < named_office
        return " ".join(run) if is_shorter and _is_person_name(run) else ""
    end = next(
        (
            index
            for index, token in enumerate(rest)
            if not (is_name_word(token) or (token in words.PARTICLES and index))
        ),
        len(rest),
    )
    rest = rest[:end]
    while rest and rest[-1] in words.PARTICLES:
        rest = rest[:-1]
    if not rest or any(_is_institution_word(token) for token in rest) or len(rest) > 5:
        return ""
    return " ".join(rest).removesuffix("'s")


def _trailing_name(tokens: list[str]) -> list[str]:
    start = len(tokens)
    while start and (is_name_word(tokens[start - 1]) or tokens[start - 1] in words.PARTICLES):
        start -= 1
    while start < len(tokens) and tokens[start] in words.PARTICLES:
        start += 1
    return tokens[start:]


def _is_all_name(tokens: list[str]) -> bool:
    return all(
        is_name_word(token) or (token in words.JOINTS and 0 < index < len(tokens) - 1)
        for index, token in enumerate(tokens)
    )


def _is_institution_word(token: str) -> bool:
    return singular(token.rstrip(".")) in words.INSTITUTIONS


def _is_person_name(tokens: list[str]) -> bool:
    """Two to five words of a shape that persons' names have."""
    if not 2 <= len(tokens) <= 5 or tokens[-1].endswith("'s"):
        return False
    for token in tokens:
        lowered = token.casefold()
        if lowered in words.PARTICLES:
            continue
        if (
            _is_institution_word(token)
            or lowered in words.JOINTS
            or singular(lowered) in words.DOCUMENTS
        ):
            return False
        if (
            not (token[0].isupper() or "-" in token)
            or any(c.isdigit() for c in token)
            or "'s" in token
        ):
            return False
        if len(token) > 2 and token.isupper() and "." not in token:
            return False
    return True


def _name_after_noun(tokens: list[str]) -> str:
    """The name after a lower-case noun for what it names ("the retailer Loblaw")."""
    run = _trailing_name(tokens)
    before = tokens[: len(tokens) - len(run)]
    if not run or not before or run[0].casefold() in words.NOT_NAMES or _is_role(run[-1]):
        return ""
    return " ".join(run)


def _institution_head(tokens: list[str]) -> str:
    """The noun that says what kind of institution a name is of, "" if none does."""
    end = next((i for i, t in enumerate(tokens) if i and t in ("of", "for", "on")), len(tokens))
    for token in reversed(tokens[:end]):
        if _is_institution_word(token) or singular(token) in words.DOCUMENTS:
            return singular(token)
    return ""
