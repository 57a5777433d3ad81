from typing import ClassVar

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from claimclf import segmentation
from claimclf.segmentation import paragraphs, split_sentences

ODD_TEXT = st.text(
    alphabet=st.one_of(
        st.sampled_from(
            list("aA.?!\"'“”‘’()[]—-,;: \t\n\r\x00\x85\u2028\u200b\u202e\u0301é👩\u200d🚒א")
        ),
        st.characters(),
    )
)


def sentences(text):
    return [span.of(text) for span in split_sentences(text)]


@given(ODD_TEXT)
@example("")
@example(" \r\n\t\u2028")
@example("\x00")
@example("e\u0301. \u0301E.\r\n”\r\n“")
@example("قال الوزير. ثم غادر. \u202eHe left.\u202c")
@example("Fire! 🔥 “Go.” 👩‍🚒 said.")
def test_spans_are_trimmed_ordered_and_cover_everything_but_whitespace(text):
    covered = 0
    for span in split_sentences(text):
        assert span.start >= covered
        assert not text[covered : span.start].strip()
        assert span.of(text) == span.of(text).strip() != ""
        covered = span.end
    assert not text[covered:].strip()


def test_datelines_are_looked_for_at_the_start_of_a_line_only(monkeypatch):
    class Dateline:
        ends: ClassVar = []

        def fullmatch(self, line, start, end):
            self.ends.append(end)

    monkeypatch.setattr(segmentation, "_DATELINE", Dateline())
    assert len(split_sentences("THE DAM HELD. " * 50)) == 50
    assert Dateline.ends
    assert max(Dateline.ends) < 100  # or else the time is quadratic


@given(ODD_TEXT)
def test_a_sentence_never_crosses_a_line(text):
    assert all(len(sentence.splitlines()) == 1 for sentence in sentences(text))


@pytest.mark.parametrize(
    "expected",
    [
        ["“Who pays?” the crowd asked.", "He left."],
        ["“Get out!” she said.", "“Now.”"],
        ["The F.B.I. declined to comment.", "The U.S. attorney did not."],
        ["He spoke of the F.B.I.’s duty."],
        ["Her title is “Yuge!”: 30 years of cartoons."],
        ["A letter to Ms. Page was found.", "Mr. Sellers wrote it."],
        ["U.S. Ambassador Ida Berg left.", "A U.S. Senator met George H.W. Lund."],
        ["She moved to the U.S.", "In May, Pres. Ada Lund won.", "Initially, E.U. Judge Ek lost."],
        ["It is in Washington, D.C.", "Lawmakers left.", "He works for the F.B.I.", "Agents came."],
        [
            "It is in Washington, D.C.",
            "According to 50 U.S.C. 1601, he may.",
            "“O.K.”",
            "It’s late.",
        ],
        ["He called it ‘secret law.’ ”", "Senior officials disagreed."],
        ["(He had left.)", "She stayed."],
        ["“It is over.", "We won,” he said."],
        ["FERGUSON, Mo. — The governor spoke.", "FERGUSON, Mo. was calm."],
        ["She said so on X.", "He did not."],
        ["“We won’t,” he wrote on X.", "“Our border holds.”"],
        ["He spoke on X.Org servers."],
        ["Sales rose.", "iPhone users paid.", "al-Shabab denied it."],
        ["It rose 2.5 percent to $1.2 billion.", "-3 degrees were measured."],
    ],
    ids=lambda expected: expected[0],
)
def test_news_sentences_end_where_a_reader_ends_them(expected):
    assert sentences(" ".join(expected)) == expected


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r", "\n\n \n", "\u2028", "\u2029"])
def test_every_line_break_ends_a_sentence(line_break):
    assert sentences(f"A headline{line_break}By a reporter") == ["A headline", "By a reporter"]


def test_sentences_glued_together_are_split():
    assert sentences("They left the city.The army followed.” “Why?”Nobody knew.") == [
        "They left the city.",
        "The army followed.”",
        "“Why?”",
        "Nobody knew.",
    ]


def test_a_web_address_is_one_word():
    assert sentences("Apply at www.DisasterAssistance.gov today.") == [
        "Apply at www.DisasterAssistance.gov today."
    ]


def test_a_lone_quote_belongs_to_the_sentence_on_its_line():
    assert sentences("He left.\n“ We stay. ”\nShe left.") == [
        "He left.",
        "“ We stay. ”",
        "She left.",
    ]


def test_a_line_of_a_megabyte_is_split_like_a_short_one():
    assert len(split_sentences("The minister said no. " * 50_000)) == 50_000


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One.\nStill one.\n\nTwo.", ["One.\nStill one.", "Two."]),
        ("One.\r\nTwo.\rThree.", ["One.", "Two.", "Three."]),
        ("One.\r\nStill one.\r\n\r\nTwo.", ["One.\r\nStill one.", "Two."]),
        ("", [""]),
    ],
)
def test_paragraphs_end_at_blank_lines_or_else_at_line_ends(text, expected):
    assert [span.of(text) for span in paragraphs(text)] == expected
