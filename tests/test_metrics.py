"""Metrics on examples that are counted by hand, and against scikit-learn."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from sklearn import metrics as sklearn_metrics

from claimclf.corpora.sentences import sentence_documents
from claimclf.documents import Attribution, Document, Perspective, Sentence, Source, Span
from claimclf.labels import AUTHOR, SOURCE, TYPES, UNRESOLVED
from claimclf.metrics import (
    PRF,
    Item,
    Outcomes,
    compare_figures,
    draw_documents,
    figures,
    judge,
    match_source,
    mention_place,
    precision_recall_curve,
    reliability,
    right_perspectives,
    same_name,
    score_figures,
)

RUIZ = Source("s1", "Ana Ruiz", "official", "Chile")
MINISTRY = Source("s2", "Chilean Health Ministry", "official", "Chile")
AUTHOR_VOICE = Perspective(AUTHOR)


def by(source: Source, mention: Span | None = None) -> Perspective:
    return Perspective(SOURCE, source, mention)


def document_of(
    *labels: tuple[tuple[str, ...], Perspective | None],
    known: tuple[str, ...] = TYPES,
    scores: dict[str, float] | None = None,
    sources: tuple[Source, ...] = (RUIZ, MINISTRY),
    attributions: tuple[Attribution, ...] | None = None,
) -> Document:
    """Sentences "She spoke." (ten characters and a space) with these types and perspectives."""
    sentences = tuple(
        Sentence(
            start=11 * index,
            end=11 * index + 10,
            text="She spoke.",
            types=types,
            perspective=perspective,
            known_types=known,
            scores=scores or {},
        )
        for index, (types, perspective) in enumerate(labels)
    )
    return Document("She spoke. " * len(labels), sentences, sources, attributions)


def outcomes_of(gold: list[int], scores: list[float], threshold: float = 0.5) -> Outcomes:
    return Outcomes.of(
        Item(0, index, bool(is_gold), score >= threshold, score)
        for index, (is_gold, score) in enumerate(zip(gold, scores, strict=True))
    )


# Counts and measures


def test_shares_follow_from_counts():
    total = PRF(4, 2, 2)
    assert total.precision == pytest.approx(4 / 6)
    assert total.recall == pytest.approx(4 / 6)
    assert PRF(2, 1, 3).f1 == pytest.approx(4 / 8)


def test_nothing_gold_and_nothing_predicted_is_undefined_not_zero():
    assert math.isnan(PRF().f1)
    assert math.isnan(PRF(0, 0, 2).precision)
    assert PRF(0, 0, 2).f1 == 0.0
    assert PRF(0, 2, 0).f1 == 0.0
    empty = Outcomes.of([])
    assert all(math.isnan(empty.measure(name)) for name in ("f1", "accuracy", "average_precision"))
    assert math.isnan(empty.measure("calibration_error"))


def test_average_precision_by_hand():
    # Ranked: gold, not, gold. Precision 1 at recall 1/2, 2/3 at recall 1.
    outcomes = outcomes_of([1, 0, 1], [0.9, 0.6, 0.4])
    assert outcomes.measure("average_precision") == pytest.approx(0.5 * 1 + 0.5 * 2 / 3)


def test_calibration_error_by_hand():
    # Two items per bin, 15 bins: each bin says 0.8 and half of it is gold, so it is 0.3 off.
    outcomes = outcomes_of([1, 0] * 15, [0.8] * 30)
    assert outcomes.measure("calibration_error") == pytest.approx(0.3)
    assert outcomes_of([1, 1, 0], [1.0, 1.0, 0.0]).measure("calibration_error") == 0.0


def test_calibration_error_agrees_with_its_diagram():
    random = np.random.default_rng(0)
    scores = random.uniform(size=400)
    outcomes = outcomes_of((random.uniform(size=400) < scores**2).tolist(), scores.tolist())
    bins = reliability(outcomes)
    assert [item.mean_score for item in bins] == sorted(item.mean_score for item in bins)
    gaps = [abs(item.mean_score - item.gold_share) for item in bins]
    assert outcomes.measure("calibration_error") == pytest.approx(sum(gaps) / 15)


@pytest.mark.parametrize("seed", range(5))
def test_measures_agree_with_scikit_learn(seed):
    random = np.random.default_rng(seed)
    scores = np.round(random.uniform(size=200), 1)  # with many ties
    gold = random.uniform(size=200) < scores
    outcomes = outcomes_of(gold.tolist(), scores.tolist(), threshold=0.45)
    predicted = scores >= 0.45
    expected = {
        "precision": sklearn_metrics.precision_score(gold, predicted),
        "recall": sklearn_metrics.recall_score(gold, predicted),
        "f1": sklearn_metrics.f1_score(gold, predicted),
        "accuracy": sklearn_metrics.accuracy_score(gold, predicted),
        "average_precision": sklearn_metrics.average_precision_score(gold, scores),
    }
    for measure, value in expected.items():
        assert outcomes.measure(measure) == pytest.approx(value), measure
    precision, recall, thresholds = precision_recall_curve(outcomes)
    reference = sklearn_metrics.precision_recall_curve(gold, scores)
    assert precision[::-1] == pytest.approx(reference[0][:-1])
    assert recall[::-1] == pytest.approx(reference[1][:-1])
    assert thresholds[::-1] == pytest.approx(reference[2])


@pytest.mark.parametrize(
    "measure", ["precision", "recall", "f1", "accuracy", "average_precision", "calibration_error"]
)
def test_a_weight_is_as_good_as_a_copy(measure):
    random = np.random.default_rng(3)
    scores = random.uniform(size=60)
    rows = [
        Item(index // 20, index % 20, bool(random.uniform() < score), score > 0.5, float(score))
        for index, score in enumerate(scores)
    ]
    weighted = Outcomes.of(rows).measure_draws(measure, np.array([[2.0, 0.0, 1.0]]))
    copied = Outcomes.of([row for row in rows for _ in range([2, 0, 1][row.document])])
    assert weighted[0] == pytest.approx(copied.measure(measure))


# Intervals


def test_draws_are_seeded_and_keep_the_number_of_documents():
    weights = draw_documents(7, num_draws=50, seed=1)
    assert weights.shape == (50, 7)
    assert (weights.sum(axis=1) == 7).all()
    assert (weights == draw_documents(7, num_draws=50, seed=1)).all()
    assert (weights != draw_documents(7, num_draws=50, seed=2)).any()


def test_interval_matches_resampling_the_slow_way():
    gold = [document_of((("statistic",), None), ((), None), ((), None)) for _ in range(8)]
    predicted = [
        document_of(
            (("statistic",) * (i % 3 > 0), None), (("statistic",) * (i < 2), None), ((), None)
        )
        for i in range(8)
    ]
    judgements = judge(gold, predicted)
    weights = draw_documents(8, num_draws=200, seed=0)
    score = score_figures(judgements, figures(judgements), weights)["types/statistic/f1"]
    slow = []
    for row in weights.astype(int):
        drawn = [index for index, times in enumerate(row) for _ in range(times)]
        again = judge([gold[index] for index in drawn], [predicted[index] for index in drawn])
        slow.append(again["types/statistic"].counts().f1)
    assert (score.low, score.high) == pytest.approx(tuple(np.quantile(slow, [0.025, 0.975])))
    assert score.value == judgements["types/statistic"].counts().f1 == pytest.approx(10 / 15)
    assert score.num_items == 24


def test_paired_comparison_of_equal_systems_is_zero_and_of_a_better_one_is_sure():
    gold = [document_of((("statistic",), None), ((), None)) for _ in range(10)]
    worse = [document_of((("statistic",) * (i % 2), None), ((), None)) for i in range(10)]
    weights = draw_documents(10, num_draws=100)
    first, best = judge(gold, worse), judge(gold, gold)
    same = compare_figures(first, first, figures(first), weights)["types/statistic/f1"]
    assert (same.value, same.low, same.high, same.share_better) == (0.0, 0.0, 0.0, 0.0)
    better = compare_figures(first, best, figures(first), weights)["types/statistic/f1"]
    assert better.value == pytest.approx(1 - 10 / 15)
    assert 0 < better.low < better.value < better.high
    assert better.share_better == 1.0


def test_a_single_document_makes_no_difference_sure():
    gold = [document_of((("statistic",), None), ((), None)), document_of()]
    worse = [document_of(((), None), ((), None)), document_of()]
    first, best = judge(gold, worse), judge(gold, gold)
    found = compare_figures(first, best, figures(first), draw_documents(2, num_draws=9))
    difference = found["types/statistic/f1"]
    assert difference.value == 1.0
    assert all(map(math.isnan, (difference.low, difference.high, difference.share_better)))


def test_a_calibration_error_is_better_where_it_is_lower_and_equal_ones_are_not():
    gold, unsure, sure = (
        [document_of((("statistic",), None), scores={"statistic": score}) for _ in range(10)]
        for score in (1.0, 0.6, 0.9)
    )
    first, second = judge(gold, unsure), judge(gold, sure)

    def share_better(*systems: dict[str, Outcomes]) -> float:
        found = compare_figures(*systems, figures(first), draw_documents(10, num_draws=20))
        return found["types/statistic/calibration_error"].share_better

    assert share_better(first, second) == 1.0
    assert share_better(second, first) == share_better(first, first) == 0.0


def test_intervals_of_the_calibration_error_lie_around_it():
    random = np.random.default_rng(0)
    scores = random.uniform(size=600)
    rows = [
        Item(index // 20, index % 20, bool(random.uniform() < score), score > 0.5, float(score))
        for index, score in enumerate(scores)
    ]
    judgements = {"types/statistic": Outcomes.of(rows)}
    found = score_figures(judgements, figures(judgements), draw_documents(30, num_draws=200))
    score = found["types/statistic/calibration_error"]
    assert 0 <= score.low < score.value < score.high


def test_a_single_document_has_no_interval():
    gold = [document_of((("statistic",), None)), document_of()]
    judgements = judge(gold, gold)
    scores = score_figures(judgements, figures(judgements), draw_documents(2, num_draws=9))
    assert scores["types/statistic/f1"].value == 1.0
    assert math.isnan(scores["types/statistic/f1"].low)


# Types and perspectives


def test_types_are_judged_where_they_are_known():
    gold = document_of((("attribution",), None), ((), None), known=("attribution",))
    predicted = document_of((("statistic",), None), (("attribution",), None))
    judgements = judge([gold], [predicted])
    assert judgements["types/attribution"].counts() == PRF(0, 1, 1)
    assert "types/statistic" not in judgements
    assert "types/exact_set" not in judgements
    assert judgements["types/attribution"].errors() == [(0, 0), (0, 1)]


def test_own_types_keep_their_order_whatever_their_names():
    types = ("cue", "content", "anger", "kind")
    (document,) = sentence_documents([("It may leak.", types, None)], types)
    judgements = judge([document], [document])
    assert list(judgements) == [*(f"types/{name}" for name in types), "types/exact_set"]


def test_exact_set_wants_every_type_right():
    gold = document_of((("attribution", "statistic"), None), ((), None))
    predicted = document_of((("attribution",), None), ((), None))
    assert judge([gold], [predicted])["types/exact_set"].measure("accuracy") == 0.5


def test_exact_set_asks_only_for_types_that_the_model_knows():
    gold = document_of((("attribution", "official_statement"), None))
    (sentence,) = gold.sentences
    for types, is_right in ((("attribution",), 1.0), (("attribution", "statistic"), 0.0)):
        answer = replace(sentence, types=types, known_types=("attribution", "statistic"))
        judged = judge([gold], [gold.replace(sentences=(answer,))])["types/exact_set"]
        assert judged.measure("accuracy") == is_right


def test_macro_f1_is_the_mean_over_types():
    gold = document_of((TYPES, None), ((), None))
    predicted = document_of((("attribution",), None), (("statistic",), None))
    judgements = judge([gold], [predicted])
    scores = score_figures(judgements, figures(judgements), draw_documents(1, num_draws=2))
    assert scores["types/macro/f1"].value == pytest.approx((1 + 0 + 0 + 0) / 4)


def test_the_mean_is_over_the_types_that_gold_has():
    gold = [document_of((("attribution", "statistic"), None), ((), None)) for _ in range(3)]
    predicted = [document_of((("attribution",), None), (("speculation",), None)) for _ in range(3)]
    judgements = judge(gold, predicted)
    scores = score_figures(judgements, figures(judgements), draw_documents(3, num_draws=5))
    assert math.isnan(scores["types/official_statement/f1"].value)
    assert scores["types/speculation/f1"].value == 0.0, "never gold, but predicted"
    assert (scores["types/macro/f1"].value, scores["types/macro/f1"].low) == (0.5, 0.5)
    nothing = judge([document_of(((), None))], [document_of(((), None))])
    scores = score_figures(nothing, figures(nothing), draw_documents(1, num_draws=5))
    assert math.isnan(scores["types/macro/f1"].value)


def test_perspectives_by_hand():
    gold = document_of(
        ((), AUTHOR_VOICE),  # right
        ((), AUTHOR_VOICE),  # given to a source
        ((), by(RUIZ)),  # right source
        ((), by(RUIZ)),  # wrong source of the right kind and party
        ((), by(RUIZ)),  # given to the author
        ((), by(MINISTRY)),  # unresolved
        ((), None),  # nobody decided
    )
    other = Source("x", "Finance Ministry", "official", "Chile")
    short = Source("y", "Ruiz", "expert", None)
    predicted = document_of(
        ((), AUTHOR_VOICE),
        ((), by(short)),
        ((), by(short)),
        ((), by(other)),
        ((), AUTHOR_VOICE),
        ((), Perspective(UNRESOLVED)),
        ((), by(short)),
        sources=(other, short),
    )
    judgements = judge([gold], [predicted])
    assert judgements["perspective/is_source"].counts() == PRF(3, 1, 1)
    assert judgements["perspective/is_source"].measure("accuracy") == pytest.approx(4 / 6)
    assert judgements["perspective/source"].measure("accuracy") == pytest.approx(1 / 4)
    assert judgements["perspective/source"].errors() == [(0, 3), (0, 4), (0, 5)]
    assert judgements["perspective/source_elsewhere"].measure("accuracy") == pytest.approx(1 / 4)
    assert judgements["perspective/kind"].measure("accuracy") == pytest.approx(1 / 4)
    assert judgements["perspective/party"].measure("accuracy") == pytest.approx(1 / 4)
    assert judgements["perspective/right"].measure("accuracy") == pytest.approx(2 / 6)
    assert right_perspectives(gold, predicted) == [True, False, True, False, False, False, None]


def test_a_withheld_perspective_is_never_right():
    gold = document_of(((), AUTHOR_VOICE), ((), by(RUIZ)), ((), by(RUIZ)))
    withheld = Perspective(UNRESOLVED, score=0.4)
    unknown = Perspective(UNRESOLVED)
    predicted = document_of(((), withheld), ((), withheld), ((), unknown))
    assert (withheld.is_withheld, unknown.is_withheld) == (True, False)
    judgements = judge([gold], [predicted])
    assert judgements["perspective/is_source"].errors() == [(0, 0), (0, 1)]
    assert judgements["perspective/source"].measure("accuracy") == 0
    assert judgements["perspective/right"].measure("accuracy") == 0
    assert judgements["perspective/right"].scores.tolist() == [0, 0, 0]


def test_sources_without_identity_are_not_judged_by_name():
    unnamed = Source("a1", "He")
    gold = document_of(((), by(unnamed)), sources=(unnamed,))
    judgements = judge([gold], [gold])
    assert "perspective/is_source" in judgements
    assert "perspective/source" not in judgements
    assert right_perspectives(gold, gold) == [None]


def test_gold_judged_against_itself_is_perfect():
    spans = (Attribution((Span(0, 3),), (Span(4, 9),), (Span(11, 21),)),)
    gold = document_of(
        (TYPES, by(RUIZ, Span(0, 3))), ((), AUTHOR_VOICE), (TYPES, by(MINISTRY)), attributions=spans
    )
    judgements = judge([gold], [gold])
    scores = score_figures(judgements, figures(judgements), draw_documents(1, num_draws=5))
    for name, score in scores.items():
        if name.startswith("sentences/attribution_from_spans"):
            continue  # here types say more sentences than the one attribution does
        assert score.value == (0.0 if name.endswith("calibration_error") else 1.0), name


def test_other_sentences_are_refused():
    with pytest.raises(ValueError, match="Predict on the gold sentences"):
        judge([document_of(((), None))], [document_of(((), None), ((), None))])
    with pytest.raises(ValueError, match="0 predicted documents for 1"):
        judge([document_of()], [])


def test_no_documents_and_empty_documents_give_no_judgements():
    assert judge([], []) == {}
    assert figures(judge([document_of()], [document_of()])) == []


# Names


@pytest.mark.parametrize(
    ("name", "gold_names", "expected"),
    [
        ("Ana Ruiz", ["Tom Hall", "Ana Ruiz"], 1),
        ("the ANA RUIZ", ["Ana Ruiz"], 0),
        ("Health Minister Ana Ruiz", ["Ana Ruiz", "Health Ministry"], 0),
        ("Secretary of State Ana Ruiz", ["State Department", "Ana Ruiz"], 1),
        ("Dr. Ana Ruiz", ["Ana Ruiz"], 0),
        ("Ruiz", ["Ana Ruiz", "Tom Hall"], 0),
        ("Mr Hall", ["Ana Ruiz", "Tom Hall"], 1),
        ("Ana M. Ruiz", ["Ana Ruiz"], 0),
        ("Ruiz", ["Ana Ruiz", "Leo Ruiz"], None),
        ("Leo Ruiz", ["Ana Ruiz"], None),
        ("Mr. Ruiz", ["Ana B. Ruiz", "Leo Ruiz"], None),
        ("Chile's health ministry", ["Chilean Health Ministry"], 0),
        ("Moscow's defence ministry", ["Ukraine's defence ministry"], None),
        ("Moscow’s defence ministry", ["Ukraine’s defence ministry"], None),
        ("Ukrainian Defence Ministry", ["Ukraine's defence ministry", "Kyiv"], 0),
        ("Health Ministry", ["Chilean Health Ministry"], 0),
        ("ministry", ["Chilean Health Ministry"], None),
        ("Health Ministry", ["Chilean Health Ministry", "Peruvian Health Ministry"], None),
        ("U.S. officials", ["US officials"], 0),
        ("United States", ["the U.S."], 0),
        ("Hall", ["Town Hall Group", "Tom Hall"], 1),
        ("Park House", ["White House"], None),
        ("a senior official", ["two senior officials"], None),
        ("", ["Ana Ruiz"], None),
        ("Ana Ruiz", [], None),
        ("Ruiz", ["Ruiz", "Mr Ruiz"], 0),
        ("ruiz", ["Ruiz", "Mr Ruiz"], None),
    ],
)
def test_names_are_matched_as_the_rule_says(name, gold_names, expected):
    expected_name = None if expected is None else gold_names[expected]
    index = match_source(name, gold_names)
    assert (None if index is None else gold_names[index]) == expected_name


def test_parties_match_as_names_and_none_only_none():
    assert same_name("the United States", "United States")
    assert same_name(None, None)
    assert not same_name(None, "Chile")
    assert not same_name("Clinton campaign", "Hall campaign")


@pytest.mark.parametrize(
    ("text", "mention", "name", "place"),
    [
        ("It is so, Ruiz said.", "Ruiz", "Ana Ruiz", "named_here"),
        ("It is so, she said.", "she", "Ana Ruiz", "pronoun_or_title"),
        ("It is so, the minister said.", "the minister", "Ana Ruiz", "pronoun_or_title"),
        ("So said the Chilean minister.", "the Chilean minister", "Ana Ruiz", "pronoun_or_title"),
        ("It is so, Minister Ruiz said.", "Minister Ruiz", "Ana Ruiz", "named_here"),
        ("It is so, officials said.", "officials", "officials", "named_here"),
        ("Officials said so.", "Officials", "health officials in Chile", "pronoun_or_title"),
        ("It is so, the MoH said.", "the MoH", "Chilean Health Ministry", "named_here"),
        ("The ministry said so.", "The ministry", "Chilean Health Ministry", "pronoun_or_title"),
        ("It is so, Santiago said.", "Santiago", "Chilean government", "named_here"),
        ("US said so.", "US", "United States", "named_here"),
        ("It is so.", None, "Ana Ruiz", "elsewhere"),
    ],
)
def test_place_of_a_mention(text, mention, name, place):
    start = text.find(mention) if mention else 0
    span = Span(start, start + len(mention)) if mention else None
    assert mention_place(span, Span(0, len(text)), text, name) == place


# Spans


def spans_document(*attributions: Attribution) -> Document:
    return document_of(((), None), (("attribution",), None), attributions=attributions)


def test_spans_are_matched_exactly_fragment_by_fragment():
    # "She spoke. She spoke. ": source 0-3, cue 4-9, content 11-14 and 15-21.
    gold = spans_document(Attribution((Span(0, 3),), (Span(4, 9),), (Span(11, 14), Span(15, 21))))
    predicted = spans_document(
        Attribution((Span(0, 3),), (Span(4, 10),), (Span(11, 14), Span(14, 21), Span(0, 3)))
    )
    judgements = judge([gold], [predicted])
    assert judgements["spans/source"].counts() == PRF(1, 0, 0)
    assert judgements["spans/cue"].counts() == PRF(0, 1, 1)  # one character too long
    assert judgements["spans/content"].counts() == PRF(1, 2, 1)
    # Words in content: gold She(2), spoke(2); predicted also She(1).
    assert judgements["words/cue"].counts() == PRF(1, 0, 0)
    assert judgements["words/content"].counts() == PRF(2, 1, 0)
    assert judgements["spans/content"].errors() == [(0, 0), (0, 1)]


def test_the_same_span_in_two_attributions_counts_once():
    twice = Attribution((Span(0, 3),), (), (Span(11, 14),))
    gold = spans_document(twice, Attribution((Span(0, 3),), (), (Span(15, 21),)))
    assert judge([gold], [spans_document(twice)])["spans/source"].counts() == PRF(1, 0, 0)


def test_adjacent_spans_do_not_overlap_and_cover_no_other_sentence():
    gold = spans_document()
    predicted = spans_document(
        Attribution(content=(Span(0, 11),)), Attribution(content=(Span(21, 22),))
    )
    judgements = judge([gold], [predicted])
    # Gold: the second sentence is attributed; the spans touch only the first.
    assert judgements["sentences/attribution_from_spans"].counts() == PRF(0, 1, 1)
    predicted = spans_document(Attribution(content=(Span(0, 12),)))
    judgements = judge([gold], [predicted])
    assert judgements["sentences/attribution_from_spans"].counts() == PRF(1, 1, 0)
    assert judgements["sentences/attribution_from_type"].counts() == PRF(1, 0, 0)


def test_unmarked_spans_are_not_judged_and_none_predicted_are_missed():
    marked = spans_document(Attribution((Span(0, 3),)))
    unmarked = document_of(((), None), (("attribution",), None))
    assert "spans/source" not in judge([unmarked], [marked])
    assert judge([marked], [spans_document()])["spans/source"].counts() == PRF(0, 0, 1)
