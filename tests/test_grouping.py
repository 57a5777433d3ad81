"""Grouping source, cue and content spans."""

import random
import time

from claimclf.documents import Attribution, LabeledSpan, Prediction, Span
from claimclf.perspectives.grouping import group_attributions


def spans_of(text: str, *labeled: tuple[str, str]) -> list[LabeledSpan]:
    """Spans of the given words, searched one after the other."""
    spans, position = [], 0
    for words, label in labeled:
        start = text.index(words, position)
        position = start + len(words)
        spans.append(LabeledSpan(start, position, label))
    return spans


def group(text: str, ends: list[int], spans: list[LabeledSpan]) -> list[tuple[list[str], ...]]:
    """The words of every attribution; `ends` are where sentences end."""
    starts = [0, *ends[:-1]]
    predictions = [
        Prediction(
            start, end, {}, 0.0, None, None, None, 0.0, 0.0, {},
            tuple(span for span in spans if start <= span.start < end),
        )
        for start, end in zip(starts, ends, strict=True)
    ]  # fmt: skip
    return [
        tuple([span.of(text) for span in part] for part in (item.source, item.cue, item.content))
        for item in group_attributions(text, predictions)
    ]


def test_content_that_a_cue_interrupts_is_one_attribution():
    text = "“The pack,” she said, “is moving east.”"
    spans = spans_of(
        text,
        ("“The pack,”", "content"), ("she", "source"), ("said", "cue"),
        ("“is moving east.”", "content"),
    )  # fmt: skip
    assert group(text, [len(text)], spans) == [
        (["she"], ["said"], ["“The pack,”", "“is moving east.”"])
    ]


def test_two_speakers_of_one_sentence_stay_apart():
    text = "Rossi said the bill was paid, and Banfi said it was not."
    spans = spans_of(
        text,
        ("Rossi", "source"), ("said", "cue"), ("the bill was paid", "content"),
        ("Banfi", "source"), ("said", "cue"), ("it was not", "content"),
    )  # fmt: skip
    assert group(text, [len(text)], spans) == [
        (["Rossi"], ["said"], ["the bill was paid"]),
        (["Banfi"], ["said"], ["it was not"]),
    ]


def test_a_second_cue_shares_the_source():
    text = "Rossi insisted the bill was paid, adding it was late."
    spans = spans_of(
        text,
        ("Rossi", "source"), ("insisted", "cue"), ("the bill was paid", "content"),
        ("adding", "cue"), ("it was late", "content"),
    )  # fmt: skip
    assert group(text, [len(text)], spans) == [
        (["Rossi"], ["insisted"], ["the bill was paid"]),
        (["Rossi"], ["adding"], ["it was late"]),
    ]


def test_a_cue_inside_a_quotation_takes_neither_the_quotation_nor_its_speaker():
    text = "“You promised us a vote,” Senator Lund told the secretary."
    spans = spans_of(
        text, ("“You promised us a vote,”", "content"), ("Lund", "source"), ("told", "cue")
    ) + spans_of(text, ("promised", "cue"))
    assert group(text, [len(text)], sorted(spans)) == [
        (["Lund"], ["told"], ["“You promised us a vote,”"]),
        ([], ["promised"], []),
    ]


def test_a_quotation_within_a_quotation_keeps_its_own_source_and_cue():
    text = "“He said it was late,” Lund told us."
    spans = [
        *spans_of(text, ("“He said it was late,”", "content"), ("Lund", "source"), ("told", "cue")),
        *spans_of(text, ("He", "source"), ("said", "cue"), ("it was late", "content")),
    ]
    assert group(text, [len(text)], sorted(spans)) == [
        (["Lund"], ["told"], ["“He said it was late,”"]),
        (["He"], ["said"], ["it was late"]),
    ]


def test_the_only_cue_takes_the_content_that_it_stands_in():
    text = "“You promised us a vote,” she sighed."
    spans = spans_of(text, ("“You promised us a vote,”", "content"), ("she", "source"))
    spans = sorted([*spans, *spans_of(text, ("promised", "cue"))])
    assert group(text, [len(text)], spans) == [
        (["she"], ["promised"], ["“You promised us a vote,”"])
    ]


