"""Average the weights of trained models that went on from the same one.

    python scripts/average.py configs/distilled.toml runs/first/model runs/second/model \
        --data FOLDER --output runs/mean

calibrates the mean on the config's dev documents, and leaves it like a training run.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from claimclf.averaging import average
from claimclf.cli import set_up_logging


def main(
    config: Annotated[Path, typer.Argument(help="The experiment, a TOML file: its dev documents.")],
    models: Annotated[list[str], typer.Argument(help="Folders or Hub ids, at least two.")],
    output: Annotated[Path, typer.Option(help="Folder for the model and its figures on dev.")],
    data: Annotated[Path, typer.Option(help="Folder that the corpora lie in.")] = Path(),
) -> None:
    """Average models."""
    set_up_logging()
    try:
        average(models, config, data=data, output=output)
    except (OSError, ValueError) as error:
        raise SystemExit(f"average: {error}") from error
    print(f"The model is in {output / 'model'}, its figures on dev in {output / 'metrics.json'}.")


if __name__ == "__main__":
    typer.run(main)
