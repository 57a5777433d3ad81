"""Gold and predicted documents in, judged items out: what counts as right, decided in one place.

A judgement is named after the question it answers; `figures` says which measures are reported of
it. What nobody decided in gold (`known_types`, a perspective of None, attributions of None) is not
judged.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence

from claimclf.documents import Document, LabeledSpan, Perspective, Sentence, Source, Span
from claimclf.labels import ATTRIBUTION, SPAN_LABELS, UNRESOLVED
from claimclf.metrics.bootstrap import Figure
from claimclf.metrics.matching import PLACES, match_source, mention_place, same_name
from claimclf.metrics.outcomes import Item, Measure, Outcomes

EXACT_SET = "types/exact_set"
IS_SOURCE = "perspective/is_source"
SOURCE_NAME = "perspective/source"
KIND = "perspective/kind"
PARTY = "perspective/party"
PERSPECTIVE = "perspective/right"
FROM_SPANS = "sentences/attribution_from_spans"
FROM_TYPE = "sentences/attribution_from_type"

_WORD = re.compile(r"\w+(?:[-'’.]\w+)*")


def judge(gold: Sequence[Document], predicted: Sequence[Document]) -> dict[str, Outcomes]:
    """Judge every prediction against gold.

    Args:
        gold: Gold documents.
        predicted: Predictions on the same sentences, in the same order.

    Returns:
        Outcomes by the name of the judgement; judgements for which gold has nothing are left out:

        - `types/<type>`: the sentence has the type;
        - `types/exact_set`: all types of the sentence are right, where every type is known;
        - `perspective/is_source`: the sentence carries a source's view, not the author's. A source
          of whom nothing is known is one too; a perspective that was withheld is wrong;
        - `perspective/source`: the right source is named, of sentences with a gold source; also
          apart for each place of `claimclf.metrics.PLACES`, as `perspective/source_<place>`;
        - `perspective/kind`, `perspective/party`: its kind and party are right, same sentences;
        - `perspective/right`: author or right source, with the calibrated score of it; 0 where it
          is unresolved, which is never right;
        - `spans/<label>`, `words/<label>`: exact spans, and the words inside spans;
        - `sentences/attribution_from_type` and `…_from_spans`: the sentence is attributed, by its
          type or because a content span overlaps it.

    Raises:
        ValueError: If documents or sentences do not correspond.
    """
    if len(gold) != len(predicted):
        raise ValueError(f"Got {len(predicted)} predicted documents for {len(gold)} gold ones.")
    items: dict[str, list[Item]] = {}
    for index, (gold_document, predicted_document) in enumerate(zip(gold, predicted, strict=True)):
        _check_sentences(gold_document, predicted_document)
        for judged in (_judge_types, _judge_perspectives, _judge_spans, _judge_attribution):
            for name, item in judged(index, gold_document, predicted_document):
                items.setdefault(name, []).append(item)
    return {name: Outcomes.of(items[name]) for name in sorted(items, key=_order)}


def figures(judgements: Mapping[str, Outcomes]) -> list[Figure]:
    """What is reported of these judgements, in the order of reports."""
    reported = []
    types = tuple(name for name in judgements if name.startswith("types/") and name != EXACT_SET)
    if len(types) > 1:
        averages: tuple[Measure, ...] = ("f1", "average_precision", "calibration_error")
        reported += [Figure(f"types/macro/{measure}", types, measure) for measure in averages]
    for name in judgements:
        reported += [Figure(f"{name}/{measure}", (name,), measure) for measure in _measures(name)]
    return reported


def right_sources(gold: Document, predicted: Document) -> list[bool | None]:
    """Per sentence whether the prediction names the right source; None where gold has none."""
    names = [source.name for source in gold.sources]
    matched: dict[str, int | None] = {}
    right: list[bool | None] = []
    for gold_sentence, predicted_sentence in zip(gold.sentences, predicted.sentences, strict=True):
        gold_source = _source(gold_sentence.perspective)
        source = _source(predicted_sentence.perspective)
        if gold_source is None:
            right.append(None)
        elif source is None:
            right.append(False)
        else:
            if source.name not in matched:
                matched[source.name] = match_source(source.name, names)
            index = matched[source.name]
            right.append(index is not None and gold.sources[index].id == gold_source.id)
    return right


def right_perspectives(gold: Document, predicted: Document) -> list[bool | None]:
    """Per sentence whether author or source are right; None where nobody decided or identified."""
    if not has_identified_sources(gold):
        return [None] * len(gold.sentences)
    right: list[bool | None] = []
    for truth, answer, names_source in zip(
        gold.sentences, predicted.sentences, right_sources(gold, predicted), strict=True
    ):
        if not is_decided(truth):
            right.append(None)
        elif names_source is None:
            right.append(_is_author(answer))
        else:
            right.append(names_source)
    return right


def is_decided(sentence: Sentence) -> bool:
    """Whether gold says whose perspective the sentence carries."""
    return sentence.perspective is not None and sentence.perspective.status != UNRESOLVED


def has_identified_sources(gold: Document) -> bool:
    """Whether gold says who is who; corpora that mark spans only have a source per mention."""
    if not gold.sources:
        return gold.attributions is None
    return all(source.kind is not None for source in gold.sources)


Judged = Iterator[tuple[str, Item]]


def _judge_types(index: int, gold: Document, predicted: Document) -> Judged:
    for position, (truth, answer) in enumerate(
        zip(gold.sentences, predicted.sentences, strict=True)
    ):
        shared = [name for name in answer.known_types if name in truth.known_types]
        for name in shared:
            is_gold, is_predicted = name in truth.types, name in answer.types
            score = answer.scores.get(name, float(is_predicted))
            yield f"types/{name}", Item(index, position, is_gold, is_predicted, score)
        if len(shared) > 1 and len(shared) == len(answer.known_types):
            is_right = set(truth.types).intersection(shared) == set(answer.types)
            yield EXACT_SET, Item(index, position, True, is_right)


def _judge_perspectives(index: int, gold: Document, predicted: Document) -> Judged:
    is_identified = has_identified_sources(gold)
    named, right = right_sources(gold, predicted), right_perspectives(gold, predicted)
    for position, (truth, answer) in enumerate(
        zip(gold.sentences, predicted.sentences, strict=True)
    ):
        if not is_decided(truth) or answer.perspective is None:
            continue
        is_source, says_source = not _is_author(truth), not _is_author(answer)
        if answer.perspective.is_withheld:
            says_source = not is_source
        yield IS_SOURCE, Item(index, position, is_source, says_source)
        if not is_identified:
            continue
        score = answer.perspective.score
        if score is None or answer.perspective.status == UNRESOLVED:
            score = float(bool(right[position]))
        yield PERSPECTIVE, Item(index, position, bool(right[position]), True, score)
        gold_source, source = _source(truth.perspective), _source(answer.perspective)
        if gold_source is None or truth.perspective is None:
            continue
        item = Item(index, position, True, bool(named[position]))
        place = mention_place(truth.perspective.mention, truth.span, gold.text, gold_source.name)
        yield SOURCE_NAME, item
        yield f"{SOURCE_NAME}_{place}", item
        has_kind = source is not None and source.kind == gold_source.kind
        has_party = source is not None and same_name(source.party, gold_source.party)
        yield KIND, Item(index, position, True, has_kind)
        yield PARTY, Item(index, position, True, has_party)


def _judge_spans(index: int, gold: Document, predicted: Document) -> Judged:
    if gold.attributions is None or predicted.attributions is None:
        return
    gold_spans, predicted_spans = set(gold.spans()), set(predicted.spans())
    starts = [sentence.start for sentence in gold.sentences]
    for span in sorted(gold_spans | predicted_spans):
        sentence = _sentence_at(span.start, starts, gold)
        item = Item(index, sentence, span in gold_spans, span in predicted_spans)
        yield f"spans/{span.label}", item
    for label in SPAN_LABELS:
        inside_gold = _Cover([span for span in gold_spans if span.label == label])
        inside_predicted = _Cover([span for span in predicted_spans if span.label == label])
        for match in _WORD.finditer(gold.text):
            word = Span(match.start(), match.end())
            is_gold, is_predicted = word in inside_gold, word in inside_predicted
            if is_gold or is_predicted:
                sentence = _sentence_at(word.start, starts, gold)
                yield f"words/{label}", Item(index, sentence, is_gold, is_predicted)


def _judge_attribution(index: int, gold: Document, predicted: Document) -> Judged:
    content = None
    if predicted.attributions is not None:
        content = _Cover([span for span in predicted.spans() if span.label == "content"])
    for position, (truth, answer) in enumerate(
        zip(gold.sentences, predicted.sentences, strict=True)
    ):
        if ATTRIBUTION not in truth.known_types:
            continue
        is_gold = ATTRIBUTION in truth.types
        if ATTRIBUTION in answer.known_types:
            yield FROM_TYPE, Item(index, position, is_gold, ATTRIBUTION in answer.types)
        if content is not None:
            yield FROM_SPANS, Item(index, position, is_gold, truth.span in content)


class _Cover:
    """The characters of some spans: `span in cover` says whether they overlap."""

    def __init__(self, spans: Sequence[LabeledSpan]) -> None:
        self.covered = sorted((span.start, span.end) for span in spans)
        self.furthest: list[int] = []
        for _, end in self.covered:
            self.furthest.append(max(end, self.furthest[-1] if self.furthest else 0))

    def __contains__(self, span: Span) -> bool:
        num_before = bisect_right(self.covered, (span.end - 1, span.end + 10**12))
        return num_before > 0 and self.furthest[num_before - 1] > span.start


def _sentence_at(position: int, starts: list[int], document: Document) -> int:
    """Index of the sentence that holds a character; -1 outside every sentence."""
    index = bisect_right(starts, position) - 1
    return index if index >= 0 and position < document.sentences[index].end else -1


def _source(perspective: Perspective | None) -> Source | None:
    return perspective.source if perspective else None


def _is_author(sentence: Sentence) -> bool:
    return sentence.perspective is not None and sentence.perspective.is_author


def _check_sentences(gold: Document, predicted: Document) -> None:
    """Raise unless both have the same sentences of the same text."""
    ranges = [sentence.span for sentence in gold.sentences]
    if predicted.text != gold.text or [item.span for item in predicted.sentences] != ranges:
        raise ValueError(
            f"Document {gold.id!r}: gold has {len(ranges)} sentences, the prediction has "
            f"{len(predicted.sentences)}, with other boundaries or another text. Predict on the "
            "gold sentences, in the order of the gold documents."
        )


def _measures(judgement: str) -> tuple[Measure, ...]:
    """The measures that are reported of a judgement."""
    group = judgement.split("/")[0]
    if judgement == PERSPECTIVE:
        return ("accuracy", "calibration_error")
    if judgement == IS_SOURCE:
        return ("accuracy", "precision", "recall", "f1")
    if judgement == EXACT_SET or group == "perspective":
        return ("accuracy",)
    if group == "types":
        return ("f1", "precision", "recall", "average_precision", "calibration_error")
    return ("f1", "precision", "recall")


def _order(judgement: str) -> tuple[int, int]:
    """Place of a judgement in reports; types stay in schema order."""
    groups = ("types", "perspective", "spans", "words", "sentences")
    group, _, rest = judgement.partition("/")
    if group == "types":  # whose names are the user's: "content" is no span there
        return 0, 0
    places = [f"source_{place}" for place in PLACES]
    known = ("is_source", "right", "source", *places, "kind", "party", *SPAN_LABELS)
    return groups.index(group), known.index(rest) if rest in known else -1
