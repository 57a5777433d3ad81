"""Label a corpus with trained models, where nobody has labelled it, to train another on.

    python scripts/pseudo_label.py runs/large/model news.jsonl distilled/news.jsonl
    python scripts/pseudo_label.py default news.jsonl distilled/news.jsonl --with runs/large/model

Labels that the corpus has are kept; what it lacks (types, spans, perspectives) comes from the
models. The file that is written is a training corpus like any other.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import track

from claimclf import ClaimClassifier
from claimclf.cli import set_up_logging
from claimclf.corpora import mask_partial_content, read_documents, write_jsonl
from claimclf.distillation import pseudo_label
from claimclf.documents import Document


def main(
    teacher: Annotated[str, typer.Argument(help="The model: a folder or a Hub id.")],
    corpus: Annotated[Path, typer.Argument(help="A .jsonl file or a folder of brat standoff.")],
    output: Annotated[Path, typer.Argument(help="The .jsonl file to write.")],
    others: Annotated[
        list[str] | None,
        typer.Option("--with", help="Another teacher; types are their mean. Repeatable."),
    ] = None,
    softening: Annotated[
        float, typer.Option(help="Weight of the teachers' types beside the annotators'.")
    ] = 0.0,
    min_score: Annotated[
        float, typer.Option(help="Probability from which on a perspective is believed.")
    ] = 0.7,
    min_content_share: Annotated[
        float, typer.Option(help="As in a training config: sentences with less are relabelled.")
    ] = 0.0,
) -> None:
    """Label what nobody has labelled."""
    set_up_logging()
    try:
        names = [teacher, *(others or [])]
        teachers = [ClaimClassifier.from_pretrained(name) for name in names]
        documents: Iterator[Document] = mask_partial_content(
            read_documents(corpus), min_share=min_content_share
        )
        output.parent.mkdir(parents=True, exist_ok=True)
        num_documents = write_jsonl(
            pseudo_label(
                track(documents, corpus.name), teachers, min_score=min_score, softening=softening
            ),
            output,
        )
    except (OSError, ValueError) as error:
        raise SystemExit(f"pseudo_label: {error}") from error
    print(
        f"{output}: {num_documents:,} documents from {corpus}, labelled by {' and '.join(names)}."
    )


if __name__ == "__main__":
    typer.run(main)
