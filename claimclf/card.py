"""The model card: written from what a model's folder and its evaluation report say, not by hand.

In goes a folder as `claimclf.loading.save_pretrained` writes it and, if there is one, the
`metrics.json` of `claimclf evaluate --report`; out comes `README.md` with metadata that the Hub
reads. What nobody measured or recorded is said to be missing.
"""

from __future__ import annotations

import json
import math
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from huggingface_hub import EvalResult, ModelCard, ModelCardData

from claimclf.labels import KIND_DEFINITIONS, SPAN_DEFINITIONS, TYPE_DEFINITIONS
from claimclf.metrics import Score
from claimclf.model_files import check_model_type
from claimclf.portable import clean_config, without_local_paths
from claimclf.provenance import ancestors, averaged_runs
from claimclf.report.tables import (
    MEASURE_TITLES,
    SECTIONS,
    Row,
    Table,
    escape_cell,
    figure_cell,
    figure_title,
    judgement_title,
    markdown_table,
)
from claimclf.report.writing import METRICS
from claimclf.templating import read_resource, render_markdown

MIN_SLICE_SENTENCES = 30
"""Sentences below which a slice says nothing about failures."""

MAX_FAILURES = 12
"""Most slices that are listed as failures, those with the largest loss."""

_OWN_CORPUS = "claimnews"
"""With it, folders of training files mean what this project made of them."""

PACKAGED = "claimclf"
"""Name of the model inside the package."""

PLACEHOLDER = '"path/to/this/folder"'
"""What a card gives to `from_pretrained` until the model is on the Hub."""

_LOADING = "ClaimClassifier.from_pretrained("
_INDEX_NAME = re.compile(r"(\nmodel-index:\n- name: )[^\n]+")

SPLITS = {"train": "Learned from", "dev": "Stopping, calibration, thresholds"}
"""What the splits of a training run are called."""

INDEXED_GROUPS = ("types", "perspective", "spans")
"""Groups of figures that go into the metadata."""

Figures = Mapping[str, Score]


def write_card(
    folder: str | Path,
    *,
    report: str | Path | None = None,
    name: str = PACKAGED,
    dataset: str | None = None,
    speed: str | None = None,
    command: str | None = None,
) -> Path:
    """Write the model card of a saved model as its folder's `README.md`.

    Args:
        folder: A model as `ClaimClassifier.save_pretrained` writes it.
        report: What `claimclf evaluate --report` wrote, the folder or its `metrics.json`; without
            it the card says that nothing was measured.
        name: What the model is called: its Hub id, once it has one. "claimclf" is the model inside
            the package.
        dataset: What the report was measured on, in words; the file's name where None.
        speed: How fast it is, with the machine, in one sentence.
        command: The command that trained it; None takes what the training run recorded.

    Returns:
        The file.

    Raises:
        FileNotFoundError: If the folder holds no model, or there is no report.
        ValueError: If the model is of another type, or the report is no report.
    """
    folder = Path(folder)
    check_model_type(folder, str(folder))
    config = _read_json(folder / "config.json", "a model saved by ClaimClassifier.save_pretrained")
    metrics = None if report is None else read_metrics(report)
    card = model_card(config, metrics, name=name, dataset=dataset, speed=speed, command=command)
    path = folder / "README.md"
    path.write_text(str(card), encoding="utf-8")
    return path


def rename_card(card: Path, name: str) -> None:
    """Let a card that was written without a Hub id, or for the package, tell how to load the model.

    Calls that name a model already are of the card's author, and stay.
    """
    text = card.read_text(encoding="utf-8").replace(PLACEHOLDER, _location(name))
    text = text.replace(f"{_LOADING})", f"{_LOADING}{_location(name)})")
    text = _INDEX_NAME.sub(lambda found: f"{found.group(1)}{name}", text)
    card.write_text(text, encoding="utf-8")


def read_metrics(report: str | Path) -> dict[str, Any]:
    """The record of a report, from its folder or its `metrics.json`."""
    path = Path(report)
    if path.is_dir():
        path = path / METRICS
    metrics = _read_json(path, "what `claimclf evaluate --report` writes")
    if "figures" not in metrics:
        raise ValueError(
            f"{path} has no 'figures': expected what `claimclf evaluate --report` writes, got the "
            f"keys {sorted(metrics)}."
        )
    return metrics


