import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from claimclf.documents import (
    Attribution,
    Document,
    LabeledSpan,
    Perspective,
    Sentence,
    Source,
    Span,
    document_problems,
    spans_by_sentence,
)
from claimclf.labels import KINDS, SPAN_LABELS, STATUSES, TYPES

TEXT = "“We won,” he said."
HE = Source("s1", "he")
ODD_TEXTS = (
    "",
    "“It’s over,” she said.",
    "e\u0301te\u0301 à l’école",
    "👩\u200d🚒 saved 👨‍👩‍👧",
    "one\r\ntwo\r\n",
    "nul\x00nul",
    "قال الوزير \u202ehello\u202c שלום",
    "x" * 1_000_000,
)
scores = st.floats(0, 1)


@st.composite
def spans(draw, start, end):
    """A span within the range."""
    return Span(*sorted((draw(st.integers(start, end)), draw(st.integers(start, end)))))


@st.composite
def perspectives(draw, sources, sentence):
    status = draw(st.sampled_from(STATUSES if sources else ("author", "unresolved")))
    return Perspective(
        status,
        source=draw(st.sampled_from(sources)) if status == "source" else None,
        mention=draw(st.none() | spans(sentence.start, sentence.end)),
        antecedent=draw(st.none() | spans(0, sentence.start)),
        score=draw(st.none() | scores),
    )


@st.composite
def documents(draw):
    """A sound document on odd text: every field takes every form it may have."""
    text = draw(st.text(max_size=60) | st.sampled_from(ODD_TEXTS[:-1]))
    anywhere = spans(0, len(text))
    num_sources = draw(st.integers(0, 3))
    sources = [
        Source(
            id=f"s{number}",
            name=draw(st.text(max_size=8)),
            kind=draw(st.none() | st.sampled_from(KINDS)),
            party=draw(st.none() | st.text(max_size=8)),
            mentions=tuple(draw(st.lists(anywhere, max_size=3))),
        )
        for number in range(num_sources)
    ]
    cuts = sorted(draw(st.sets(st.integers(0, len(text)), max_size=6)))
    sentences = []
    for start, end in zip(cuts[::2], cuts[1::2], strict=False):
        span = Span(start, end)
        labeled = st.builds(
            lambda inner, label: LabeledSpan(inner.start, inner.end, label),
            spans(start, end),
            st.sampled_from(SPAN_LABELS),
        )
        sentences.append(
            Sentence(
                start,
                end,
                span.of(text),
                types=tuple(draw(st.lists(st.sampled_from(TYPES), unique=True))),
                scores=draw(st.dictionaries(st.sampled_from(TYPES), scores)),
                perspective=draw(st.none() | perspectives(sources, span)),
                spans=tuple(draw(st.lists(labeled, max_size=3))),
                known_types=tuple(draw(st.lists(st.sampled_from(TYPES), unique=True))),
            )
        )
    fragments = st.lists(anywhere, max_size=2).map(tuple)
    attributions = st.lists(st.builds(Attribution, fragments, fragments, fragments), max_size=3)
    return Document(
        text,
        tuple(sentences),
        tuple(sources),
        draw(st.none() | attributions.map(tuple)),
        id=draw(st.text(max_size=8)),
        metadata=draw(st.dictionaries(st.text(max_size=4), st.integers() | st.text(max_size=4))),
    )


def sentence(**fields):
    return Sentence(0, len(TEXT), TEXT, **fields)


def record(**fields):
    return Document(TEXT, (sentence(),), id="a").to_dict() | fields


@given(documents())
def test_from_dict_reads_what_to_dict_wrote(document):
    assert Document.from_dict(json.loads(json.dumps(document.to_dict()))) == document


@given(documents())
def test_equal_documents_have_equal_hashes(document):
    again = Document.from_dict(document.to_dict())
    assert {document: "found"}[again] == "found"


@given(documents())
def test_every_span_stays_in_its_text(document):
    assert not list(document_problems(document))
    for item in document.sentences:
        assert document.text[item.start : item.end] == item.text == item.span.of(document.text)


@pytest.mark.parametrize("text", ODD_TEXTS, ids=lambda text: repr(text[:20]))
def test_spans_reproduce_odd_text(text):
    whole = (Sentence(0, len(text), text),) if text else ()
    document = Document.from_dict(json.loads(json.dumps(Document(text, whole).to_dict())))
    assert document.text == text
    assert "".join(item.text for item in document.sentences) == text


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (3, 2)])
def test_a_span_runs_forward_from_zero(start, end):
    with pytest.raises(ValueError, match=f"0 <= start <= end, got start={start}, end={end}"):
        Span(start, end)


