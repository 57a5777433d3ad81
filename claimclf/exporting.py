"""The sentence types of a trained model as a standard `*ForSequenceClassification`.

Hub widgets, text-embeddings-inference and other servers load such a model without claimclf. It
reads one sentence without its article and knows nothing of perspectives, so it is weaker: its card
says how often it agrees with the model that it was distilled from.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import torch
from huggingface_hub import ModelCardData
from transformers import (
    AutoModelForSequenceClassification,
    DataCollatorWithPadding,
    PreTrainedModel,
    PrinterCallback,
    Trainer,
    TrainingArguments,
    set_seed,
)

from claimclf import __version__
from claimclf.calibration import logit, sigmoid
from claimclf.card import reads_english_news
from claimclf.card_metadata import with_metadata
from claimclf.classifier import ClaimClassifier
from claimclf.corpora.splits import text_key
from claimclf.documents import Document
from claimclf.labels import TYPE_DEFINITIONS, label2id
from claimclf.loading import quiet_transformers
from claimclf.metrics import PRF
from claimclf.portable import clean_configs
from claimclf.templating import render_markdown

logger = logging.getLogger(__name__)

READ_AT_ONCE = 64
"""Sentences that the exported model reads together when it is compared."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How the exported model's answers for one type compare with those of the full model."""

    counts: PRF
    """With the full model's answers as the truth."""
    num_sentences: int

    @property
    def share(self) -> float:
        """Share of the sentences on which both say the same."""
        wrong = self.counts.false_positives + self.counts.false_negatives
        return 1.0 - wrong / self.num_sentences if self.num_sentences else math.nan


def export_sequence_classifier(
    classifier: ClaimClassifier,
    documents: Sequence[Document],
    folder: str | Path,
    *,
    dev: Sequence[Document],
    num_epochs: float = 3.0,
    batch_size: int = 32,
    learning_rate: float = 1e-4,
    seed: int = 13,
) -> dict[str, Agreement]:
    """Distil the types of a model into a standard one that reads single sentences.

    A score of 0.5 of the exported model stands for the full model's threshold, as servers know no
    thresholds by type; its scores are therefore not calibrated probabilities. Where a sentence has
    exactly one type, it is the one with the highest score, in both models.

    Args:
        classifier: The full model.
        documents: Articles to learn from, split into sentences; their labels are not looked at.
        folder: Where to save the exported model, its tokenizer and card.
        dev: Other articles, on which the two models are compared.
        num_epochs: Passes over the sentences.
        batch_size: Sentences per optimizer step.
        learning_rate: Peak AdamW learning rate.
        seed: Of initialisation and shuffling.

    Returns:
        The agreement on dev by type.

    Raises:
        ValueError: If there are no sentences to learn from or to compare on.
    """
    for name, given in (("documents", documents), ("dev", dev)):
        if not any(document.sentences for document in given):
            raise ValueError(
                f"{name} hold no sentences. Give articles that are split into sentences, such as "
                "those of claimclf.corpora.read_documents."
            )
    set_seed(seed)
    student = _student(classifier)
    examples = [
        {**_tokens(classifier, sentence.text), "labels": target}
        for document, targets in zip(documents, _targets(classifier, documents), strict=True)
        for sentence, target in zip(document.sentences, targets, strict=True)
    ]
    logger.info("%d sentences to learn from.", len(examples))
    _train(
        student,
        examples,
        DataCollatorWithPadding(classifier.tokenizer),
        num_train_epochs=num_epochs,
        per_device_train_batch_size=batch_size,
        learning_rate=learning_rate,
        seed=seed,
        use_cpu=classifier.device.type == "cpu",
    )
    agreement = _compare(classifier, student, dev)
    learned = {text_key(document.text) for document in documents}
    is_held_out = learned.isdisjoint(text_key(document.text) for document in dev)
    _save(classifier, student, agreement, len(examples), is_held_out, Path(folder))
    return agreement


def _student(classifier: ClaimClassifier) -> PreTrainedModel:
    """The standard model, its encoder a copy of the full model's."""
    config = classifier.model.config.encoder_config()
    types = classifier.model.config.types
    config.id2label = dict(enumerate(types))
    config.label2id = label2id(tuple(types))
    config.problem_type = (
        "single_label_classification"
        if classifier.calibration.is_exclusive
        else "multi_label_classification"
    )
    student: Any = AutoModelForSequenceClassification.from_config(config)  # type: ignore[no-untyped-call]
    encoder = getattr(student, student.base_model_prefix)
    missing, unexpected = encoder.load_state_dict(
        classifier.model.encoder.state_dict(), strict=False
    )
    if unexpected or [name for name in missing if "pooler" not in name]:
        raise ValueError(
            f"The encoder does not fit {type(student).__name__}: it lacks {missing[:3]} and has "
            f"{unexpected[:3]}. Export needs an encoder of a standard type."
        )
    trained: PreTrainedModel = student.to(classifier.device)
    return trained


