"""When two names mean the same source, for the source-accuracy figure only.

The linker has rules of its own; these stay as they are when the linker gets better, or figures of
different days could not be compared.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final, NamedTuple

from claimclf.documents import Span


def _words(text: str) -> frozenset[str]:
    """The words of a list."""
    return frozenset(text.split())


def _pairs(text: str) -> dict[str, str]:
    """A dictionary from "key value, key value"."""
    pairs = [pair.split() for pair in text.split(",")]
    return {pair[0]: pair[1] for pair in pairs}


_TITLES: Final = _words(
    """
    admiral ambassador archbishop assemblyman bishop brigadier captain cardinal chairman
    chairwoman chancellor chief col colonel commander commissioner congressman congresswoman
    constable coroner councillor dame detective director dr father general gen gov governor
    imam inspector judge justice king lady leader lieutenant lord lt madam major maj mayor
    miss minister mr mrs ms mullah officer pope premier president prince princess private
    prof professor queen rabbi rep representative rev reverend secretary sen senator
    sergeant sgt sheik sheikh sheriff sir sister speaker spokesman spokesperson spokeswoman
    superintendent
    """
)
"""Words that may stand before a person's name."""

_TITLE_MODIFIERS: Final = _words(
    """
    acting assistant attorney defence defense deputy executive finance foreign former house
    interior majority minority prime senate senior state then vice
    """
)
"""Words that may stand before a title."""

_SUFFIXES: Final = _words("jr sr ii iii iv phd md")
_SMALL_WORDS: Final = _words("a an and at by for from in of on the to")

_INSTITUTIONS: Final = _words(
    """
    administration agency assembly association authority bank board bureau cabinet campaign
    center centre church club college command commission committee company congress
    corporation council court department directorate electric federation force forces
    foundation fund government group house inc institute kremlin league ministry motors
    movement network news office organisation organization parliament party pentagon police
    press senate service society staff state states times tribunal union university
    """
)
"""Last words of names that are no person's, so that they are no surname."""

_COUNTRIES: Final = _pairs(
    """
    afghan afghanistan, american us, america us, argentine argentina, australian australia,
    austrian austria, belarusian belarus, belgian belgium, brazilian brazil, britain uk,
    british uk, bulgarian bulgaria, canadian canada, chilean chile, chinese china, colombian
    colombia, cuban cuba, czech czechia, danish denmark, dutch netherlands, egyptian egypt,
    estonian estonia, european europe, finnish finland, french france, georgian georgia,
    german germany, greek greece, hungarian hungary, indian india, indonesian indonesia,
    iranian iran, iraqi iraq, irish ireland, israeli israel, italian italy, japanese japan,
    kenyan kenya, latvian latvia, lebanese lebanon, libyan libya, lithuanian lithuania,
    mexican mexico, moldovan moldova, nigerian nigeria, norwegian norway, pakistani
    pakistan, palestinian palestine, peruvian peru, polish poland, portuguese portugal,
    romanian romania, russian russia, saudi saudi, serbian serbia, slovak slovakia, spanish
    spain, swedish sweden, swiss switzerland, syrian syria, taiwanese taiwan, thai thailand,
    turkish turkey, ukrainian ukraine, usa us, venezuelan venezuela, vietnamese vietnam,
    yemeni yemen
    """
)
"""Countries by the adjective that a name may use instead."""

_PRONOUNS: Final = _words(
    """
    he she it they we i you him her them us me his hers its their theirs our ours my mine
    your yours himself herself itself themselves ourselves myself who whom whose which that
    this these those one others another both some many few several most all none everyone
    everybody someone somebody anyone nobody
    """
)

_WORD = re.compile(r"[^\W_]+(?:[-'][^\W_]+)*")
_POSSESSIVE = re.compile(r"(?<=\w)'s?(?!\w)")


class Name(NamedTuple):
    """A name taken apart for comparison."""

    tokens: tuple[str, ...]
    """Lower-case words without titles, initials, articles and possessives."""
    proper: frozenset[str]
    """Those of the tokens that are written with a capital."""


NAMED_HERE: Final = "named_here"
PRONOUN_OR_TITLE: Final = "pronoun_or_title"
ELSEWHERE: Final = "elsewhere"
PLACES: Final = (NAMED_HERE, PRONOUN_OR_TITLE, ELSEWHERE)
"""Where a sentence's source is to be found: by name here, by other words here, or not here."""


