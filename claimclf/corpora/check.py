"""Check a corpus before anybody trains on it: every problem at once, and what is in it.

`claimclf data check PATH` prints `check_corpus(PATH).to_text()`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from claimclf.corpora.brat import read_brat
from claimclf.corpora.findings import Finding, record_findings
from claimclf.corpora.jsonl import records_by_line
from claimclf.corpora.problems import Problem
from claimclf.corpora.records import document_from_record, record_id
from claimclf.corpora.splits import text_key
from claimclf.documents import Document, Sentence
from claimclf.labels import ATTRIBUTION, OFFICIAL_STATEMENT, SPAN_LABELS, TYPES

NOT_ANNOTATED = "not annotated"
"""Perspective status of sentences whose perspective nobody decided."""


@dataclass(frozen=True, slots=True)
class CorpusReport:
    """What is wrong with a corpus and what it holds."""

    path: str
    num_records: int
    """Lines that are not blank; in a folder `.ann` files."""
    problems: tuple[Problem, ...]
    """In order of the lines; in a folder of the files, which `doc_id` names."""
    statistics: Mapping[str, Any]
    """Counts over the records that can be read, see `corpus_statistics`."""

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that make a record unreadable."""
        return tuple(problem for problem in self.problems if problem.level == "error")

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """The problems that don't."""
        return tuple(problem for problem in self.problems if problem.level == "warning")

    def to_dict(self) -> dict[str, Any]:
        """Plain lists and dictionaries, ready for JSON."""
        return {
            "path": self.path,
            "num_records": self.num_records,
            "problems": [asdict(problem) for problem in self.problems],
            "statistics": dict(self.statistics),
        }

    def to_text(self, *, max_problems: int | None = None) -> str:
        """The report as lines of plain text.

        Args:
            max_problems: Show this many problems, errors first; None shows all.
        """
        shown = sorted(self.problems, key=lambda problem: (problem.level != "error", problem.line))
        left_out = 0 if max_problems is None else max(0, len(shown) - max_problems)
        lines = [
            f"{self.path}: {_count(self.num_records, 'record')}, "
            f"{_count(len(self.errors), 'error')}, {_count(len(self.warnings), 'warning')}",
            *(f"  {problem}" for problem in shown[: len(shown) - left_out]),
            *([f"  … and {_count(left_out, 'more problem')}"] if left_out else []),
            "",
            *_statistics_lines(self.statistics),
        ]
        return "\n".join(lines)


def check_corpus(path: str | Path, *, types: Sequence[str] = TYPES) -> CorpusReport:
    """Read a corpus to its end and report everything that is wrong with it.

    Args:
        path: JSON Lines in UTF-8, one document per line, or a folder of brat standoff. Of a brat
            file only the first problem is found.
        types: The types that a sentence may have where a record declares no `known_types`.

    Raises:
        FileNotFoundError: If there is no such file, or a folder without `.ann` files.
    """
    path = Path(path)
    if path.is_dir():
        return _check_brat(path)
    if not path.is_file():
        raise FileNotFoundError(
            f"{path} is not a file. Expected a JSON Lines corpus, one document per line, or a "
            "folder of brat standoff."
        )
    problems: list[Problem] = []
    documents: list[Document] = []
    first_lines: dict[tuple[str, str], int] = {}
    num_records = 0
    for line, record in records_by_line(path):
        num_records += 1
        findings, document = _read(record, types, default_id=f"{path.stem}:{line}")
        if document:
            documents.append(document)
        doc_id = record_id(record)
        for what, value in _identities(record):
            first = first_lines.setdefault((what, value), line)
            if first != line:
                findings.append(Finding("warning", f"Same {what} as the record on line {first}."))
        problems.extend(Problem(line, doc_id, item.level, item.message) for item in findings)
    return CorpusReport(str(path), num_records, tuple(problems), corpus_statistics(documents))


def _check_brat(folder: Path) -> CorpusReport:
    """The report of a folder of brat standoff."""
    problems: list[Problem] = []
    documents = list(read_brat(folder, on_error="skip", rejects=problems))
    num_records = len(documents) + len(problems)
    return CorpusReport(str(folder), num_records, tuple(problems), corpus_statistics(documents))


def _read(
    record: Any, types: Sequence[str], *, default_id: str
) -> tuple[list[Finding], Document | None]:
    """All that is wrong with a record, and the document where that allows one."""
    if isinstance(record, ValueError):
        return [Finding("error", str(record))], None
    findings = list(record_findings(record, types=types))
    try:
        return findings, document_from_record(record, types=types, default_id=default_id)
    except ValueError as error:
        if all(finding.level != "error" for finding in findings):
            findings.append(Finding("error", str(error)))
        return findings, None


