"""Text that is wrapped at a fixed width is noticed, and other line breaks are not taken for it."""

from __future__ import annotations

import json
import textwrap

import pytest

from claimclf.scoring.inputs import open_input
from claimclf.scoring.wrapping import is_wrapped, warn_if_wrapped

PROSE = (
    "The dam held through the night, said Ada Lund, the mayor, who had walked along its crest with "
    "two engineers. Nobody was hurt, but the road to the village of Nes stays closed until the "
    "water has fallen by a metre, and the school will open a day later than planned."
)


@pytest.mark.parametrize("width", [50, 72])
def test_wrapped_paragraphs_are_noticed(width):
    paragraph = textwrap.fill(PROSE, width)
    assert is_wrapped(paragraph)
    assert is_wrapped(f"Dam holds\n\n{paragraph}\r\n\r\n{paragraph}\n")


@pytest.mark.parametrize(
    "text",
    [
        PROSE,
        f"Dam holds\n{PROSE}\n\n{PROSE}\n",
        "Open tomorrow:\nNes school\nBo ferry\nthe library\nLund pool",
        "The dam\nheld.",
        "",
    ],
)
def test_other_line_breaks_are_not(text):
    assert not is_wrapped(text)


@pytest.mark.parametrize(("num_wrapped", "is_warned"), [(2, True), (1, False)])
def test_a_warning_says_so_where_half_of_the_articles_are(tmp_path, caplog, num_wrapped, is_warned):
    texts = [textwrap.fill(PROSE, 60)] * num_wrapped + [PROSE] * (4 - num_wrapped)
    path = tmp_path / "a.jsonl"
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in [*texts, None]))
    warn_if_wrapped(open_input(path))
    assert ("2 of the first 4 articles look wrapped" in caplog.text) == is_warned
