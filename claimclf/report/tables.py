"""The tables of a report, made once for Markdown and for the page."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from claimclf.evaluation import Construction, Report, Slice
from claimclf.evaluation.constructions import CONSTRUCTION, Count
from claimclf.evaluation.floors import TFIDF
from claimclf.evaluation.run import RAW
from claimclf.evaluation.slices import OTHER
from claimclf.metrics import PERSPECTIVE, Kept, Score
from claimclf.metrics.judging import EXACT_SET, SOURCE_NAME
from claimclf.templating import escape_cell, to_tag

Scores = Mapping[str, Score]
"""Figures by name."""

TITLES: Mapping[str, str] = {
    "types/macro": "Mean over the types",
    "types/exact_set": "All types of the sentence right",
    "perspective/is_source": "Source rather than author",
    "perspective/right": "Author or right source",
    "perspective/source": "Right source",
    "perspective/source_named_here": "Right source, named here",
    "perspective/source_pronoun_or_title": "Right source, pronoun or title here",
    "perspective/source_elsewhere": "Right source, mentioned elsewhere",
    "perspective/kind": "Right kind of source",
    "perspective/party": "Right party",
    "sentences/attribution_from_type": "Attributed, by the type",
    "sentences/attribution_from_spans": "Attributed, by content spans",
}
"""What judgements are called in reports; types and span labels go by their names."""

SECTIONS: Mapping[str, tuple[str, Sequence[str]]] = {
    "Types": (
        "types",
        ("f1", "precision", "recall", "average_precision", "calibration_error", "accuracy"),
    ),
    "Perspective": (
        "perspective",
        ("accuracy", "f1", "precision", "recall", "calibration_error"),
    ),
    "Exact spans": ("spans", ("f1", "precision", "recall")),
    "Words inside spans": ("words", ("f1", "precision", "recall")),
    "Attributed sentences": ("sentences", ("f1", "precision", "recall")),
}
"""Sections of a report: the group of judgements and its columns."""

MEASURE_TITLES: Mapping[str, str] = {
    "f1": "F1",
    "precision": "precision",
    "recall": "recall",
    "accuracy": "accuracy",
    "average_precision": "average precision",
    "calibration_error": "calibration error",
}


@dataclass(frozen=True, slots=True)
class TableCell:
    """One figure in a table."""

    text: str
    interval: str = ""
    judgement: str = ""
    """The judgement whose errors stand behind the figure."""


@dataclass(frozen=True, slots=True)
class TableRow:
    """One line of a table."""

    title: str
    cells: tuple[TableCell, ...]
    is_floor: bool = False
    is_linked: bool = True
    """Whether the page can lead from its figures to the sentences behind them."""
    tags: str = ""
    """What the sentences behind this row have in common, as tags of the page."""


@dataclass(frozen=True, slots=True)
class Table:
    """A titled table of figures."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[TableRow, ...]
    note: str = ""


def figure_tables(scores: Scores, *, note: str = "") -> list[Table]:
    """One table per section, a row per judgement; `note` stands below that with the mean."""
    tables = []
    for title, (group, measures) in SECTIONS.items():
        names = _judgements(scores, group)
        used = [
            measure for measure in measures if any(f"{name}/{measure}" in scores for name in names)
        ]
        if not names:
            continue
        rows = [TableRow(judgement_title(name), _cells(scores, name, used)) for name in names]
        columns = tuple(MEASURE_TITLES[measure] for measure in used)
        has_mean = f"{group}/macro" in names
        tables.append(Table(title, columns, tuple(rows), note if has_mean else ""))
    return tables


def absent_note(report: Report) -> str:
    """Which types the mean over the types leaves out."""
    absent = [
        judgement_title(name)
        for name, outcomes in report.judgements.items()
        if name.startswith("types/") and not outcomes.gold.any()
    ]
    return f"Not in the mean, because gold has none: {', '.join(absent)}." if absent else ""


def floor_table(
    scores: Scores, floors: Mapping[str, Scores], *, is_cross_fitted: bool
) -> Table | None:
    """The model beside its floors on the figures that are looked at first."""
    if not floors:
        return None
    names = [
        name
        for name in scores
        if name.split("/")[0] in ("types", "perspective")
        and name.endswith(("/f1", "/accuracy"))
        and name not in ("perspective/is_source/f1", "perspective/right/accuracy")
        and not name.startswith("perspective/source_")
    ]
    systems = {"this model": scores, **floors}
    rows = [
        TableRow(
            title,
            tuple(figure_cell(found.get(name), name) for name in names),
            is_floor=found is not scores,
            is_linked=found is scores,
        )
        for title, found in systems.items()
    ]
    columns = tuple(figure_title(name) for name in names)
    note = (
        f"{TFIDF}: thresholds and calibration cross-fitted by document, as it has none stored."
        if TFIDF in floors and not is_cross_fitted
        else ""
    )
    return Table("Compared with simple baselines", columns, tuple(rows), note)