def read_scores(report: str | Path) -> dict[str, Score]:
    """Every figure of a report with its interval, by name; see `read_metrics`."""
    return _scores(read_metrics(report)["figures"])


def model_card(
    config: Mapping[str, Any],
    metrics: Mapping[str, Any] | None = None,
    *,
    name: str = PACKAGED,
    dataset: str | None = None,
    speed: str | None = None,
    command: str | None = None,
) -> ModelCard:
    """The card of a model's `config.json` and a report's `metrics.json`; see `write_card`."""
    config = clean_config(config)
    metrics = clean_config(metrics or {})
    provenance = config.get("provenance") or {}
    labels = _label_facts(config)
    training = _training_facts(provenance)
    is_news = reads_english_news(config)
    figures = _scores(metrics.get("figures", {}))
    measured_on = dataset or _data_name(metrics)
    body = render_markdown(
        "card.md.j2",
        {"cell": escape_cell},
        name=name,
        is_on_hub="/" in name,
        location=_location(name),
        is_packaged=name == PACKAGED,
        is_news=is_news,
        **labels,
        **training,
        **_figure_facts(figures, metrics),
        config=config,
        metrics=metrics,
        measured_on=measured_on,
        speed=speed,
        command=without_local_paths(command or provenance.get("command")),
    )
    encoder = training["encoder"]
    tags = {"news": is_news, "quotation-attribution": labels["has_perspective"]}
    task = "Sentence types and perspective" if labels["has_perspective"] else "Sentence types"
    data = ModelCardData(
        language="en" if is_news else None,
        license="other",
        license_name="see-training-data",
        library_name="claimclf",
        pipeline_tag="text-classification",
        tags=[
            "claimclf",
            *(tag for tag, holds in tags.items() if holds),
            "sentence-classification",
        ],
        base_model=encoder if "/" in encoder else None,
        metrics=sorted({figure.rpartition("/")[2] for figure in _indexed(figures)}) or None,
        model_name=name,
        eval_results=list(_eval_results(figures, metrics, task, measured_on)) or None,
    )
    if data.eval_results is None:
        del data.model_name
    return with_metadata(data, body)


def reads_english_news(config: Mapping[str, Any]) -> bool:
    """Whether a model is known to do so: it has perspectives, and learned from known corpora."""
    provenance = config.get("provenance") or {}
    learned = [run.get("train") for run in (provenance, *ancestors(provenance))]
    return _has_perspective(config) and bool(_corpus_notes(learned))


def with_metadata(data: ModelCardData, body: str) -> ModelCard:
    """A card from its metadata and its text."""
    return ModelCard(f"---\n{data.to_yaml()}\n---\n\n{body}")


def _label_facts(config: Mapping[str, Any]) -> dict[str, Any]:
    """What the model decides, and how."""
    calibration = config.get("calibration") or {}
    types = config["types"]
    return {
        "calibration": calibration,
        "has_perspective": _has_perspective(config),
        "is_exclusive": calibration.get("exclusive", False),
        "types": [(item, TYPE_DEFINITIONS.get(item)) for item in types],
        "kinds": [(item, KIND_DEFINITIONS.get(item)) for item in config["kinds"]],
        "spans": [(item, SPAN_DEFINITIONS.get(item)) for item in config["span_labels"]],
    }


def _has_perspective(config: Mapping[str, Any]) -> bool:
    """Whether a model says whose perspective a sentence carries."""
    calibration = config.get("calibration") or {}
    own = set(config["types"]) - set(TYPE_DEFINITIONS)
    return bool(calibration.get("has_perspective", True)) and not own


def _training_facts(provenance: Mapping[str, Any]) -> dict[str, Any]:
    """What the model and those that it goes back to have learned from, and with what."""
    earlier = list(ancestors(provenance))
    learned = [run.get("train") for run in (provenance, *earlier)]
    oldest = (earlier[-1] if earlier else provenance).get("config") or {}
    encoder, encoder_licence = _encoder(str((oldest.get("model") or {}).get("encoder") or ""))
    splits = list(_splits(provenance))
    for run in earlier:
        splits += _splits(run, {"train": "The model it started from learned from"})
    trained_with = provenance.get("config")
    return {
        "encoder": encoder,
        "encoder_licence": encoder_licence,
        "training": splits,
        "licences": _licences(*learned, provenance.get("dev")),
        "corpora": _corpus_notes(learned),
        "averaged": [
            (without_local_paths(command), f"{100 * share:.3g} %")
            for command, share in averaged_runs(provenance)
        ],
        "training_config": json.dumps(trained_with, indent=2, ensure_ascii=False)
        if trained_with
        else None,
        "versions": provenance.get("versions") or {},
        "python": provenance.get("python"),
        "commit": provenance.get("commit"),
    }


