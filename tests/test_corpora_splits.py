"""Splits and folds by text."""

import doctest
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claimclf.corpora import splits
from claimclf.corpora.splits import folds, split_documents, text_key
from claimclf.documents import Document

DOCUMENTS = [Document(f"Article number {number}.", id=str(number)) for number in range(200)]
SHARES = {"train": 0.8, "dev": 0.1, "test": 0.1}


def ids(split):
    return {name: [document.id for document in part] for name, part in split.items()}


def test_the_example_prints_what_it_says():
    assert doctest.testmod(splits).failed == 0


@pytest.mark.parametrize("copy", ["Rain  fell.\n", "RAIN FELL.", "Rain\u00a0fell."])
def test_copies_have_the_same_key(copy):
    assert text_key(copy) == text_key("Rain fell.")


def test_other_texts_have_other_keys():
    assert text_key("Rain fell.") != text_key("Rain fell")


def test_every_document_is_in_exactly_one_split_of_about_its_share():
    result = split_documents(DOCUMENTS, shares=SHARES)
    assert sorted(d.id for part in result.values() for d in part) == sorted(d.id for d in DOCUMENTS)
    assert 140 <= len(result["train"]) <= 180
    assert all(8 <= len(result[name]) <= 35 for name in ("dev", "test"))


def test_documents_that_are_added_move_no_other():
    before = ids(split_documents(DOCUMENTS[:100], shares=SHARES))
    after = ids(split_documents(reversed(DOCUMENTS), shares=SHARES))
    assert all(set(before[name]) <= set(after[name]) for name in SHARES)


def test_copies_of_a_text_land_together():
    copies = [Document(f"ARTICLE  number {n}.", id=f"copy {n}") for n in range(200)]
    together = [*DOCUMENTS, *copies]
    for part in split_documents(together, shares=SHARES).values():
        assert Counter(text_key(document.text) for document in part).total() % 2 == 0
        assert set(Counter(text_key(document.text) for document in part).values()) <= {2}
    numbers = folds(together, 5)
    assert numbers[:200] == numbers[200:]


def test_another_seed_gives_other_splits_and_folds():
    assert ids(split_documents(DOCUMENTS, shares=SHARES, seed=1)) != ids(
        split_documents(DOCUMENTS, shares=SHARES)
    )
    assert folds(DOCUMENTS, 5, seed=1) != folds(DOCUMENTS, 5)


def test_a_split_without_share_stays_empty():
    result = split_documents(DOCUMENTS, shares={"all": 1.0, "none": 0.0})
    assert (len(result["all"]), result["none"]) == (200, [])


@pytest.mark.parametrize("shares", [{}, {"a": 0.5}, {"a": 1.5, "b": -0.5}])
def test_shares_that_do_not_sum_to_one_are_refused(shares):
    with pytest.raises(ValueError, match="must sum to 1, got"):
        split_documents(DOCUMENTS, shares=shares)


@given(num_documents=st.integers(2, 40), num_folds=st.integers(2, 6), order=st.randoms())
def test_folds_are_even_and_know_no_order(num_documents, num_folds, order):
    if num_folds > num_documents:
        return
    documents = DOCUMENTS[:num_documents]
    numbers = dict(zip((d.id for d in documents), folds(documents, num_folds), strict=True))
    sizes = Counter(numbers.values())
    assert set(sizes) == set(range(num_folds))
    assert max(sizes.values()) - min(sizes.values()) <= 1
    shuffled = order.sample(documents, num_documents)
    assert folds(shuffled, num_folds) == [numbers[document.id] for document in shuffled]


@pytest.mark.parametrize("num_folds", [1, 3])
def test_too_few_or_too_many_folds_are_refused(num_folds):
    with pytest.raises(ValueError, match=rf"distinct texts, 2; got {num_folds}"):
        folds([DOCUMENTS[0], DOCUMENTS[1], DOCUMENTS[1]], num_folds)
