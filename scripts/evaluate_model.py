"""Measure a model on gold labels; the same as `claimclf evaluate`.

python scripts/evaluate_model.py runs/default/model dev.jsonl --report reports/default --cross-fit
"""

from __future__ import annotations

import typer

from claimclf.cli import evaluate, set_up_logging

if __name__ == "__main__":
    set_up_logging()
    typer.run(evaluate)
