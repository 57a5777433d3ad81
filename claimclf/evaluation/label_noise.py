"""Which gold labels are probably wrong: a list for people to re-read, most suspicious first.

A model that has not seen a document disagrees with its labels either because it is hard or because
the label is wrong. Confident learning (Northcutt et al., 2021, https://arxiv.org/abs/1911.00068)
keeps the disagreements in which the model is as sure as it is on average of that other answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from claimclf.calibration import Calibration
from claimclf.documents import Document, Prediction
from claimclf.evaluation.fitting import cross_fit
from claimclf.metrics.judging import is_decided

SOURCE_LABEL = "source rather than author"
"""The label of the perspective, beside the types."""


@dataclass(frozen=True, slots=True)
class Suspect:
    """A gold label that a model disagrees with."""

    document: int
    """Index of the document."""
    sentence: int
    """Index of the sentence."""
    label: str
    """A type, or `SOURCE_LABEL`."""
    is_gold: bool
    """Whether gold gives the sentence this label."""
    probability: float
    """Calibrated probability of the label, by a model that has not seen the document."""

    @property
    def surprise(self) -> float:
        """Probability that gold is wrong, as the model sees it."""
        return 1.0 - self.probability if self.is_gold else self.probability


def find_suspects(
    documents: Sequence[Document], predictions: Sequence[Sequence[Prediction]], *, seed: int = 0
) -> list[Suspect]:
    """Labels that are probably wrong, the most surprising first.

    Args:
        documents: Gold documents.
        predictions: Out-of-fold predictions, one per sentence.
        seed: Of the folds of the calibration.
    """
    by_label: dict[str, list[Suspect]] = {}
    calibrations = cross_fit(documents, predictions, seed=seed)
    for number, (document, of_document, calibration) in enumerate(
        zip(documents, predictions, calibrations, strict=True)
    ):
        for candidate in _candidates(number, document, of_document, calibration):
            by_label.setdefault(candidate.label, []).append(candidate)
    suspects = [suspect for members in by_label.values() for suspect in _confident(members)]
    return sorted(suspects, key=lambda item: (-item.surprise, item.document, item.sentence))


def suspects_markdown(
    documents: Sequence[Document], suspects: Sequence[Suspect], *, max_suspects: int = 200
) -> str:
    """The list as Markdown, each sentence with the one before and after it."""
    lines = [
        "# Labels to read again",
        "",
        f"{len(suspects)} labels look wrong to a model that has not seen their document; "
        f"the first {min(len(suspects), max_suspects)}, the most surprising first.",
        "",
    ]
    for rank, suspect in enumerate(suspects[:max_suspects], start=1):
        document = documents[suspect.document]
        gold = "has it" if suspect.is_gold else "does not have it"
        lines += [
            f"{rank}. **{suspect.label.replace('_', ' ')}**: gold {gold}, the model says "
            f"{100 * suspect.probability:.0f} % ({document.id}, sentence {suspect.sentence + 1})",
            "",
        ]
        first = max(0, suspect.sentence - 1)
        for index, sentence in enumerate(document.sentences[first : suspect.sentence + 2], first):
            text = " ".join(sentence.text.split())
            lines += [f"    > {f'**{text}**' if index == suspect.sentence else text}", "    >"]
        lines[-1] = ""
    return "\n".join(lines)


def _candidates(
    number: int, document: Document, predictions: Sequence[Prediction], calibration: Calibration
) -> Iterator[Suspect]:
    """Every decided label of a document, with its probability."""
    for index, (sentence, prediction) in enumerate(
        zip(document.sentences, predictions, strict=True)
    ):
        for name, probability in calibration.type_scores(prediction).items():
            if name in sentence.known_types:
                yield Suspect(number, index, name, name in sentence.types, probability)
        if sentence.perspective is not None and is_decided(sentence):
            probability = calibration.source_score(prediction)
            is_source = sentence.perspective.is_source
            yield Suspect(number, index, SOURCE_LABEL, is_source, probability)


def _confident(candidates: Sequence[Suspect]) -> list[Suspect]:
    """Candidates whose other answer is as probable as it is where gold gives it."""
    yes = [item.probability for item in candidates if item.is_gold]
    no = [1.0 - item.probability for item in candidates if not item.is_gold]
    if not yes or not no:
        return []
    usual_yes, usual_no = float(np.mean(yes)), float(np.mean(no))
    return [
        item for item in candidates if item.surprise >= (usual_no if item.is_gold else usual_yes)
    ]
