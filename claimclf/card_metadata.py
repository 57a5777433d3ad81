"""The part of a card that the Hub reads: licence, language, tags, figures with their intervals."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from huggingface_hub import EvalResult, ModelCard, ModelCardData

from claimclf.report.tables import MEASURE_TITLES, Scores, judgement_title

INDEXED_GROUPS = ("types", "perspective", "spans")
"""Groups of figures that go into the metadata."""


def card_metadata(
    scores: Scores,
    *,
    name: str,
    encoder: str,
    dataset: str,
    documents_sha256: str | None,
    has_perspective: bool,
    is_news: bool,
) -> ModelCardData:
    """What the Hub indexes and filters by.

    Args:
        scores: Figures of a report; empty if nothing was measured.
        name: What the model is called.
        encoder: Its encoder, by its Hub id if that is known.
        dataset: What the figures were measured on, in words.
        documents_sha256: Of the documents that they were measured on.
        has_perspective: Whether the model says whose perspective a sentence carries.
        is_news: Whether it is known to have learned from English news.
    """
    tags = {
        "claimclf": True,
        "news": is_news,
        "quotation-attribution": has_perspective,
        "sentence-classification": True,
    }
    task = "Sentence types and perspective" if has_perspective else "Sentence types"
    results = list(_eval_results(scores, task, dataset, documents_sha256))
    # Figures need a name to stand under; without them it would be left over.
    named: dict[str, Any] = {"model_name": name, "eval_results": results} if results else {}
    return ModelCardData(
        language="en" if is_news else None,
        license="other",
        license_name="see-training-data",
        library_name="claimclf",
        pipeline_tag="text-classification",
        tags=[tag for tag, holds in tags.items() if holds],
        base_model=encoder if "/" in encoder else None,
        metrics=sorted({result.metric_type for result in results}) or None,
        **named,
    )


def with_metadata(data: ModelCardData, body: str) -> ModelCard:
    """A card from its metadata and its text."""
    return ModelCard(f"---\n{data.to_yaml()}\n---\n\n{body}")


def _eval_results(
    scores: Scores, task: str, dataset: str, documents_sha256: str | None
) -> Iterator[EvalResult]:
    """The figures as the Hub's metadata holds them, with intervals as arguments."""
    for name, score in scores.items():
        if name.split("/")[0] not in INDEXED_GROUPS or math.isnan(score.value):
            continue
        judgement, _, measure = name.rpartition("/")
        yield EvalResult(
            task_type="text-classification",
            task_name=task,
            dataset_type=_slug(dataset),
            dataset_name=dataset,
            dataset_revision=documents_sha256,
            metric_type=measure,
            metric_name=f"{judgement_title(judgement)}: {MEASURE_TITLES.get(measure, measure)}",
            metric_value=round(score.value, 4),
            metric_args={
                "figure": name,
                "low": round(score.low, 4) if not math.isnan(score.low) else None,
                "high": round(score.high, 4) if not math.isnan(score.high) else None,
                "num_items": score.num_items,
            },
        )


def _slug(text: str) -> str:
    return "-".join("".join(c if c.isalnum() else " " for c in text.lower()).split())
