"""Floors: systems that anybody could build in an afternoon, to be read on the same path as a model.

Each is a `Reader`. Rules say yes or no; what is learned is calibrated like the model.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from claimclf.calibration import Calibration
from claimclf.documents import Document, Prediction, Sentence, Span
from claimclf.labels import KINDS
from claimclf.metrics.judging import is_decided

logger = logging.getLogger(__name__)

MAJORITY = "majority"
TFIDF = "TF-IDF + logistic regression"
"""The name of the floor that learns from words."""

Read = Callable[[Sequence[Document]], list[list[Prediction]]]


@dataclass(frozen=True, slots=True)
class Floor:
    """A `Reader` from a function."""

    read: Read
    calibration: Calibration
    is_learned: bool = False
    """Whether its scores are probabilities, to be calibrated and cut like the model's."""
    parties: Mapping[str, Sequence[str]] = field(default_factory=dict)
    min_perspective_score: float = 0.0


def floors(training: Sequence[Document], *, form: Calibration) -> dict[str, Floor]:
    """Every floor that can be built.

    Cue words are known of this library's types only; TF-IDF needs training sentences that share
    words.

    Args:
        training: Gold documents that the evaluated model may have learned from; empty for none.
        form: That of the model that is compared: floors have its types, decide between them where
            it does, and perspectives where it does.
    """
    types = tuple(form.types)
    built = {"always yes": always_yes(types)}
    if set(types) & set(_CUES):
        built["cue words"] = cue_words(types)
    if training:
        built[MAJORITY] = majority(training, types)
        try:
            built[TFIDF] = tfidf(training, types)
        except ValueError as error:
            logger.warning("The floor of TF-IDF is left out: %s", error)
    calibration = replace(
        Calibration.identity(types),
        is_exclusive=form.is_exclusive,
        has_perspective=form.has_perspective,
    )
    return {name: replace(floor, calibration=calibration) for name, floor in built.items()}


def always_yes(types: Sequence[str]) -> Floor:
    """Every sentence has every type and carries a source's view."""
    return _constant(dict.fromkeys(types, 1.0), author_score=0.0)


def majority(training: Sequence[Document], types: Sequence[str]) -> Floor:
    """The more frequent answer of the training documents, for types and author versus source.

    Scores are shares, so that of types that exclude each other the most frequent one is taken.
    """
    sentences = [sentence for document in training for sentence in document.sentences]
    shares = {}
    for name in types:
        known = [name in sentence.types for sentence in sentences if name in sentence.known_types]
        shares[name] = sum(known) / len(known) if known else 0.0
    authors = [
        sentence.perspective.is_author
        for sentence in sentences
        if sentence.perspective is not None and is_decided(sentence)
    ]
    author_share = sum(authors) / len(authors) if authors else 0.0
    return _constant(shares, author_score=author_share)


def tfidf(training: Sequence[Document], types: Sequence[str]) -> Floor:
    """Words and word pairs of the sentence alone, one logistic regression per decision.

    Raises:
        ValueError: If no word is in two of the training sentences.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    sentences = [sentence for document in training for sentence in document.sentences]
    vectorizer = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True, lowercase=True)
    try:
        features = vectorizer.fit_transform([sentence.text for sentence in sentences])
    except ValueError as error:
        raise ValueError(
            f"It needs words that are in two training sentences, and the {len(sentences)} given "
            "have none."
        ) from error
    score_types = {}
    for name in types:
        known = [i for i, sentence in enumerate(sentences) if name in sentence.known_types]
        answers = [name in sentences[i].types for i in known]
        score_types[name] = _learn(features[known], answers)
    decided = [i for i, sentence in enumerate(sentences) if is_decided(sentence)]
    perspectives = [sentences[i].perspective for i in decided]
    score_author = _learn(
        features[decided], [bool(item and item.is_author) for item in perspectives]
    )

    def read(documents: Sequence[Document]) -> list[list[Prediction]]:
        given = [sentence for document in documents for sentence in document.sentences]
        if not given:
            return [[] for _ in documents]
        rows = vectorizer.transform([sentence.text for sentence in given])
        columns = {name: score(rows) for name, score in score_types.items()}
        author_scores = score_author(rows)
        predictions = iter(
            _prediction(
                sentence,
                {name: column[i] for name, column in columns.items()},
                author_score=author_scores[i],
            )
            for i, sentence in enumerate(given)
        )
        return [[next(predictions) for _ in document.sentences] for document in documents]

    return Floor(read, Calibration.identity(types), is_learned=True)


def _learn(features: Any, answers: list[bool]) -> Callable[[Any], list[float]]:
    """A logistic regression's probabilities for rows; one half where there is nothing to learn."""
    from sklearn.linear_model import LogisticRegression

    if len(set(answers)) < 2:
        return lambda rows: [0.5] * rows.shape[0]
    model = LogisticRegression(C=10.0, class_weight="balanced", max_iter=1000)
    model.fit(features, answers)
    return lambda rows: model.predict_proba(rows)[:, 1].tolist()


