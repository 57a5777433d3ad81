"""A random encoder of two layers, a word-level tokenizer, a document with everything in it."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from hypothesis import settings
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from claimclf.classifier import ClaimClassifier
from claimclf.documents import (
    Attribution,
    Document,
    Perspective,
    Sentence,
    Source,
    Span,
    spans_by_sentence,
)
from claimclf.labels import AUTHOR, SOURCE, TYPES
from claimclf.loading import build_model
from claimclf.training_config import ExperimentConfig, parse_config

# How long an example takes says how busy the machine is.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

TEXT = (
    "The river rose by 40 centimetres. Mayor Ada Lund said the dam was safe.\n\n"
    "“It will hold,” she said. “It may leak.” Nobody was hurt."
)


def _span(words: str, after: int = 0) -> Span:
    start = TEXT.index(words, after)
    return Span(start, start + len(words))


@pytest.fixture(scope="session")
def small_document() -> Document:
    """Five sentences with all types, a named, a pronoun and an absent source, and marked spans."""
    she = _span("she")
    lund = Source("s1", "Ada Lund", "official", "Lund city", (_span("Mayor Ada Lund"), she))
    attributions = (
        Attribution((_span("Mayor Ada Lund"),), (_span("said"),), (_span("the dam was safe"),)),
        Attribution(
            (she,), (_span("said", she.end),), (_span("“It will hold,”"), _span("“It may leak.”"))
        ),
    )
    spans = [span for attribution in attributions for span in attribution.labeled_spans()]
    rows = [
        ("The river rose by 40 centimetres.", ("statistic",), None, None),
        (
            "Mayor Ada Lund said the dam was safe.",
            ("attribution", "official_statement"),
            lund,
            "Mayor Ada Lund",
        ),
        (
            "“It will hold,” she said.",
            ("attribution", "official_statement", "speculation"),
            lund,
            "she",
        ),
        ("“It may leak.”", ("attribution", "official_statement", "speculation"), lund, None),
        ("Nobody was hurt.", (), None, None),
    ]
    sentences = []
    for words, types, source, mention in rows:
        span = _span(words)
        sentences.append(
            Sentence(
                span.start,
                span.end,
                words,
                types=types,
                perspective=Perspective(
                    SOURCE, source, _span(mention, span.start) if mention else None
                )
                if source
                else Perspective(AUTHOR),
                spans=spans_by_sentence([span], spans)[0],
                known_types=TYPES,
            )
        )
    return Document(
        TEXT,
        tuple(sentences),
        (lund,),
        attributions,
        id="small",
        metadata={"corpus": "test", "license": "own"},
    )


def word_tokenizer(words: set[str]) -> PreTrainedTokenizerFast:
    """One token per word or punctuation mark, in the style of BERT."""
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    vocabulary = {word: index for index, word in enumerate([*special, *sorted(words)])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="[PAD]",
        unk_token="[UNK]",
        cls_token="[CLS]",
        sep_token="[SEP]",
    )


@pytest.fixture(scope="session")
def tiny_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a random encoder, 32 wide, with 64 positions, and its tokenizer."""
    folder = tmp_path_factory.mktemp("encoder")
    pieces = pre_tokenizers.BertPreTokenizer().pre_tokenize_str(TEXT.lower())
    tokenizer = word_tokenizer({piece for piece, _ in pieces} | {"minister", "report", "."})
    tokenizer.save_pretrained(folder)
    torch.manual_seed(0)
    BertModel(
        BertConfig(
            vocab_size=len(tokenizer),
            hidden_size=32,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=64,
            max_position_embeddings=64,
        )
    ).save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def tiny_experiment(tiny_encoder: Path) -> ExperimentConfig:
    """A training run of a few steps on the tiny encoder."""
    return parse_config(
        {
            "data": {"train": [{"path": "train.jsonl"}], "dev": [{"path": "dev.jsonl"}]},
            "model": {
                "encoder": str(tiny_encoder),
                "max_tokens": 48,
                "context_tokens": 16,
                "lookahead_tokens": 6,
                "pointer_size": 16,
            },
            "train": {"num_epochs": 2, "batch_windows": 2, "evaluations": 2, "bfloat16": "no"},
        }
    )


@pytest.fixture
def tiny_classifier(tiny_experiment: ExperimentConfig) -> ClaimClassifier:
    """An untrained model on the tiny encoder, always the same, on the CPU in fp32."""
    torch.manual_seed(1)
    model, tokenizer = build_model(tiny_experiment.model, {})
    return ClaimClassifier(model, tokenizer, device="cpu", dtype="float32")
