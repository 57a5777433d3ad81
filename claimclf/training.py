"""Experiment config → trained classifier: a thin Trainer, validated by the evaluation.

A run folder holds the resolved config, versions, commit, data hashes, checkpoints, the log, the dev
metrics, and in `model/` the finished model with its calibration.
"""

from __future__ import annotations

import json
import logging
import math
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.utils.data import Dataset
from transformers import (
    EarlyStoppingCallback,
    PreTrainedTokenizerBase,
    Trainer,
    TrainerControl,
    TrainerState,
    TrainingArguments,
    set_seed,
)

from claimclf.backend import choose_device, choose_dtype, keep_freed_memory
from claimclf.calibration import Calibration
from claimclf.classifier import ClaimClassifier
from claimclf.configuration import ClaimConfig
from claimclf.corpora import filter_by_licence, mask_partial_content, read_documents
from claimclf.documents import Document
from claimclf.encoding import Window, WindowEncoder
from claimclf.evaluation import Report, calibrate, evaluate
from claimclf.loading import build_model, save_pretrained
from claimclf.modeling import ClaimModel
from claimclf.provenance import describe_run
from claimclf.targets import WindowTargets, collate_targets, make_targets, naming_mentions
from claimclf.training_config import CorpusConfig, ExperimentConfig, load_config

logger = logging.getLogger(__name__)


class WindowDataset(Dataset[tuple[Window, WindowTargets]]):
    """Windows of training documents with their labels."""

    def __init__(
        self, documents: Sequence[Document], window_encoder: WindowEncoder, config: ClaimConfig
    ) -> None:
        self.windows = window_encoder.encode(documents)
        names = [naming_mentions(document) for document in documents]
        self.targets = [
            make_targets(documents[window.document], window, config, names=names[window.document])
            for window in self.windows
        ]

    def __len__(self) -> int:
        return len(self.windows)

    def __getitem__(self, index: int) -> tuple[Window, WindowTargets]:
        return self.windows[index], self.targets[index]


@dataclass(frozen=True)
class Collator:
    """Pads windows and labels into the keyword arguments of `ClaimModel.forward`."""

    window_encoder: WindowEncoder

    def __call__(self, items: Sequence[tuple[Window, WindowTargets]]) -> dict[str, Any]:
        """Batch of tensors from windows with their labels."""
        batch = self.window_encoder.collate([window for window, _ in items])
        labels = collate_targets(batch, [targets for _, targets in items])
        return {**batch.model_inputs(), "labels": labels}


class ClaimTrainer(Trainer):
    """`Trainer` with a learning rate per layer and the library's own evaluation."""

    def __init__(
        self,
        *,
        experiment: ExperimentConfig,
        tokenizer: PreTrainedTokenizerBase,
        dev: Sequence[Document],
        model: ClaimModel,
        **options: Any,
    ) -> None:
        super().__init__(model=model, **options)
        keep_freed_memory()
        self.experiment = experiment
        self.tokenizer = tokenizer
        self.dev = dev
        self.claim_model = model

    def create_optimizer(self, model: nn.Module | None = None) -> torch.optim.Optimizer:
        """AdamW with the experiment's learning rates."""
        self.optimizer = torch.optim.AdamW(
            parameter_groups(self.claim_model, self.experiment), fused=True
        )
        return self.optimizer

    def evaluate(
        self, *args: Any, metric_key_prefix: str = "eval", **kwargs: Any
    ) -> dict[str, float]:
        """Dev figures of `claimclf.evaluation`, under the names that callbacks read."""
        classifier = classifier_of(self.claim_model, self.tokenizer)
        # Intervals decide nothing here; one draw is the least that can be asked for.
        figures = stopping_figures(evaluate(classifier, self.dev, cross_fit=True, num_draws=1))
        metrics = {f"{metric_key_prefix}_{name}": value for name, value in figures.items()}
        self.log(metrics)
        self.control = self.callback_handler.on_evaluate(
            self.args, self.state, self.control, metrics
        )
        return metrics


