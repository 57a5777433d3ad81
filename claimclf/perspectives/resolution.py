"""What the model says of each sentence → whose perspective it carries.

The step between decoding and the finished document. `linking` says which mentions are the same
source, `parties` which side a source speaks for; here every sentence gets one of these sources,
also where no mention stands in it.
"""

from __future__ import annotations

import dataclasses
import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from typing import Final

from claimclf.documents import Perspective, Prediction, Source, Span
from claimclf.labels import AUTHOR, SOURCE, UNRESOLVED
from claimclf.perspectives.countries import is_seat
from claimclf.perspectives.entities import Entity
from claimclf.perspectives.evidence import gather_evidence
from claimclf.perspectives.institutions import Institutions
from claimclf.perspectives.introductions import Introductions
from claimclf.perspectives.kinds import kind_evidence
from claimclf.perspectives.linking import TRUSTED_NAME_SCORE, Linker
from claimclf.perspectives.mentions import is_part
from claimclf.perspectives.parties import PartyFinder

_OPENING: Final = "“«"
_CLOSING: Final = "”»"
_NO_QUOTATION: Final = -1
_INCHES: Final = re.compile(r"(?<=\d)\"(?=\s[a-z])")
"""A straight mark that closes nothing: 7" high."""


def resolve(
    text: str,
    predictions: Sequence[Prediction],
    is_author: Sequence[bool],
    *,
    parties: Mapping[str, Sequence[str]] | None = None,
) -> tuple[tuple[Perspective, ...], tuple[Source, ...]]:
    """Give every sentence its perspective, with the mentions of each source linked.

    Takes time linear in the number of sentences.

    Args:
        text: The whole document.
        predictions: One per sentence, in order of the text.
        is_author: For every sentence whether it is in the author's voice.
        parties: Names of the caller's own parties, each with words by which its sources are known.

    Returns:
        A perspective per sentence, `score` left None, and every source in order of first mention.

    Raises:
        ValueError: If `is_author` does not have one entry per sentence.
    """
    if len(is_author) != len(predictions):
        raise ValueError(
            "is_author must have one entry per sentence: "
            f"expected {len(predictions)}, got {len(is_author)}."
        )
    predictions = [_without_wordless(text, prediction) for prediction in predictions]
    introductions = Introductions(text)
    linker = Linker(introductions)
    pointers = _pointers(predictions, is_author)
    linked = [
        (
            span,
            linker.link(
                span,
                pointers[span].kind_scores,
                pointers[span].name_mention,
                pointers[span].name_score,
            ),
        )
        for span in sorted(pointers)
    ]
    assigned = _assign(text, predictions, is_author, linked)
    heard = set(map(id, pointers.values()))  # the linker has added their kinds
    for prediction, entity in zip(predictions, assigned, strict=True):
        if entity and id(prediction) not in heard:
            entity.add_kinds(prediction.kind_scores)
    sources = _sources(assigned, introductions, parties or {})
    perspectives = tuple(
        _perspective(prediction, author, sources.get(id(entity)))
        for prediction, author, entity in zip(predictions, is_author, assigned, strict=True)
    )
    return perspectives, tuple(sources.values())


def _without_wordless(text: str, prediction: Prediction) -> Prediction:
    """The prediction without pointers to spans that hold no word."""

    def worded(span: Span | None) -> Span | None:
        return span if span and any(map(str.isalnum, span.of(text))) else None

    return dataclasses.replace(
        prediction,
        mention=worded(prediction.mention),
        antecedent=worded(prediction.antecedent),
        name_mention=worded(prediction.name_mention),
    )


def _pointers(
    predictions: Sequence[Prediction], is_author: Sequence[bool]
) -> dict[Span, Prediction]:
    """Every span that a sentence points at, with the first that does, or that holds it."""
    sourced = [
        prediction for prediction, author in zip(predictions, is_author, strict=True) if not author
    ]
    pointers = {prediction.mention: prediction for prediction in sourced if prediction.mention}
    mentions = sorted(pointers)
    for prediction in sourced:
        span = _pointed(prediction)
        if span and not _overlapping(mentions, span):
            pointers.setdefault(span, prediction)
    return pointers


def _pointed(prediction: Prediction) -> Span | None:
    """The words by which the model says who the source is, the nearest to the sentence first."""
    if prediction.mention or prediction.antecedent:
        return prediction.mention or prediction.antecedent
    return prediction.name_mention if prediction.name_score >= TRUSTED_NAME_SCORE else None


def _overlapping(spans: Sequence[Span], span: Span) -> Span | None:
    """One of the sorted spans that shares characters with `span`."""
    index = bisect_left(spans, span)
    for candidate in spans[max(0, index - 1) : index + 1]:
        if candidate.overlap(span):
            return candidate
    return None