def match_source(name: str, gold_names: Sequence[str]) -> int | None:
    """Which gold source of a document a predicted name means.

    Equal names first (case, titles, articles and possessives ignored), else the surname where it is
    one person's alone, else the gold name that shares the largest part of the words, at least half
    of those in either; a tie means none. Two names that each have a proper noun which the other
    lacks never match by overlap: "Moscow's defence ministry" is not "Ukraine's defence ministry".

    Args:
        name: What the prediction calls its source.
        gold_names: Every gold source of the same document.

    Returns:
        Index into `gold_names`, or None.
    """
    verbatim = [index for index, gold in enumerate(gold_names) if gold == name]
    if len(verbatim) == 1:
        return verbatim[0]
    predicted = parse_name(name)
    golds = [parse_name(gold) for gold in gold_names]
    equal = [index for index, gold in enumerate(golds) if gold.tokens == predicted.tokens]
    if equal:
        return equal[0] if len(equal) == 1 else None
    namesakes = [index for index, gold in enumerate(golds) if _surname(gold)]
    namesakes = [index for index in namesakes if _surname(golds[index]) == _surname(predicted)]
    if len(namesakes) == 1 and not _conflict(predicted, golds[namesakes[0]]):
        return namesakes[0]
    overlaps = [0.0 if _conflict(predicted, gold) else _overlap(predicted, gold) for gold in golds]
    best = max(overlaps, default=0.0)
    if best < 0.5 or overlaps.count(best) > 1:
        return None
    return overlaps.index(best)


def same_name(name: str | None, gold_name: str | None) -> bool:
    """Whether two names, of parties for instance, mean the same; None only equals None."""
    if name is None or gold_name is None:
        return name == gold_name
    return match_source(name, [gold_name]) is not None


def parse_name(name: str) -> Name:
    """Take a name apart: words in lower case, without titles, articles and possessives."""
    plain = unicodedata.normalize("NFKC", name).replace("’", "'")
    is_possessive = _POSSESSIVE.search(plain) is not None
    plain = _POSSESSIVE.sub("", plain)
    plain = re.sub(r"(?<=\b\w)\.(?=\w\b)|(?<=\b\w)\.", "", plain)
    plain = re.sub(r"\bUnited States(?: of America)?\b", "US", plain)
    plain = re.sub(r"\bUnited Kingdom\b", "UK", plain)
    plain = re.sub(r"\bSecretary of State (?=[A-Z])", "Secretary ", plain)
    words = [word for word in _WORD.findall(plain) if word.lower() not in _SMALL_WORDS]
    words = words if is_possessive else _without_titles(words)
    while len(words) > 1 and words[-1].lower() in _SUFFIXES:
        words = words[:-1]
    if len(words) > 2:
        words = [word for word in words if len(word) > 1]  # initials
    tokens = tuple(_token(word) for word in words)
    proper = frozenset(_token(word) for word in words if word[0].isupper())
    return Name(tokens, proper)


def mention_place(mention: Span | None, sentence: Span, text: str, source_name: str) -> str:
    """Where a sentence names its source: one of `PLACES`.

    A mention names the source when it is the source's name, shares a proper noun with it, or
    consists of proper nouns only (an acronym, a capital for its government). A pronoun or any other
    description ("the minister", "the Russian president") does not.
    """
    if mention is None:
        return ELSEWHERE
    words = mention.of(text)
    if words.strip().lower() in _PRONOUNS and not re.fullmatch(r"[A-Z]{2,}", words.strip()):
        return PRONOUN_OR_TITLE  # "us", which "US" is not
    parsed, name = parse_name(words), parse_name(source_name)
    if parsed.tokens == name.tokens or (parsed.proper & name.proper) - _descriptive(words):
        return NAMED_HERE
    starts_sentence = not re.search(r"\w", text[sentence.start : mention.start])
    starts_with_article = words.split(maxsplit=1)[0].lower() in _SMALL_WORDS
    if starts_sentence and not starts_with_article and not words.split()[0].isupper():
        return PRONOUN_OR_TITLE
    only_proper = parsed.proper and set(parsed.tokens) == parsed.proper
    return NAMED_HERE if only_proper and not _descriptive(words) else PRONOUN_OR_TITLE


def _descriptive(words: str) -> frozenset[str]:
    """Countries' adjectives and titles in a mention: they describe, they do not name."""
    lowered = [word.lower() for word in _WORD.findall(words)]
    return frozenset(
        [_COUNTRIES[word] for word in lowered if word in _COUNTRIES]
        + [word for word in lowered if word in _TITLES | _TITLE_MODIFIERS]
    )


def _without_titles(words: list[str]) -> list[str]:
    """The words after a leading title, where a capitalised name follows it."""
    after = 0
    for index, word in enumerate(words):
        if word.lower() in _TITLES:
            after = index + 1
        elif word.lower() not in _TITLE_MODIFIERS:
            break
    name = words[after:]
    is_person = name and name[0][0].isupper() and name[-1].lower() not in _INSTITUTIONS
    return name if is_person else words


def _token(word: str) -> str:
    word = word.lower()
    return _COUNTRIES.get(word, word)


def _surname(name: Name) -> str | None:
    """The last word of what can be a person's name."""
    last = name.tokens[-1] if name.tokens else ""
    is_person = last in name.proper and last not in _INSTITUTIONS and len(name.tokens) <= 6
    return last if is_person else None


def _conflict(first: Name, second: Name) -> bool:
    """Whether each name has a proper noun that the other lacks."""
    only_first = first.proper - set(second.tokens)
    only_second = second.proper - set(first.tokens)
    return bool(only_first and only_second)


def _overlap(first: Name, second: Name) -> float:
    """Shared words over all words of the two names."""
    shared = set(first.tokens) & set(second.tokens)
    return len(shared) / max(1, len(set(first.tokens) | set(second.tokens)))
