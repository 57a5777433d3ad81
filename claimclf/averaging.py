"""One model of several: the mean of their weights.

Runs that went on from one and the same model differ in what chance taught them. The mean keeps
what they agree on and costs no more to run ("model soups", Wortsman et al., 2022,
https://arxiv.org/abs/2203.05482).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from torch import Tensor

from claimclf.classifier import ClaimClassifier
from claimclf.loading import load_pretrained, set_windows
from claimclf.modeling import ClaimModel
from claimclf.provenance import averaged_runs, describe_corpora
from claimclf.training import finish, input_is_checked, load_documents
from claimclf.training_config import ExperimentConfig, load_config

_PARTS: Final = ("types", "kinds", "span_labels", "sentences_alone")
"""What models must have in common beside the shapes of their weights."""


def average(
    models: Sequence[str | Path],
    config: ExperimentConfig | str | Path,
    *,
    data: str | Path = ".",
    output: str | Path,
) -> ClaimClassifier:
    """Average the weights of trained models, and calibrate the mean on the config's dev documents.

    Args:
        models: Folders or Hub ids, of the same encoder and labels. Those that went on from one
            model have a useful mean; others have none. One that is named twice counts twice: a mean
            of four runs four times, beside a fifth, for the mean of five.
        config: Names the dev documents, and the windows that the mean reads in, if
            not those of the last model.
        data: Folder that the corpora lie in.
        output: Gets `model/` and `metrics.json`, as a training run does.

    Raises:
        ValueError: If there are fewer than two models, they do not fit each other, or `output`
            holds a model already.
        OSError: If a model or a corpus is missing.
        RuntimeError: If the calibration itself fails.
    """
    if len(models) < 2:
        raise ValueError(f"A mean needs at least two models, got {len(models)}.")
    output = Path(output)
    if (output / "model").exists():
        raise ValueError(f"{output} already holds a model. Give another output folder.")
    experiment = config if isinstance(config, ExperimentConfig) else load_config(config)
    documents = load_documents(experiment.data.dev, data, experiment, is_training=False)
    loaded = [load_pretrained(model) for model in models]
    for name, (other, _) in zip(models[1:], loaded[1:], strict=True):
        _check_alike(loaded[0][0], other, str(models[0]), str(name))
    model, tokenizer = loaded[-1]
    runs = [other.config.provenance for other, _ in loaded]
    dev = describe_corpora(experiment.data.dev, data, documents)
    model.load_state_dict(mean_weights([other for other, _ in loaded]))
    set_windows(model.config, experiment.model)
    model.config.provenance = {
        **runs[-1],
        "dev": dev,
        "averaged": [
            {"command": command, "share": share / len(runs)}
            for command, share in _shares(runs).items()
        ],
    }
    with input_is_checked():
        return finish(model, tokenizer, documents, dev=dev, output=output)


def _shares(runs: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """How often each command is among the runs, those behind a mean by their shares."""
    shares: dict[str, float] = defaultdict(float)
    for run in runs:
        for command, share in averaged_runs(run) or [(run.get("command", "unknown"), 1.0)]:
            shares[command] += share
    return shares


def mean_weights(models: Sequence[ClaimModel]) -> dict[str, Tensor]:
    """The mean of every weight, by name."""
    states = [model.state_dict() for model in models]
    return {
        name: sum((state[name] for state in states[1:]), states[0][name]) / len(states)
        for name in states[0]
    }


def _check_alike(first: ClaimModel, other: ClaimModel, name: str, other_name: str) -> None:
    """Refuse to mix models whose weights mean different things."""
    for part in _PARTS:
        mine, theirs = getattr(first.config, part), getattr(other.config, part)
        if mine != theirs:
            raise ValueError(
                f"{name} and {other_name} differ in their {part}: {mine} and {theirs}. Average "
                "models that went on from the same one."
            )
    if _shapes(first) != _shapes(other):
        raise ValueError(
            f"{name} and {other_name} differ in the shapes of their weights. Average models that "
            "went on from the same one."
        )


def _shapes(model: ClaimModel) -> dict[str, tuple[int, ...]]:
    return {name: tuple(weight.shape) for name, weight in model.state_dict().items()}