def _assign(
    text: str,
    predictions: Sequence[Prediction],
    is_author: Sequence[bool],
    linked: list[tuple[Span, Entity]],
) -> list[Entity | None]:
    """The entity of every sentence that is not the author's; None where nothing is known.

    A quotation that runs on stays with the speaker who was named in it last.
    """
    spans = [span for span, _ in linked]
    entities = dict(linked)
    quotations = _open_quotations(text, predictions)
    speakers: dict[int, Entity] = {}
    assigned: list[Entity | None] = []
    before = _NO_QUOTATION
    for prediction, author, quotation in zip(predictions, is_author, quotations, strict=True):
        pointed = None if author else _pointed(prediction)
        known = _overlapping(spans, pointed) if pointed else None
        entity = entities[known] if known else None
        if author:
            speakers.pop(quotation, None)
        elif prediction.mention and entity:
            speakers[quotation] = entity
        elif quotation == before != _NO_QUOTATION:  # inside from its first word on
            entity = speakers.get(quotation, entity)
        assigned.append(entity)
        before = quotation
    _carry_over(quotations, is_author, assigned)
    return assigned


def _carry_over(
    quotations: Sequence[int], is_author: Sequence[bool], assigned: list[Entity | None]
) -> None:
    """Give sentences without any pointer the source of their quotation or passage."""
    ahead: dict[int, Entity] = {}
    for index in range(len(assigned) - 1, -1, -1):
        entity = assigned[index]
        if entity and quotations[index] != _NO_QUOTATION:
            ahead[quotations[index]] = entity
    latest: Entity | None = None
    for index, author in enumerate(is_author):
        if author:
            continue
        if assigned[index] is None:
            assigned[index] = ahead.get(quotations[index], latest)
        latest = assigned[index] or latest
    following: Entity | None = None
    for index in range(len(assigned) - 1, -1, -1):
        if is_author[index]:
            continue
        if assigned[index] is None:
            assigned[index] = following
        following = assigned[index]


def _open_quotations(text: str, predictions: Sequence[Prediction]) -> list[int]:
    """For every sentence the number of the quotation that is open at either end, if any is."""
    numbers: list[int] = []
    number = _NO_QUOTATION
    is_open = False
    for prediction in predictions:
        started_open = is_open
        sentence = text[prediction.start : prediction.end]
        for character in _INCHES.sub("", sentence):
            if character in _OPENING or (character == '"' and not is_open):
                if not is_open:
                    number += 1
                is_open = True
            elif character in _CLOSING or character == '"':
                is_open = False
        numbers.append(number if started_open or is_open else _NO_QUOTATION)
    return numbers


def _sources(
    assigned: Sequence[Entity | None],
    introductions: Introductions,
    parties: Mapping[str, Sequence[str]],
) -> dict[int, Source]:
    """The finished source of every entity that some sentence has, by the entity's identity."""
    used = {id(entity): entity for entity in assigned if entity}
    ordered = sorted(
        used.values(), key=lambda entity: entity.spans[0] if entity.spans else Span(0, 0)
    )
    names = [_source_name(entity, introductions.institutions) for entity in ordered]
    evidence = [
        gather_evidence(name, entity, introductions.text)
        for name, entity in zip(names, ordered, strict=True)
    ]
    described = list(zip(names, ordered, evidence, strict=True))
    # Institutions first, because a speaker's kind depends on that of the institution.
    for name, entity, words in sorted(described, key=lambda item: item[1].speaks_for is not None):
        entity.kind_evidence = kind_evidence(name, entity, words)
    finder = PartyFinder(introductions, parties, dict(zip(names, ordered, strict=True)))
    sources: dict[int, Source] = {}
    for number, entity in enumerate(ordered):
        sources[id(entity)] = Source(
            id=f"s{number + 1}",
            name=names[number],
            kind=entity.kind,
            party=finder.party(names[number], entity, evidence[number]),
            mentions=tuple(sorted(entity.spans)),
        )
    return sources


def _source_name(entity: Entity, institutions: Institutions) -> str:
    """The fullest name of an entity in the document; where it has none, its fullest description."""
    if entity.person:
        return entity.person.name
    names = {naming.name: naming.form for naming in entity.namings if naming.form != "description"}
    longer = (institutions.find(name) for name, form in names.items() if form == "name")
    forms = [*names, *filter(None, longer)]
    if not forms:
        forms = [naming.name for naming in entity.namings]
        forms = [form for form in forms if not is_part(form)] or forms
        if entity.owner:
            owner = _source_name(entity.owner, institutions)
            forms = [f"{owner}'s {form.partition(' ')[2]}" for form in forms]
    # "China" is the government's name rather than "Beijing".
    name = max(forms, key=lambda form: (not is_seat(form), len(form)), default="")
    return name or entity.texts[0]


def _perspective(prediction: Prediction, author: bool, source: Source | None) -> Perspective:
    if author:
        return Perspective(AUTHOR)
    if source is None:
        return Perspective(UNRESOLVED)
    mention = prediction.mention
    antecedent = None if mention else prediction.antecedent
    if antecedent and not _overlapping(source.mentions, antecedent):
        antecedent = None  # the quotation that runs on is somebody else's
    if mention is None and antecedent is None and source.mentions:
        index = bisect_right(source.mentions, prediction.start, key=lambda span: span.start)
        nearby = source.mentions[max(0, index - 1) : index + 1]
        antecedent = min(nearby, key=lambda span: abs(span.start - prediction.start))
    return Perspective(SOURCE, source, mention, antecedent)
