"""Training configuration: one TOML file per experiment, read into typed dataclasses.

What a trained model needs to predict is not here but in `claimclf.configuration.ClaimConfig`, saved
with the weights.
"""

from __future__ import annotations

import dataclasses
import tomllib
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar

from claimclf.labels import TYPES


@dataclass(frozen=True, kw_only=True)
class CorpusConfig:
    """One corpus file of an experiment."""

    path: str
    """File: absolute, relative to the data folder, or `python:PACKAGE/FILE` inside a package."""
    repeat: int = 1
    """How often the documents are seen per epoch; at least 1."""
    genres: tuple[str, ...] = ()
    """Keep only documents whose `genre` is one of these; empty keeps all."""
    min_content_share: float = 0.0
    """Sentences of which attributed content covers less than this share, but some, are not learned
    as attributed or not; for corpora that call more sentences attributed than the labels do.
    """
    types: bool = True
    """Whether the sentence types of this corpus are learned."""
    perspective: bool = True
    """Whether the perspectives of this corpus are learned."""
    spans: bool = True
    """Whether the source, cue and content spans of this corpus are learned."""

    def __post_init__(self) -> None:
        _require(self.repeat >= 1, "repeat", "at least 1", self.repeat)
        share = self.min_content_share
        _require(0 <= share <= 1, "min_content_share", "in [0, 1]", share)

    def locate(self, data: str | Path) -> Path:
        """Where the corpus lies, for paths that start from `data`."""
        return Path(data) / resolve_path(self.path)


@dataclass(frozen=True, kw_only=True)
class DataConfig:
    """Which documents are learned from, and which decide when to stop."""

    train: tuple[CorpusConfig, ...]
    """Corpora to learn from."""
    dev: tuple[CorpusConfig, ...]
    """Corpora for early stopping, calibration and thresholds."""
    exclude_licences: tuple[str, ...] = ()
    """Training documents whose licence contains one of these words are left out, ignoring case."""


@dataclass(frozen=True, kw_only=True)
class ModelConfig:
    """Shape of the model; becomes part of its `ClaimConfig`."""

    encoder: str
    """Pretrained encoder: a Hub id, a folder, or `python:PACKAGE/FOLDER` for one inside an
    installed package.

    `python:` names a resource folder and imports nothing.
    """
    types: tuple[str, ...] = TYPES
    """Sentence types to learn."""
    max_tokens: int | None = None
    """Longest window, in tokens with special tokens; cut down to what the encoder can read.

    None means, as for what follows, a trained model's own, else the default of `ClaimConfig`.
    """
    context_tokens: int | None = None
    """Tokens of earlier sentences repeated at the start of a window."""
    lookahead_tokens: int | None = None
    """Tokens of later sentences that a decoded sentence should still see in its window."""
    pointer_size: int | None = None
    """Width of the query and key vectors of the pointer heads."""
    dropout: float = 0.1
    """Dropout before the heads, in [0, 1)."""
    encoder_dropout: float = 0.1
    """Dropout of the encoder's hidden layers, in [0, 1)."""
    attention_dropout: float = 0.0
    """Dropout of the encoder's attention, in [0, 1).

    Above 0 it keeps the CPU off its fast attention.
    """

    def __post_init__(self) -> None:
        if self.max_tokens is not None:
            _require(
                self.max_tokens >= 16, "model.max_tokens", "at least 16 tokens", self.max_tokens
            )
        for name in ("dropout", "encoder_dropout", "attention_dropout"):
            _require(
                0 <= getattr(self, name) < 1, f"model.{name}", "in [0, 1)", getattr(self, name)
            )

    @property
    def windows(self) -> dict[str, Any]:
        """The sizes of windows that are given, by the names of `ClaimConfig`."""
        names = ("max_tokens", "context_tokens", "lookahead_tokens")
        return {name: value for name in names if (value := getattr(self, name)) is not None}


