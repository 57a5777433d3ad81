"""How fast this machine scores, beside `transformers.pipeline` on the same encoder, in one run.

Every way gets the same articles. What is compared with the limit is the encoder's arithmetic over
the tokens that it reads, context and padding not deducted from the time.
"""

from __future__ import annotations

import logging
import multiprocessing
import resource
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import torch
from torch import nn

from claimclf.backend import choose_backend
from claimclf.classifier import BATCH_TOKENS, ClaimClassifier, token_batches
from claimclf.encoding import Window
from claimclf.examples import example_text
from claimclf.scoring.inputs import Article, open_input
from claimclf.scoring.local import choose_workers
from claimclf.scoring.machine import available_cores
from claimclf.scoring.part_files import PartReport
from claimclf.scoring.parts import Part
from claimclf.scoring.run import score
from claimclf.scoring.watching import Job
from claimclf.segmentation import split_document

logger = logging.getLogger(__name__)

PIPELINE_SENTENCES: Final = 768
"""Sentences for the slow way; more would only take longer."""

MATRIX_SECONDS: Final = 1.0
"""How long matrix products are timed; the best one counts."""

_MAXRSS_PER_MB: Final = 1e6 if sys.platform == "darwin" else 1024.0
"""Linux counts the largest resident memory in kilobytes, macOS in bytes."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to do it, as measured."""

    name: str
    sentences_per_second: float
    times_pipeline: float
    share_of_limit: float | None = None
    """Of the rate of matrix products, in [0, 1]; None where the tokens are not comparable."""


@dataclass(slots=True)
class BenchResult:
    """What `run_bench` found."""

    backend: str
    num_cores: int
    num_documents: int
    num_sentences: int
    num_tokens: int
    """Tokens that the encoder reads, context and special tokens included."""
    matrix_tflops: float
    """Measured rate of matrix products in the encoder's precision and sizes, on all cores."""
    ways: list[Way] = field(default_factory=list)
    peak_megabytes: dict[str, float] = field(default_factory=dict)
    """Peak memory of this process, and of the largest worker."""

    def to_dict(self) -> dict[str, Any]:
        """Plain values, ready for JSON."""
        return asdict(self)

    def to_markdown(self) -> str:
        """A small table, with what it was measured on above it."""
        memory = ", ".join(f"{name} {value:,.0f} MB" for name, value in self.peak_megabytes.items())
        lines = [
            f"{self.num_documents:,} articles, {self.num_sentences:,} sentences, "
            f"{self.num_tokens:,} tokens; {self.num_cores} cores, {self.backend}; matrix products "
            f"at {self.matrix_tflops:.2f} TFLOP/s; peak memory: {memory}.",
            "",
            "| way | sentences/s | × pipeline | share of the matrix rate |",
            "|---|--:|--:|--:|",
        ]
        for way in self.ways:
            share = "" if way.share_of_limit is None else f"{way.share_of_limit:.0%}"
            lines.append(
                f"| {way.name} | {way.sentences_per_second:,.0f} | {way.times_pipeline:.1f} | "
                f"{share} |"
            )
        return "\n".join(lines) + "\n"


def run_bench(
    texts: Sequence[str],
    *,
    model: str | Path | None = None,
    backend: str = "auto",
    num_workers: int | None = None,
    rows_per_part: int = 100,
) -> BenchResult:
    """Measure this machine.

    Args:
        texts: Articles.
        model: Folder or Hub id; None takes the model inside this package.
        backend: See `claimclf.backend`.
        num_workers: Processes of the last measurement; None fills the machine.
        rows_per_part: Rows of a part there.

    Raises:
        ValueError: If there is no text, or there are no more of them than workers.
    """
    if not texts:
        raise ValueError("There is nothing to measure on: give at least one article.")
    chosen = choose_backend(backend)
    workers = num_workers or choose_workers(chosen.device)
    if len(texts) <= workers:
        raise ValueError(
            f"Expected more articles than workers, whose first parts are not counted; got "
            f"{len(texts)} for {workers}. Give more articles, or fewer workers."
        )
    torch.set_num_threads(available_cores())
    classifier = ClaimClassifier.from_pretrained(model, device=chosen.device, dtype=chosen.dtype)
    documents = [split_document(text) for text in texts]
    windows = classifier.window_encoder.encode(documents)
    sentences = [sentence.text for document in documents for sentence in document.sentences]
    num_sentences = len(sentences)
    flops = _encoder_flops(classifier, windows)
    result = BenchResult(
        backend=str(chosen),
        num_cores=available_cores(),
        num_documents=len(texts),
        num_sentences=num_sentences,
        num_tokens=sum(map(len, windows)),
        matrix_tflops=_matrix_rate(classifier) / 1e12,
    )
    baseline = _pipeline_rate(classifier, sentences[:PIPELINE_SENTENCES])

    def add(name: str, rate: float, *, is_ours: bool = True) -> None:
        share = flops * rate / num_sentences / (result.matrix_tflops * 1e12) if is_ours else None
        result.ways.append(Way(name, rate, rate / baseline, share))
        logger.info("%s: %.0f sentences/s", name, rate)

    add("transformers.pipeline, fp32, batch 32", baseline, is_ours=False)
    add("encoder alone", num_sentences / _seconds(lambda: _encode(classifier, windows)))
    add("encoder and heads", num_sentences / _seconds(lambda: _forward(classifier, windows)))
    if chosen.is_compiled:
        classifier.compile()
        _encode(classifier, windows)
        add(
            "encoder alone, compiled",
            num_sentences / _seconds(lambda: _encode(classifier, windows)),
        )
    add("predict", num_sentences / _seconds(lambda: classifier.predict(list(texts)), repeats=1))
    clock = _score(texts, model, str(chosen), workers, rows_per_part)
    add(f"score, Parquet to Parquet, {workers} workers", clock.rate(workers))
    result.peak_megabytes = {
        "this process": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _MAXRSS_PER_MB,
        "largest worker": clock.peak_megabytes,
    }
    return result


