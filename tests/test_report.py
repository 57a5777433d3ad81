"""Reports: what is written, that it is complete, self-contained and true, and how runs compare."""

from __future__ import annotations

import json
import re
import runpy
import shutil
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from claimclf.calibration import Calibration
from claimclf.corpora import write_jsonl
from claimclf.corpora.sentences import sentence_documents
from claimclf.documents import Document, Span
from claimclf.evaluation import evaluate
from claimclf.metrics import Score
from claimclf.report import compare_runs, report_page, write_report
from claimclf.report.comparison import differences, load_run
from claimclf.report.page import _paragraphs, error_notes
from claimclf.report.tables import (
    Table,
    TableCell,
    TableRow,
    figure_cell,
    figure_title,
    judgement_title,
    markdown_table,
    report_markdown,
)
from claimclf.segmentation import split_document
from tests.gold import gold_predictions
from tests.test_evaluation import STORIES, NoisyReader, story
from tests.test_render import in_browser, run_page


@pytest.fixture(scope="module")
def report():
    return evaluate(
        NoisyReader(0.45),
        STORIES,
        cross_fit=True,
        floors_from=STORIES,
        num_draws=50,
        provenance={"model": "noisy <model>", "command": "evaluate a | b"},
    )


@pytest.fixture(scope="module")
def folder(report, tmp_path_factory):
    return write_report(report, tmp_path_factory.mktemp("reports") / "noisy")


@pytest.mark.parametrize(
    ("judgement", "title", "head"),
    [
        ("types/cost/a", "cost/a", "cost/a F1"),
        ("types/content", "content", "content F1"),
        ("types/source", "source", "source F1"),
        ("types/is_source", "is source", "is source F1"),
        ("spans/content", "content", "content spans F1"),
        ("perspective/source", "Right source", "right source F1"),
    ],
)
def test_own_types_are_titled_by_their_whole_name(judgement, title, head):
    assert judgement_title(judgement) == title
    assert figure_title(f"{judgement}/f1") == head


def test_the_sentences_behind_a_type_are_its_own():
    assert figure_cell(Score(0.5, 0.4, 0.6, 9), "types/macro/f1").judgement == "types/exact_set"
    assert figure_cell(Score(0.5, 0.4, 0.6, 9), "types/macros/f1").judgement == "types/macros"


def test_names_do_not_break_a_table():
    cell = TableCell("50.0")
    assert markdown_table(Table("", ("one\ntwo", "a|b"), (TableRow("c\nd", (cell, cell)),))) == [
        "| | one two | a\\|b |",
        "|---|--:|--:|",
        "| c d | 50.0 | 50.0 |",
    ]


def test_every_file_is_written(folder):
    assert sorted(path.name for path in folder.iterdir()) == [
        "judgements.parquet",
        "metrics.json",
        "predictions.parquet",
        "report.html",
        "report.md",
    ]


def test_metrics_hold_every_figure_as_valid_json(folder, report):
    def refuse(constant):
        raise AssertionError(f"{constant} is not JSON")

    text = (folder / "metrics.json").read_text(encoding="utf-8")
    record = json.loads(text, parse_constant=refuse)
    assert set(record["figures"]) == set(report.scores)
    figure = record["figures"]["types/statistic/f1"]
    assert figure["low"] <= figure["value"] <= figure["high"]
    assert set(record["floors"]) == set(report.floors)
    assert record["provenance"]["documents_sha256"] == report.provenance["documents_sha256"]
    assert {item["grouping"] for item in record["slices"]} >= {"publisher", "numbers"}


def test_the_report_says_which_types_do_not_occur(report, tmp_path):
    gold = [
        story.replace(sentences=tuple(s for s in story.sentences if "statistic" not in s.types))
        for story in STORIES
    ]
    folder = write_report(evaluate(NoisyReader(), gold, num_draws=5), tmp_path / "report")
    note = "Not in the mean, because gold has none: statistic."
    text = (folder / "report.md").read_text(encoding="utf-8")
    assert "| Mean over the types | 100.0 [100.0, 100.0] |" in text
    assert note in text
    assert note in (folder / "report.html").read_text(encoding="utf-8")
    assert "Not in the mean" not in report_page(report)


def test_predictions_have_one_row_per_sentence(folder, report):
    rows = pq.read_table(folder / "predictions.parquet").to_pylist()
    assert len(rows) == sum(len(document.sentences) for document in report.gold)
    row = rows[1]
    assert row["text"] == report.gold[0].sentences[1].text
    assert row["gold_source"] == "Ana Ruiz"
    assert row["gold_types"] == ["attribution", "official_statement"]
    assert row["p_statistic"] == report.predicted[0].sentences[1].scores["statistic"]


