"""`claimclf finetune`: a user's own labelled sentences → a model and its figures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from claimclf.cli.inputs import user_errors


def finetune(
    data: Annotated[
        Path, typer.Argument(help="Your sentences: .csv, .tsv or .jsonl, one per row.")
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder to make.")],
    model: Annotated[
        str | None,
        typer.Option(
            "--model",
            "-m",
            help="Model or encoder to start from; else `default`, the model in the package.",
        ),
    ] = None,
    dev: Annotated[
        Path | None,
        typer.Option(
            help="File of the same form to measure on and to fit the thresholds on; without it, "
            "cross-validation."
        ),
    ] = None,
    text_column: Annotated[
        str | None, typer.Option(help="Column of the text; else text or sentence.")
    ] = None,
    label_column: Annotated[
        str | None, typer.Option(help="Column of the labels; else label, labels, type or types.")
    ] = None,
    separator: Annotated[str, typer.Option(help="Separates several labels in one cell.")] = "|",
    epochs: Annotated[
        float | None, typer.Option(help="Passes over the sentences; else as many as they need.")
    ] = None,
    folds: Annotated[int, typer.Option(min=2, help="Parts of the cross-validation.")] = 5,
    seed: Annotated[
        int, typer.Option(help="Of initialisation, shuffling and folds: another, another model.")
    ] = 13,
) -> None:
    """Train a model on your own labelled sentences, with any label names.

    A row is a sentence with its label, or several; 200 rows are a start. Every figure is of
    sentences that the model behind it has not seen.
    """
    from claimclf.finetuning import finetune as run

    with user_errors(OSError, ValueError):
        classifier = run(
            data,
            output=output,
            model=model,
            dev=dev,
            text_column=text_column,
            label_column=label_column,
            separator=separator,
            num_epochs=epochs,
            num_folds=folds,
            seed=seed,
        )
    from claimclf.report.record import read_scores
    from claimclf.report.tables import figure_cell

    scores = read_scores(output / "report")
    width = max(map(len, classifier.calibration.types))
    typer.echo("F1 in per cent, with 95 % intervals:")
    for name in classifier.calibration.types:
        figure = f"types/{name}/f1"
        cell = figure_cell(scores[figure], figure)
        typer.echo(f"{name:{width}}  {cell.text:>5}  {cell.interval}".rstrip())
    typer.echo(f"The model is in {output / 'model'}, the report in {output}/report/report.html.")