def train(
    config: ExperimentConfig | str | Path,
    *,
    data: str | Path = ".",
    output: str | Path,
    resume: bool = False,
) -> ClaimClassifier:
    """Train a model, calibrate it on dev, and save it.

    Args:
        config: The experiment, or its TOML file.
        data: Folder that the corpora's relative paths start from.
        output: Run folder; `model/` in it is what `ClaimClassifier.from_pretrained` loads.
        resume: Go on from the last checkpoint in the run folder; with the same config and data, the
            result is the same as that of a run without interruption.

    Returns:
        The trained classifier with its calibration.

    Raises:
        ValueError: If the config is wrong, or the run folder holds another experiment.
        FileNotFoundError: If a corpus is missing.
        RuntimeError: If the training itself fails.
    """
    experiment = config if isinstance(config, ExperimentConfig) else load_config(config)
    output = Path(output)
    train_documents = load_documents(experiment.data.train, data, experiment, is_training=True)
    dev_documents = load_documents(experiment.data.dev, data, experiment, is_training=False)
    provenance = describe_run(experiment, data, train_documents, dev_documents)
    set_seed(experiment.train.seed)
    model, tokenizer = build_model(experiment.model, experiment.to_dict()["loss"])
    # Only now: a wrong encoder leaves no folder behind that a right one would be refused.
    checkpoint = prepare_folder(output, provenance, resume=resume)
    window_encoder = WindowEncoder(tokenizer, model.config)
    dataset = WindowDataset(train_documents, window_encoder, model.config)
    logger.info(
        "%d windows from %d documents to learn from, %d documents to validate on.",
        len(dataset),
        len(train_documents),
        len(dev_documents),
    )
    trainer = ClaimTrainer(
        experiment=experiment,
        tokenizer=tokenizer,
        dev=dev_documents,
        model=model,
        args=training_arguments(experiment, len(dataset), output),
        train_dataset=dataset,
        eval_dataset=[],
        data_collator=Collator(window_encoder),
        callbacks=[EarlyStopping(early_stopping_patience=experiment.train.patience)],
    )
    with input_is_checked():
        trainer.train(resume_from_checkpoint=checkpoint)
        (output / "log.json").write_text(
            json.dumps(trainer.state.log_history, indent=2) + "\n", encoding="utf-8"
        )
        model.config.provenance = {**model.config.provenance, **provenance}
        return finish(model, tokenizer, dev_documents, dev=provenance["dev"], output=output)


@contextmanager
def input_is_checked() -> Iterator[None]:
    """Tell what goes wrong in the work itself from wrong input, which is a `ValueError`.

    Raises:
        RuntimeError: In place of a `ValueError`, which is its cause.
    """
    try:
        yield
    except ValueError as error:
        raise RuntimeError(
            f"Failed on input that had been checked, please report it: {error}"
        ) from error


def finish(
    model: ClaimModel,
    tokenizer: PreTrainedTokenizerBase,
    documents: Sequence[Document],
    *,
    dev: Mapping[str, Any],
    output: Path,
) -> ClaimClassifier:
    """Calibrate a model on dev documents; leave it and its figures in a run folder.

    Args:
        model: In fp32.
        tokenizer: Its tokenizer.
        documents: The dev documents.
        dev: What `describe_corpora` says of them, for the record.
        output: Run folder; gets `metrics.json` and `model/`.
    """
    report, calibration = calibrate(classifier_of(model, tokenizer), documents)
    calibration = replace(calibration, provenance={**calibration.provenance, "data": dev})
    output.mkdir(parents=True, exist_ok=True)
    figures = json.dumps(stopping_figures(report), indent=2) + "\n"
    (output / "metrics.json").write_text(figures, encoding="utf-8")
    return save(model, tokenizer, calibration, output)


def save(
    model: ClaimModel, tokenizer: PreTrainedTokenizerBase, calibration: Calibration, output: Path
) -> ClaimClassifier:
    """Write `model/` of a run folder; the classifier as it is loaded from there."""
    # Straight from the fp32 weights: a classifier may hold its encoder in bfloat16.
    save_pretrained(model, tokenizer, calibration, output / "model")
    return ClaimClassifier.from_pretrained(output / "model")


def classifier_of(
    model: ClaimModel, tokenizer: PreTrainedTokenizerBase, *, dtype: str = "auto"
) -> ClaimClassifier:
    """A classifier on a copy of a model in training, which stays as it is."""
    trained = ClaimModel(model.config)
    trained.load_state_dict(model.state_dict())
    return ClaimClassifier(trained, tokenizer, dtype=dtype)


class EarlyStopping(EarlyStoppingCallback):
    """Stops when dev no longer gets better; still in force when a stopped run is resumed."""

    def on_train_begin(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        **kwargs: Any,
    ) -> None:
        """Stop again: the Trainer has just forgotten that it had stopped."""
        super().on_train_begin(args, state, control, **kwargs)  # type: ignore[no-untyped-call]
        if self.early_stopping_patience_counter >= self.early_stopping_patience:
            control.should_training_stop = True


def stopping_figures(report: Report) -> dict[str, float]:
    """The few figures that decide which checkpoint is kept; `score` is their mean."""
    figures = {name: value for name, value in report.headline().items() if not math.isnan(value)}
    return {**figures, "score": sum(figures.values()) / max(1, len(figures))}


def load_documents(
    corpora: Sequence[CorpusConfig],
    data: str | Path,
    experiment: ExperimentConfig,
    *,
    is_training: bool,
) -> list[Document]:
    """Documents of some corpora, filtered, repeated and masked as their config says."""
    documents: list[Document] = []
    for corpus in corpora:
        found: Iterator[Document] = read_documents(
            corpus.locate(data), types=experiment.model.types
        )
        if is_training and experiment.data.exclude_licences:
            found = filter_by_licence(found, deny=experiment.data.exclude_licences)
        if corpus.min_content_share:
            found = mask_partial_content(found, min_share=corpus.min_content_share)
        kept = [
            _without_unlearned(document, corpus)
            for document in found
            if not corpus.genres or document.metadata.get("genre") in corpus.genres
        ]
        documents.extend(kept * (corpus.repeat if is_training else 1))
    if not documents:
        raise ValueError(
            f"No documents are left of {[corpus.path for corpus in corpora]} after filtering."
        )
    return documents


