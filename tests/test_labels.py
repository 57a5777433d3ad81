import pytest

from claimclf import labels


def test_types_are_in_schema_order():
    assert labels.TYPES == ("attribution", "official_statement", "statistic", "speculation")


def test_kinds_are_in_schema_order():
    assert labels.KINDS == (
        "official",
        "political",
        "organization",
        "expert",
        "media",
        "public",
        "anonymous",
    )


def test_span_labels_are_in_schema_order():
    assert labels.SPAN_LABELS == ("source", "cue", "content")


@pytest.mark.parametrize(
    "definitions", [labels.TYPE_DEFINITIONS, labels.KIND_DEFINITIONS, labels.SPAN_DEFINITIONS]
)
def test_definitions_are_sentences_that_nobody_can_change(definitions):
    assert all(text[0].isupper() and text.endswith(".") for text in definitions.values())
    with pytest.raises(TypeError, match="does not support item assignment"):
        definitions["new"] = "A new label."


def test_label2id_counts_in_schema_order():
    assert labels.label2id(labels.SPAN_LABELS) == {"source": 0, "cue": 1, "content": 2}
