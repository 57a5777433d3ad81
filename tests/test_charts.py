"""The chart of the share of voice says what the table says."""

from __future__ import annotations

import matplotlib
import pytest

matplotlib.use("Agg")

from matplotlib.colors import to_rgb

from claimclf.charts import PLAIN_COLORS, VOICE_COLORS, _ink, plot_share_of_voice
from claimclf.documents import Document, Source
from tests.spoken import HARBOUR, spoken


def drawn(ax) -> dict[str, list[float]]:
    """Legend label → width of its segment in every bar."""
    return {
        bars.get_label().strip(): [round(float(patch.get_width()), 6) for patch in bars]
        for bars in ax.containers
    }


def test_chart_draws_the_table():
    quiet = spoken(("Rain.", "author"), id="rain")
    ax = plot_share_of_voice([HARBOUR, quiet], by="party")
    assert drawn(ax) == {
        "author": [25, 100],
        "Norway": [40, 0],
        "(none)": [30, 0],
        "unresolved": [5, 0],
    }
    assert [label.get_text() for label in ax.get_yticklabels()] == ["harbour", "rain"]
    assert ax.get_ylim()[0] > ax.get_ylim()[1], "the first document is on top"


def test_chart_counts_sentences_when_asked():
    widths = drawn(plot_share_of_voice(HARBOUR, measure="sentences"))
    assert widths["author"] == [pytest.approx(200 / 7)]


def test_chart_gathers_what_has_no_colour_left():
    crowd = [Source(f"s{i}", f"_speaker ${i}$") for i in range(len(VOICE_COLORS) + 2)]
    parts = [("x" * (20 - i), source) for i, source in enumerate(crowd)]
    ax = plot_share_of_voice(spoken(*parts))
    widths = drawn(ax)
    assert len(widths) == len(VOICE_COLORS) + 1
    smallest = sum(len(text) for text, _ in parts[-2:])
    assert widths["(others)"] == [pytest.approx(100 * smallest / sum(len(t) for t, _ in parts))]
    ax.figure.canvas.draw()  # `$` would otherwise be read as a formula
    assert len(ax.get_legend().get_texts()) == len(widths), "a leading underscore hides no label"


def test_chart_shortens_long_names():
    ministry = Source("s1", "the Norwegian Ministry of Transport and Communications")
    ax = plot_share_of_voice(spoken(("Safe.", ministry), id="x" * 60))
    assert list(drawn(ax)) == ["the Norwegian Ministry of T…"]
    assert ax.get_yticklabels()[0].get_text() == "x" * 27 + "…"


@pytest.mark.parametrize("color", [*VOICE_COLORS, *PLAIN_COLORS.values()])
def test_shares_can_be_read_on_every_colour(color):
    def luminance(name: str) -> float:
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(name)]
        return sum(a * b for a, b in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    low, high = sorted((luminance(color), luminance(_ink(color))))
    assert (high + 0.05) / (low + 0.05) >= 4.5, "contrast of text, WCAG 2.2, level AA"


def test_chart_says_what_it_needs():
    with pytest.raises(ValueError, match="got measure='words'"):
        plot_share_of_voice(HARBOUR, measure="words")
    with pytest.raises(ValueError, match="no document to draw"):
        plot_share_of_voice([])
    with pytest.raises(ValueError, match="No sentence has a perspective"):
        plot_share_of_voice(Document("x"))