def slice_tables(slices: Iterable[Slice]) -> list[Table]:
    """One table per grouping."""
    grouped: dict[str, list[Slice]] = {}
    for item in slices:
        grouped.setdefault(item.grouping, []).append(item)
    tables = []
    for grouping, members in grouped.items():
        names = [
            name
            for name in dict.fromkeys(name for item in members for name in item.scores)
            if name.split("/")[0] in ("types", "perspective", "spans")
            and name not in ("types/exact_set/accuracy", "perspective/is_source/f1")
            and not name.startswith(
                (
                    "perspective/source_",
                    "perspective/right",
                    "perspective/kind",
                    "perspective/party",
                )
            )
        ]
        rows = [
            TableRow(
                item.value,
                (
                    TableCell(f"{item.num_sentences:,}"),
                    *(figure_cell(item.scores.get(name), name) for name in names),
                ),
                tags=slice_tag(item.grouping, item.value),
                is_linked=item.value != OTHER,
            )
            for item in members
        ]
        columns = ("sentences", *(figure_title(name) for name in names))
        tables.append(Table(f"By {grouping}", columns, tuple(rows)))
    return tables


def coverage_table(kept: Sequence[Kept]) -> Table | None:
    """How right the perspectives are that remain when the least sure ones are left open."""
    if not kept:
        return None
    # Rounded down, so that the threshold keeps what it kept here.
    rows = [
        TableRow(
            f"{100 * item.coverage:.0f} %",
            (
                TableCell(f"{math.floor(1000 * item.min_score) / 1000:.3f}"),
                figure_cell(item.accuracy, f"{PERSPECTIVE}/accuracy"),
            ),
            is_linked=False,
        )
        for item in kept
    ]
    return Table(
        "Perspective by coverage",
        ("min_perspective_score", "author or right source"),
        tuple(rows),
        note="Coverage: share of the sentences whose perspective is at least as sure as the "
        "threshold; the others would be unresolved.",
    )


def construction_table(constructions: Sequence[Construction]) -> Table | None:
    """Which constructions are solved, and all of them together."""
    if not constructions:
        return None
    rows = [
        TableRow(
            _plain(item.name),
            _construction_cells(
                item.num_documents, item.types, item.perspectives, item.sources, _solved(item)
            ),
            tags=slice_tag(CONSTRUCTION, item.name),
        )
        for item in constructions
    ]
    total = TableRow(
        "all",
        _construction_cells(
            sum(item.num_documents for item in constructions),
            _total(item.types for item in constructions),
            _total(item.perspectives for item in constructions),
            _total(item.sources for item in constructions),
            f"{sum(item.is_solved for item in constructions)} of {len(constructions)}",
        ),
    )
    return Table(
        "By construction",
        ("passages", "all types right", "author or right source", "right source", "solved"),
        (total, *rows),
        note="Solved: every sentence of its passages has the right types and the right "
        "perspective.",
    )


def _construction_cells(
    num_documents: int, types: Count, perspectives: Count, sources: Count, solved: str
) -> tuple[TableCell, ...]:
    counts = zip((EXACT_SET, PERSPECTIVE, SOURCE_NAME), (types, perspectives, sources), strict=True)
    return (
        TableCell(f"{num_documents:,}"),
        *(
            TableCell(f"{count.num_right}/{count.num_sentences}", "", judgement)
            if count.num_sentences
            else TableCell("")
            for judgement, count in counts
        ),
        TableCell(solved),
    )


def _solved(item: Construction) -> str:
    """Whether a construction is solved, or which half of it."""
    if item.is_solved:
        return "yes"
    if item.types.num_sentences and item.types.is_complete:
        return "types only"
    is_half = item.perspectives.num_sentences and item.perspectives.is_complete
    return "perspective only" if is_half else "no"


def _total(counts: Iterable[Count]) -> Count:
    counts = list(counts)
    return Count(
        sum(count.num_right for count in counts), sum(count.num_sentences for count in counts)
    )


def report_markdown(
    report: Report,
    slices: Sequence[Slice] = (),
    constructions: Sequence[Construction] = (),
) -> str:
    """The report as Markdown: every table, then where the figures come from."""
    lines = [f"# {report_title(report)}", "", summary(report), ""]
    tables = [
        floor_table(report.scores, report.floors, is_cross_fitted=report.is_cross_fitted),
        *figure_tables(report.scores, note=absent_note(report)),
        coverage_table(report.coverage()),
        construction_table(constructions),
        *slice_tables(slices),
    ]
    for table in filter(None, tables):
        lines += [f"## {table.title}", "", *table_lines(table), ""]
    lines += ["## Thresholds", "", "| type | threshold |", "|---|--:|"]
    thresholds = threshold_texts(report)
    lines += [
        f"| {escape_cell(_plain(name))} | {text or '–'} |" for name, text in thresholds.items()
    ]
    lines += ["", "## Where these figures come from", "", "| | |", "|---|---|"]
    lines += [f"| {name} | {escape_cell(value)} |" for name, value in provenance_rows(report)]
    return "\n".join(lines) + "\n"