def _figure_facts(figures: Figures, metrics: Mapping[str, Any]) -> dict[str, Any]:
    """The tables of a report that the card shows."""
    return {
        "tables": [
            ("### " + table.title, markdown_table(table)) for table in figure_tables(figures)
        ],
        "floors": _floor_table(figures, metrics.get("floors", {})),
        "failures": failures(figures, metrics.get("slices", ())),
        "min_slice_sentences": MIN_SLICE_SENTENCES,
        "calibration_errors": _calibration_errors(figures),
    }


def figure_tables(figures: Figures) -> Iterator[Table]:
    """One table per section of a report, figures with intervals."""
    for title, (group, measures) in SECTIONS.items():
        judgements = dict.fromkeys(
            name.rpartition("/")[0] for name in figures if name.startswith(f"{group}/")
        )
        used = [
            measure
            for measure in measures
            if any(f"{judgement}/{measure}" in figures for judgement in judgements)
        ]
        if not judgements:
            continue
        rows = [
            Row(
                judgement_title(judgement),
                tuple(
                    figure_cell(figures.get(f"{judgement}/{measure}"), f"{judgement}/{measure}")
                    for measure in used
                ),
            )
            for judgement in judgements
        ]
        yield Table(title, tuple(MEASURE_TITLES[measure] for measure in used), tuple(rows))


def failures(figures: Figures, slices: Sequence[Mapping[str, Any]]) -> list[str]:
    """Slices in which a figure's whole interval lies below the figure on all sentences.

    The largest losses first; a sentence in Markdown for each.
    """
    found = []
    for item in slices:
        if item["num_sentences"] < MIN_SLICE_SENTENCES:
            continue
        for name, score in _scores(item["figures"]).items():
            overall = figures.get(name)
            if overall is None or name.split("/")[0] not in INDEXED_GROUPS:
                continue
            # A slice without a gold item has an F1 of 0 for want of anything to find.
            # An interval of no width tells of too few items to draw from.
            if 0 < score.high < overall.value and score.low < score.high:
                text = (
                    f"{item['grouping']}: {item['value']} ({item['num_sentences']:,} sentences): "
                    f"{figure_title(name)} {_cell(score)}, on all sentences {_cell(overall)}"
                )
                found.append((overall.value - score.value, text))
    return [text for _, text in sorted(found, key=lambda pair: -pair[0])[:MAX_FAILURES]]


def _eval_results(
    figures: Figures, metrics: Mapping[str, Any], task: str, dataset: str
) -> Iterator[EvalResult]:
    """The figures as the Hub's metadata holds them, with intervals as arguments."""
    provenance = metrics.get("provenance", {})
    for name in _indexed(figures):
        score = figures[name]
        yield EvalResult(
            task_type="text-classification",
            task_name=task,
            dataset_type=_slug(dataset),
            dataset_name=dataset,
            dataset_revision=provenance.get("documents_sha256"),
            metric_type=name.rpartition("/")[2],
            metric_name=_metric_name(name),
            metric_value=round(score.value, 4),
            metric_args={
                "figure": name,
                "low": round(score.low, 4) if not math.isnan(score.low) else None,
                "high": round(score.high, 4) if not math.isnan(score.high) else None,
                "num_items": score.num_items,
            },
        )


def _indexed(figures: Figures) -> list[str]:
    """Names of the figures that go into the metadata."""
    return [
        name
        for name, score in figures.items()
        if name.split("/")[0] in INDEXED_GROUPS and not math.isnan(score.value)
    ]


def _metric_name(figure: str) -> str:
    """A figure in words, such as "statistic: F1"."""
    judgement, _, measure = figure.rpartition("/")
    return f"{judgement_title(judgement)}: {MEASURE_TITLES.get(measure, measure)}"


