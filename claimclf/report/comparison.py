"""Two or more runs on the same documents: what got better, what got worse, and how sure that is."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from claimclf.metrics import (
    PERSPECTIVE,
    Difference,
    Outcomes,
    compare_figures,
    draw_documents,
    figures,
)
from claimclf.metrics.judging import EXACT_SET
from claimclf.report.record import METRICS, read_metrics
from claimclf.report.tables import MEASURE_TITLES, judgement_title, percent
from claimclf.report.writing import JUDGEMENTS, PREDICTIONS
from claimclf.templating import escape_cell

MAX_EXAMPLES = 5
"""Examples of each kind of change."""

_FILES = (METRICS, PREDICTIONS, JUDGEMENTS)

_SETTINGS = {
    "calibration": "calibration",
    "min_perspective_score": "smallest perspective score",
    "parties": "own parties",
}
"""What a report records of how it was measured, beside the model."""


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """What `write_report` left of an evaluation."""

    name: str
    """Name used in the comparison."""
    judgements: Mapping[str, Outcomes]
    sentences: Sequence[Mapping[str, Any]]
    """Rows of `predictions.parquet`."""
    provenance: Mapping[str, Any]

    @property
    def num_documents(self) -> int:
        """Documents that the run was evaluated on."""
        return int(self.provenance["num_documents"])


def load_run(folder: str | Path, name: str = "") -> Run:
    """Read a report's folder.

    Args:
        folder: What `write_report` wrote.
        name: What to call it; the folder's name where empty.

    Raises:
        FileNotFoundError: If it is not the folder of a report.
        ValueError: If an earlier version wrote it, with other columns.
    """
    import pyarrow.parquet as pq

    folder = Path(folder)
    missing = [name for name in _FILES if not (folder / name).is_file()]
    if missing:
        raise FileNotFoundError(
            f"{folder} is not the folder of a report: it has no {', '.join(missing)}. "
            "Make one with `claimclf evaluate MODEL DATA --report FOLDER`."
        )
    rows = pq.read_table(folder / PREDICTIONS)
    if not {"doc_id", "sentence_id"} <= set(rows.column_names):
        raise ValueError(
            f"{folder} was written by an earlier version of claimclf, with other columns. Evaluate "
            "again to compare it."
        )
    table = pq.read_table(folder / JUDGEMENTS)
    names = np.array(table["judgement"].to_pylist())
    scores = np.array(
        [np.nan if score is None else score for score in table["score"].to_pylist()], dtype=float
    )
    items = Outcomes(
        documents=table["document"].to_numpy(),
        sentences=table["sentence"].to_numpy(),
        gold=table["gold"].to_numpy(),
        predicted=table["predicted"].to_numpy(),
        scores=scores,
    )
    return Run(
        name=name or folder.name,
        judgements={str(name): items.where(names == name) for name in dict.fromkeys(names)},
        sentences=rows.to_pylist(),
        provenance=read_metrics(folder)["provenance"],
    )


def compare_runs(folders: Sequence[str | Path]) -> str:
    """Compare reports on the same documents, the first with each of the others.

    Args:
        folders: Folders of reports, the baseline first.

    Returns:
        Markdown: a table of differences with paired-bootstrap intervals, and examples of what got
        better and worse, for each run after the first.

    Raises:
        ValueError: If there are fewer than two runs, or their documents differ.
        FileNotFoundError: If a folder holds no report.
    """
    if len(folders) < 2:
        raise ValueError(f"Comparing needs at least two reports, got {len(folders)}.")
    runs = zip(folders, _names(folders), strict=True)
    baseline, *others = (load_run(folder, name) for folder, name in runs)
    lines = [f"# Compared with {baseline.name}", ""]
    for run in others:
        _check_same_sentences(baseline, run)
        lines += [f"## {run.name}", "", *_warnings(baseline, run)]
        lines += [*_differences(baseline, run), *_examples(baseline, run)]
    return "\n".join(lines).rstrip() + "\n"


def _names(folders: Sequence[str | Path]) -> list[str]:
    """As much of the end of each path as tells the runs apart."""
    # Own labels have their report beside the model: "runs/own/report".
    paths = [Path(folder).absolute() for folder in folders]
    parts = [path.parts[:-1] if path.name == "report" else path.parts for path in paths]
    for length in range(1, max(map(len, parts))):
        names = ["/".join(part[-length:]) for part in parts]
        if len(set(names)) == len(names):
            return names
    return [part[-1] for part in parts]


def _warnings(baseline: Run, run: Run) -> list[str]:
    """What else the runs differ in, so that a difference need not be the model's."""
    lines = []
    for key, title in _SETTINGS.items():
        before, now = baseline.provenance.get(key), run.provenance.get(key)
        if before != now:
            lines += [f"Not measured alike: {title} {before or 'none'} and {now or 'none'}.", ""]
    return lines