def test_a_report_of_an_earlier_version_is_refused(folder, tmp_path):
    shutil.copytree(folder, tmp_path / "old")
    file = tmp_path / "old" / "predictions.parquet"
    pq.write_table(pq.read_table(file).rename_columns({"sentence_id": "sentence"}), file)
    with pytest.raises(ValueError, match="written by an earlier version of claimclf"):
        load_run(tmp_path / "old")


def test_judgements_give_the_figures_again(folder, report):
    run = load_run(folder)
    assert list(run.judgements) == list(report.judgements)
    for figure in report.figures():
        if len(figure.parts) == 1:
            again = run.judgements[figure.parts[0]].measure(figure.measure)
            assert again == pytest.approx(report.scores[figure.name].value, nan_ok=True)


def test_markdown_names_figures_floors_and_provenance(folder, report):
    text = (folder / "report.md").read_text(encoding="utf-8")
    value = f"{100 * report.scores['types/statistic/f1'].value:.1f}"
    assert re.search(rf"\| statistic \| {value} \[", text)
    assert "TF-IDF + logistic regression" in text
    assert r"evaluate a \| b" in text
    columns = [line.count(" | ") for line in text.splitlines() if line.startswith("| this model")]
    assert len(columns) == 1


@pytest.mark.parametrize("cross_fit", [True, False])
def test_a_floor_that_is_calibrated_otherwise_than_the_model_says_so(cross_fit):
    report = evaluate(NoisyReader(), STORIES, cross_fit=cross_fit, floors_from=STORIES, num_draws=5)
    note = "TF-IDF + logistic regression: thresholds and calibration cross-fitted by document"
    assert (note in report_page(report)) != cross_fit
    assert (note in report_markdown(report)) != cross_fit


def test_what_is_left_when_the_least_sure_perspectives_are_left_open(folder, report):
    record = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    everything, *_, half = record["perspective_coverage"]
    over_all = record["figures"]["perspective/right/accuracy"]
    assert everything["coverage"] == 1.0
    assert everything["accuracy"] == over_all
    assert 0.5 <= half["coverage"] < 1.0
    assert half["min_perspective_score"] > everything["min_perspective_score"]
    assert half["accuracy"]["value"] > over_all["value"], "the noise is known to the score"
    gaps = [
        abs(item["mean_score"] - item["gold_share"]) for item in record["perspective_reliability"]
    ]
    error = record["figures"]["perspective/right/calibration_error"]["value"]
    assert sum(gaps) / len(gaps) == pytest.approx(error)
    line = (
        f"| 100 % | {int(1000 * everything['min_perspective_score']) / 1000:.3f} | "
        f"{100 * over_all['value']:.1f} ["
    )
    text = (folder / "report.md").read_text(encoding="utf-8")
    assert line in text
    assert "would be unresolved" in text
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert f"expected calibration error {100 * error:.1f} [" in page


def test_without_perspectives_there_is_nothing_about_them(report, tmp_path):
    class TypesOnly(NoisyReader):
        def __init__(self):
            super().__init__(0.3)
            self.calibration = replace(self.calibration, has_perspective=False)

    folder = write_report(evaluate(TypesOnly(), STORIES, num_draws=5), tmp_path / "types")
    record = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    assert record["perspective_coverage"] == record["perspective_reliability"] == []
    assert "unresolved" not in (folder / "report.md").read_text(encoding="utf-8")
    assert 'id="perspective"' not in (folder / "report.html").read_text(encoding="utf-8")


def test_page_is_self_contained_and_escapes_what_it_shows(folder):
    text = (folder / "report.html").read_text(encoding="utf-8")
    assert not re.search(r"""(?:src|href)=["'](?!#)""", text)
    assert not re.search(r"url\((?!['\"]?#)|@import", text)
    assert "noisy &lt;model&gt;" in text
    assert "prefers-color-scheme" in text or "light-dark(" in text
    assert text.count("<svg") == 2 * 4 + 2, "two for each type, two for the perspective"


def test_labels_with_spaces_and_quotes_lead_to_their_sentences(tmp_path):
    types = ("hate speech", 'free "speech"')
    gold = list(sentence_documents([("One.", types[:1], ""), ("Two.", types[1:], "")], types))

    class Wrong(NoisyReader):
        def __init__(self):
            super().__init__()
            self.calibration = Calibration.identity(types)

        def read(self, documents):
            return [
                [
                    replace(item, type_scores={types[0]: 0.1, types[1]: 0.9})
                    for item in gold_predictions(document)
                ]
                for document in documents
            ]

    text = report_page(evaluate(Wrong(), gold, num_draws=5), (), ())
    totals = dict(re.findall(r'data-filter="(types/[^"]*)" data-total="(\d+)"', text))
    assert totals["types/hate_speech:missed"] == "1"
    assert totals["types/free_&#34;speech&#34;:false"] == "1"
    assert 'free "speech"' not in text