@dataclass(frozen=True, kw_only=True)
class LossConfig:
    """Weight of each head's loss in their sum."""

    types: float = 1.0
    """Sentence types, nats per decided (sentence, type)."""
    spans: float = 1.0
    """Source, cue and content tags, nats per token and label."""
    source: float = 0.5
    """Pointer to the source's mention, nats per sentence."""
    link: float = 0.5
    """Pointer to the source's full name, nats per sourced sentence."""
    kind: float = 0.5
    """Kind of source, nats per sourced sentence."""

    def __post_init__(self) -> None:
        for item in dataclasses.fields(self):
            value = getattr(self, item.name)
            _require(value >= 0, f"loss.{item.name}", "at least 0", value)


@dataclass(frozen=True, kw_only=True)
class TrainConfig:
    """How the weights are found."""

    num_epochs: float = 3.0
    """Passes over the training documents."""
    batch_windows: int = 8
    """Windows per optimizer step."""
    learning_rate: float = 1e-4
    """Peak AdamW learning rate of the encoder, reached after warm-up."""
    head_learning_rate: float = 5e-4
    """Peak AdamW learning rate of the heads."""
    layer_decay: float = 1.0
    """Factor on the learning rate from each encoder layer to the one below it, in (0, 1]."""
    weight_decay: float = 0.01
    """AdamW weight decay of matrices; biases and norms have none."""
    warmup_share: float = 0.06
    """Share of optimizer steps spent warming up, in [0, 1)."""
    max_gradient_norm: float = 1.0
    """Gradients are scaled down to this norm."""
    evaluations: int = 3
    """How often dev is evaluated during training, evenly spaced; the last is at the end."""
    patience: int = 2
    """Evaluations without a better dev score before training stops."""
    seed: int = 13
    """Seed of initialisation, shuffling and dropout."""
    bfloat16: str = "auto"
    """Whether training multiplies in bfloat16: `"auto"` (where the processor does so natively),
    `"yes"` or `"no"`. Evaluation and calibration on dev do what is native, whatever is said here.
    """

    def __post_init__(self) -> None:
        _require(self.num_epochs > 0, "train.num_epochs", "above 0", self.num_epochs)
        _require(self.batch_windows >= 1, "train.batch_windows", "at least 1", self.batch_windows)
        _require(self.learning_rate > 0, "train.learning_rate", "above 0", self.learning_rate)
        _require(
            self.head_learning_rate > 0,
            "train.head_learning_rate",
            "above 0",
            self.head_learning_rate,
        )
        _require(0 < self.layer_decay <= 1, "train.layer_decay", "in (0, 1]", self.layer_decay)
        _require(self.weight_decay >= 0, "train.weight_decay", "at least 0", self.weight_decay)
        _require(0 <= self.warmup_share < 1, "train.warmup_share", "in [0, 1)", self.warmup_share)
        _require(
            self.max_gradient_norm > 0, "train.max_gradient_norm", "above 0", self.max_gradient_norm
        )
        _require(self.evaluations >= 1, "train.evaluations", "at least 1", self.evaluations)
        _require(self.patience >= 1, "train.patience", "at least 1", self.patience)
        _require(
            self.bfloat16 in ("auto", "yes", "no"),
            "train.bfloat16",
            "auto, yes or no",
            self.bfloat16,
        )


@dataclass(frozen=True, kw_only=True)
class ExperimentConfig:
    """Everything that decides the outcome of a training run."""

    data: DataConfig
    model: ModelConfig
    loss: LossConfig = field(default_factory=LossConfig)
    train: TrainConfig = field(default_factory=TrainConfig)

    def to_dict(self) -> dict[str, Any]:
        """Plain nested dictionaries with every value, the defaults too."""
        return dataclasses.asdict(self)


def resolve_path(path: str) -> str:
    """The folder or file behind `python:PACKAGE/PATH`; anything else is returned as it is.

    Raises:
        ValueError: If no such package is installed, or it is the name of a module inside one.
    """
    if not path.startswith("python:"):
        return path
    package, _, inside = path.removeprefix("python:").partition("/")
    if not package.isidentifier():  # the search for a module inside a package imports the package
        raise ValueError(
            f"{path!r}: expected the name of an installed package after 'python:', got "
            f"{package!r}. Write what is inside it as a path: python:PACKAGE/FOLDER."
        )
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ValueError(
            f"{path!r}: no Python package {package!r} is installed. Install it, or give a path."
        )
    return str(Path(next(iter(spec.submodule_search_locations))) / inside)


