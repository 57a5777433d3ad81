"""Lines of CSV → records with the lines that they take, strict where a stray quote joins lines."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CsvRecord:
    """One record and the lines that it takes, counted from 1."""

    first_line: int
    last_line: int
    fields: list[str] | str
    """Why there are none, where it can't be split into fields."""

    @property
    def is_joined(self) -> bool:
        """Whether it takes several lines, as it does where a quote is amiss."""
        return self.first_line < self.last_line


def csv_records(text: Iterable[str], delimiter: str, *, max_field: int) -> Iterator[CsvRecord]:
    """Records of a CSV file, the header first; blank lines are records without fields.

    Args:
        text: Lines with their ends.
        delimiter: Parts the fields.
        max_field: Characters of the longest field that is read.
    """
    # The limit is the whole process's: raised for us, never lowered for others.
    csv.field_size_limit(max(max_field, csv.field_size_limit()))
    is_at_end = False
    taken: list[str] = []

    def lines() -> Iterator[str]:
        nonlocal is_at_end
        for line in text:
            taken.append(line)
            yield line
        is_at_end = True

    reader = csv.reader(lines(), delimiter=delimiter)
    while True:
        first_line = reader.line_num + 1
        taken.clear()
        fields: list[str] | str
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            fields = str(error)
        else:
            # Only inside quotes does a record need a line beyond the last one.
            if is_at_end:
                fields = "a quote is never closed"
            elif any(len(field) > max_field for field in fields):
                fields = f"field larger than field limit ({max_field})"
            elif len(taken) > 1 and not _is_strict(taken, delimiter):
                fields = "a quote inside a field is not doubled"
        yield CsvRecord(first_line, reader.line_num, fields)


def _is_strict(lines: Iterable[str], delimiter: str) -> bool:
    """Whether all quotes of a record open or close a field, or are doubled."""
    try:
        list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error:
        return False
    return True