def test_a_span_is_half_open():
    span = Span(1, 3)
    assert len(span) == 2
    assert span.of("abcd") == "bc"
    assert LabeledSpan(1, 3, "cue").of("abcd") == "bc"


@pytest.mark.parametrize(
    ("other", "characters"),
    [(Span(0, 2), 0), (Span(2, 5), 3), (Span(3, 4), 1), (Span(4, 9), 1), (Span(5, 9), 0)],
)
def test_adjacent_spans_do_not_overlap(other, characters):
    assert Span(2, 5).overlap(other) == other.overlap(Span(2, 5)) == characters


@pytest.mark.parametrize(
    ("inner", "expected"), [(Span(2, 5), True), (Span(3, 3), True), (Span(2, 6), False)]
)
def test_a_span_contains_what_lies_within_it(inner, expected):
    assert Span(2, 5).contains(inner) is expected


@example(span=Span(2, 5), cut=3)
@given(spans(0, 20), st.integers(0, 20))
def test_clipped_spans_cover_the_same_characters(span, cut):
    whole = [LabeledSpan(span.start, span.end, "content")]
    before, after = spans_by_sentence([Span(0, cut), Span(cut, 20)], whole)
    parts = before + after
    assert sum(map(len, parts)) == len(span)
    assert all(len(part) and part.label == "content" for part in parts)


@given(
    st.sets(st.integers(0, 20)).map(sorted),
    st.lists(spans(0, 20).map(lambda span: LabeledSpan(span.start, span.end, "cue"))),
)
def test_every_sentence_gets_its_parts_of_all_spans(cuts, marked):
    sentences = [Span(*pair) for pair in zip(cuts[::2], cuts[1::2], strict=False)]
    assert spans_by_sentence(sentences, marked) == [
        tuple(
            sorted(
                LabeledSpan(max(s.start, sentence.start), min(s.end, sentence.end), s.label)
                for s in marked
                if s.overlap(sentence)
            )
        )
        for sentence in sentences
    ]


def test_labels_of_an_attribution_come_in_order_of_the_text():
    attribution = Attribution(
        source=(Span(10, 12),), cue=(Span(13, 17),), content=(Span(18, 20), Span(0, 9))
    )
    assert attribution.labeled_spans() == (
        LabeledSpan(0, 9, "content"),
        LabeledSpan(10, 12, "source"),
        LabeledSpan(13, 17, "cue"),
        LabeledSpan(18, 20, "content"),
    )


def test_a_span_that_two_attributions_share_counts_once():
    attribution = Attribution(source=(Span(10, 12),))
    document = Document(TEXT, attributions=(attribution, attribution))
    assert document.spans() == (LabeledSpan(10, 12, "source"),)


def test_a_document_without_marked_spans_has_none():
    assert Document(TEXT).spans() == ()


def test_a_sentence_is_as_long_as_its_range():
    with pytest.raises(ValueError, match=r"Sentence \[3, 5\) needs a text of 2 characters, got 3"):
        Sentence(3, 5, "abc")


def test_a_perspective_needs_a_known_status():
    with pytest.raises(ValueError, match="Unknown perspective status 'writer'; expected one of"):
        Perspective("writer")


@pytest.mark.parametrize(
    ("status", "source"), [("source", None), ("author", Source("s1", "he"))], ids=["none", "extra"]
)
def test_a_perspective_has_a_source_exactly_when_it_says_so(status, source):
    with pytest.raises(ValueError, match="has a source exactly when its status is 'source'"):
        Perspective(status, source)