def table_lines(table: Table) -> list[str]:
    """A table in Markdown with its note below, without its title."""
    return [*markdown_table(table), *(["", table.note] if table.note else [])]


def markdown_table(table: Table) -> list[str]:
    """A table in Markdown, intervals beside their figures."""
    lines = [
        "| | " + " | ".join(map(escape_cell, table.columns)) + " |",
        "|---|" + "--:|" * len(table.columns),
    ]
    for row in table.rows:
        cells = [f"{cell.text} {cell.interval}".strip() for cell in row.cells]
        lines.append(f"| {escape_cell(row.title)} | " + " | ".join(cells) + " |")
    return lines


def judgement_title(judgement: str) -> str:
    """A judgement as a reader calls it."""
    return TITLES.get(judgement, _plain(judgement.partition("/")[2]))


def report_title(report: Report) -> str:
    """What was evaluated."""
    return f"Evaluation of {report.provenance.get('model', 'a classifier')}"


def summary(report: Report) -> str:
    """One sentence that says how the figures are to be read."""
    provenance = report.provenance
    return (
        f"{provenance.get('num_sentences', 0):,} sentences of {len(report.gold):,} documents; "
        f"calibration and thresholds {provenance['calibration']}. "
        f"Figures in per cent, with 95 % intervals from {len(report.weights):,} bootstrap draws of "
        "documents."
    )


def threshold_texts(report: Report) -> dict[str, str]:
    """The threshold of each type, or the range where folds differ; "" where none decides."""
    if any(calibration.is_exclusive for calibration in report.calibrations):
        return dict.fromkeys(report.thresholds(), "")
    texts = {}
    for name, values in report.thresholds().items():
        low, high = f"{100 * min(values):.0f}", f"{100 * max(values):.0f}"
        texts[name] = low if low == high else f"{low}–{high}"
    return texts


def thresholds_from(report: Report) -> str:
    """Where the thresholds come from, in words."""
    if report.is_cross_fitted:
        return "of the other folds"
    if report.provenance["calibration"] == RAW:
        return "not fitted"
    fitted = report.calibrations[0].provenance if report.calibrations else {}
    number = fitted.get("data", {}).get("num_documents")
    return f"stored, fitted on {number:,} documents" if number else "stored"


def provenance_rows(report: Report) -> list[tuple[str, str]]:
    """Where the figures come from, flat."""
    rows = []
    for name, value in report.provenance.items():
        if isinstance(value, Mapping):
            rows += [(f"{_plain(name)}: {key}", str(item)) for key, item in value.items()]
        else:
            rows.append((_plain(name), str(value)))
    if report.calibrations and not report.is_cross_fitted:
        stored = report.calibrations[0].provenance
        rows += [(f"calibration: {_plain(key)}", str(value)) for key, value in stored.items()]
    return rows


def slice_tag(grouping: str, value: str) -> str:
    """The tag that sentences of a slice carry on the page."""
    return to_tag(f"{grouping}={value}")


def percent(value: float) -> str:
    """A share as per cent with one decimal; a dash where it is undefined."""
    return "–" if math.isnan(value) else f"{100 * value:.1f}"


def _judgements(scores: Scores, group: str) -> list[str]:
    names = [name.rsplit("/", 1)[0] for name in scores]
    return [name for name in dict.fromkeys(names) if name.startswith(f"{group}/")]


def _cells(scores: Scores, judgement: str, measures: list[str]) -> tuple[TableCell, ...]:
    figures = [f"{judgement}/{measure}" for measure in measures]
    return tuple(figure_cell(scores.get(figure), figure) for figure in figures)


def figure_cell(score: Score | None, figure: str) -> TableCell:
    """A figure as a cell, empty where there is none."""
    if score is None:
        return TableCell("")
    # Behind the mean over the types are the sentences of which any type is wrong.
    judgement = figure.rsplit("/", 1)[0]
    if judgement == "types/macro":
        judgement = EXACT_SET
    if math.isnan(score.low):
        return TableCell(percent(score.value), "", judgement)
    return TableCell(
        percent(score.value), f"[{percent(score.low)}, {percent(score.high)}]", judgement
    )


def figure_title(figure: str) -> str:
    """The name of a figure, as short as the head of a column needs it."""
    judgement, measure = figure.rsplit("/", 1)
    short = {
        "types/macro": "types, mean",
        "types/exact_set": "all types right",
        "perspective/is_source": "author or source",
        "perspective/source": "right source",
        "perspective/kind": "right kind",
        "perspective/party": "right party",
        "sentences/attribution_from_type": "attributed sentences",
        "spans/source": "source spans",
        "spans/cue": "cue spans",
        "spans/content": "content spans",
    }
    suffix = " F1" if measure == "f1" else ""
    return short.get(judgement, _plain(judgement.partition("/")[2])) + suffix


def _plain(name: str) -> str:
    return name.replace("_", " ")
