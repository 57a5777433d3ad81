"""Which institutions a document names: in full, by their last words, by acronyms."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from claimclf.perspectives import words
from claimclf.perspectives.names import (
    initials,
    is_acronym,
    normalize,
    plain,
    without_possessive,
)
from claimclf.perspectives.namescan import NameRun
from claimclf.perspectives.wording import institution_head, is_institution_word
from claimclf.perspectives.words import listed

_DEFINITION: Final = re.compile(r"\s\(([A-Z][A-Za-z&-]{1,7})\)")
_MIN_INITIALS: Final = 3
_TWO_LETTERS: Final = {"European Union", "United Nations", "Financial Times", "General Motors"}
"""Names that are known by two initials, which mostly mean something else."""

_COMPANY_ENDS: Final = words.COMPANY_FORMS | listed(
    """
    Holdings Group Technologies Cars Motors Airlines Airways Bank Books Media Rx Partners Capital
    Industries
    """
)
"""Last words of company names that the short form leaves out."""


class Institutions:
    """The institutions that one document names.

    Args:
        text: The whole document.
        runs: Its names, in order.
    """

    def __init__(self, text: str, runs: Sequence[NameRun]) -> None:
        self._text = text
        self._longest: dict[str, str] = {}
        self._companies: dict[str, list[str]] = defaultdict(list)
        self._by_head: dict[str, list[tuple[int, str]]] = defaultdict(list)
        self._acronyms: dict[str, str] = {}
        for run in runs:
            self._add(run)
        self._define_acronyms(runs)

    def find(self, name: str) -> str | None:
        """The longest name in the text that ends in these words, or that they abbreviate."""
        if is_acronym(name):
            return self._acronyms.get(name.replace(".", "").upper())
        key = normalize(name)
        if not key:
            return None
        longer = [self._longest[key]] if key in self._longest else []
        same_start = self._companies.get(key.partition(" ")[0], ())
        longer += [form for form in same_start if normalize(form).startswith(key + " ")]
        return max(longer, key=len, default=None)

    def headed(self, head: str, position: int) -> str | None:
        """The name with this head noun ("committee") that stands nearest before, else after."""
        named = self._by_head.get(head, [])
        index = bisect_left(named, (position, ""))
        if index:
            return named[index - 1][1]
        return named[0][1] if named else None

    def _add(self, run: NameRun) -> None:
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
                self._companies[normalize(tokens[0])].append(company)
            self._add_initials(part)

    def _add_endings(self, key: Sequence[str], phrase: str) -> None:
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


def _may_abbreviate(letters: str, name: str) -> bool:
    """Whether an acronym's letters stand in this order in a name that starts with the first."""
    rest = iter(name.upper())
    return name[0].upper() == letters[0] and all(letter in rest for letter in letters)
