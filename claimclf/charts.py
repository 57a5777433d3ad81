"""Share of voice as a chart: one stacked bar per document.

matplotlib is imported by the function that needs it, so that importing stays fast.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final, TypeAlias

from claimclf.documents import Document
from claimclf.labels import AUTHOR, SOURCE, UNRESOLVED
from claimclf.tables import document_names
from claimclf.voices import NO_VALUE, count_voices, listed

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MEASURES: Final = ("sentences", "characters")
"""What a share of voice can be counted in."""

MAX_NAME_CHARACTERS: Final = 28
"""Longest name in a chart, so that four columns of the legend fit on its width."""

OTHERS: Final = (SOURCE, "(others)")
"""Bar segment of the voices that are too many to have a colour each."""

VOICE_COLORS: Final = (
    *("#332288", "#88CCEE", "#117733", "#DDCC77", "#CC6677"),
    *("#44AA99", "#AA4499", "#999933", "#882255"),
)
"""Segment colours, told apart by the colour-blind too: the scheme "muted" of Paul Tol.

https://personal.sron.nl/~pault/data/colourschemes.pdf
"""
_AUTHOR, _NO_VALUE, _UNRESOLVED = (AUTHOR, AUTHOR), (SOURCE, NO_VALUE), (UNRESOLVED, UNRESOLVED)

PLAIN_COLORS: Final = {
    _AUTHOR: "#D5D8DC",
    _NO_VALUE: "#A6ACB3",
    OTHERS: "#6B727A",
    _UNRESOLVED: "#FFFFFF",
}
"""Segment greys of what is no particular voice."""

_Key: TypeAlias = tuple[str, str]  # status and name of a voice


def plot_share_of_voice(
    documents: Document | Iterable[Document],
    *,
    by: str = "source",
    measure: str = "characters",
    ax: Axes | None = None,
) -> Axes:
    """Draw the share of voice: one stacked bar per document, first document on top.

    The voices with the largest shares over all documents have a colour each, the rest are one
    segment, "(others)". A segment that is wide enough carries its share in per cent.

    Args:
        documents: One document or many, gold or predicted.
        by: `"source"`, `"party"` or `"kind"`.
        measure: What the shares are counted in, `"sentences"` or `"characters"`.
        ax: Axes to draw on; a new figure of a fitting size where None.

    Returns:
        The axes, ready for a title or `ax.figure.savefig(path)`.

    Raises:
        ValueError: If `by` or `measure` is something else, there is no document, or no sentence
            has a perspective.
    """
    if measure not in MEASURES:
        raise ValueError(f"Shares are counted in one of {MEASURES}, got measure={measure!r}.")
    documents = listed(documents)
    if not documents:
        raise ValueError("There is no document to draw: pass at least one.")
    bars = [_shares(document, by, measure) for document in documents]
    totals: dict[_Key, float] = defaultdict(float)
    for bar in bars:
        for key, share in bar.items():
            totals[key] += share
    if not totals:
        raise ValueError("No sentence has a perspective, so that there is nothing to draw.")
    ranked = sorted(totals.keys() - PLAIN_COLORS.keys(), key=lambda key: (-totals[key], key))
    colors = PLAIN_COLORS | dict(zip(ranked, VOICE_COLORS, strict=False))
    for bar in bars:
        bar[OTHERS] = sum(bar.pop(key, 0.0) for key in ranked[len(VOICE_COLORS) :])
    if ax is None:
        import matplotlib.pyplot as plt

        _, ax = plt.subplots(figsize=(9, 1.4 + 0.45 * len(documents)), layout="constrained")
    left = [0.0] * len(bars)
    for key in (_AUTHOR, *ranked[: len(VOICE_COLORS)], _NO_VALUE, OTHERS, _UNRESOLVED):
        widths = [100 * bar.get(key, 0.0) for bar in bars]
        if any(widths):
            _draw_segments(ax, left, widths, name=key[1], color=colors[key])
            left = [start + width for start, width in zip(left, widths, strict=True)]
    _dress(ax, document_names(documents), f"share of {measure}, %")
    return ax


def _shares(document: Document, by: str, measure: str) -> dict[_Key, float]:
    """Share of each voice of one document; namesakes, which no legend tells apart, add up."""
    shares: dict[_Key, float] = defaultdict(float)
    for voice in count_voices(document, by=by):
        share = voice.sentence_share if measure == "sentences" else voice.character_share
        shares[voice.status, voice.name] += share
    return shares


def _draw_segments(
    ax: Axes, left: Sequence[float], widths: Sequence[float], *, name: str, color: str
) -> None:
    """Draw one voice's segment in every bar, with its share where there is room for it."""
    segments = ax.barh(
        range(len(widths)),
        widths,
        left=left,
        height=0.62,
        color=color,
        edgecolor="white" if color != PLAIN_COLORS[_UNRESOLVED] else "#7C838B",
        hatch="////" if color == PLAIN_COLORS[_UNRESOLVED] else None,
        label=_plain(name),
    )
    labels = [f"{width:.0f}" if width >= 4 else "" for width in widths]
    ax.bar_label(segments, labels, label_type="center", color=_ink(color), fontsize=9)


def _ink(color: str) -> str:
    """Black or white, whichever stands out more from a colour, by WCAG's relative luminance."""
    shares = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares
    )
    return "black" if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 else "white"


def _dress(ax: Axes, names: Sequence[str], label: str) -> None:
    """Name the bars, put the legend above them and take away what carries nothing."""
    ax.set_yticks(range(len(names)), [_plain(name) for name in names])
    ax.set_xlim(0, 100)
    ax.set_xlabel(label)
    ax.set_ylim(len(names) - 0.5, -0.5)  # first document on top
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.legend(
        loc="lower left", bbox_to_anchor=(0, 1), ncols=4, frameon=False, handlelength=1, fontsize=9
    )


def _plain(name: str) -> str:
    """A name, shortened, as matplotlib shows it: `$` starts a formula, `_` first hides a label."""
    if len(name) > MAX_NAME_CHARACTERS:
        name = f"{name[: MAX_NAME_CHARACTERS - 1].rstrip()}…"
    name = name.replace("$", r"\$")
    return f" {name}" if name.startswith("_") else name
