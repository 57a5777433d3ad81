"""Linking and describing sources, from perfect model output."""

from claimclf.documents import Prediction, Span
from claimclf.labels import KINDS, TYPES
from claimclf.perspectives import resolve


def predict(
    text: str, *sentences: tuple[str, str | None, str]
) -> tuple[list[Prediction], list[bool]]:
    """Predictions for `(sentence, mention, kind)`; kind "author" for the author's own voice."""
    predictions, is_author = [], []
    position = 0
    for sentence, mention, kind in sentences:
        start = text.index(sentence, position)
        position = start + len(sentence)
        at = None if mention is None else start + sentence.index(mention)
        predictions.append(
            Prediction(
                start=start,
                end=position,
                type_scores=dict.fromkeys(TYPES, 0.0),
                author_score=float(kind == "author"),
                mention=None if at is None else Span(at, at + len(mention)),
                antecedent=None,
                name_mention=None,
                mention_score=1.0,
                name_score=0.0,
                kind_scores={name: float(name == kind) for name in KINDS},
            )
        )
        is_author.append(kind == "author")
    return predictions, is_author


def names_of(*sentences: tuple[str, str | None, str], **options) -> list[str | None]:
    """The name of every sentence's source."""
    text = " ".join(sentence for sentence, _, _ in sentences)
    perspectives, _ = resolve(text, *predict(text, *sentences), **options)
    return [perspective.source.name if perspective.source else None for perspective in perspectives]


def test_surname_and_pronoun_are_the_person_named_in_full():
    assert names_of(
        (
            "Mining Minister Eduardo Salas said the contract was void.",
            "Mining Minister Eduardo Salas",
            "official",
        ),
        ("It was signed in March.", None, "author"),
        ("Salas called it a copy.", "Salas", "official"),
        ("He said the paper was printed elsewhere.", "He", "official"),
    ) == ["Eduardo Salas", None, "Eduardo Salas", "Eduardo Salas"]
