"""The model card: written from what a model's folder and its evaluation report say, not by hand.

In goes a folder as `claimclf.loading.save_pretrained` writes it and, if there is one, the
`metrics.json` of `claimclf evaluate --report`; out comes `README.md` with metadata that the Hub
reads. What nobody measured or recorded is said to be missing.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from huggingface_hub import ModelCard

from claimclf.card_metadata import INDEXED_GROUPS, card_metadata, with_metadata
from claimclf.labels import KIND_DEFINITIONS, SPAN_DEFINITIONS, TYPE_DEFINITIONS
from claimclf.metrics import Score
from claimclf.model_files import check_model_type
from claimclf.portable import clean_config, without_local_paths
from claimclf.provenance import ancestors, averaged_runs
from claimclf.report.record import (
    read_json,
    read_metrics,
    to_constructions,
    to_coverage,
    to_scores,
)
from claimclf.report.tables import (
    Scores,
    construction_table,
    coverage_table,
    figure_cell,
    figure_tables,
    figure_title,
    floor_table,
    judgement_title,
    table_lines,
)
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


def write_card(
    folder: str | Path,
    *,
    report: str | Path | None = None,
    constructions: str | Path | None = None,
    name: str = PACKAGED,
    dataset: str | None = None,
    speed: str | None = None,
    command: str | None = None,
    history: str | None = None,
) -> Path:
    """Write the model card of a saved model as its folder's `README.md`.

    Args:
        folder: A model as `ClaimClassifier.save_pretrained` writes it.
        report: What `claimclf evaluate --report` wrote, the folder or its `metrics.json`; without
            it the card says that nothing was measured.
        constructions: The report that has the table of hard constructions, if it is another one.
        name: What the model is called: its Hub id, once it has one. "claimclf" is the model inside
            the package.
        dataset: What the report was measured on, in words; the file's name where None.
        speed: How fast it is, with the machine, in one sentence.
        command: The command that trained it; None takes what the training run recorded.
        history: What else is to be said of how it was made, a paragraph.

    Returns:
        The file.

    Raises:
        FileNotFoundError: If the folder holds no model, or there is no report.
        ValueError: If the model is of another type, or the report is no report.
    """
    folder = Path(folder)
    check_model_type(folder, str(folder))
    card = model_card(
        read_json(folder / "config.json", "a model saved by ClaimClassifier.save_pretrained"),
        None if report is None else read_metrics(report),
        constructions=None if constructions is None else read_metrics(constructions),
        name=name,
        dataset=dataset,
        speed=speed,
        command=command,
        history=history,
    )
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


def model_card(
    config: Mapping[str, Any],
    metrics: Mapping[str, Any] | None = None,
    *,
    constructions: Mapping[str, Any] | None = None,
    name: str = PACKAGED,
    dataset: str | None = None,
    speed: str | None = None,
    command: str | None = None,
    history: str | None = None,
) -> ModelCard:
    """The card of a model's `config.json` and a report's `metrics.json`; see `write_card`."""
    config = clean_config(config)
    metrics = clean_config(metrics or {})
    provenance = config.get("provenance") or {}
    labels = _label_facts(config)
    training = _training_facts(provenance)
    is_news = reads_english_news(config)
    scores = to_scores(metrics.get("figures", {}))
    measured_on = dataset or _data_name(metrics)
    body = render_markdown(
        "card.md.j2",
        name=name,
        is_on_hub="/" in name,
        location=_location(name),
        is_packaged=name == PACKAGED,
        is_news=is_news,
        **labels,
        **training,
        **_figure_facts(scores, metrics, clean_config(constructions or metrics)),
        config=config,
        metrics=metrics,
        measured_on=measured_on,
        speed=speed,
        command=without_local_paths(command or provenance.get("command")),
        history=history,
    )
    data = card_metadata(
        scores,
        name=name,
        encoder=training["encoder"],
        dataset=measured_on,
        documents_sha256=metrics.get("provenance", {}).get("documents_sha256"),
        has_perspective=labels["has_perspective"],
        is_news=is_news,
    )
    return with_metadata(data, body)


def reads_english_news(config: Mapping[str, Any]) -> bool:
    """Whether a model is known to do so: it has perspectives, and learned from known corpora."""
    provenance = config.get("provenance") or {}
    learned = [run.get("train") for run in (provenance, *ancestors(provenance))]
    return _has_perspective(config) and bool(_corpus_notes(learned))


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
    trained_with = provenance.get("config")
    return {
        "encoder": encoder,
        "encoder_licence": encoder_licence,
        "training": _splits(provenance, earlier),
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


def _figure_facts(
    scores: Scores, metrics: Mapping[str, Any], constructions: Mapping[str, Any]
) -> dict[str, Any]:
    """The tables of a report that the card shows, and those of its constructions."""
    floors = {name: to_scores(item) for name, item in metrics.get("floors", {}).items()}
    tables = [
        *figure_tables(scores),
        floor_table(scores, floors, is_cross_fitted=metrics.get("cross_fitted", False)),
        coverage_table(to_coverage(metrics)),
    ]
    by_construction = construction_table(to_constructions(constructions))
    return {
        "tables": [(table.title, table_lines(table)) for table in filter(None, tables)],
        "constructions": table_lines(by_construction) if by_construction else [],
        "construction_metrics": constructions,
        "failures": failures(scores, metrics.get("slices", ())),
        "min_slice_sentences": MIN_SLICE_SENTENCES,
        "calibration_errors": _calibration_errors(scores),
    }


def failures(scores: Scores, slices: Sequence[Mapping[str, Any]]) -> list[str]:
    """Slices in which a figure's whole interval lies below the figure on all sentences.

    The largest losses first; a sentence in Markdown for each.
    """
    found = []
    for item in slices:
        if item["num_sentences"] < MIN_SLICE_SENTENCES:
            continue
        for name, score in to_scores(item["figures"]).items():
            overall = scores.get(name)
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


def _calibration_errors(scores: Scores) -> list[tuple[str, str]]:
    """What each calibrated score is off by, on average."""
    return [
        (judgement_title(name.rpartition("/")[0]), _cell(score))
        for name, score in scores.items()
        if name.endswith("/calibration_error")
    ]


def _splits(
    provenance: Mapping[str, Any], earlier: Iterable[Mapping[str, Any]]
) -> list[tuple[str, Sequence[str], str]]:
    """What the model and those that it goes back to learned from: title, files, documents.

    Earlier runs on files of the same names stand in one line.
    """
    own = [
        (title, tuple(split["files"]), f"{split['num_documents']:,}")
        for key, title in SPLITS.items()
        if (split := provenance.get(key))
    ]
    before: dict[Sequence[str], list[str]] = {}
    for run in earlier:
        if split := run.get("train"):
            files, number = tuple(split["files"]), f"{split['num_documents']:,}"
            if (SPLITS["train"], files, number) not in own:
                before.setdefault(files, []).append(number)
    return own + [
        ("Models that it goes back to learned from", files, " or ".join(dict.fromkeys(numbers)))
        for files, numbers in before.items()
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
    known: dict[str, str] = next((encoders[part] for part in parts if part in encoders), {})
    return known.get("id", name), known.get("licence")


def _data_name(metrics: Mapping[str, Any]) -> str:
    """What a report was measured on, as it recorded it."""
    data = metrics.get("provenance", {}).get("data", "unnamed documents")
    return data if isinstance(data, str) else ", ".join(data)


def _cell(score: Score) -> str:
    """A figure in per cent with its interval."""
    cell = figure_cell(score, "/")
    return f"{cell.text} {cell.interval}".strip()
