"""Label noise: planted mistakes are found by models that have not seen them."""

from __future__ import annotations

from dataclasses import replace

from claimclf.evaluation import find_suspects, out_of_fold, suspects_markdown, tfidf
from claimclf.labels import TYPES
from tests.test_evaluation import NoisyReader, story


def planted(num_documents=20):
    """Stories of which one denies a statistic and another invents one."""
    documents = [story(f"d{index}") for index in range(num_documents)]
    wrong = {(3, 2): (), (7, 0): ("statistic",)}
    for (number, index), types in wrong.items():
        document = documents[number]
        sentences = list(document.sentences)
        sentences[index] = replace(sentences[index], types=types)
        documents[number] = document.replace(sentences=tuple(sentences))
    return documents


def test_planted_mistakes_come_first():
    documents = planted()
    predictions = out_of_fold(documents, lambda kept, fold: tfidf(kept, TYPES), num_folds=4)
    suspects = find_suspects(documents, predictions)
    found = {(item.document, item.sentence, item.label, item.is_gold) for item in suspects[:2]}
    assert found == {(3, 2, "statistic", False), (7, 0, "statistic", True)}
    surprises = [item.surprise for item in suspects]
    assert surprises == sorted(surprises, reverse=True)


def test_clean_labels_raise_no_suspicion():
    documents = [story(f"d{index}") for index in range(8)]
    assert find_suspects(documents, NoisyReader().read(documents)) == []


def test_no_model_reads_what_it_was_trained_on():
    documents = [story(f"d{index}") for index in range(9)]
    trained_on = {}

    class Checking(NoisyReader):
        def __init__(self, fold):
            super().__init__()
            self.fold = fold

        def read(self, documents):
            assert not {document.id for document in documents} & trained_on[self.fold]
            return super().read(documents)

    def train(kept, fold):
        trained_on[fold] = {document.id for document in kept}
        return Checking(fold)

    predictions = out_of_fold(documents, train, num_folds=3)
    assert [len(of_document) for of_document in predictions] == [4] * 9
    assert sorted(trained_on) == [0, 1, 2]


def test_the_list_shows_the_sentence_in_its_context():
    documents = planted()
    predictions = out_of_fold(documents, lambda kept, fold: tfidf(kept, TYPES), num_folds=4)
    text = suspects_markdown(documents, find_suspects(documents, predictions), max_suspects=2)
    assert "**statistic**: gold does not have it" in text
    assert "> **About 40 percent of the fields are under water.**" in text
    assert "> The river might rise again tonight." in text
    assert "(d3, sentence 3)" in text