def _identities(record: Any) -> Iterator[tuple[str, str]]:
    """What should occur only once in a corpus."""
    doc_id = record_id(record)
    if doc_id:
        yield "id", doc_id
    if isinstance(record, Mapping) and isinstance(record.get("text"), str):
        yield "text", text_key(record["text"])


def corpus_statistics(documents: Sequence[Document]) -> dict[str, Any]:
    """Count what documents hold, gold or predicted.

    Returns:
        `documents`, `sentences`, `characters`; `types`: for how many sentences each was `decided`,
        how many have it (`present`), and their `share`; `official_without_attribution`: sentences;
        `perspectives`: sentences per status; `sourced_sentences`: those with and without a mention
        of their source; `sources`, and how many per kind and party in `kinds` and `parties`;
        `publishers`, `licences`: documents; `attributions`, and their spans per label in `spans`.
    """
    sentences = [sentence for document in documents for sentence in document.sentences]
    sources = [source for document in documents for source in document.sources]
    attributions = [item for document in documents for item in document.attributions or ()]
    sourced = [s.perspective for s in sentences if s.perspective and s.perspective.is_source]
    num_mentions = sum(perspective.mention is not None for perspective in sourced)
    return {
        "documents": len(documents),
        "sentences": len(sentences),
        "characters": sum(len(document.text) for document in documents),
        "types": _type_counts(sentences),
        "official_without_attribution": sum(
            OFFICIAL_STATEMENT in s.types and ATTRIBUTION not in s.types for s in sentences
        ),
        "perspectives": _counts(
            s.perspective.status if s.perspective else NOT_ANNOTATED for s in sentences
        ),
        "sourced_sentences": {
            "with mention": num_mentions,
            "without mention": len(sourced) - num_mentions,
        },
        "sources": len(sources),
        "kinds": _counts(source.kind or "unknown" for source in sources),
        "parties": _counts(source.party or "none" for source in sources),
        "publishers": _counts(str(d.metadata.get("publisher", "unknown")) for d in documents),
        "licences": _counts(str(d.metadata.get("license", "unknown")) for d in documents),
        "attributions": len(attributions),
        "spans": {
            label: sum(len(getattr(attribution, label)) for attribution in attributions)
            for label in SPAN_LABELS
        },
    }


def _type_counts(sentences: Sequence[Sentence]) -> dict[str, dict[str, float]]:
    """Per type, ours first: for how many sentences it was decided, how many have it, the share."""
    decided = Counter(name for sentence in sentences for name in sentence.known_types)
    present = Counter(name for sentence in sentences for name in sentence.types)
    names = [*(name for name in TYPES if name in decided), *sorted(set(decided) - set(TYPES))]
    return {
        name: {
            "decided": decided[name],
            "present": present[name],
            "share": present[name] / decided[name],
        }
        for name in names
    }


def _counts(values: Iterator[str]) -> dict[str, int]:
    """How often each value occurs, most frequent first."""
    return dict(sorted(Counter(values).items(), key=lambda item: (-item[1], item[0])))


def _statistics_lines(statistics: Mapping[str, Any]) -> Iterator[str]:
    """The statistics as a plain table."""
    for key in ("documents", "sentences", "characters"):
        yield f"{key:<20}{statistics[key]:>12,}"
    for name, counts in statistics["types"].items():
        yield (
            f"{name:<20}{counts['present']:>12,}  {counts['share']:6.1%} of "
            f"{counts['decided']:,} sentences that decided it"
        )
    yield f"official statements without attribution: {statistics['official_without_attribution']:,}"
    for key in ("perspectives", "sourced_sentences", "kinds", "parties", "publishers", "licences"):
        yield from _table(key.replace("_", " "), statistics[key])
    yield f"{'attributions':<20}{statistics['attributions']:>12,}"
    yield from _table("spans", statistics["spans"])


def _table(title: str, counts: Mapping[str, int], *, max_rows: int = 10) -> Iterator[str]:
    """A title and one line per value, the rest in one line."""
    total = sum(counts.values())
    if not total:
        return
    yield f"{title}:"
    rows = list(counts.items())
    for name, count in rows[:max_rows]:
        yield f"  {count:>8,}  {count / total:6.1%}  {name}"
    if len(rows) > max_rows:
        rest = sum(count for _, count in rows[max_rows:])
        yield f"  {rest:>8,}  {rest / total:6.1%}  {_count(len(rows) - max_rows, 'other value')}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
