"""A user's own labelled sentences → a model with the user's own types, and an honest report.

Starts from a trained model (or any encoder), learns on all sentences, and measures on a dev file
or, without one, by cross-validation: every sentence is judged by a model that has not seen it, and
those answers calibrate the model that has seen them all.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from transformers import IntervalStrategy, PreTrainedTokenizerBase, PrinterCallback, set_seed

from claimclf.calibration import Calibration
from claimclf.card import write_card
from claimclf.classifier import ClaimClassifier
from claimclf.corpora import LabelledSentences, read_sentences
from claimclf.corpora.splits import text_key
from claimclf.documents import Document, Prediction
from claimclf.encoding import WindowEncoder
from claimclf.evaluation import Reader, Report, calibrate, evaluate, majority, out_of_fold, tfidf
from claimclf.evaluation.floors import MAJORITY, TFIDF, Floor
from claimclf.loading import build_model
from claimclf.model_files import DEFAULT, packaged_folder
from claimclf.modeling import ClaimModel
from claimclf.provenance import command_line, describe_run
from claimclf.report import write_report
from claimclf.training import (
    ClaimTrainer,
    Collator,
    WindowDataset,
    classifier_of,
    input_is_checked,
    save,
    training_arguments,
)
from claimclf.training_config import (
    CorpusConfig,
    DataConfig,
    ExperimentConfig,
    ModelConfig,
    TrainConfig,
)

logger = logging.getLogger(__name__)

BATCH_WINDOWS = 16
NUM_STEPS = 100
"""Optimizer steps that a small set of sentences is seen for; a large one is seen three times."""
MIN_EPOCHS, MAX_EPOCHS = 3.0, 10.0

FEW_SENTENCES = 20
"""Below so many sentences with a type, or without it, its figures and threshold say little."""

Predictions = list[list[Prediction]]


def finetune(
    data: str | Path,
    *,
    output: str | Path,
    model: str | Path | None = None,
    dev: str | Path | None = None,
    text_column: str | None = None,
    label_column: str | None = None,
    separator: str = "|",
    num_epochs: float | None = None,
    num_folds: int = 5,
    seed: int = 13,
) -> ClaimClassifier:
    """Train a model on your own labelled sentences.

    ```python
    from claimclf.finetuning import finetune

    classifier = finetune("reviews.csv", output="runs/reviews")
    ```

    Where every sentence has exactly one label, so has every prediction. Where no two sentences name
    the same document, the model reads every sentence by itself. It decides types only: perspectives
    and spans, which the sentences do not teach, stay undecided.

    Args:
        data: A `.csv`, `.tsv` or `.jsonl` file, see `claimclf.corpora.read_sentences`.
        output: Folder to make: `model/` with the model and its card, `report/` with the figures.
        model: What to start from: a trained model or an encoder, as a folder, a Hub id or
            `python:PACKAGE/FOLDER`; None and `"default"` take the model inside this package.
        dev: A file of the same form to measure on, and to fit the thresholds on; None
            cross-validates.
        text_column: See `claimclf.corpora.read_sentences`.
        label_column: See `claimclf.corpora.read_sentences`.
        separator: See `claimclf.corpora.read_sentences`.
        num_epochs: Passes over the sentences; None takes more of them the fewer there are.
        num_folds: Parts of the cross-validation.
        seed: Of initialisation, shuffling and folds.

    Returns:
        The classifier, as it is saved in `output/model`.

    Raises:
        ValueError: If the data are bad, too few or all of one label, or the output is a file or
            holds a model already.
        FileNotFoundError: If a file or the package's model is missing.
        RuntimeError: If the training itself fails.
    """
    output = Path(output)
    _check_output(output)
    read = partial(
        read_sentences, text_column=text_column, label_column=label_column, separator=separator
    )
    labelled = read(data)
    held_out = None if dev is None else read(dev, types=labelled.types)
    _check_labels(data, labelled)
    documents = labelled.documents
    experiment = experiment_for(
        documents,
        labelled.types,
        model=model,
        num_epochs=num_epochs,
        seed=seed,
        data=DataConfig(train=(_corpus(data),), dev=(_corpus(dev or data),)),
    )
    form = types_only(
        labelled.types,
        is_exclusive=labelled.is_exclusive and (held_out is None or held_out.is_exclusive),
    )
    if held_out is None:
        _check_folds(documents, num_folds)
    trained, tokenizer = learn(experiment, documents)
    with input_is_checked():
        if held_out is None:
            gold = documents
            answers, floor_answers = _cross_validate(experiment, documents, num_folds)
            measured_on = f"{Path(data).name}, {num_folds}-fold cross-validation"
        else:
            gold = held_out.documents
            answers, floor_answers = _answer(classifier_of(trained, tokenizer), documents, gold)
            measured_on = Path(dev or data).name
        provenance = {"model": output.name, "data": measured_on, "command": command_line()}
        report, calibration = _measure(answers, floor_answers, form, gold, provenance)
        trained.config.provenance = {
            **trained.config.provenance,
            **describe_run(experiment, ".", documents, gold),
            "command": provenance["command"],
            "measured": measured_on,
        }
        classifier = save(trained, tokenizer, calibration, output)
        write_report(report, output / "report")
        write_card(output / "model", report=output / "report", name=output.name)
    return classifier


def _check_output(output: Path) -> None:
    """Refuse a place that no folder can be made in, or that holds a model."""
    found = next(path for path in (output, *output.parents) if path.exists())
    if not found.is_dir():
        raise ValueError(f"Expected a folder to make, got {output}: {found} is a file.")
    if (output / "model").exists():
        raise ValueError(f"{output} already holds a model. Give another output folder.")


def _check_labels(data: str | Path, labelled: LabelledSentences) -> None:
    """Refuse sentences that all have the same labels, and log what there are few of."""
    if set(labelled.counts().values()) == {sum(1 for _ in labelled.sentences())}:
        raise ValueError(
            f"{data}: every sentence has the label {' and '.join(map(repr, labelled.types))}, so "
            "there is nothing to tell apart. Add sentences with other labels, or with none."
        )
    for warning in label_warnings(labelled):
        logger.warning(warning)


def label_warnings(labelled: LabelledSentences) -> Iterator[str]:
    """What is too little to learn from or to measure on, a line for each type."""
    num_sentences = sum(1 for _ in labelled.sentences())
    for name, count in labelled.counts().items():
        for number, what in ((count, "have"), (num_sentences - count, "do not have")):
            if number < FEW_SENTENCES:
                yield (
                    f"Only {number} of {num_sentences} sentences {what} {name!r}: its figures "
                    f"and threshold say little. Label at least {FEW_SENTENCES}."
                )
    numbers = [len(sentence.types) for sentence in labelled.sentences()]
    if set(numbers) == {0, 1} and numbers.count(0) < FEW_SENTENCES:
        yield (
            f"{numbers.count(0)} of {num_sentences} sentences have no label, all others one: "
            "labels are learned as if several could go together. Label those too if exactly one "
            "is right."
        )


def _corpus(path: str | Path) -> CorpusConfig:
    return CorpusConfig(path=str(Path(path).absolute()))


def experiment_for(
    documents: Sequence[Document],
    types: Sequence[str],
    *,
    model: str | Path | None = None,
    num_epochs: float | None = None,
    seed: int = 13,
    data: DataConfig | None = None,
) -> ExperimentConfig:
    """The settings of a training run on a user's own sentences.

    Args:
        documents: What will be learned from.
        types: The user's labels.
        model: See `finetune`.
        num_epochs: See `finetune`.
        seed: Of initialisation and shuffling.
        data: The files that the documents come from, for the record.

    Raises:
        FileNotFoundError: If the package's model is wanted and there is none.
    """
    encoder = DEFAULT if model is None else str(model)
    if encoder == DEFAULT and not (packaged_folder() / "config.json").is_file():
        raise FileNotFoundError(
            "This installation of claimclf has no model inside. Say what to start from: model= a "
            "folder, a Hub id or an encoder."
        )
    if num_epochs is None:
        num_batches = math.ceil(len(documents) / BATCH_WINDOWS)
        num_epochs = min(max(NUM_STEPS / num_batches, MIN_EPOCHS), MAX_EPOCHS)
    return ExperimentConfig(
        data=data or DataConfig(train=(), dev=()),
        model=ModelConfig(encoder=encoder, types=tuple(types)),
        train=TrainConfig(num_epochs=num_epochs, batch_windows=BATCH_WINDOWS, seed=seed),
    )


def learn(
    experiment: ExperimentConfig, documents: Sequence[Document]
) -> tuple[ClaimModel, PreTrainedTokenizerBase]:
    """Train on documents to the end, without looking at anything else."""
    set_seed(experiment.train.seed)
    model, tokenizer = build_model(experiment.model, experiment.to_dict()["loss"])
    # What was learned without a context is also read without one.
    model.config.sentences_alone = all(len(document.sentences) == 1 for document in documents)
    window_encoder = WindowEncoder(tokenizer, model.config)
    dataset = WindowDataset(documents, window_encoder, model.config)
    with TemporaryDirectory() as folder:
        arguments = training_arguments(experiment, len(dataset), Path(folder), has_dev=False)
        arguments.disable_tqdm, arguments.logging_strategy = True, IntervalStrategy.NO
        trainer = ClaimTrainer(
            experiment=experiment,
            tokenizer=tokenizer,
            dev=(),
            model=model,
            args=arguments,
            train_dataset=dataset,
            data_collator=Collator(window_encoder),
        )
        trainer.remove_callback(PrinterCallback)
        with input_is_checked():
            trainer.train()
    return model, tokenizer


def types_only(types: Sequence[str], *, is_exclusive: bool) -> Calibration:
    """What a model decides that learned nothing but types, before it is calibrated.

    Args:
        types: The user's labels.
        is_exclusive: Whether every sentence has exactly one of them.
    """
    return replace(Calibration.identity(types), is_exclusive=is_exclusive, has_perspective=False)


def _check_folds(documents: Sequence[Document], num_folds: int) -> None:
    """Refuse less than two folds, and more than there are distinct texts."""
    if num_folds < 2:
        raise ValueError(f"Cross-validation needs at least 2 parts, got {num_folds}.")
    num_texts = len({text_key(document.text) for document in documents})
    if num_texts < num_folds:
        raise ValueError(
            f"Cross-validation in {num_folds} parts needs as many distinct texts, got {num_texts}. "
            "Label more sentences, or give a dev file."
        )


def _cross_validate(
    experiment: ExperimentConfig, documents: Sequence[Document], num_folds: int
) -> tuple[Predictions, Mapping[str, Predictions]]:
    """Answers on every document from a model, and from each floor, that has not seen it."""

    def train(kept: list[Document], fold: int) -> ClaimClassifier:
        logger.info("Cross-validation: part %d of %d.", fold + 1, num_folds)
        return classifier_of(*learn(experiment, kept))

    def ask(train: Callable[[list[Document], int], Reader]) -> Predictions:
        return out_of_fold(documents, train, num_folds=num_folds, seed=experiment.train.seed)

    floor_answers = _floor_answers(
        experiment.model.types, lambda learn_floor: ask(lambda kept, fold: learn_floor(kept))
    )
    return ask(train), floor_answers


def _answer(
    classifier: ClaimClassifier, documents: Sequence[Document], gold: Sequence[Document]
) -> tuple[Predictions, Mapping[str, Predictions]]:
    """Answers on dev documents from a model, and from each floor that learns from the others."""
    types = tuple(classifier.calibration.types)
    floor_answers = _floor_answers(types, lambda learn_floor: learn_floor(documents).read(gold))
    return classifier.read(gold), floor_answers


def _measure(
    answers: Predictions,
    floor_answers: Mapping[str, Predictions],
    form: Calibration,
    gold: Sequence[Document],
    provenance: Mapping[str, str],
) -> tuple[Report, Calibration]:
    """Report and calibration of a model's answers, with the floors beside them."""
    report, calibration = calibrate(_giving(answers, form), gold, provenance=provenance)
    measured = {
        name: evaluate(_giving(predictions, form), gold, cross_fit=name == TFIDF).scores
        for name, predictions in floor_answers.items()
    }
    return replace(report, floors=measured), calibration


def _giving(answers: Predictions, form: Calibration) -> Reader:
    """A reader that gives answers which were collected before."""
    return Floor(lambda documents: answers, form)


def _floor_answers(
    types: Sequence[str], ask: Callable[[Callable[[Sequence[Document]], Floor]], Predictions]
) -> dict[str, Predictions]:
    """What anybody could build from the same sentences says; others know nothing of own labels.

    Args:
        types: The user's labels.
        ask: Gives the answers of what a function learns from documents.
    """
    answers = {}
    for name, learn_floor in ((MAJORITY, majority), (TFIDF, tfidf)):
        try:
            answers[name] = ask(partial(learn_floor, types=types))
        except ValueError as error:
            logger.warning("The floor %r is left out: %s", name, error)
    return answers
