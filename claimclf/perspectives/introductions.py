"""Whom and what a document names, read once, in linear time, before any mention is linked."""

from __future__ import annotations

import re
from typing import Final

from claimclf import pronouns
from claimclf.perspectives import words
from claimclf.perspectives.countries import find_country
from claimclf.perspectives.institutions import Institutions
from claimclf.perspectives.names import singular
from claimclf.perspectives.namescan import scan_names, scan_words, starts_sentence
from claimclf.perspectives.people import People

_FIRST_WORD: Final = re.compile(r"[^\W\d_]+(?:[-'’]\w+)*")
_COMMON_NOUNS: Final = words.ROLES | words.DOCUMENTS | words.INSTITUTIONS | words.PERSONS


class Introductions:
    """What one document introduces by name.

    Args:
        text: The whole document.

    Attributes:
        text: The same.
        people: The persons whom it names in full.
        institutions: The institutions that it names.
    """

    def __init__(self, text: str) -> None:
        scanned = scan_words(text)
        runs = scan_names(text, scanned)
        self.text = text
        self.people = People(text, runs, scanned)
        self.institutions = Institutions(text, runs)
        self._lower = {word.text for word in scanned if word.text.islower()}
        self._capitalised = {word.text for run in runs for word in run.words[1:]}
        self._capitalised.update(
            run.words[0].text for run in runs if not starts_sentence(text, run.start)
        )

    def is_name(self, word: str) -> bool:
        """Whether a word is capitalised somewhere for another reason than its place."""
        return word in self._capitalised

    def mention_words(self, start: int, end: int) -> str:
        """The words at a place, without a capital that only the sentence's start gives them."""
        mention = self.text[start:end]
        first = _FIRST_WORD.match(mention)
        if first is None or not mention[0].isupper() or not starts_sentence(self.text, start):
            return mention
        word = first.group()
        follows = mention[first.end() :].strip()[:1]
        if word in self._capitalised or word.isupper() or follows.isupper() or find_country(word):
            return mention
        lowered = word.casefold()
        is_common = lowered in self._lower or lowered in words.SEVERAL | pronouns.INDEFINITE
        is_common = is_common or singular(word) in _COMMON_NOUNS
        return mention[0].lower() + mention[1:] if is_common else mention