def _train(
    student: PreTrainedModel,
    examples: Sequence[Mapping[str, Any]],
    collate: DataCollatorWithPadding,
    **arguments: Any,
) -> None:
    """Train on sentences to the end, in silence; `arguments` are those of the Trainer."""
    with TemporaryDirectory() as temporary:
        trainer = Trainer(
            model=student,
            args=TrainingArguments(
                output_dir=temporary,
                warmup_steps=0.06,
                save_strategy="no",
                logging_strategy="no",
                report_to=[],
                disable_tqdm=True,
                **arguments,
            ),
            train_dataset=examples,
            data_collator=collate,
        )
        trainer.remove_callback(PrinterCallback)
        trainer.train()


def _tokens(classifier: ClaimClassifier, text: str) -> dict[str, Any]:
    """One sentence with special tokens, cut off where the encoder ends."""
    encoding = classifier.tokenizer(
        text,
        truncation=True,
        max_length=classifier.model.config.max_tokens,
        return_token_type_ids=False,
    )
    return dict(encoding)


def _targets(
    classifier: ClaimClassifier, documents: Sequence[Document]
) -> list[list[int] | list[list[float]]]:
    """What is learned of each sentence.

    The class where it has exactly one type, else the full model's probabilities, moved so that each
    threshold lies at 0.5.
    """
    read = classifier.predict_documents(documents)
    if classifier.calibration.is_exclusive:
        classes = {name: index for index, name in enumerate(classifier.model.config.types)}
        return [
            [classes[sentence.types[0]] for sentence in document.sentences] for document in read
        ]
    thresholds = {name: types.threshold for name, types in classifier.calibration.types.items()}
    return [
        [
            [_moved(sentence.scores[name], threshold) for name, threshold in thresholds.items()]
            for sentence in document.sentences
        ]
        for document in read
    ]


def _moved(score: float, threshold: float) -> float:
    return sigmoid(logit(score) - logit(threshold))


def _compare(
    classifier: ClaimClassifier, student: PreTrainedModel, dev: Sequence[Document]
) -> dict[str, Agreement]:
    """Decisions of both models on dev."""
    types = classifier.model.config.types
    expected = [
        [name in sentence.types for name in types]
        for document in classifier.predict_documents(dev)
        for sentence in document.sentences
    ]
    texts = [sentence.text for document in dev for sentence in document.sentences]
    collate = DataCollatorWithPadding(classifier.tokenizer)
    student.train(False)
    found: list[list[bool]] = []
    with torch.inference_mode():
        for start in range(0, len(texts), READ_AT_ONCE):
            batch = collate([_tokens(classifier, text) for text in texts[start:][:READ_AT_ONCE]])
            inputs = {name: tensor.to(classifier.device) for name, tensor in batch.items()}
            logits = student(**inputs).logits
            best = logits.max(dim=-1, keepdim=True).values
            found += (logits >= (best if classifier.calibration.is_exclusive else 0)).tolist()
    agreement = {}
    for column, name in enumerate(types):
        pairs = [
            (gold[column], answer[column]) for gold, answer in zip(expected, found, strict=True)
        ]
        counts = PRF(
            pairs.count((True, True)), pairs.count((False, True)), pairs.count((True, False))
        )
        agreement[name] = Agreement(counts, len(pairs))
    return agreement


def _save(
    classifier: ClaimClassifier,
    student: PreTrainedModel,
    agreement: Mapping[str, Agreement],
    num_examples: int,
    is_held_out: bool,
    folder: Path,
) -> None:
    """Write model, tokenizer and card."""
    with quiet_transformers():
        student.save_pretrained(folder)
        classifier.tokenizer.save_pretrained(folder)
    inputs = {"model_input_names": ["input_ids", "attention_mask"]}
    clean_configs(folder, {"tokenizer_config.json": inputs})
    config = classifier.model.config
    kind = "class" if classifier.calibration.is_exclusive else "label"
    data = ModelCardData(
        language="en" if reads_english_news(config.to_dict()) else None,
        license="other",
        license_name="see-training-data",
        library_name="transformers",
        pipeline_tag="text-classification",
        tags=["claimclf", f"multi-{kind}-classification", "sentence-classification"],
    )
    body = render_markdown(
        "sequence_card.md.j2",
        types=[(name, TYPE_DEFINITIONS.get(name)) for name in config.types],
        agreement=agreement,
        has_perspective=classifier.calibration.has_perspective,
        reads_context=not config.sentences_alone,
        num_examples=num_examples,
        is_exclusive=classifier.calibration.is_exclusive,
        is_held_out=is_held_out,
        version=__version__,
    )
    (folder / "README.md").write_text(str(with_metadata(data, body)), encoding="utf-8")
