"""Evaluate a model and write its report; the same as `claimclf evaluate`.

    python scripts/evaluate_model.py runs/default/model dev.jsonl --report reports/default \
        --cross-fit --floors-from train.jsonl

prints the tables and fills the folder with report.html, report.md, metrics.json and the
predictions.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from claimclf.report import evaluate_files, report_markdown, write_report


def main(
    model: Annotated[str, typer.Argument(help='A model folder or Hub id; "packaged" for ours.')],
    data: Annotated[list[Path], typer.Argument(help="Corpora with gold labels.")],
    report: Annotated[Path | None, typer.Option(help="Folder for the report.")] = None,
    cross_fit: Annotated[
        bool, typer.Option(help="Cross-fit calibration and thresholds on these corpora.")
    ] = False,
    floors_from: Annotated[
        list[Path] | None, typer.Option(help="Training corpus for the floors; repeatable.")
    ] = None,
) -> None:
    """Evaluate a model on corpora and write its report."""
    try:
        result = evaluate_files(
            None if model == "packaged" else model,
            data,
            cross_fit=cross_fit,
            floors_from=floors_from,
        )
    except (OSError, ValueError) as error:
        raise SystemExit(f"evaluate_model: {error}") from error
    print(report_markdown(result))
    if report is not None:
        print(f"The report is in {write_report(result, report)}.")


if __name__ == "__main__":
    typer.run(main)