_SAYS = (
    r"said|says|say|saying|told|tells|added|adds|announced|claimed|claims|argued|warned|noted|"
    r"stated|insisted|denied|reported|believes?|thinks?|wrote|explained|confirmed|according to"
)
_CUES: Mapping[str, re.Pattern[str]] = {
    "attribution": re.compile(rf"\b(?:{_SAYS})\b|[\"“”]", re.IGNORECASE),
    "official_statement": re.compile(
        r"\b(?:officials?|spokes(?:man|woman|person)|minist(?:er|ry)|president|government|police|"
        r"court|department|agency|commission|secretary|statement|governor|mayor|general)\b",
        re.IGNORECASE,
    ),
    "statistic": re.compile(
        r"%|\bper ?cent\b|[$€£]\s?\d|\b\d+(?:[.,]\d+)*\s+(?:million|billion|trillion|people|"
        r"dollars|euros|miles|km|kilomet|troops|points?)|"
        r"\b(?:thousands|millions|dozens|hundreds|half) of\b|\bdoubled\b|\b\d{1,3}(?:,\d{3})+\b",
        re.IGNORECASE,
    ),
    "speculation": re.compile(
        r"\b(?:may|might|could|likely|unlikely|possibl[ey]|probabl[ey]|perhaps|appears?|seems?|"
        r"suggests?|expected|predict\w*|forecast\w*|reportedly|allegedly|suspect\w*|fears?)\b",
        re.IGNORECASE,
    ),
}
_NAME = r"[A-Z][\w'’-]+(?:\s+[A-Z][\w'’.-]+)*"
_NAMED = re.compile(
    rf"({_NAME})\s+(?:{_SAYS})\b|\b(?:said|told|according to)\s+(?:the\s+)?({_NAME})"
)


def cue_words(types: Sequence[str]) -> Floor:
    """Words that give a type away; the name beside a verb of saying is the source."""

    def predict(sentence: Sentence) -> Prediction:
        found = {name: bool(pattern.search(sentence.text)) for name, pattern in _CUES.items()}
        found["official_statement"] &= found["attribution"]
        named = _NAMED.search(sentence.text) if found["attribution"] else None
        mention = None
        if named:
            start, end = named.span(1 if named.group(1) else 2)
            mention = Span(sentence.start + start, sentence.start + end)
        scores = {name: float(found.get(name, False)) for name in types}
        return _prediction(
            sentence, scores, author_score=float(not found["attribution"]), mention=mention
        )

    return Floor(
        lambda documents: [
            [predict(sentence) for sentence in document.sentences] for document in documents
        ],
        Calibration.identity(types),
    )


def _constant(type_scores: Mapping[str, float], *, author_score: float) -> Floor:
    """The same answer for every sentence."""
    return Floor(
        lambda documents: [
            [
                _prediction(sentence, type_scores, author_score=author_score)
                for sentence in document.sentences
            ]
            for document in documents
        ],
        Calibration.identity(tuple(type_scores)),
    )


def _prediction(
    sentence: Sentence,
    type_scores: Mapping[str, float],
    *,
    author_score: float,
    mention: Span | None = None,
) -> Prediction:
    """A prediction without what floors don't know."""
    return Prediction(
        start=sentence.start,
        end=sentence.end,
        type_scores=dict(type_scores),
        author_score=author_score,
        mention=mention,
        antecedent=None,
        name_mention=mention,
        mention_score=float(mention is not None),
        name_score=float(mention is not None),
        kind_scores=dict.fromkeys(KINDS, 1.0 / len(KINDS)),
    )
