"""Finds the runs of capitalised words in a text: candidates for names, in one pass.

`introductions` makes an index of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from claimclf.perspectives import words
from claimclf.perspectives.names import is_name_word
from claimclf.perspectives.words import listed

_WORD: Final = re.compile(r"(?:[^\W\d_]\.)+|[^\W_](?:[\w'’&-]*\w)?(?:(?<=s)['’](?=\s[A-Z]))?")
_ABBREVIATIONS: Final = listed(
    """
    Mr Mrs Ms Dr Sen Rep Gov Gen Lt Col Sgt Capt Maj Adm Prof Rev Hon St Jr Insp Supt Cmdr Cpl
    Det Cllr Msgr
    """
)
_SENTENCE_END: Final = re.compile(r"(?:^|[.!?:]|\n|[.!?,]?[\"“”‘'«—–])[\s\"“”‘'«(—–-]*$")
_POSSESSIVES: Final = ("'s", "’s", "'", "’")
_NO_NAME: Final = re.compile(r"-based$|(?:cal|ent|ous|ial|ive|ful|ate|ted)ly$")
_MAX_WORDS: Final = 12


class Word(NamedTuple):
    """One word of the text with its place."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class NameRun:
    """A run of capitalised words, small words between them included."""

    words: tuple[Word, ...]

    @property
    def start(self) -> int:
        """First character."""
        return self.words[0].start

    @property
    def end(self) -> int:
        """One past the last character."""
        return self.words[-1].end

    def pieces(self) -> Iterator[NameRun]:
        """The run cut where no person's name goes on: at "of", "and", "for", a possessive."""
        piece: list[Word] = []
        for word in self.words:
            is_joint = word.text in words.JOINTS and word.text not in words.PARTICLES
            if not is_joint:
                piece.append(word)
            if piece and (is_joint or word.text.endswith(_POSSESSIVES)):
                yield NameRun(tuple(piece))
                piece = []
        if piece:
            yield NameRun(tuple(piece))

    def parts(self) -> Iterator[NameRun]:
        """The run itself, what stands before each "and", "in" or "on", and after "of the"."""
        yield self
        for index, word in enumerate(self.words):
            if word.text in ("and", "in", "on", "&") and index > 1:
                yield NameRun(self.words[:index])
            if word.text == "the" and index > 1 and self.words[index - 1].text == "of":
                yield NameRun(self.words[index + 1 :])


def scan_words(text: str) -> list[Word]:
    """Every word of the text."""
    return [Word(match.group(), match.start(), match.end()) for match in _WORD.finditer(text)]


def scan_names(text: str, scanned: list[Word]) -> list[NameRun]:
    """Maximal runs of capitalised words, in order of the text."""
    runs: list[NameRun] = []
    run: list[Word] = []
    for word in scanned:
        if run and not _joins(text, run, word):
            _close(run, runs)
            run = []
        if is_name_word(word.text) or (run and word.text in words.JOINTS):
            run.append(word)
        elif run:
            _close(run, runs)
            run = []
    _close(run, runs)
    return runs


def starts_sentence(text: str, position: int) -> bool:
    """Whether a capital at `position` may be due to its place at the start of a sentence."""
    return _SENTENCE_END.search(text, max(0, position - 8), position) is not None


def _joins(text: str, run: list[Word], word: Word) -> bool:
    """Whether a word may continue a run: one space or an abbreviation's dot between."""
    gap = text[run[-1].end : word.start]
    is_joined = gap in (" ", "\u00a0") or (gap == ". " and run[-1].text in _ABBREVIATIONS)
    return is_joined and len(run) < _MAX_WORDS


def _is_amount(run: list[Word]) -> bool:
    """Whether the run ends in a number after its owner: "the Committee's 2 percent goal"."""
    return run[-1].text.isdigit() and len(run) > 1 and run[-2].text.endswith(_POSSESSIVES)


def _close(run: list[Word], runs: list[NameRun]) -> None:
    """Keep a finished run without the small words at its ends."""
    start, end = 0, len(run)
    while end and (run[end - 1].text in words.JOINTS or _is_amount(run[:end])):
        end -= 1
    while start < end and (
        run[start].text.casefold() in words.NOT_NAMES or _NO_NAME.search(run[start].text)
    ):
        start += 1
    if start < end:
        runs.append(NameRun(tuple(run[start:end])))
