"""Rank the likely mistakes of a training corpus, for people to read again.

    python scripts/label_noise.py configs/default.toml claimnews/train.jsonl --data FOLDER \
        --output runs/label-noise

trains one model per fold and writes `suspects.md` into the output folder.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from claimclf.cli import set_up_logging
from claimclf.experiments import find_label_noise
from claimclf.training_config import load_config


def main(
    config: Annotated[Path, typer.Argument(help="The experiment, a TOML file.")],
    corpus: Annotated[str, typer.Argument(help="One of its training corpora, as it is written.")],
    output: Annotated[Path, typer.Option(help="Folder for the runs and suspects.md.")],
    data: Annotated[Path, typer.Option(help="Folder that the corpora lie in.")] = Path(),
    folds: Annotated[int, typer.Option(min=2, help="Models to train.")] = 5,
) -> None:
    """Rank the likely mistakes of a training corpus."""
    set_up_logging()
    try:
        experiment = load_config(config)
        find_label_noise(experiment, corpus, data=data, output=output, num_folds=folds)
    except (OSError, ValueError) as error:
        raise SystemExit(f"label_noise: {error}") from error
    print(f"The labels to read again are in {output / 'suspects.md'}.")


if __name__ == "__main__":
    typer.run(main)
