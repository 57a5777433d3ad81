"""Write the card of the packaged model anew: after a change of the model, or of what cards say.

    python scripts/write_card.py --report reports/claimnews --constructions reports/constructions

The reports are made by the two commands that the card itself shows.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from claimclf.card import write_card
from claimclf.model_files import packaged_folder

DATASET = "ClaimNews dev"
SPEED = (
    "On two cores with AVX512-BF16 and without AMX, 400 news articles, one run of "
    "`claimclf bench`: 481 sentences/s by `predict`, 533 by `claimclf score` from Parquet to "
    "Parquet, 122 by `transformers.pipeline` (fp32, batch 32) with the same bare encoder."
)
HISTORY = (
    "The configs in `configs/` of the repository say at their tops what each step changed. Of the "
    "others, `student*.toml` are `configs/distilled.toml` with other seeds and lengths, `a.toml` "
    "and `b.toml` `configs/refined.toml` and the variant that it describes; `FOLDER`, `data_r4` "
    "and `data_r5` are the folder of the corpora. `docs/experiments.md` has the runs with their "
    "figures."
)


def main(
    report: Annotated[Path, typer.Option(help="The report on ClaimNews dev.")],
    constructions: Annotated[Path, typer.Option(help="The report on the hard constructions.")],
    model: Annotated[Path | None, typer.Option(help="The model, if not the packaged one.")] = None,
) -> None:
    """Write the card."""
    try:
        card = write_card(
            model or packaged_folder(),
            report=report,
            constructions=constructions,
            dataset=DATASET,
            speed=SPEED,
            history=HISTORY,
        )
    except (OSError, ValueError) as error:
        raise SystemExit(f"write_card: {error}") from error
    print(f"The card is {card}.")


if __name__ == "__main__":
    typer.run(main)
