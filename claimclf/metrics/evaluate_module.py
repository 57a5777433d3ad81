"""The figures of this library as a module of Hugging Face `evaluate`, loaded from this file.

    metric = evaluate.load(str(claimclf.metrics.EVALUATE_MODULE))
    metric.compute(
        predictions=[json.dumps(document.to_dict()) for document in predicted],
        references=[json.dumps(document.to_dict()) for document in gold],
    )

It needs no network.
"""

from __future__ import annotations

import json
import math

import datasets
import evaluate

from claimclf.documents import Document
from claimclf.metrics import draw_documents, figures, judge, score_figures

_DESCRIPTION = "Types, perspectives, sources and spans of sentences of news articles."
_INPUTS = """
Args:
    predictions: Predicted documents, each the JSON of `Document.to_dict`.
    references: Gold documents on the same sentences, in the same order, in the same form.
    num_draws: Bootstrap draws for 95 % intervals; 0 for none.
Returns:
    Figure name to value, None where it is undefined; with draws also `<figure>/low` and `/high`.
"""


class ClaimclfMetric(evaluate.Metric):  # type: ignore[misc]
    """Every figure of `claimclf.metrics`, from documents as JSON."""

    def _info(self) -> evaluate.MetricInfo:
        return evaluate.MetricInfo(
            description=_DESCRIPTION,
            citation="",
            inputs_description=_INPUTS,
            features=datasets.Features(
                {"predictions": datasets.Value("string"), "references": datasets.Value("string")}
            ),
        )

    def _compute(
        self, predictions: list[str], references: list[str], num_draws: int = 0
    ) -> dict[str, float | None]:
        judgements = judge(_documents(references), _documents(predictions))
        weights = draw_documents(len(references), num_draws=num_draws)
        result: dict[str, float | None] = {}
        for name, score in score_figures(judgements, figures(judgements), weights).items():
            result[name] = _number(score.value)
            if num_draws:
                result[f"{name}/low"] = _number(score.low)
                result[f"{name}/high"] = _number(score.high)
        return result


def _documents(records: list[str]) -> list[Document]:
    return [Document.from_dict(json.loads(record)) for record in records]


def _number(value: float) -> float | None:
    return None if math.isnan(value) else value