Section = TypeVar("Section")


def load_config(path: str | Path) -> ExperimentConfig:
    """Read an experiment from a TOML file.

    Raises:
        ValueError: If the file is no TOML, has unknown or missing keys, or a value of the wrong
            type or range.
        FileNotFoundError: If there is no such file.
    """
    path = Path(path)
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{path}: not valid TOML: {error}.") from error
    return parse_config(content, where=str(path))


def parse_config(content: dict[str, Any], *, where: str = "config") -> ExperimentConfig:
    """Build an experiment from nested dictionaries; `where` names their origin in errors."""
    content = dict(content)
    data = _table(content.pop("data", {}), f"{where}: [data]")
    for split in ("train", "dev"):
        if split in data:
            items = data[split]
            if not isinstance(items, list | tuple):
                raise ValueError(
                    f"{where}: data.{split} must be a list of tables, got {items!r}. Write each "
                    f"corpus under [[data.{split}]]."
                )
            data[split] = tuple(
                _section(CorpusConfig, item, f"{where}: [[data.{split}]]") for item in items
            )
    sections: dict[str, Any] = {"data": _section(DataConfig, data, f"{where}: [data]")}
    for name, section in (("model", ModelConfig), ("loss", LossConfig), ("train", TrainConfig)):
        sections[name] = _section(section, content.pop(name, {}), f"{where}: [{name}]")
    if content:
        raise ValueError(
            f"{where}: unknown sections: {sorted(content)}. "
            "Known sections: data, loss, model, train."
        )
    return ExperimentConfig(**sections)


def _table(value: Any, where: str) -> dict[str, Any]:
    """A copy of a TOML table; anything else is an error."""
    if not isinstance(value, dict):
        raise ValueError(f"{where} must be a table, with lines such as key = value, got {value!r}.")
    return dict(value)


def _section(section: type[Section], values: Any, where: str) -> Section:
    """One section of the file as its dataclass; wrong keys and types are errors."""
    values = _table(values, where)
    known = {item.name: item for item in dataclasses.fields(section)}  # type: ignore[arg-type]
    unknown = sorted(set(values) - set(known))
    if unknown:
        raise ValueError(f"{where}: unknown keys: {unknown}. Known keys: {sorted(known)}.")
    missing = [
        name
        for name, item in known.items()
        if item.default is dataclasses.MISSING
        and item.default_factory is dataclasses.MISSING
        and name not in values
    ]
    if missing:
        raise ValueError(f"{where}: missing keys: {missing}.")
    converted = {
        name: _value(value, str(known[name].type), f"{where}: {name}")
        for name, value in values.items()
    }
    try:
        return section(**converted)
    except ValueError as error:
        raise ValueError(f"{where}: {error}") from error


def _value(value: Any, annotation: str, where: str) -> Any:
    """A TOML value as its field's type: lists become tuples, integers floats."""
    if annotation.endswith(" | None"):
        if value is None:  # in the record of a run
            return None
        annotation = annotation.removesuffix(" | None")
    if annotation.startswith("tuple"):
        if not isinstance(value, list | tuple) or (
            "str" in annotation and not all(isinstance(item, str) for item in value)
        ):
            raise ValueError(f"{where} must be a list of strings, got {value!r}.")
        return tuple(value)
    if annotation == "float" and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    expected = {"float": float, "int": int, "str": str, "bool": bool}[annotation]
    if not isinstance(value, expected) or (expected is int and isinstance(value, bool)):
        raise ValueError(f"{where} must be of type {annotation}, got {value!r}.")
    return value


def _require(condition: bool, name: str, expected: str, got: Any) -> None:
    """Raise a `ValueError` in the house form unless a value is in its range."""
    if not condition:
        raise ValueError(f"{name} must be {expected}, got {got!r}.")
