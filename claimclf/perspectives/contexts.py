"""What stands beside a name: the title before it, the appositive behind.

`people` keeps it with the names, `evidence` asks for more.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from claimclf.perspectives import words
from claimclf.perspectives.names import is_name_word, tokenize
from claimclf.perspectives.wording import after_owner, given_roles, is_institution_word
from claimclf.perspectives.words import listed

LEFT_REACH: Final = 90
"""How many characters before a name are looked at."""
_LEFT_WORDS: Final = 8
_PHRASE_START: Final = re.compile(r"[.;:!?\"“”()\n](?:\s|$)|,\s|\s[-–—]+\s")
_APPOSITIVE: Final = re.compile(
    r"(?:(?:’s|'s)?\s*[,(–—]\s*(?=\S)|\s(?=(?:of|from|with) (?:the )?[A-Z]))"
    r"((?:[^\n.;,\"“”]|\.(?=\w|\s[a-z])|(?<=\.[A-Z])\.(?=\s[A-Z])|,(?=\s[A-Z]\w+,)){2,110})"
)
_CLOSED: Final = re.compile(r"(?:['’]s)?\s*(?:[,.;:)”\"–—\n(]|$|(?:who|and|in|at|on)\b)")
"""What stands behind a name that its title explains: "the chairman, Carl Berg, said"."""

_TITLE_STARTS: Final = words.DETERMINERS | words.ROLES | words.OFFICES | listed("who from of at")
"""What a title behind a name begins with."""

_BEFORE_WHOM: Final = re.compile(r".*\s(?:to|for|with|by)\s")
_WHOM: Final = re.compile(r"\s(?:to|for|of|with|by|from|against|at)\s(?:(?!\sand\s).)*")
"""Whom somebody works for, or whose relative somebody is."""

_TIME: Final = re.compile(r"\d\s*[AP]M ")
"""A time, whose "PM" is no prime minister."""

_LED: Final = re.compile(
    r"\b(?:According to|In the (?:view|words|opinion) of|For|To)\s[^,.;:\n\"“”]*$"
)
"""What opens a sentence whose main clause follows the comma: "According to Ada Lund, …"."""

_NOUN_PHRASE_END: Final = listed(
    """
    said says told that with and but by from when while as was were is are has had after before
    he she they it where if or than because adding
    """
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


def context(text: str, start: int, end: int, after: int = 0, *, is_person: bool = True) -> str:
    """The title before (and after position `after`) and the appositive behind a name.

    Before a comma, only a person's title is looked for: "…, police said" ends a sentence.
    """
    left = text[max(after, start - LEFT_REACH, 0) : start].replace("U.S. ", "US ")
    left = _TIME.sub(" ", left)
    phrases = _PHRASE_START.split(left)
    before = phrases[-1]
    kept = _title_words(before)
    is_explained = is_person and left.endswith(", ") and _CLOSED.match(text, end)
    if not before and is_explained and len(phrases) > 1:
        title = phrases[-2]  # "the group's chairman, Carl Berg"
        if given_roles(tokenize(title)) and (words_before := _title_words(title)):
            kept = [",", *words_before]
    behind = appositive(text, end)
    if behind and not (_LED.search(left) and _is_clause(text, end)):
        kept += [",", behind]
    return " ".join(kept)


def own_roles(shown: str) -> frozenset[str]:
    """The roles in a context that are of the person named, not of somebody else.

    >>> sorted(own_roles("spokesman for Mayor")), sorted(own_roles(", spokesman for the mayor"))
    (['mayor'], ['spokesman'])
    >>> sorted(own_roles("the mayor's lawyer")), sorted(own_roles(", a coach at Yale and nurse"))
    (['lawyer'], ['coach', 'nurse'])
    """
    before, _, behind = f" {shown}".partition(" , ")
    roles = _roles_of(_BEFORE_WHOM.sub("", before)) or _roles_of(_WHOM.sub("", before))
    return roles | _roles_of(_WHOM.sub("", f" {behind}"))


def _roles_of(shown: str) -> frozenset[str]:
    """The roles after the last possessor."""
    return given_roles(after_owner(tokenize(shown)))


def appositive(text: str, end: int) -> str:
    """What explains the name that ends here, "" if nothing does."""
    found = _APPOSITIVE.match(text, end)
    return "" if found is None or _tells_deed(found.group(1).split()) else found.group(1)


def _is_clause(text: str, end: int) -> bool:
    """Whether what follows the comma behind a name is no title that another comma closes."""
    found = _APPOSITIVE.match(text, end)
    if found is None or "," not in text[end : found.start(1)]:
        return False
    first = found.group(1).split()[0].casefold()
    is_title = first in _TITLE_STARTS
    return not (is_title and text.startswith(",", found.end()))


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
