"""Hard constructions: which are solved, counted by hand, and what reports say of them."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from claimclf.documents import Document, Perspective
from claimclf.evaluation import Construction, evaluate, read_constructions
from claimclf.evaluation.constructions import Count
from claimclf.labels import AUTHOR
from claimclf.report import write_report
from claimclf.report.tables import construction_table, report_markdown
from tests.test_evaluation import STORIES, NoisyReader


def shown(document: Document, construction: str) -> Document:
    return document.replace(metadata={**document.metadata, "construction": construction})


def with_author_everywhere(document: Document) -> Document:
    """Gold that calls the one sourced sentence of a story the author's, and knows no statistic."""
    sentences = [replace(s, perspective=Perspective(AUTHOR)) for s in document.sentences]
    return document.replace(sentences=tuple(sentences))


class ReaderOfStories(NoisyReader):
    """Reads every document as the story that it was made of: right wherever gold kept that."""

    def read(self, documents):
        by_id = {story.id: story for story in STORIES}
        return super().read([by_id[document.id] for document in documents])


@pytest.fixture(scope="module")
def report():
    first, second, third, fourth = STORIES[:4]
    without_types = replace(second.sentences[2], types=())
    gold = [
        shown(first, "runs_on"),
        shown(
            second.replace(sentences=(*second.sentences[:2], without_types, second.sentences[3])),
            "odd_number",
        ),
        shown(with_author_everywhere(third), "only_an_act"),
        shown(fourth, "only_an_act"),
        STORIES[4],
    ]
    return evaluate(ReaderOfStories(), gold, num_draws=5)


def test_constructions_are_counted_by_hand(report):
    found = {item.name: item for item in read_constructions(report)}
    assert list(found) == ["runs_on", "odd_number", "only_an_act"], "solved ones first"
    counts = {
        name: [
            (count.num_right, count.num_sentences)
            for count in (item.types, item.perspectives, item.sources)
        ]
        for name, item in found.items()
    }
    assert counts == {
        "runs_on": [(4, 4), (4, 4), (1, 1)],
        "odd_number": [(3, 4), (4, 4), (1, 1)],
        "only_an_act": [(8, 8), (7, 8), (1, 1)],
    }
    assert [item.is_solved for item in found.values()] == [True, False, False]
    assert found["only_an_act"].num_documents == 2


def test_the_table_says_what_is_solved(report):
    table = construction_table(read_constructions(report))
    rows = {row.title: [cell.text for cell in row.cells] for row in table.rows}
    assert rows == {
        "all": ["4", "15/16", "15/16", "3/3", "1 of 3"],
        "runs on": ["1", "4/4", "4/4", "1/1", "yes"],
        "odd number": ["1", "3/4", "4/4", "1/1", "perspective only"],
        "only an act": ["2", "8/8", "7/8", "1/1", "types only"],
    }


def test_files_of_the_report_have_them_with_links_to_the_mistakes(report, tmp_path):
    folder = write_report(report, tmp_path / "report")
    record = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    assert record["constructions"][1] == {
        "name": "odd_number",
        "num_documents": 1,
        "types": {"num_right": 3, "num_sentences": 4},
        "perspectives": {"num_right": 4, "num_sentences": 4},
        "sources": {"num_right": 1, "num_sentences": 1},
        "is_solved": False,
    }
    assert (
        "| only an act | 2 | 8/8 | 7/8 | 1/1 | types only |" in (folder / "report.md").read_text()
    )
    page = (folder / "report.html").read_text(encoding="utf-8")
    wanted = "types/exact_set construction=odd_number"
    assert f'data-filter="{wanted}"' in page
    behind = [tags.split() for tags in re.findall(r'data-tags="([^"]*)"', page)]
    assert sum(set(wanted.split()) <= set(tags) for tags in behind) == 1


def test_nothing_is_shown_where_no_document_names_a_construction():
    report = evaluate(NoisyReader(), STORIES, num_draws=5)
    assert read_constructions(report) == []
    assert construction_table([]) is None
    assert "construction" not in report_markdown(report, (), read_constructions(report))


def test_what_nobody_judged_is_not_solved():
    nothing = Count(0, 0)
    assert not Construction("metonym", 1, nothing, nothing, nothing).is_solved


def test_what_nobody_judged_is_no_solved_half():
    nothing, wrong = Count(0, 0), Count(1, 2)
    table = construction_table(
        [
            Construction("untyped", 1, nothing, wrong, nothing),
            Construction("voiceless", 1, wrong, nothing, nothing),
        ]
    )
    assert [row.cells[-1].text for row in table.rows] == ["0 of 2", "no", "no"]
