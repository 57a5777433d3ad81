"""Plots as SVG text that takes its colours from the page, light or dark."""

from __future__ import annotations

import html
import io
import re
from typing import TYPE_CHECKING

import numpy as np

from claimclf.metrics import (
    Outcomes,
    accuracy_coverage_curve,
    precision_recall_curve,
    reliability,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Stand-ins that matplotlib accepts, and what the page's style sheet puts in their place.
_INK, _SOFT, _ACCENT = "#010101", "#020202", "#030303"
_COLORS = {_INK: "currentColor", _SOFT: "var(--line)", _ACCENT: "var(--accent)"}
_SIZE = (3.4, 3.1)
_MAX_POINTS = 400


def precision_recall_plot(outcomes: Outcomes, title: str) -> str:
    """Precision over recall, with the point where the thresholds put the model."""
    precision, recall, _ = precision_recall_curve(outcomes)
    kept = np.unique(np.linspace(0, len(recall) - 1, _MAX_POINTS).astype(int))
    figure, axes = _axes("recall", "precision")
    axes.plot(recall[kept], precision[kept], color=_ACCENT, linewidth=1.8)
    counts = outcomes.counts()
    axes.plot([counts.recall], [counts.precision], "o", color=_INK, markersize=6)
    share = float(outcomes.gold.mean())
    axes.axhline(share, color=_SOFT, linewidth=1, linestyle=(0, (4, 3)))
    return _svg(figure, f"Precision over recall: {title}")


def accuracy_coverage_plot(outcomes: Outcomes, title: str) -> str:
    """Accuracy of the answers over their share, as the least sure ones are left open."""
    coverage, accuracy, _ = accuracy_coverage_curve(outcomes)
    kept = np.unique(np.linspace(0, len(coverage) - 1, _MAX_POINTS).astype(int))
    # The first few answers make the curve jump, and what is common lies above one half.
    settled = accuracy[coverage >= 0.05]
    figure, axes = _axes("coverage", "accuracy", y_low=0.5 if settled.min() >= 0.5 else 0.0)
    axes.plot(coverage[kept], accuracy[kept], color=_ACCENT, linewidth=1.8)
    axes.axhline(accuracy[-1], color=_SOFT, linewidth=1, linestyle=(0, (4, 3)))
    return _svg(figure, f"Accuracy over coverage: {title}")


def reliability_plot(outcomes: Outcomes, title: str, *, share: str = "share that has it") -> str:
    """Share of gold sentences over the mean probability, in bins of equal mass."""
    bins = reliability(outcomes)
    figure, axes = _axes("probability", share)
    axes.plot([0, 1], [0, 1], color=_SOFT, linewidth=1, linestyle=(0, (4, 3)))
    axes.plot(
        [item.mean_score for item in bins],
        [item.gold_share for item in bins],
        "o-",
        color=_ACCENT,
        linewidth=1.2,
        markersize=4.5,
    )
    return _svg(figure, f"Reliability: {title}")


def _axes(x_label: str, y_label: str, *, y_low: float = 0.0) -> tuple[Figure, Axes]:
    """An empty square from 0 to 1, upwards from `y_low` to 1, in the report's style."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=_SIZE, layout="constrained")
    axes = figure.add_subplot()
    height = 1.0 - y_low
    y_limits = (y_low - 0.02 * height, 1 + 0.02 * height)
    axes.set(xlim=(-0.02, 1.02), ylim=y_limits, xlabel=x_label, ylabel=y_label)
    axes.set_aspect(1 / height)
    axes.xaxis.label.set_color(_INK)
    axes.yaxis.label.set_color(_INK)
    axes.set_xticks([0, 0.5, 1])
    axes.set_yticks([y_low, (1 + y_low) / 2, 1])
    axes.tick_params(colors=_INK, color=_SOFT)
    axes.grid(color=_SOFT, linewidth=0.6)
    for spine in axes.spines.values():
        spine.set_visible(False)
    return figure, axes


def _svg(figure: Figure, title: str) -> str:
    """The drawing as an `<svg>` element without fixed size, colours or ids of its own."""
    import matplotlib as mpl

    figure.patch.set_alpha(0)
    for axes in figure.axes:
        axes.patch.set_alpha(0)
    file = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": title, "font.size": 10}):
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
    text = file.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<(metadata|style).*?</\1>", "", text, flags=re.DOTALL)
    text = re.sub(r'(<g) id="[^"]*"', r"\1", text)
    text = re.sub(r'(<svg[^>]*?) width="[^"]*"', r"\1", text, count=1)
    text = re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", text, count=1)
    text = re.sub(r"font(?:-family|-size|): [^;\"]*'[^;\"]*;?", "", text)
    for stand_in, color in _COLORS.items():
        text = text.replace(stand_in, color)
    return text.replace("<svg", f'<svg role="img" aria-label="{html.escape(title)}"', 1)
