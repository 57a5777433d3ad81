"""Train a model from a config; the same as `claimclf train`.

python scripts/train.py configs/default.toml --data FOLDER --output runs/default
"""

from __future__ import annotations

import typer

from claimclf.cli import set_up_logging, train

if __name__ == "__main__":
    set_up_logging()
    typer.run(train)