def test_every_link_on_the_page_has_a_target(folder):
    text = (folder / "report.html").read_text(encoding="utf-8")
    ids = re.findall(r'\bid="([^"]+)"', text)
    page_ids = [name for name in ids if not re.fullmatch(r"[mp][0-9a-f]{10}", name)]
    assert len(page_ids) == len(set(page_ids))
    targets = set(re.findall(r'(?:xlink:)?href="#([^"]+)"', text))
    assert targets <= set(ids)


def test_figures_lead_to_the_sentences_that_they_count_as_wrong(folder, report):
    text = (folder / "report.html").read_text(encoding="utf-8")
    tags = [set(value.split()) for value in re.findall(r'data-tags="([^"]*)"', text)]
    assert len(tags) == len(error_notes(report))
    for name, outcomes in report.judgements.items():
        behind = [item for item in tags if name in item]
        assert len(behind) == len(outcomes.errors()), name
    counts = report.judgements["types/statistic"].counts()
    assert sum("types/statistic:missed" in item for item in tags) == counts.false_negatives
    assert sum("types/statistic:false" in item for item in tags) == counts.false_positives
    for wanted in re.findall(r'data-filter="([^"]*)"', text):
        judgement, *_ = wanted.split() or [""]
        assert not judgement or judgement.split(":")[0] in report.judgements


class LongContent(NoisyReader):
    """Content runs on into the next sentence, which gold calls nobody's."""

    def read(self, documents):
        return [
            [
                replace(
                    prediction,
                    spans=tuple(
                        replace(span, end=document.sentences[2].end)
                        if span.label == "content"
                        else span
                        for span in prediction.spans
                    ),
                )
                for prediction in predictions
            ]
            for document, predictions in zip(documents, super().read(documents), strict=True)
        ]


def test_every_wrong_sentence_says_what_is_wrong_with_it():
    notes = error_notes(evaluate(LongContent(), STORIES[:1], num_draws=5))
    assert {place: note.wrong for place, note in notes.items()} == {
        (0, 1): ["content span"],
        (0, 2): ["words of the content span", "attributed, by content spans"],
    }
    (line,) = [line for line in notes[0, 2].predicted if line.startswith("content: “The bridge")]
    assert line not in notes[0, 2].gold


def test_spans_are_sorted_once_for_all_notes_of_a_document(monkeypatch):
    report = evaluate(LongContent(), STORIES[:1], num_draws=5)
    sort, calls = Document.spans, []
    monkeypatch.setattr(Document, "spans", lambda self: calls.append(self) or sort(self))
    assert len(error_notes(report)) == 2
    assert len(calls) == 2  # gold and predicted


def many_articles(monkeypatch, *, max_sentences):
    """A page with room for some of the articles that have something wrong."""
    monkeypatch.setattr("claimclf.report.page.MAX_SENTENCES", max_sentences)
    monkeypatch.setattr("claimclf.report.page.MAX_WORST", 2)
    report = evaluate(NoisyReader(0.45), STORIES, num_draws=5)
    return report, report_page(report)


def test_the_worst_mistakes_are_on_the_page_whatever_is_left_out(monkeypatch):
    _, page = many_articles(monkeypatch, max_sentences=8)
    assert page.count("<article>") == 2
    worst = re.findall(r'<li><a href="#(s\d+-\d+)">', page)
    assert len(worst) == 2
    assert all(f'<mark id="{anchor}">' in page for anchor in worst)


def test_every_wrong_sentence_is_shown_where_each_is_a_document():
    single = [
        Document(s.text, (replace(s, start=0, end=len(s.text), perspective=None, spans=()),))
        for story in STORIES * 12
        for s in story.sentences
    ]
    report = evaluate(NoisyReader(0.9), single, num_draws=5)
    num_wrong = len(error_notes(report))
    assert num_wrong > 150
    page = report_page(report)
    assert page.count('class="note"') == num_wrong
    assert "predictions.parquet has them all" not in page


