"""Brat standoff in PolNeAR's layout and in brat's own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimclf.corpora.brat import parse_annotations, read_brat, write_brat
from claimclf.documents import Attribution, Document, Span

TEXT = "“It rained,” Ada Moor said, “all day.”\r\nHe is thought to agree.\n"
EVENTS = """\
T1\tContent 0 12;28 38\t“It rained,” “all day.”
T2\tSource 13 21\tAda Moor
T3\tCue 22 26\tsaid
T4\tAttribution 22 26\tsaid
E1\tAttribution:T4 Source:T2 Cue:T3 Content:T1
T5\tCue 46 53\tthought
T6\tContent 54 62\tto agree
T7\tAttribution-no-source 46 53\tthought
E2\tAttribution-no-source:T7 Content:T6 Cue:T5
T8\tDiscard 40 42\tHe
#1\tAnnotatorNotes T8\tnot sure
A1\tNested E1
"""
EXPECTED = (
    Attribution((Span(13, 21),), (Span(22, 26),), (Span(0, 12), Span(28, 38))),
    Attribution((), (Span(46, 53),), (Span(54, 62),)),
)


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())


def test_events_become_attributions_with_all_fragments():
    assert parse_annotations(TEXT, EVENTS) == EXPECTED


def test_windows_line_ends_and_missing_words_are_accepted():
    lines = ["\t".join(line.split("\t")[:2]) for line in EVENTS.splitlines()]
    assert parse_annotations(TEXT, "\r\n".join(lines)) == EXPECTED


def test_numbered_roles_are_parts_of_one_attribution():
    annotations = """\
