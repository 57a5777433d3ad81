"""A report as files: pages to read, tables to compute with."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from claimclf.documents import Perspective
from claimclf.evaluation import Report, read_constructions, slice_report
from claimclf.metrics import right_perspectives
from claimclf.report.page import report_page
from claimclf.report.record import METRICS, metrics_record
from claimclf.report.tables import report_markdown

PREDICTIONS, JUDGEMENTS = "predictions.parquet", "judgements.parquet"

_JUDGEMENT_COLUMNS = {
    "judgement": "string",
    "document": "int64",
    "sentence": "int64",
    "gold": "bool",
    "predicted": "bool",
    "score": "double",
}


def write_report(report: Report, folder: str | Path) -> Path:
    """Write a report into a folder, which is made if it is missing.

    - `report.html`: everything, self-contained, with the articles;
    - `report.md`: the tables;
    - `metrics.json`: every figure with its interval, floors, slices, how sure perspectives are,
      hard constructions, thresholds, provenance;
    - `predictions.parquet`: one row per sentence, gold and predicted;
    - `judgements.parquet`: one row per judged item, from which every figure can be computed again.

    Returns:
        The folder.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    parts = (slice_report(report), read_constructions(report))
    metrics = json.dumps(metrics_record(report, *parts), indent=2, ensure_ascii=False)
    texts = {
        "report.html": report_page(report, *parts),
        "report.md": report_markdown(report, *parts),
        METRICS: metrics + "\n",
    }
    # An older report that may be there is no report without its figures: if this one is cut off,
    # nobody takes the files of both for one.
    (folder / METRICS).unlink(missing_ok=True)
    _write_parquet(sentence_rows(report), folder / PREDICTIONS)
    _write_parquet(judgement_rows(report), folder / JUDGEMENTS, columns=_JUDGEMENT_COLUMNS)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def sentence_rows(report: Report) -> Iterator[dict[str, Any]]:
    """One flat record per sentence: where it is, what gold and the prediction say."""
    for number, (gold, predicted) in enumerate(zip(report.gold, report.predicted, strict=True)):
        right = right_perspectives(gold, predicted)
        for index, (truth, answer) in enumerate(
            zip(gold.sentences, predicted.sentences, strict=True)
        ):
            yield {
                "document": number,
                "doc_id": gold.id,
                "sentence_id": index,
                "start": truth.start,
                "end": truth.end,
                "text": truth.text,
                "known_types": list(truth.known_types),
                "gold_types": list(truth.types),
                "predicted_types": list(answer.types),
                **{f"p_{name}": score for name, score in answer.scores.items()},
                **_perspective("gold", truth.perspective),
                **_perspective("predicted", answer.perspective),
                "p_perspective": answer.perspective.score if answer.perspective else None,
                "is_perspective_right": right[index],
            }


def judgement_rows(report: Report) -> Iterator[dict[str, Any]]:
    """One record per judged item."""
    for name, outcomes in report.judgements.items():
        for position in range(len(outcomes)):
            score = float(outcomes.scores[position])
            yield {
                "judgement": name,
                "document": int(outcomes.documents[position]),
                "sentence": int(outcomes.sentences[position]),
                "gold": bool(outcomes.gold[position]),
                "predicted": bool(outcomes.predicted[position]),
                "score": None if math.isnan(score) else score,
            }


def _perspective(prefix: str, perspective: Perspective | None) -> dict[str, str | None]:
    source = perspective.source if perspective else None
    return {
        f"{prefix}_perspective": perspective.status if perspective else None,
        f"{prefix}_source": source.name if source else None,
        f"{prefix}_kind": source.kind if source else None,
        f"{prefix}_party": source.party if source else None,
    }


def _write_parquet(
    rows: Iterator[dict[str, Any]], path: Path, *, columns: Mapping[str, str] | None = None
) -> None:
    """Write records; with their columns where these have to be there without any record too."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = columns and pa.schema(list(columns.items()))
    pq.write_table(pa.Table.from_pylist(list(rows), schema=schema), path)
