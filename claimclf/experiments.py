"""Several training runs from one config: wrong labels found, and transfer between corpora.

Both train with `claimclf.training.train` and measure with `claimclf.evaluation`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from claimclf.classifier import ClaimClassifier
from claimclf.corpora import write_jsonl
from claimclf.documents import Document
from claimclf.evaluation import Report, evaluate, find_suspects, out_of_fold, suspects_markdown
from claimclf.loading import is_trained
from claimclf.report import write_report
from claimclf.report.tables import percent
from claimclf.training import load_documents, train
from claimclf.training_config import CorpusConfig, ExperimentConfig

TRANSFER = (
    ("types/macro/f1", "Types, mean F1"),
    ("sentences/attribution_from_type/f1", "Attributed sentences, F1"),
    ("perspective/is_source/accuracy", "Author or source, accuracy"),
    ("perspective/source/accuracy", "Right source, accuracy"),
    ("spans/source/f1", "Source spans, F1"),
    ("spans/cue/f1", "Cue spans, F1"),
    ("spans/content/f1", "Content spans, F1"),
)
"""The figures of the cross-corpus matrix, with their titles."""


def find_label_noise(
    experiment: ExperimentConfig,
    corpus: str,
    *,
    data: str | Path = ".",
    output: str | Path,
    num_folds: int = 5,
) -> str:
    """Rank the likely mistakes of a training corpus by models that have not seen the documents.

    Args:
        experiment: Trained once per fold, on its corpora without that fold.
        corpus: Path of one of its training corpora, as the config writes it.
        data: Folder that the corpora's relative paths start from.
        output: Folder for the runs; `suspects.md` in it is what is returned.
        num_folds: How many models are trained.

    Returns:
        Markdown, the most surprising labels first.

    Raises:
        ValueError: If the config does not train on `corpus`, or starts from a trained model.
    """
    output = Path(output)
    known = [item.path for item in experiment.data.train]
    if known.count(corpus) != 1:
        raise ValueError(f"The config must train on {corpus!r} in one place. It trains on {known}.")
    if is_trained(experiment.model.encoder):
        raise ValueError(
            f"{experiment.model.encoder} is a trained model, which may have seen the documents. "
            "Give a config that starts from a plain encoder."
        )
    at = known.index(corpus)
    examined = experiment.data.train[at]
    documents = load_documents((replace(examined, repeat=1),), data, experiment, is_training=True)

    def train_without(kept: list[Document], fold: int) -> ClaimClassifier:
        folder = output / f"fold-{fold}"
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / "train.jsonl").resolve()
        write_jsonl(kept, file)
        corpora = list(experiment.data.train)
        corpora[at] = replace(examined, path=str(file))
        return _train(_on(experiment, corpora), data, folder / "run")

    predictions = out_of_fold(documents, train_without, num_folds=num_folds)
    text = suspects_markdown(documents, find_suspects(documents, predictions))
    (output / "suspects.md").write_text(text, encoding="utf-8")
    return text


def cross_corpora(
    experiment: ExperimentConfig, *, data: str | Path = ".", output: str | Path
) -> str:
    """Train on each training corpus alone and test on each dev corpus.

    Thresholds are cross-fitted on the corpus that is tested, so that the matrix shows what was
    learned and not where the thresholds lie.

    Args:
        experiment: Trained once per training corpus.
        data: Folder that the corpora's relative paths start from.
        output: Folder for the runs and their reports; `matrix.md` in it is what is returned.

    Returns:
        Markdown: one matrix per figure, trained on (rows) and tested on (columns).

    Raises:
        ValueError: If a corpus is there twice.
    """
    for corpora in (experiment.data.train, experiment.data.dev):
        paths = [corpus.path for corpus in corpora]
        if len(set(paths)) < len(paths):
            raise ValueError(f"Every corpus must be there once, got {paths}.")
    output = Path(output)
    reports: dict[str, dict[str, Report]] = {}
    for number, corpus in enumerate(experiment.data.train):
        folder = output / f"train-{number}"
        classifier = _train(_on(experiment, [corpus]), data, folder / "run")
        for column, tested in enumerate(experiment.data.dev):
            whole = replace(tested, types=True, perspective=True, spans=True)
            documents = load_documents((whole,), data, experiment, is_training=False)
            provenance = {"model": f"trained on {corpus.path}", "data": tested.path}
            report = evaluate(classifier, documents, cross_fit=True, provenance=provenance)
            write_report(report, folder / f"test-{column}")
            reports.setdefault(corpus.path, {})[tested.path] = report
    text = _matrix(reports)
    (output / "matrix.md").write_text(text, encoding="utf-8")
    return text


def _train(experiment: ExperimentConfig, data: str | Path, output: Path) -> ClaimClassifier:
    """Train, or go on where an interrupted experiment was."""
    return train(experiment, data=data, output=output, resume=(output / "run.json").exists())


def _on(experiment: ExperimentConfig, corpora: Sequence[CorpusConfig]) -> ExperimentConfig:
    """The experiment with other training corpora."""
    return replace(experiment, data=replace(experiment.data, train=tuple(corpora)))


def _matrix(reports: dict[str, dict[str, Report]]) -> str:
    """One table per figure that any report has."""
    tested = list(dict.fromkeys(name for row in reports.values() for name in row))
    lines = ["# Trained on (rows), tested on (columns)", ""]
    for figure, title in TRANSFER:
        if not any(figure in report.scores for row in reports.values() for report in row.values()):
            continue
        lines += [f"## {title}", "", "| | " + " | ".join(tested) + " |"]
        lines.append("|---|" + "--:|" * len(tested))
        for name, row in reports.items():
            scores = [row[column].scores.get(figure) for column in tested]
            cells = [
                f"{percent(score.value)} [{percent(score.low)}, {percent(score.high)}]"
                if score
                else "–"
                for score in scores
            ]
            lines.append(f"| {name} | " + " | ".join(cells) + " |")
        lines.append("")
    return "\n".join(lines)