@pytest.mark.parametrize(
    ("perspective", "is_author", "is_source"),
    [
        (Perspective("author"), True, False),
        (Perspective("source", Source("s1", "he")), False, True),
        (Perspective("unresolved"), False, False),
    ],
)
def test_a_perspective_is_the_authors_or_a_sources_or_neither(perspective, is_author, is_source):
    assert (perspective.is_author, perspective.is_source) == (is_author, is_source)


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        (
            {"sentences": (Sentence(0, 5, "wrong"),)},
            r"sentence 0 \[0, 5\) does not hold its own text 'wrong'",
        ),
        (
            {"sentences": (Sentence(0, 4, TEXT[:4]), Sentence(3, 5, TEXT[3:5]))},
            r"sentence 1 \[3, 5\) must be non-empty, start at or after 4",
        ),
        ({"sentences": (Sentence(2, 2, ""),)}, r"sentence 0 \[2, 2\) must be non-empty"),
        (
            {"sentences": (Sentence(16, 20, "d.  "),)},
            "end within the text of 18 characters",
        ),
        (
            {
                "sentences": (
                    Sentence(0, 4, TEXT[:4], perspective=Perspective("author", None, Span(3, 5))),
                )
            },
            r"sentence 0 \[0, 4\) does not contain its mention Span\(start=3, end=5\)",
        ),
        (
            {"sentences": (sentence(perspective=Perspective("source", HE)),)},
            r"sentence 0 has the source 's1' \('he'\), which is not in `sources`; .* are \[\]",
        ),
        (
            {
                "sentences": (sentence(perspective=Perspective("source", HE)),),
                "sources": (Source("s1", "Bo"),),
            },
            r"sentence 0 has the source .*'he'.*, but `sources` has another one of that id: .*'Bo'",
        ),
        ({"sources": (HE, HE)}, r"every source needs an id of its own, got \['s1', 's1'\]"),
        (
            {"sources": (Source("s1", "he", mentions=(Span(17, 19),)),)},
            r"source 's1': mention Span\(start=17, end=19\) is outside the text of 18 characters",
        ),
        (
            {"attributions": (Attribution(cue=(Span(17, 19),)),)},
            "cue span .* is outside the text of 18 characters",
        ),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else "",
)
def test_a_document_says_what_does_not_fit_together(fields, problem):
    with pytest.raises(ValueError, match=f"Document 'a': .*{problem}"):
        Document(TEXT, id="a", **fields)


def test_a_document_counts_its_problems():
    sources = tuple(Source(f"s{number}", "he", mentions=(Span(90, 91),)) for number in range(3))
    with pytest.raises(ValueError, match=r"source 's0'.*\(and 2 more\)"):
        Document(TEXT, sources=sources)


def test_replace_checks_the_new_document():
    document = Document(TEXT, (sentence(),), id="a")
    assert document.replace(id="b") == Document(TEXT, (sentence(),), id="b")
    with pytest.raises(ValueError, match="end within the text of 1 characters"):
        document.replace(text="“")


def test_optional_keys_may_be_missing():
    document = Document.from_dict(
        {"text": TEXT, "sentences": [{"start": 0, "end": 4, "text": TEXT[:4]}]}
    )
    assert document == Document(TEXT, (Sentence(0, 4, TEXT[:4]),))


@pytest.mark.parametrize(
    "wrong",
    [
        {"sentences": [{"start": 0, "end": 18}]},
        {"sentences": ["a sentence"]},
        {"sentences": [record()["sentences"][0] | {"perspective": "author"}]},
        {
            "sentences": [
                record()["sentences"][0] | {"perspective": {"status": "source", "source": "s9"}}
            ]
        },
        {"sources": {"s1": {"name": "he"}}},
        {"attributions": [{"cue": [[1]]}]},
        {"metadata": "publisher"},
    ],
    ids=[
        "no text",
        "a string",
        "perspective",
        "unknown source",
        "sources by key",
        "half a span",
        "metadata",
    ],
)
def test_a_record_of_another_form_is_rejected(wrong):
    with pytest.raises(ValueError, match=r"Expected a record as `Document\.to_dict` writes it"):
        Document.from_dict(record(**wrong))


def test_a_record_without_text_is_rejected():
    with pytest.raises(ValueError, match=r"fails with KeyError\('text'\); its keys are \['sent"):
        Document.from_dict({"sentences": []})


@pytest.mark.parametrize("wrong", [None, 3, "a text", [{"text": "x"}], {1: 2, "id": 3}])
def test_what_is_no_record_at_all_is_rejected(wrong):
    with pytest.raises(ValueError, match=r"Expected a record as `Document\.to_dict` writes"):
        Document.from_dict(wrong)


def test_sources_of_one_id_are_rejected_rather_than_merged():
    with pytest.raises(ValueError, match="every source needs an id of its own"):
        Document.from_dict(record(sources=[{"id": "s1", "name": "he"}, {"id": "s1", "name": "Bo"}]))


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"spans": (LabeledSpan(900, 910, "cue"),)}, "sentence 0: cue span"),
        (
            {"perspective": Perspective("source", Source("s", "Ada"), None, Span(500, 510))},
            "sentence 0: antecedent",
        ),
    ],
)
def test_spans_and_antecedents_lie_in_the_text(fields, message):
    with pytest.raises(ValueError, match=f"{message} .*is outside the text"):
        Document(TEXT, (sentence(**fields),), (Source("s", "Ada"),))