def _without_unlearned(document: Document, corpus: CorpusConfig) -> Document:
    """A document without the labels that its corpus's config switches off."""
    changes: dict[str, Any] = {}
    if not corpus.types:
        changes["known_types"] = ()
    if not corpus.perspective:
        changes["perspective"] = None
    if changes:
        sentences = tuple(replace(sentence, **changes) for sentence in document.sentences)
        document = replace(document, sentences=sentences)
    return document if corpus.spans else replace(document, attributions=None)


def parameter_groups(model: nn.Module, experiment: ExperimentConfig) -> list[dict[str, Any]]:
    """Parameters with their learning rate and weight decay.

    Heads learn at their own rate; each encoder layer at `layer_decay` times the rate of the layer
    above it, the embeddings below the first, a last norm like the last layer (Howard and Ruder,
    2018, https://arxiv.org/abs/1801.06146).
    """
    settings = experiment.train
    layer_of = re.compile(r"^encoder\..*?layers?\.(\d+)\.")
    names = [name for name, _ in model.named_parameters()]
    depth = 1 + max((int(found[1]) for name in names if (found := layer_of.match(name))), default=0)
    groups: dict[tuple[float, float], list[nn.Parameter]] = {}
    for name, parameter in model.named_parameters():
        if not name.startswith("encoder."):
            rate = settings.head_learning_rate
        else:
            found = layer_of.match(name)
            is_last = "norm" in name.casefold() and "embed" not in name
            below_top = depth - 1 - int(found[1]) if found else 0 if is_last else depth
            rate = settings.learning_rate * settings.layer_decay**below_top
        decay = settings.weight_decay if parameter.ndim > 1 else 0.0
        groups.setdefault((rate, decay), []).append(parameter)
    return [
        {"params": parameters, "lr": rate, "weight_decay": decay}
        for (rate, decay), parameters in groups.items()
    ]


def training_arguments(
    experiment: ExperimentConfig, num_windows: int, output: Path, *, has_dev: bool = True
) -> TrainingArguments:
    """The experiment in the Trainer's words; without dev it runs to the end and saves nothing.

    However many GPUs there are, it trains on the first: shares of a batch would be padded to
    lengths of their own, which the labels don't have.
    """
    settings = experiment.train
    num_steps = math.ceil(math.ceil(num_windows / settings.batch_windows) * settings.num_epochs)
    evaluation_steps = math.ceil(num_steps / settings.evaluations)
    device = choose_device()
    dtype = {"auto": "auto", "yes": "bfloat16", "no": "float32"}[settings.bfloat16]
    strategy = "steps" if has_dev else "no"
    arguments = TrainingArguments(
        output_dir=str(output / "checkpoints"),
        per_device_train_batch_size=settings.batch_windows,
        max_steps=num_steps,
        learning_rate=settings.learning_rate,
        lr_scheduler_type="linear",
        warmup_steps=settings.warmup_share,
        max_grad_norm=settings.max_gradient_norm,
        bf16=choose_dtype(dtype, device) == torch.bfloat16,
        use_cpu=device.type == "cpu",
        eval_strategy=strategy,
        eval_steps=evaluation_steps,
        save_strategy=strategy,
        save_steps=evaluation_steps,
        save_total_limit=2,
        load_best_model_at_end=has_dev,
        metric_for_best_model="score",
        greater_is_better=True,
        # Without this, early stopping forgets what it has seen when a run is resumed.
        restore_callback_states_from_checkpoint=True,
        logging_steps=max(1, num_steps // 50),
        remove_unused_columns=False,
        seed=settings.seed,
        data_seed=settings.seed,
        report_to=[],
        disable_tqdm=not sys.stderr.isatty(),
    )
    arguments._n_gpu = min(arguments.n_gpu, 1)
    return arguments


def prepare_folder(output: Path, provenance: dict[str, Any], *, resume: bool) -> str | None:
    """Write what a run is made of into its folder; the checkpoint to go on from, if it is resumed.

    Raises:
        ValueError: If the folder holds a run and `resume` is off, or another experiment and it is
            on.
    """
    path = output / "run.json"
    if path.exists():
        if not resume:
            raise ValueError(
                f"{output} already holds a run. Give another output folder, or go on with the run: "
                "`claimclf train … --resume`, in Python `train(…, resume=True)`."
            )
        before = json.loads(path.read_text(encoding="utf-8"))
        now = json.loads(json.dumps(provenance))
        different = [name for name in ("config", "train", "dev") if before[name] != now[name]]
        if different:
            raise ValueError(
                f"{output} holds another experiment: its {', '.join(different)} differ. Give "
                "another output folder, or the config and data that it was started with."
            )
    else:
        output.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(provenance, indent=2) + "\n", encoding="utf-8")
    # The state is written last: a checkpoint without it is half written.
    states = (output / "checkpoints").glob("checkpoint-*/trainer_state.json")
    checkpoints = sorted(
        (state.parent for state in states),
        key=lambda folder: int(folder.name.rpartition("-")[2]),
    )
    return str(checkpoints[-1]) if checkpoints else None
