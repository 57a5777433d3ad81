"""An institution's own text has no author, and often nobody who is named."""

from claimclf.documents import Perspective, Source
from claimclf.perspectives.own_text import with_own_text

AUTHOR = Perspective("author")
OFFICIAL = ("official_statement",)


def statuses(types, perspectives=None):
    perspectives = perspectives or [AUTHOR] * len(types)
    return [perspective.status for perspective in with_own_text(perspectives, types)]


def test_official_statements_that_nobody_is_said_to_make_are_left_open():
    types = [OFFICIAL, OFFICIAL, (), ("statistic",)]
    assert statuses(types) == ["unresolved", "unresolved", "author", "author"]


def test_who_is_known_stays():
    known = Perspective("source", Source("s1", "Ada Lund"))
    assert statuses([OFFICIAL, OFFICIAL], [known, AUTHOR]) == ["source", "unresolved"]


def test_a_few_in_a_news_article_are_slips():
    assert statuses([OFFICIAL, (), ()]) == ["author"] * 3
    assert statuses([OFFICIAL, OFFICIAL, *[()] * 9]) == ["author"] * 11


def test_ascribed_statements_make_no_own_text():
    ascribed = ("attribution", "official_statement")
    assert statuses([ascribed, ascribed, OFFICIAL]) == ["author"] * 3


def test_nothing_comes_of_nothing():
    assert statuses([]) == []
