"""Convert a corpus to this library's JSON Lines.

    python scripts/prepare_data.py PolNeAR/data/dev polnear-dev.jsonl

reads brat standoff (or any other format of `claimclf.corpora.read_documents`) and writes one
document per line. `claimclf data check` then says what is in the file.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from claimclf.corpora import Problem, filter_by_licence, read_documents, write_jsonl


def main(
    corpus: Annotated[Path, typer.Argument(help="A .jsonl file or a folder of brat standoff.")],
    output: Annotated[Path, typer.Argument(help="The .jsonl file to write.")],
    skip_bad: Annotated[bool, typer.Option(help="Leave bad records out, and list them.")] = False,
    allow: Annotated[
        list[str] | None, typer.Option(help="Keep only licences with this term; repeatable.")
    ] = None,
    deny: Annotated[
        list[str] | None, typer.Option(help="Leave out licences with this term; repeatable.")
    ] = None,
) -> None:
    """Convert a corpus to JSON Lines."""
    rejects: list[Problem] = []
    try:
        documents = read_documents(
            corpus, on_error="skip" if skip_bad else "raise", rejects=rejects
        )
        kept = filter_by_licence(documents, allow=allow or None, deny=deny or ())
        num_documents = write_jsonl(kept, output)
    except (OSError, ValueError) as error:
        raise SystemExit(f"prepare_data: {error}") from error
    for reject in rejects:
        print(f"left out: {reject}")
    print(f"{output}: {num_documents:,} documents from {corpus}, {len(rejects):,} left out.")


if __name__ == "__main__":
    typer.run(main)
