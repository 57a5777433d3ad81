"""Label the sentences of articles; the same as `claimclf predict`.

python scripts/predict.py article.txt --format html --output article.html
"""

from __future__ import annotations

import typer

from claimclf.cli import predict, set_up_logging

if __name__ == "__main__":
    set_up_logging()
    typer.run(predict)
