"""Which columns of an input hold the texts and the ids: as they were named, or guessed.

Records of JSON Lines may differ, so several are looked at; elsewhere every file must have both.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import Final

from claimclf.scoring.formats import (
    FORMATS,
    SAMPLED_RECORDS,
    Columns,
    InputError,
    known_format,
    sample_fields,
    shown_names,
)

logger = logging.getLogger(__name__)

TEXT_COLUMNS: Final = (
    *("text", "body", "content", "article", "article_text", "full_text", "maintext"),
    *("document", "story", "article_body"),
)
"""Names that a column of texts is guessed by, best first; case does not matter."""

ID_COLUMNS: Final = ("doc_id", "id", "article_id", "document_id", "uid", "uuid", "url")
"""Names that a column of ids is guessed by, best first."""


def choose_columns(
    paths: Sequence[Path], text_column: str | None, id_column: str | None
) -> Columns:
    """The columns to read; every file must have them, unless it is of JSON Lines.

    Args:
        paths: The files of an input, all of one format.
        text_column: Column with the texts; guessed by its name where None.
        id_column: Column with the ids; where none can be guessed, there is none.

    Raises:
        InputError: If a column is missing or there twice; the message lists what is there.
    """
    if known_format(paths[0]) == "txt":
        if text_column or id_column:
            raise InputError(f"{paths[0]} is plain text and has no columns; leave them out.")
        return Columns("", None)
    if known_format(paths[0]) == "jsonl":
        return _choose_fields(paths, text_column, id_column)
    chosen: Columns | None = None
    for path in paths:
        names = FORMATS[known_format(path)].columns(path)
        if not names and known_format(path) != "parquet":
            continue  # an empty file
        if chosen is None:
            chosen = guess_columns(path.name, names, text_column, id_column)
        missing = {chosen.text, chosen.id or chosen.text} - set(names)
        if missing:
            raise InputError(
                f"{path.name}: no column {sorted(missing)[0]!r}; it has {shown_names(names)}."
            )
        for name in (chosen.text, chosen.id):
            if name is not None and (count := names.count(name)) > 1:
                raise InputError(
                    f"{path.name}: {count} columns are named {name!r}; rename all but one."
                )
    return chosen or Columns(text_column or TEXT_COLUMNS[0], id_column)


def _choose_fields(
    paths: Sequence[Path], text_column: str | None, id_column: str | None
) -> Columns:
    """The fields of JSON Lines to read; records may differ, and each is checked when it is read.

    The first record that has a text decides. Where it has no id, that is the id which at least half
    of the sampled records with that text have.
    """
    text = key = None
    names: dict[str, None] = {}
    num_records = 0
    counts: Counter[str] = Counter()
    for fields in chain.from_iterable(map(sample_fields, paths)):
        num_records += 1
        names |= dict.fromkeys(fields)
        if text is None:
            text = _pick(fields, text_column, TEXT_COLUMNS)
            key = _pick(fields, id_column, ID_COLUMNS)
        if text in fields:
            counts.update(fields)
        if text and (key or num_records >= SAMPLED_RECORDS):
            break
    if not num_records:  # lines, if there are any, are rejected one by one
        return Columns(text_column or TEXT_COLUMNS[0], id_column)
    if num_records >= SAMPLED_RECORDS:
        for asked in (text_column, id_column):
            if asked is not None and asked not in names:
                logger.warning("The first %d records have no %r.", num_records, asked)
                names[asked] = None
    guessed = guess_columns(paths[0].name, list(names), text_column, id_column)
    text = text or guessed.text
    often = [name for name, count in counts.items() if 2 * count >= counts[text]]
    return Columns(text, key or id_column or _pick(often, None, ID_COLUMNS))


def _pick(names: Sequence[str], asked: str | None, known: Sequence[str]) -> str | None:
    """The column that was asked for, else the best known one; None if it is not there."""
    if asked is not None:
        return asked if asked in names else None
    lowered = {name.lower(): name for name in reversed(names)}
    return next((lowered[name] for name in known if name in lowered), None)


def guess_columns(
    where: str, names: Sequence[str], text_column: str | None, id_column: str | None
) -> Columns:
    """The columns that were asked for, or those whose names look like it.

    Raises:
        InputError: If one is not there, or no column looks like a text.
    """
    for asked, option in ((text_column, "--text-column"), (id_column, "--id-column")):
        if asked is not None and asked not in names:
            raise InputError(
                f"{where}: no column {asked!r}; it has {shown_names(names)}. Choose one with "
                f"{option}."
            )
    text = _pick(names, text_column, TEXT_COLUMNS)
    if text is None:
        raise InputError(
            f"{where}: no column looks like the text; it has {shown_names(names)}. "
            "Choose one with --text-column."
        )
    return Columns(text, _pick(names, id_column, ID_COLUMNS))
