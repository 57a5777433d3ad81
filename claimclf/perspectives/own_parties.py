"""The caller's own parties: a mapping, or a TOML or JSON file of one → words by party.

What comes in goes before anything that the document itself tells, see
`claimclf.perspectives.parties`. A file holds the mapping and nothing else:

    Ukraine = ["Kyiv", "Zelensky"]
    "United States" = ["Washington", "the White House"]
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

Parties = Mapping[str, Sequence[str]]
"""Words by which a party's sources are known, by party."""

_FORMATS: Final[Mapping[str, Callable[[str], Any]]] = {".toml": tomllib.loads, ".json": json.loads}
"""What reads a file, by the end of its name."""


def read_parties(parties: Parties | str | Path | None) -> dict[str, tuple[str, ...]]:
    """Check the caller's parties, read from a file where a path is given.

    Args:
        parties: Words by party, the path of a `.toml` or `.json` file with them, or None.

    Returns:
        Words by party, in the order given; empty for None.

    Raises:
        OSError: If the file can't be read.
        ValueError: If the file is of another format, or a party's words are no list of words.
    """
    if parties is None:
        return {}
    if isinstance(parties, str | Path):
        path = Path(parties)
        return _checked(_read(path), where=str(path))
    return _checked(parties, where="parties")


def _read(path: Path) -> Any:
    """What a file holds, not yet checked."""
    load = _FORMATS.get(path.suffix.lower())
    if load is None:
        raise ValueError(
            f"{path}: expected parties in a .toml or .json file, got a name that ends in "
            f"{path.suffix!r}."
        )
    try:
        return load(path.read_text(encoding="utf-8-sig"))
    except ValueError as error:
        raise ValueError(f"{path} is not valid {path.suffix[1:].upper()}: {error}") from error


def _checked(parties: Any, *, where: str) -> dict[str, tuple[str, ...]]:
    """The mapping, or a message with everything that is wrong with it."""
    if not isinstance(parties, Mapping):
        raise ValueError(
            f"{where}: expected words by party, such as {{'Ukraine': ['Kyiv', 'Zelensky']}}, "
            f"got {type(parties).__name__}."
        )
    problems = [
        f"{party!r} has {words!r}"
        for party, words in parties.items()
        if not _is_sound(party, words)
    ]
    if problems:
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        raise ValueError(
            f"{where}: expected a list of words for every party, such as ['Kyiv', 'Zelensky'], "
            f"none of them empty; but {problems[0]}{more}."
        )
    return {party: tuple(words) for party, words in parties.items()}


def _is_sound(party: Any, words: Any) -> bool:
    """Whether a party has a name and a list of words."""
    if isinstance(words, str) or not isinstance(words, Sequence):
        return False
    return all(isinstance(word, str) and word.strip() for word in (party, *words))
