"""`metrics.json`: an evaluation as plain numbers, written here and read back here.

What is undefined is null in the file and NaN in a `Score`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from claimclf.evaluation import Construction, Report, Slice
from claimclf.evaluation.constructions import Count
from claimclf.metrics import PERSPECTIVE, Kept, Score, reliability

METRICS = "metrics.json"


def metrics_record(
    report: Report, slices: Sequence[Slice], constructions: Sequence[Construction]
) -> dict[str, Any]:
    """Every figure of a report as plain numbers."""
    return {
        "figures": _from_scores(report.scores),
        "floors": {name: _from_scores(scores) for name, scores in report.floors.items()},
        "slices": [
            {
                "grouping": item.grouping,
                "value": item.value,
                "num_sentences": item.num_sentences,
                "figures": _from_scores(item.scores),
            }
            for item in slices
        ],
        "perspective_coverage": [
            {
                "min_perspective_score": item.min_score,
                "coverage": item.coverage,
                "accuracy": _from_score(item.accuracy),
            }
            for item in report.coverage()
        ],
        "perspective_reliability": [
            item._asdict() for item in reliability(report.judgements[PERSPECTIVE])
        ]
        if PERSPECTIVE in report.judgements
        else [],
        "constructions": [{**asdict(item), "is_solved": item.is_solved} for item in constructions],
        "thresholds": report.thresholds(),
        "cross_fitted": report.is_cross_fitted,
        "provenance": dict(report.provenance),
    }


def read_metrics(report: str | Path) -> dict[str, Any]:
    """The record of a report, from its folder or its `metrics.json`.

    Raises:
        FileNotFoundError: If there is none.
        ValueError: If the file is no record of a report.
    """
    path = Path(report)
    if path.is_dir():
        path = path / METRICS
    metrics = read_json(path, "what `claimclf evaluate --report` writes")
    if "figures" not in metrics:
        raise ValueError(
            f"{path} has no 'figures': expected what `claimclf evaluate --report` writes, got the "
            f"keys {sorted(metrics)}."
        )
    return metrics


def read_scores(report: str | Path) -> dict[str, Score]:
    """Every figure of a report with its interval, by name; see `read_metrics`."""
    return to_scores(read_metrics(report)["figures"])


def to_scores(figures: Mapping[str, Mapping[str, Any]]) -> dict[str, Score]:
    """Figures of a record."""
    return {name: _to_score(item) for name, item in figures.items()}


def to_coverage(metrics: Mapping[str, Any]) -> list[Kept]:
    """How right a record's surest perspectives are, as `Report.coverage` gives it."""
    return [
        Kept(item["min_perspective_score"], item["coverage"], _to_score(item["accuracy"]))
        for item in metrics.get("perspective_coverage", ())
    ]


def to_constructions(metrics: Mapping[str, Any]) -> list[Construction]:
    """The constructions of a record, in its order."""
    return [
        Construction(
            name=item["name"],
            num_documents=item["num_documents"],
            **{key: Count(**item[key]) for key in ("types", "perspectives", "sources")},
        )
        for item in metrics.get("constructions", ())
    ]


def read_json(path: Path, expected: str) -> dict[str, Any]:
    """A JSON object from a file, which should hold what `expected` says.

    Raises:
        FileNotFoundError: If there is no such file.
        ValueError: If it holds something else.
    """
    if not path.is_file():
        raise FileNotFoundError(f"There is no {path}. Expected {expected}.")
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise ValueError(f"{path} is not JSON: {error}. Expected {expected}.") from error
    if not isinstance(content, dict):
        raise ValueError(f"{path} holds a {type(content).__name__}. Expected {expected}.")
    return content


def _from_scores(scores: Mapping[str, Score]) -> dict[str, dict[str, float | int | None]]:
    return {name: _from_score(score) for name, score in scores.items()}


def _from_score(score: Score) -> dict[str, float | int | None]:
    return {name: None if math.isnan(value) else value for name, value in asdict(score).items()}


def _to_score(item: Mapping[str, Any]) -> Score:
    figures: dict[str, Any] = {
        name: math.nan if value is None else value for name, value in item.items()
    }
    return Score(**figures)
