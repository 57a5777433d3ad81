"""Train on each corpus of a config alone and test on each of its dev corpora.

    python scripts/cross_corpora.py configs/default.toml --data FOLDER --output runs/cross

prints the matrices and leaves them, with a report per cell, in the output folder.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from claimclf.cli import set_up_logging
from claimclf.experiments import cross_corpora
from claimclf.training_config import load_config


def main(
    config: Annotated[Path, typer.Argument(help="The experiment, a TOML file.")],
    output: Annotated[Path, typer.Option(help="Folder for the runs and their reports.")],
    data: Annotated[Path, typer.Option(help="Folder that the corpora lie in.")] = Path(),
) -> None:
    """Train on one corpus, test on another, for all of a config."""
    set_up_logging()
    try:
        matrix = cross_corpora(load_config(config), data=data, output=output)
    except (OSError, ValueError) as error:
        raise SystemExit(f"cross_corpora: {error}") from error
    print(matrix)


if __name__ == "__main__":
    typer.run(main)