def _encoder_flops(classifier: ClaimClassifier, windows: Sequence[Window]) -> float:
    """Floating-point operations of the encoder's matrix products over some windows."""
    encoder = classifier.model.encoder
    products = sum(
        module.in_features * module.out_features
        for module in encoder.modules()
        if isinstance(module, nn.Linear)
    )
    config = encoder.config
    attention = 2 * config.num_hidden_layers * config.hidden_size
    return float(sum(2 * len(window) * (products + attention * len(window)) for window in windows))


def _matrix_rate(classifier: ClaimClassifier) -> float:
    """Operations per second of the feed-forward layer's product, the encoder's largest."""
    config = classifier.model.encoder.config
    hidden, inner = config.hidden_size, config.intermediate_size
    options: Any = {"dtype": classifier.dtype, "device": classifier.device}
    states, weight = (
        torch.randn(BATCH_TOKENS, hidden, **options),
        torch.randn(hidden, inner, **options),
    )
    best, started = float("inf"), time.monotonic()
    while time.monotonic() - started < MATRIX_SECONDS:
        best = min(best, _time(lambda: states @ weight))
    return float(2 * BATCH_TOKENS * hidden * inner / best)


@torch.inference_mode()
def _encode(classifier: ClaimClassifier, windows: Sequence[Window]) -> None:
    """The encoder alone, on the same batches as in `predict`."""
    for batch_windows in token_batches(windows, BATCH_TOKENS):
        batch = classifier.window_encoder.collate(batch_windows)
        classifier.model.encode(
            batch.input_ids.to(classifier.device), batch.attention_mask.to(classifier.device)
        )


@torch.inference_mode()
def _forward(classifier: ClaimClassifier, windows: Sequence[Window]) -> None:
    """The model with all its heads."""
    for batch_windows in token_batches(windows, BATCH_TOKENS):
        batch = classifier.window_encoder.collate(batch_windows)
        classifier.model(
            **{name: value.to(classifier.device) for name, value in batch.model_inputs().items()}
        )


def _pipeline_rate(classifier: ClaimClassifier, sentences: Sequence[str]) -> float:
    """Sentences per second of a plain classification pipeline with the same encoder."""
    from transformers import AutoModelForSequenceClassification, pipeline

    config = classifier.model.config.encoder_config()
    auto: Any = AutoModelForSequenceClassification
    plain = auto.from_config(config).to(torch.float32)
    make: Any = pipeline
    classify = make(
        "text-classification",
        model=plain,
        tokenizer=classifier.tokenizer,
        device=classifier.device,
        dtype=torch.float32,
    )
    options = {"batch_size": 32, "truncation": True, "max_length": 512}
    classify(list(sentences[:64]), **options)
    return len(sentences) / _time(lambda: classify(list(sentences), **options))


class _Clock:
    """Notes when parts are finished, so that starting the workers is not counted."""

    def __init__(self) -> None:
        self.finished: list[tuple[float, int]] = []
        self.peak_megabytes = 0.0

    def begin(self, job: Job) -> None:
        """The run begins."""

    def part(self, part: Part, report: PartReport, *, is_new: bool) -> None:
        """Note time and memory."""
        self.finished.append((time.monotonic(), report.num_sentences))
        for worker in multiprocessing.active_children():
            # What getrusage tells of children includes this process, before they became their own.
            with suppress(OSError, StopIteration):
                lines = Path(f"/proc/{worker.pid}/status").read_text(encoding="ascii").splitlines()
                peak = next(line for line in lines if line.startswith("VmHWM"))
                self.peak_megabytes = max(self.peak_megabytes, int(peak.split()[1]) / 1024)

    def rate(self, num_workers: int) -> float:
        """Sentences per second after every worker's first part."""
        first, rest = self.finished[num_workers - 1], self.finished[num_workers:]
        return sum(count for _, count in rest) / (rest[-1][0] - first[0])


def _score(
    texts: Sequence[str],
    model: str | Path | None,
    backend: str,
    num_workers: int,
    rows_per_part: int,
) -> _Clock:
    """Time `score`, reading and writing Parquet."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    # Every worker's first part is not counted, so that there must be several more.
    rows_per_part = max(1, min(rows_per_part, len(texts) // (6 * num_workers)))
    clock = _Clock()
    with TemporaryDirectory() as folder:
        table = pa.table({"doc_id": list(map(str, range(len(texts)))), "text": list(texts)})
        pq.write_table(table, Path(folder) / "articles.parquet")
        score(
            Path(folder) / "articles.parquet",
            Path(folder) / "scored",
            model=model,
            backend=backend,
            num_workers=num_workers,
            rows_per_part=rows_per_part,
            watcher=clock,
        )
    return clock


def _seconds(run: Callable[[], object], *, repeats: int = 2) -> float:
    """Best time of several runs after one that is not counted."""
    run()
    return min(_time(run) for _ in range(repeats))


def _time(run: Callable[[], object]) -> float:
    started = time.perf_counter()
    run()
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return time.perf_counter() - started


def sample_texts(data: str | Path | None, count: int) -> list[str]:
    """The first articles of an input; without one, the example article again and again."""
    if data is None:
        return [example_text()] * count
    inputs = open_input(data)
    rows = map(inputs.parse, inputs.stream())
    return [row.text for row in islice((row for row in rows if isinstance(row, Article)), count)]
