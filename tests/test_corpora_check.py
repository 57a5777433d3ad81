"""The check of a corpus file: all problems at once, and counts worked out by hand."""

import json

import pytest

from claimclf.corpora.check import check_corpus

TEXT = "Rain fell. The mayor said 40 homes flooded. More may follow."


def record(doc_id, text=TEXT, **changes):
    return {
        "doc_id": doc_id,
        "publisher": "Wire",
        "license": "CC0",
        "text": text,
        "sentences": [
            {"start": 0, "end": 10, "types": [], "source": "author", "mention": None},
            {
                "start": 11,
                "end": 43,
                "types": ["attribution", "official_statement", "statistic"],
                "source": "e1",
                "mention": [11, 20],
            },
            {
                "start": 44,
                "end": 60,
                "types": ["official_statement"],
                "source": "e1",
                "mention": None,
            },
        ],
        "sources": {"e1": {"name": "The mayor", "kind": "official", "party": None}},
    } | changes


@pytest.fixture
def path(tmp_path):
    bad = record("b", text=TEXT + " ")
    bad["sentences"][0] |= {"types": ["opinion"]}
    bad["sentences"][1] |= {"mention": [0, 4]}
    marked = {"source": [[0, 4]], "cue": [[5, 9]], "content": [[11, 43], [44, 60]]}
    lines = [
        json.dumps(record("a")),
        json.dumps(bad),
        "",
        "{broken",
        json.dumps(record("a", text=TEXT.upper())),
        json.dumps({"doc_id": "c", "text": TEXT[:-1] + "!", "sentences": [], "attributions": []}),
        json.dumps(
            {
                "doc_id": "d",
                "text": TEXT[:-1] + "?",
                "sentences": [{"start": 0, "end": 10}, {"start": 11, "end": 43}],
                "attributions": [marked],
            }
        ),
    ]
    path = tmp_path / "corpus.jsonl"
    path.write_text("\n".join(lines))
    return path


def test_every_problem_is_listed_with_its_line(path):
    report = check_corpus(path)
    assert [(p.line, p.doc_id, p.level, p.message[:30]) for p in report.problems] == [
        (2, "b", "error", "Sentence 0 [0, 10): unknown ty"),
        (2, "b", "error", "Sentence 1 [11, 43): its menti"),
        (2, "b", "warning", "Same text as the record on lin"),
        (4, None, "error", "Not JSON: Expecting property n"),
        (5, "a", "warning", "Same id as the record on line "),
        (5, "a", "warning", "Same text as the record on lin"),
        (6, "c", "warning", "'sentences' is empty. Leave it"),
    ]
    assert report.num_records == 6
    assert (len(report.errors), len(report.warnings)) == (3, 4)


def test_statistics_count_the_records_that_can_be_read(path):
    statistics = check_corpus(path).statistics
    assert statistics["documents"] == 4
    assert statistics["sentences"] == 3 + 3 + 0 + 2
    assert statistics["characters"] == 4 * len(TEXT)
    assert statistics["types"] == {
        "attribution": {"decided": 8, "present": 3, "share": 3 / 8},
        "official_statement": {"decided": 6, "present": 4, "share": 4 / 6},
        "statistic": {"decided": 6, "present": 2, "share": 2 / 6},
        "speculation": {"decided": 6, "present": 0, "share": 0.0},
    }
    assert statistics["official_without_attribution"] == 2
    assert statistics["perspectives"] == {"source": 5, "author": 3}
    assert statistics["sourced_sentences"] == {"with mention": 2, "without mention": 3}
    assert statistics["kinds"] == {"official": 2, "unknown": 1}
    assert statistics["parties"] == {"none": 3}
    assert statistics["publishers"] == {"Wire": 2, "unknown": 2}
    assert statistics["licences"] == {"CC0": 2, "unknown": 2}
    assert statistics["attributions"] == 1
    assert statistics["spans"] == {"source": 1, "cue": 1, "content": 2}


def test_what_comes_of_reading_is_a_problem_too(tmp_path):
    written = {"id": "w", "text": "Rain.", "sources": [], "sentences": [{"start": 0, "end": 5}]}
    path = tmp_path / "w.jsonl"
    path.write_text(json.dumps(written))
    (problem,) = check_corpus(path).problems
    assert (problem.level, problem.doc_id) == ("error", "w")
    assert "KeyError('text')" in problem.message


def test_own_types_can_be_declared(path):
    assert "unknown type 'attribution'" in check_corpus(path, types=["own"]).errors[0].message


def test_a_folder_of_brat_standoff_is_checked_too(tmp_path):
    for name, annotations in (("a", "T1\tCue 0 4\n"), ("b", "T1\tCue 0 99\n")):
        (tmp_path / f"{name}.txt").write_text("Rain fell.")
        (tmp_path / f"{name}.ann").write_text(annotations)
    report = check_corpus(tmp_path)
    assert (report.num_records, report.statistics["documents"]) == (2, 1)
    (problem,) = report.errors
    assert str(problem).startswith("line 1 (b): error: T1 [0, 99)")


def test_the_report_fits_json(path):
    report = check_corpus(path)
    assert json.loads(json.dumps(report.to_dict()))["problems"][0]["line"] == 2


def test_the_text_shows_errors_first_and_says_what_it_leaves_out(path):
    lines = check_corpus(path).to_text(max_problems=3).splitlines()
    assert lines[0].endswith("corpus.jsonl: 6 records, 3 errors, 4 warnings")
    assert [line.split(":")[0] for line in lines[1:4]] == ["  line 2 (b)"] * 2 + ["  line 4"]
    assert lines[4] == "  … and 4 more problems"
    assert "official_statement             4   66.7% of 6 sentences that decided it" in lines
    assert "         5   62.5%  source" in lines


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match="is not a file"):
        check_corpus(tmp_path / "none.jsonl")