def _scores(figures: Mapping[str, Mapping[str, Any]]) -> dict[str, Score]:
    """Figures of a `metrics.json`; null becomes NaN."""

    def number(value: float | None) -> float:
        return math.nan if value is None else value

    return {
        name: Score(
            number(item["value"]), number(item["low"]), number(item["high"]), item["num_items"]
        )
        for name, item in figures.items()
    }


def _floor_table(figures: Figures, floors: Mapping[str, Any]) -> list[str]:
    """The model beside its floors, as Markdown; empty without floors."""
    if not floors:
        return []
    names = [
        name
        for name in figures
        if (name.startswith("types/") and name.endswith("/f1"))
        or name in ("perspective/is_source/accuracy", "perspective/source/accuracy")
    ]
    systems = {"this model": figures, **{name: _scores(item) for name, item in floors.items()}}
    rows = [
        Row(title, tuple(figure_cell(scores.get(name), name) for name in names))
        for title, scores in systems.items()
    ]
    return markdown_table(Table("", tuple(map(figure_title, names)), tuple(rows)))


def _calibration_errors(figures: Figures) -> list[tuple[str, str]]:
    """What each calibrated score is off by, on average."""
    return [
        (judgement_title(name.rpartition("/")[0]), _cell(score))
        for name, score in figures.items()
        if name.endswith("/calibration_error")
    ]


def _splits(
    provenance: Mapping[str, Any], titles: Mapping[str, str] = SPLITS
) -> list[tuple[str, list[str], int]]:
    """What each split was: title, files, number of documents."""
    return [
        (title, list(split["files"]), split["num_documents"])
        for key, title in titles.items()
        if (split := provenance.get(key))
    ]


def _licences(*splits: Mapping[str, Any] | None) -> list[str]:
    """What the records of some splits say of their licences, each once."""
    named = {item for split in splits if split for item in split.get("licences", ())}
    return sorted(named - {"None"}, key=str.casefold)


def _corpus_notes(splits: Iterable[Mapping[str, Any] | None]) -> list[str]:
    """What is known of the corpora of some splits, each once."""
    found = set()
    for split in filter(None, splits):
        corpora = set(split.get("corpora", ()))
        found |= {_known()["corpora"].get(name) for name in corpora}
        # Anybody may have a folder "distilled": it is this project's only with its corpus.
        if _OWN_CORPUS in corpora:
            folders = {file.rpartition("/")[0] for file in split.get("files", ())}
            found |= {_known()["folders"].get(name) for name in folders}
    notes = (*_known()["corpora"].values(), *_known()["folders"].values())
    return [note for note in notes if note in found]


@cache
def _known() -> dict[str, dict[str, Any]]:
    """What this project knows of corpora and encoders."""
    return tomllib.loads(read_resource("known.toml"))


def _location(name: str) -> str:
    """What `from_pretrained` is given to load the model, as Python source."""
    if name == PACKAGED:
        return ""
    return f'"{name}"' if "/" in name else PLACEHOLDER


def _encoder(name: str) -> tuple[str, str | None]:
    """The encoder's Hub id and licence, as far as they are known."""
    encoders = _known()["encoders"]
    parts = name.lower().replace("_", "-").removeprefix("python:").split("/")
    known = next((encoders[part] for part in parts if part in encoders), {})
    return known.get("id", name), known.get("licence")


def _data_name(metrics: Mapping[str, Any]) -> str:
    """What a report was measured on, as it recorded it."""
    data = metrics.get("provenance", {}).get("data", "unnamed documents")
    return data if isinstance(data, str) else ", ".join(data)


def _slug(text: str) -> str:
    return "-".join("".join(c if c.isalnum() else " " for c in text.lower()).split())


def _cell(score: Score) -> str:
    """A figure in per cent with its interval."""
    cell = figure_cell(score, "/")
    return f"{cell.text} {cell.interval}".strip()


def _read_json(path: Path, expected: str) -> dict[str, Any]:
    """A JSON object from a file."""
    if not path.is_file():
        raise FileNotFoundError(f"There is no {path}. Expected {expected}.")
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise ValueError(f"{path} is not JSON: {error}. Expected {expected}.") from error
    if not isinstance(content, dict):
        raise ValueError(f"{path} holds a {type(content).__name__}. Expected {expected}.")
    return content
