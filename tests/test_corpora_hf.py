"""Documents ↔ datasets."""

import pytest

from claimclf.corpora.hf import from_dataset, to_dataset
from claimclf.documents import (
    Attribution,
    Document,
    LabeledSpan,
    Perspective,
    Sentence,
    Source,
    Span,
)

MAYOR = Source("e1", "The mayor", "official", None, (Span(0, 9),))


def documents():
    text = "The mayor spoke. “Stay in,” she said. 😀 Rain."
    gold = Document(
        text,
        (
            Sentence(0, 16, text[0:16], known_types=("attribution",)),
            Sentence(
                17,
                37,
                text[17:37],
                types=("attribution",),
                scores={"attribution": 0.1, "own": 0.75},
                perspective=Perspective("source", MAYOR, Span(28, 31), score=0.5),
                spans=(LabeledSpan(28, 31, "source"),),
                known_types=("attribution", "own"),
            ),
            Sentence(38, 45, text[38:45], perspective=Perspective("author")),
        ),
        (MAYOR, Source("e2", "Unused")),
        (Attribution((Span(28, 31),), (), (Span(17, 26), Span(38, 39))), Attribution()),
        "d1",
        {"publisher": "P", "nested": {"a": [1, None]}},
    )
    away = Perspective("source", MAYOR, antecedent=Span(0, 9))
    return [
        gold,
        gold.replace(sentences=(Sentence(0, 3, "The", perspective=away),), attributions=()),
        Document("Open.", (Sentence(0, 5, "Open.", perspective=Perspective("unresolved")),)),
        Document(""),
    ]


def test_nothing_is_lost_between_documents_and_a_dataset():
    assert list(from_dataset(to_dataset(documents()))) == documents()


def keys(value):
    """The keys of every object in a JSON value, by the way to it."""
    if isinstance(value, list):
        return {path for item in value for path in keys(item)}
    if not isinstance(value, dict):
        return set()
    return set(value) | {
        f"{name}.{path}"
        for name, inner in value.items()
        if name not in ("scores", "metadata")  # a list of pairs and JSON in a dataset
        for path in keys(inner)
    }


def test_a_dataset_has_the_keys_of_the_json_form():
    written = [document.to_dict() for document in documents()]
    assert {"sentences.perspective.antecedent", "sources.kind"} <= keys(written)
    assert keys(to_dataset(documents()).to_list()) == keys(written)


def test_a_dataset_without_documents_keeps_its_columns():
    dataset = to_dataset([])
    assert "sentences" in dataset.column_names
    assert list(from_dataset(dataset)) == []


def test_nothing_is_lost_on_disk_or_by_filtering(tmp_path):
    from datasets import load_dataset

    dataset = to_dataset(documents()).filter(lambda row: row["id"] == "d1")
    dataset.to_parquet(tmp_path / "d.parquet")
    reloaded = load_dataset(
        "parquet", data_files=str(tmp_path / "d.parquet"), cache_dir=str(tmp_path), split="train"
    )
    assert list(from_dataset(reloaded)) == documents()[:2]


def test_a_dataset_of_another_make_is_refused_at_once():
    from datasets import Dataset

    with pytest.raises(ValueError, match=r"lacks the columns \['attributions', 'id', 'metadata'"):
        from_dataset(Dataset.from_dict({"text": ["Rain."]}))


def test_metadata_that_json_cannot_hold_is_refused():
    with pytest.raises(ValueError, match="'x': metadata must fit JSON"):
        to_dataset([Document("Rain.", id="x", metadata={"date": {1}})])