def test_a_quotation_goes_on_in_the_next_sentence():
    first = "“We are late,” he said. "
    text = first + "“The road is closed.”"
    spans = spans_of(
        text,
        ("“We are late,”", "content"), ("he", "source"), ("said", "cue"),
        ("“The road is closed.”", "content"),
    )  # fmt: skip
    assert group(text, [len(first), len(text)], spans) == [
        (["he"], ["said"], ["“We are late,”", "“The road is closed.”"])
    ]


def test_content_far_from_any_attribution_stands_alone():
    first = "He said no. "
    middle = "The harbour was empty and the wind blew from the sea. " * 3
    text = first + middle + "“The road is closed.”"
    spans = spans_of(
        text,
        ("He", "source"), ("said", "cue"), ("no", "content"), ("“The road is closed.”", "content"),
    )  # fmt: skip
    ends = [len(first), len(first + middle), len(text)]
    assert group(text, ends, spans)[-1] == ([], [], ["“The road is closed.”"])


def test_no_spans_are_no_attributions():
    assert group_attributions("", []) == ()
    assert group("Nothing.", [8], []) == []


def test_a_source_alone_is_kept():
    text = "According to Rossi."
    spans = spans_of(text, ("Rossi", "source"))
    prediction = Prediction(0, len(text), {}, 0.0, None, None, None, 0.0, 0.0, {}, tuple(spans))
    assert group_attributions(text, [prediction]) == (Attribution(source=(Span(13, 18),)),)


def group_slowly(spans: list[LabeledSpan]) -> list[Attribution]:
    """The attributions of a sentence with cues, every span compared with every other."""
    parts = {
        label: [Span(span.start, span.end) for span in spans if span.label == label]
        for label in ("source", "cue", "content")
    }
    sources, cues, contents = parts.values()

    def gap(first, second):
        return max(first.start - second.end, second.start - first.end, 0)

    def is_apart(cue, span):
        return any(c.contains(cue) and (c == span or not c.contains(span)) for c in contents)

    def nearest(span):
        joined = [index for index, cue in enumerate(cues) if not is_apart(cue, span)]
        return min(joined or range(len(cues)), key=lambda index: gap(cues[index], span))

    groups = [([], [cue], []) for cue in cues]
    for source in sources:
        groups[nearest(source)][0].append(source)
    for content in contents:
        groups[nearest(content)][2].append(content)
    for group, cue in zip(groups, cues, strict=True):
        if not group[0]:
            shared = [source for source in sources if not is_apart(cue, source)]
            group[0].extend(sorted(shared, key=lambda source: gap(cue, source))[:1])
    found = [Attribution(*(tuple(sorted(part)) for part in group)) for group in groups]
    return sorted(found, key=lambda attribution: attribution.labeled_spans()[:1])


def test_any_spans_are_grouped_as_if_all_were_compared():
    numbers = random.Random(0)
    for _ in range(3000):
        length = numbers.choice([6, 15, 40])
        spans = [LabeledSpan(0, 1, "cue")]
        for _ in range(numbers.randint(0, 9)):
            start = numbers.randrange(length)
            end = min(length, start + numbers.randint(1, numbers.choice([2, 5, length])))
            spans.append(LabeledSpan(start, end, numbers.choice(["source", "cue", "content"])))
        sentence = Prediction(0, length, {}, 0.0, None, None, None, 0.0, 0.0, {}, tuple(spans))
        found = group_attributions(" " * length, [sentence])
        assert list(found) == group_slowly(spans), spans


def test_a_sentence_of_thousands_of_quotations_takes_no_time():
    words = ("“it is safe,”", "content"), ("he", "source"), ("said", "cue")
    text = "“it is safe,” he said, " * 2000
    start = time.perf_counter()
    found = group(text, [len(text)], spans_of(text, *words * 2000))
    assert len(found) == 2000
    assert time.perf_counter() - start < 5  # where every span is compared: minutes
