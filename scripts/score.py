"""Label any number of articles into Parquet; the same as `claimclf score`.

python scripts/score.py articles.parquet scored/ --text-column body
"""

from __future__ import annotations

import typer

from claimclf.cli import set_up_logging
from claimclf.cli.scoring import score

if __name__ == "__main__":
    set_up_logging()
    typer.run(score)