def differences(baseline: Run, run: Run) -> dict[str, Difference]:
    """Every figure that both runs have, with the paired bootstrap over documents."""
    shared = {name: items for name, items in baseline.judgements.items() if name in run.judgements}
    weights = draw_documents(baseline.num_documents)
    return compare_figures(shared, run.judgements, figures(shared), weights)


def _differences(baseline: Run, run: Run) -> list[str]:
    lines = [
        f"| | {baseline.name} | {run.name} | difference | 95 % interval | better in |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for name, item in differences(baseline, run).items():
        judgement, measure = name.rsplit("/", 1)
        if measure in ("precision", "recall"):
            continue
        is_sure = item.low > 0 or item.high < 0
        difference = _signed(item.value)
        interval = "–" if math.isnan(item.low) else f"[{_signed(item.low)}, {_signed(item.high)}]"
        better = "–" if math.isnan(item.share_better) else f"{100 * item.share_better:.0f} %"
        title = f"{judgement_title(judgement)}, {MEASURE_TITLES[measure]}"
        lines.append(
            f"| {escape_cell(title)} | {percent(item.first)} | {percent(item.second)} | "
            f"{f'**{difference}**' if is_sure else difference} | {interval} | {better} |"
        )
    return [
        *lines,
        "",
        "Bold: the interval of the paired bootstrap over documents leaves out 0.",
        "",
    ]


def _signed(value: float) -> str:
    """A difference as per cent with its sign; a dash where it is undefined."""
    return "–" if math.isnan(value) else f"{100 * value:+.1f}"


def _examples(baseline: Run, run: Run) -> list[str]:
    """Sentences that only one of the two runs has right."""
    rows = {(row["document"], row["sentence_id"]): at for at, row in enumerate(baseline.sentences)}
    lines = []
    for name, before in baseline.judgements.items():
        if name.split("/")[0] not in ("types", "perspective") or name not in run.judgements:
            continue
        if name in (EXACT_SET, PERSPECTIVE) or name.startswith("perspective/source_"):
            continue
        after = run.judgements[name]
        was_wrong, is_wrong = set(before.errors()), set(after.errors())
        for title, changed in (("better", was_wrong - is_wrong), ("worse", is_wrong - was_wrong)):
            if not changed:
                continue
            lines += [f"### {judgement_title(name)}: {len(changed)} {title}", ""]
            lines += [
                _example(baseline, run, rows[place]) for place in sorted(changed)[:MAX_EXAMPLES]
            ]
            lines.append("")
    return lines


def _example(baseline: Run, run: Run, at: int) -> str:
    """One sentence with its gold labels and both answers."""
    row = baseline.sentences[at]
    text = " ".join(str(row["text"]).split())
    answers = [
        f"gold {_labels(row, 'gold')}",
        f"{baseline.name} {_labels(row, 'predicted')}",
        f"{run.name} {_labels(run.sentences[at], 'predicted')}",
    ]
    where = f"{row['doc_id']}, sentence {row['sentence_id'] + 1}"
    return f"- {text} ({where}): " + "; ".join(answers)


def _labels(row: Mapping[str, Any], prefix: str) -> str:
    types = ", ".join(row[f"{prefix}_types"]).replace("_", " ") or "no type"
    who = row[f"{prefix}_source"] or row[f"{prefix}_perspective"]
    return f"[{types} / {who}]" if who else f"[{types}]"


def _check_same_sentences(baseline: Run, run: Run) -> None:
    """Raise unless both runs were evaluated on the same gold documents."""
    if baseline.provenance["documents_sha256"] != run.provenance["documents_sha256"]:
        raise ValueError(
            f"{baseline.name} and {run.name} were evaluated on different documents "
            f"({len(baseline.sentences)} and {len(run.sentences)} sentences). Evaluate both on the "
            "same file."
        )