def test_a_surely_wrong_source_is_among_the_worst_mistakes():
    class WrongSource(NoisyReader):
        def read(self, documents):
            return [
                [
                    replace(item, mention=Span(item.start, item.start + 3))
                    if item.mention
                    else item
                    for item in predictions
                ]
                for predictions in super().read(documents)
            ]

    page = report_page(evaluate(WrongSource(), STORIES, num_draws=5))
    assert re.search(r'<ol class="worst">.*?<span class="soft">perspective at \d+ %', page, re.S)


def test_confusions_lead_to_their_sentences():
    report = evaluate(NoisyReader(0.45), STORIES, num_draws=5)
    page = report_page(report)
    links = re.findall(
        r'data-filter="types/statistic:(missed|false) (gold|predicted)=(\w*)" data-total="(\d+)" '
        r"title=[^>]*>(\d+)</a>",
        page,
    )
    assert {(kind, side) for kind, side, *_ in links} == {
        ("missed", "predicted"),
        ("false", "gold"),
    }
    assert all(total == shown for *_, total, shown in links)


def test_thresholds_say_where_they_come_from():
    reader = NoisyReader(0.2)
    stored = report_page(evaluate(reader, STORIES, num_draws=5))
    assert "Threshold 50 %, stored ·" in stored
    reader.calibration = replace(reader.calibration, provenance={"data": {"num_documents": 1234}})
    assert "%, stored, fitted on 1,234 documents ·" in report_page(evaluate(reader, STORIES))
    crossed = evaluate(reader, STORIES, cross_fit=True, num_draws=5)
    assert "%, of the other folds ·" in report_page(crossed)


def test_links_know_how_many_sentences_are_behind_them_on_the_page_or_not(monkeypatch):
    report, page = many_articles(monkeypatch, max_sentences=8)
    counts = report.judgements["types/statistic"].counts()
    missed = re.search(r'data-filter="types/statistic:missed" data-total="(\d+)"', page)
    assert int(missed[1]) == counts.false_negatives
    num_wrong, num_shown = len(error_notes(report)), page.count('class="note"')
    assert num_shown < num_wrong
    assert f"{num_shown} of {num_wrong} sentences shown</output>" in page


@pytest.mark.slow
@in_browser
def test_a_link_shows_what_a_filter_hid_and_the_bar_says_what_is_missing(monkeypatch, tmp_path):
    report, page = many_articles(monkeypatch, max_sentences=8)
    probe = """<script>
      const seen = [];
      const record = () => seen.push(document.querySelector(".bar output").value);
      const worst = document.querySelector(".worst a");
      const mark = document.querySelector(worst.hash);
      const tags = document.querySelector(`${worst.hash}-n`).dataset.tags.split(" ");
      const others = [...document.querySelectorAll("[data-filter*=':']")];
      others.find((link) => !tags.includes(link.dataset.filter)).click();
      record();
      seen.push(mark.closest("[hidden]") ? "hidden" : "there");
      worst.click();
      record();
      seen.push(mark.closest("[hidden]") ? "hidden" : "there");
      const log = document.createElement("pre");
      log.textContent = seen.join("\\n");
      document.body.append(log);
    </script>"""
    page = re.sub(r"<meta http-equiv[^>]*>", "", page).replace("</body>", f"{probe}</body>")
    html = run_page(tmp_path, page)
    filtered, before, everything, after = re.search(r"<pre>(.*?)</pre>", html, re.DOTALL)[1].split(
        "\n"
    )
    assert re.fullmatch(r"\d+ of \d+ sentences? shown: [a-z ]+", filtered)
    assert (before, after) == ("hidden", "there")
    num_shown = page.count('class="note"')
    assert everything == f"{num_shown} of {len(error_notes(report))} sentences shown"


@pytest.mark.slow
@in_browser
def test_tables_of_types_stay_in_their_panels_on_paper(folder, tmp_path):
    probe = """<script>
      const log = document.createElement("pre");
      log.textContent = [...document.querySelectorAll(".panel table")].map((table) =>
        Math.ceil(table.getBoundingClientRect().right
          - table.closest(".panel").getBoundingClientRect().right)).join(" ");
      document.body.append(log);
    </script>"""
    page = (
        (folder / "report.html").read_text(encoding="utf-8").replace("@media print", "@media all")
    )
    page = re.sub(r"<meta http-equiv[^>]*>", "", page).replace("</body>", f"{probe}</body>")
    a4 = "<style>body { width: 718px; }</style></head>"
    found = run_page(tmp_path, page.replace("</head>", a4))
    beyond = re.search(r"<pre>([-0-9 ]+)</pre>", found)[1].split()
    assert len(beyond) == 4
    assert max(map(int, beyond)) <= 0


