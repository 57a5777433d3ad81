"""What stands beside a name: the title before it, the appositive behind.

Step "perspectives" of the flow; `people` keeps it with the names, `evidence` asks for more.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from claimclf.perspectives import words
from claimclf.perspectives.names import is_name_word, tokenize
from claimclf.perspectives.wording import given_roles, is_institution_word
from claimclf.perspectives.words import listed

LEFT_REACH: Final = 90
"""How many characters before a name are looked at."""
_LEFT_WORDS: Final = 8
_PHRASE_START: Final = re.compile(r"[.;:!?\"“”()\n](?:\s|$)|,\s|\s[-–—]+\s")
_APPOSITIVE: Final = re.compile(
    r"(?:(?:’s|'s)?\s*[,(–—]\s*(?=\S)|\s(?=(?:of|from|with) (?:the )?[A-Z]))"
    r"((?:[^\n.;,\"“”]|\.(?=\w|\s[a-z])|(?<=\.[A-Z])\.(?=\s[A-Z])|,(?=\s[A-Z]\w+,)){3,110})"
)
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


def context(text: str, start: int, end: int, after: int = 0) -> str:
    """The title before (and after position `after`) and the appositive behind a name."""
    left = text[max(after, start - LEFT_REACH, 0) : start].replace("U.S. ", "US ")
    phrases = _PHRASE_START.split(left)
    before = phrases[-1]
    if not before and left.endswith(", ") and len(phrases) > 1:
        before = phrases[-2]  # "the group's chairman, Carl Berg"
        if not given_roles(tokenize(before)):
            before = ""
    kept = _title_words(before)
    if behind := appositive(text, end):
        kept += [",", behind]
    return " ".join(kept)


def appositive(text: str, end: int) -> str:
    """What explains the name that ends here, "" if nothing does."""
    found = _APPOSITIVE.match(text, end)
    return "" if found is None or _tells_deed(found.group(1).split()) else found.group(1)


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