T1\tContent 0 12\t“It rained,”
T2\tContent 28 38\t“all day.”
T3\tCue 22 26\tsaid
E1\tCue:T3 Content:T1 Content2:T2
"""
    (attribution,) = parse_annotations(TEXT, annotations)
    assert attribution == Attribution((), (Span(22, 26),), (Span(0, 12), Span(28, 38)))


def test_events_that_link_other_annotations_are_passed_over():
    others = "E9\tDenial:T3 Of:E1\nA1\tSure E1\n"
    found = parse_annotations(TEXT, f"{EVENTS.rstrip()}\n{others}")
    assert found[: len(EXPECTED)] == EXPECTED
    with pytest.raises(ValueError, match="T99 is linked, but no T line defines it"):
        parse_annotations(TEXT, f"{EVENTS.rstrip()}\nE9\tAttribution:T99\n")


def test_relations_around_one_cue_become_one_attribution():
    spans = "\n".join(line for line in EVENTS.splitlines() if line[:2] in ("T1", "T2", "T3"))
    relations = "R1\tSays Arg1:T2 Arg2:T3\nR2\tSaid Arg1:T3 Arg2:T1\t\n"
    assert parse_annotations(TEXT, f"{spans}\n{relations}") == EXPECTED[:1]


def test_a_source_joins_the_attribution_of_the_content_it_is_linked_to():
    spans = "\n".join(line for line in EVENTS.splitlines() if line[:2] in ("T1", "T2", "T3"))
    relations = "R1\tOf Arg1:T2 Arg2:T1\nR2\tSaid Arg1:T3 Arg2:T1\n"
    assert parse_annotations(TEXT, f"{spans}\n{relations}") == EXPECTED[:1]
    without_cue = parse_annotations(TEXT, f"{spans}\nR1\tOf Arg1:T2 Arg2:T1\n")
    assert without_cue == (Attribution((Span(13, 21),), (), (Span(0, 12), Span(28, 38))),)


@pytest.mark.parametrize(
    ("annotations", "message"),
    [
        ("T1\tSource 13 x\tAda", "Expected `T1<tab>Label 0 5<tab>words`, got 'T1"),
        ("T1\tSource 60 99", r"T1 \[60, 99\) must lie inside the text \(0 to 64\)"),
        ("T1\tSource 13 13", r"T1 \[13, 13\) must lie"),
        ("T1\tSource 12 20\tAda Moor", "T1 should read 'Ada Moor', but the text has ' Ada Moo'"),
        ("E1\tAttribution:T9", "T9 is linked, but no T line defines it"),
        ("E1\tAttribution", "Expected `E1<tab>Attribution:T1"),
    ],
)
def test_a_bad_line_is_named_with_what_was_expected(annotations, message):
    with pytest.raises(ValueError, match=message):
        parse_annotations(TEXT, annotations)


def test_polnears_layout_is_read_with_its_annotators(tmp_path):
    write(tmp_path / "dev" / "text" / "paper_2016.txt", TEXT)
    write(tmp_path / "dev" / "attributions" / "paper_2016_4b22.ann", EVENTS)
    write(tmp_path / "dev" / "attributions" / "paper_2016_ef2d.ann", "")
    first, second = read_brat(tmp_path)
    assert (first.id, first.text, first.attributions) == ("paper_2016_4b22", TEXT, EXPECTED)
    assert first.metadata == {"annotator": "4b22"}
    assert [s.types for s in first.sentences] == [("attribution",), ("attribution",)]
    assert first.sentences[0].perspective.source.name == "Ada Moor"
    assert first.sentences[1].perspective is None
    assert second.attributions == ()
    assert all(sentence.perspective.is_author for sentence in second.sentences)


def test_brats_own_layout_is_read(tmp_path):
    write(tmp_path / "a_b.txt", TEXT)
    write(tmp_path / "a_b.ann", EVENTS)
    (document,) = read_brat(tmp_path)
    assert (document.id, dict(document.metadata)) == ("a_b", {})


def test_bad_files_stop_the_reader_or_are_left_out(tmp_path):
    write(tmp_path / "a.txt", TEXT)
    write(tmp_path / "a.ann", "\nT1\tSource 0 99")
    write(tmp_path / "b.txt", TEXT)
    write(tmp_path / "b.ann", EVENTS)
    write(tmp_path / "c.ann", EVENTS)
    with pytest.raises(ValueError, match=r"a\.ann, line 2 \(a\): error: T1 \[0, 99\)"):
        list(read_brat(tmp_path))
    rejects = []
    assert [d.id for d in read_brat(tmp_path, on_error="skip", rejects=rejects)] == ["b"]
    assert [(reject.line, reject.doc_id) for reject in rejects] == [(2, "a"), (1, "c")]
    assert "expected c.txt" in rejects[1].message


def test_a_folder_without_annotations_is_refused_at_once(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no \.ann file under"):
        read_brat(tmp_path)


def test_documents_without_marked_attributions_are_not_written(tmp_path):
    with pytest.raises(ValueError, match="'x' has no marked attributions"):
        write_brat([Document("Rain.", id="x")], tmp_path)


def test_two_documents_may_not_share_a_file(tmp_path):
    document = Document("Rain.", id="x", attributions=())
    with pytest.raises(ValueError, match="'x': brat files need an id"):
        write_brat([document, document], tmp_path)


@given(data=st.data())
def test_written_attributions_are_read_back(data, tmp_path_factory):
    characters = st.sampled_from("ab .\n\r\0“é\u0301א😀\u2028\x85")
    text = data.draw(st.text(characters, min_size=1, max_size=20))
    offsets = st.integers(0, len(text) - 1)
    spans = st.lists(
        st.tuples(offsets, offsets).map(lambda pair: Span(min(pair), max(pair) + 1)), max_size=2
    ).map(tuple)
    marked = st.builds(Attribution, spans, spans, spans).filter(Attribution.labeled_spans)
    attributions = data.draw(st.lists(marked, max_size=3).map(tuple))
    folder = tmp_path_factory.mktemp("brat")
    write_brat([Document(text, id="p/q_1%.x", attributions=attributions)], folder)
    (document,) = read_brat(folder)
    assert (document.id, document.text) == ("p/q_1%.x", text)
    assert document.attributions == attributions