def test_a_report_without_errors_has_no_articles():
    perfect = evaluate(NoisyReader(), STORIES, num_draws=5)
    page = report_page(perfect)
    assert "<article>" not in page
    assert "0 sentences" in page


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It rose.\nIt fell.\n\nIt stood.", ["It rose.\nIt fell.", "It stood."]),
        ("It rose.\nIt fell. It stood.", ["It rose.", "It fell. It stood."]),
        ("It\n\nrose. It fell.\n\nIt stood.", ["It\n\nrose. It fell.", "It stood."]),
    ],
)
def test_an_article_is_cut_into_its_paragraphs(text, expected):
    spans = [Span(match.start(), match.end()) for match in re.finditer(r"It[^.]+\.", text)]
    found = _paragraphs(0, split_document(text, spans), {})
    assert ["".join(piece for piece, _ in paragraph.pieces) for paragraph in found] == expected


def test_comparison_finds_the_better_run_and_shows_what_changed(folder, report, tmp_path):
    perfect = evaluate(NoisyReader(), STORIES, num_draws=5)
    better = write_report(perfect, tmp_path / "perfect")
    text = compare_runs([folder, better])
    before = 100 * report.scores["types/macro/f1"].value
    assert f"| Mean over the types, F1 | {before:.1f} | 100.0 | **+{100 - before:.1f}** |" in text
    num_errors = len(report.judgements["types/statistic"].errors())
    assert f"### statistic: {num_errors} better" in text
    assert "worse" not in text
    change = differences(load_run(folder), load_run(better))["types/macro/f1"]
    assert 0 < change.low <= change.value <= change.high
    assert change.share_better == 1.0


def test_comparison_on_one_article_is_sure_of_nothing(tmp_path):
    noisy, clean = (evaluate(NoisyReader(noise), STORIES[:1]) for noise in (0.6, 0.0))
    text = compare_runs(
        [write_report(noisy, tmp_path / "noisy"), write_report(clean, tmp_path / "clean")]
    )
    rows = [line for line in text.splitlines() if line.startswith("| ")][1:]
    assert rows
    assert all(line.endswith("| – | – |") for line in rows)
    assert "**" not in text
    assert "nan" not in text


def test_what_is_not_measured_alike_is_told(folder, report, tmp_path):
    stored = evaluate(NoisyReader(0.3), STORIES, num_draws=5)
    other = write_report(stored, tmp_path / "b" / folder.name)
    text = compare_runs([folder, other])
    settings = "cross-fitted by document and as stored with the model"
    assert f"Not measured alike: calibration {settings}." in text
    assert f"| {folder.parent.name}/{folder.name} | b/{folder.name} |" in text
    assert "Not measured alike" not in compare_runs([folder, folder])


def test_a_run_is_no_better_than_itself(folder):
    text = compare_runs([folder, folder])
    assert set(re.findall(r"\| (\d+) % \|", text)) == {"0"}


def test_comparison_refuses_other_documents_and_other_folders(folder, tmp_path):
    other = write_report(evaluate(NoisyReader(), STORIES[1:], num_draws=5), tmp_path / "other")
    with pytest.raises(ValueError, match="evaluated on different documents"):
        compare_runs([folder, other])
    with pytest.raises(ValueError, match="at least two reports, got 1"):
        compare_runs([folder])
    with pytest.raises(FileNotFoundError, match=r"has no metrics\.json"):
        compare_runs([folder, tmp_path])


def test_the_script_evaluates_a_saved_model_and_records_its_command(
    tiny_classifier, small_document, tmp_path, monkeypatch, capsys
):
    tiny_classifier.save_pretrained(tmp_path / "model")
    data = tmp_path / "dev.jsonl"
    copies = [small_document.replace(id="a"), story("b"), story("c")]
    write_jsonl(copies, data)
    script = Path(__file__).parents[1] / "scripts" / "evaluate_model.py"
    arguments = [script, tmp_path / "model", data, "--report", tmp_path / "report", "--cross-fit"]
    monkeypatch.setattr("sys.argv", [str(argument) for argument in arguments])
    with pytest.raises(SystemExit) as exit_of_script:
        runpy.run_path(str(script), run_name="__main__")
    assert not exit_of_script.value.code
    assert "perspective/is_source/accuracy" in capsys.readouterr().out
    record = json.loads((tmp_path / "report" / "metrics.json").read_text(encoding="utf-8"))
    assert record["provenance"]["num_documents"] == 3
    command = record["provenance"]["command"]
    assert command.startswith(f"python {script} ")
    assert command.endswith("--cross-fit")
    assert record["cross_fitted"]
    assert (tmp_path / "report" / "report.html").is_file()
