"""The report as one page: figures, plots, and the wrong sentences in their articles.

Nothing is loaded from anywhere. Every figure links to the sentences behind it: a link carries the
tags that those sentences have (a judgement, `:missed` or `:false`, a slice) and how many there are,
on the page or not, and a few lines of script hide the others; without script, or on paper, all are
there.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter

from claimclf.documents import Document, Sentence, overlapping_sentences
from claimclf.evaluation import Construction, Report, Slice
from claimclf.evaluation.constructions import CONSTRUCTION, construction_of
from claimclf.evaluation.slices import sentence_groups
from claimclf.labels import SPAN_LABELS
from claimclf.metrics import PERSPECTIVE
from claimclf.metrics.judging import FROM_SPANS
from claimclf.report import tables
from claimclf.report.plots import (
    accuracy_coverage_plot,
    precision_recall_plot,
    reliability_plot,
)
from claimclf.segmentation import paragraphs
from claimclf.templating import page_environment, read_resource, script_hash, to_tag

MAX_SENTENCES = 4_000
"""Most sentences of articles on a page, right and wrong. The articles of the surest mistakes are
always there, then come those with the largest share of wrong sentences."""

_NOTHING = ""
"""The type that a sentence without types has, among tags; no other can have this name."""

MAX_SPAN_CHARACTERS = 90
"""Of a span beside a wrong sentence."""

MAX_WORST = 20
"""Most entries in the list of mistakes that the model was surest of."""


@dataclass(slots=True)
class Note:
    """A sentence that something is wrong with: gold and predicted side by side."""

    anchor: str
    number: int
    text: str
    tags: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)
    """What is wrong, in words."""
    gold: list[str] = field(default_factory=list)
    predicted: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Pieces of text, each with its note or without, and the notes together."""

    pieces: list[tuple[str, Note | None]]

    @property
    def notes(self) -> list[Note]:
        """The notes of the paragraph's sentences."""
        return [note for _, note in self.pieces if note is not None]


@dataclass(frozen=True, slots=True)
class Article:
    """An article with its wrong sentences."""

    title: str
    byline: str
    paragraphs: list[Paragraph]
    num_wrong: int
    num_sentences: int


@dataclass(frozen=True, slots=True)
class TypePanel:
    """What the page shows of one type."""

    name: str
    judgement: str
    threshold: str
    curve: str
    diagram: str
    num_missed: int
    num_false: int
    columns: tuple[str, ...]
    """The other types, and "nothing else"."""
    missed: tuple[tuple[int, str], ...]
    """Of the missed sentences, how many were given each other type, and none; with their tags."""
    false: tuple[tuple[int, str], ...]
    """Of those that got the type in error, how many have each other type, and none."""


@dataclass(frozen=True, slots=True)
class PerspectivePanel:
    """What the page shows of how sure perspectives are."""

    error: tables.TableCell
    """Expected calibration error of `perspective.score`."""
    curve: str
    diagram: str
    table: tables.Table


def report_page(
    report: Report,
    slices: Sequence[Slice] = (),
    constructions: Sequence[Construction] = (),
) -> str:
    """The report as one self-contained HTML page."""
    notes = error_notes(report)
    worst = _worst(report)
    articles = _articles(report, notes, {document for document, _ in worst})
    script = read_resource("report.js")
    return (
        page_environment()
        .get_template("report.html.j2")
        .render(
            title=tables.report_title(report),
            summary=tables.summary(report),
            headline=_headline(report),
            floors=tables.floor_table(
                report.scores, report.floors, is_cross_fitted=report.is_cross_fitted
            ),
            sections=tables.figure_tables(report.scores, note=tables.absent_note(report)),
            constructions=tables.construction_table(constructions),
            slices=tables.slice_tables(slices),
            perspective=_perspective_panel(report),
            types=_type_panels(report),
            thresholds_from=tables.thresholds_from(report),
            worst=[(notes[place], what) for place, what in worst.items()],
            articles=articles,
            num_left_out=len({document for document, _ in notes}) - len(articles),
            num_shown=sum(article.num_wrong for article in articles),
            num_behind=_num_behind(notes.values()),
            provenance=tables.provenance_rows(report),
            style=read_resource("report.css"),
            script=script,
            script_hash=script_hash(script),
        )
    )


def error_notes(report: Report) -> dict[tuple[int, int], Note]:
    """A note for every sentence with a wrong type, perspective, span or attribution."""
    wrong: dict[tuple[int, int], list[tuple[str, bool]]] = defaultdict(list)
    for name, outcomes in report.judgements.items():
        is_wrong = outcomes.gold != outcomes.predicted
        items = outcomes.where(is_wrong)
        for document, sentence, gold in zip(
            items.documents.tolist(), items.sentences.tolist(), items.gold.tolist(), strict=True
        ):
            if sentence >= 0:
                wrong[document, sentence].append((name, gold))
    notes = {}
    for document, places in groupby(sorted(wrong), key=itemgetter(0)):
        gold, predicted = report.gold[document], report.predicted[document]
        groups, construction = sentence_groups(gold), construction_of(gold)
        gold_lines, predicted_lines = _span_lines(gold), _span_lines(predicted)
        for place in places:
            _, index = place
            truth, answer = gold.sentences[index], predicted.sentences[index]
            note = Note(f"s{document}-{index}", index + 1, truth.text, wrong=_wrong(wrong[place]))
            note.tags = _tags(wrong[place], {**groups[index], CONSTRUCTION: construction})
            for side, sentence in (("gold", truth), ("predicted", answer)):
                types = sentence.types or (_NOTHING,)
                note.tags |= {tables.slice_tag(side, name) for name in types}
            note.gold, note.predicted = _labels(truth), _labels(answer)
            if any(name.startswith(("spans/", "words/", FROM_SPANS)) for name, _ in wrong[place]):
                note.gold += gold_lines[index]
                note.predicted += predicted_lines[index]
            notes[place] = note
    return notes


def _tags(wrong: list[tuple[str, bool]], groups: Mapping[str, str | None]) -> set[str]:
    """Tags to filter a wrong sentence by: its judgements, missed or in error, and its slices."""
    tags = {tables.slice_tag(grouping, value) for grouping, value in groups.items() if value}
    for name, is_gold in wrong:
        tags |= {to_tag(name), to_tag(f"{name}:{'missed' if is_gold else 'false'}")}
    return tags


def _wrong(wrong: list[tuple[str, bool]]) -> list[str]:
    """What is wrong with a sentence, in words; what follows from something else is not repeated."""
    words = [
        f"{tables.judgement_title(name)} {'missed' if is_gold else 'false'}"
        for name, is_gold in wrong
        if name.startswith("types/") and name != "types/exact_set"
    ]
    names = {name for name, _ in wrong}
    if names & {"perspective/is_source", "perspective/source"}:
        words.append("perspective")
    for label in SPAN_LABELS:
        if f"spans/{label}" in names:
            words.append(f"{label} span")
        elif f"words/{label}" in names:
            words.append(f"words of the {label} span")
    if FROM_SPANS in names:
        words.append("attributed, by content spans")
    if "perspective/source" not in names:
        words += [what for what in ("kind", "party") if f"perspective/{what}" in names]
    return words


def _labels(sentence: Sentence) -> list[str]:
    """The labels of a sentence, one line each."""
    types = []
    for name in sentence.known_types:
        score = f" {100 * sentence.scores[name]:.0f} %" if name in sentence.scores else ""
        if name in sentence.types:
            types.append(name.replace("_", " ") + score)
    lines = [", ".join(types) or "no type"]
    perspective = sentence.perspective
    if perspective is not None:
        source = perspective.source
        who = perspective.status
        if source is not None:
            about = ", ".join(part for part in (source.kind, source.party) if part)
            who = f"{source.name} ({about})" if about else source.name
        score = "" if perspective.score is None else f" {100 * perspective.score:.0f} %"
        lines.append(who + score)
    return lines


def _span_lines(document: Document) -> list[list[str]]:
    """The spans that reach into each sentence."""
    sentences = [sentence.span for sentence in document.sentences]
    lines: list[list[str]] = [[] for _ in sentences]
    for span in document.spans():
        for position in overlapping_sentences(sentences, span):
            lines[position].append(f"{span.label}: {_shorten(span.of(document.text))}")
    return lines


def _num_behind(notes: Iterable[Note]) -> Callable[[str], int]:
    """How many sentences have all the tags of a link."""
    places: dict[str, set[str]] = defaultdict(set)
    anchors = {note.anchor for note in notes}
    for note in notes:
        for tag in note.tags:
            places[tag].add(note.anchor)
    return lambda tags: len(anchors.intersection(*(places[tag] for tag in tags.split())))


def _articles(
    report: Report, notes: dict[tuple[int, int], Note], linked: set[int]
) -> list[Article]:
    """Articles with something wrong, the worst first; those that are linked to are among them."""
    num_wrong = Counter(document for document, _ in notes)

    def share(number: int) -> float:
        return num_wrong[number] / len(report.gold[number].sentences)

    kept, num_sentences = set(linked), sum(len(report.gold[number].sentences) for number in linked)
    for number in sorted(num_wrong.keys() - linked, key=lambda number: (-share(number), number)):
        num_sentences += len(report.gold[number].sentences)
        if num_sentences > MAX_SENTENCES:
            break
        kept.add(number)
    articles = []
    for number in sorted(kept, key=lambda number: (-share(number), number)):
        document = report.gold[number]
        metadata = document.metadata
        byline = [metadata.get("publisher"), metadata.get("date"), metadata.get("corpus")]
        articles.append(
            Article(
                title=str(metadata.get("title") or document.id or f"Document {number + 1}"),
                byline=" · ".join(str(part) for part in byline if part),
                paragraphs=_paragraphs(number, document, notes),
                num_wrong=num_wrong[number],
                num_sentences=len(document.sentences),
            )
        )
    return articles


def _paragraphs(
    number: int, document: Document, notes: dict[tuple[int, int], Note]
) -> list[Paragraph]:
    """The article's sentences in its paragraphs; one that runs over their border is not cut."""
    starts = [span.start for span in paragraphs(document.text)]
    found: list[Paragraph] = []
    position = 0
    for index, sentence in enumerate(document.sentences):
        gap = document.text[position : sentence.start]
        is_same = bisect_right(starts, position - 1) == bisect_right(starts, sentence.start)
        if not found or not is_same:
            found.append(Paragraph([]))
            gap = gap.lstrip()
        found[-1].pieces.append((gap, None))
        found[-1].pieces.append((sentence.text, notes.get((number, index))))
        position = sentence.end
    return found


def _headline(report: Report) -> list[tuple[str, tables.TableCell]]:
    """The first figures, in words."""
    return [
        (tables.figure_title(name), tables.figure_cell(report.scores[name], name))
        for name in report.headline()
    ]


def _type_panels(report: Report) -> list[TypePanel]:
    """Curves, threshold and confusions of every type that was judged."""
    thresholds = tables.threshold_texts(report)
    panels = []
    names = [name for name in thresholds if f"types/{name}" in report.judgements]
    for name in names:
        outcomes = report.judgements[f"types/{name}"]
        others = [other for other in names if other != name]
        missed, false = Counter[str](), Counter[str]()
        for document, index in outcomes.errors():
            truth = report.gold[document].sentences[index].types
            answer = report.predicted[document].sentences[index].types
            (missed if name in truth else false).update(
                (answer if name in truth else truth) or (_NOTHING,)
            )
        counts = outcomes.counts()
        columns, tag = [*others, _NOTHING], to_tag(f"types/{name}")
        title = name.replace("_", " ")
        panels.append(
            TypePanel(
                name=title,
                judgement=f"types/{name}",
                threshold=thresholds[name],
                curve=precision_recall_plot(outcomes, title),
                diagram=reliability_plot(outcomes, title),
                num_missed=counts.false_negatives,
                num_false=counts.false_positives,
                columns=(*(other.replace("_", " ") for other in others), "nothing else"),
                missed=tuple(
                    (missed[other], f"{tag}:missed {tables.slice_tag('predicted', other)}")
                    for other in columns
                ),
                false=tuple(
                    (false[other], f"{tag}:false {tables.slice_tag('gold', other)}")
                    for other in columns
                ),
            )
        )
    return panels


def _perspective_panel(report: Report) -> PerspectivePanel | None:
    """How sure perspectives are, if any were judged."""
    outcomes = report.judgements.get(PERSPECTIVE)
    table = tables.coverage_table(report.coverage())
    if outcomes is None or table is None:
        return None
    error = f"{PERSPECTIVE}/calibration_error"
    return PerspectivePanel(
        error=tables.figure_cell(report.scores[error], error),
        curve=accuracy_coverage_plot(outcomes, "perspective"),
        diagram=reliability_plot(outcomes, "perspective", share="share that is right"),
        table=table,
    )


def _worst(report: Report) -> dict[tuple[int, int], str]:
    """The mistakes that the model was surest of, each sentence once, in words."""
    found: list[tuple[float, tuple[int, int], str]] = []
    for name, outcomes in report.judgements.items():
        if name != PERSPECTIVE and (not name.startswith("types/") or name == "types/exact_set"):
            continue
        wrong = outcomes.where(outcomes.gold != outcomes.predicted)
        surety = abs(wrong.scores - wrong.gold)
        title = "perspective" if name == PERSPECTIVE else tables.judgement_title(name)
        for document, sentence, score, sure in zip(
            wrong.documents.tolist(),
            wrong.sentences.tolist(),
            wrong.scores.tolist(),
            surety.tolist(),
            strict=True,
        ):
            found.append((sure, (document, sentence), f"{title} at {100 * score:.0f} %"))
    found.sort(key=lambda item: (-item[0], item[1]))
    worst: dict[tuple[int, int], str] = {}
    for _, place, what in found:
        worst.setdefault(place, what)
    return dict(list(worst.items())[:MAX_WORST])


def _shorten(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= MAX_SPAN_CHARACTERS else f"{text[: MAX_SPAN_CHARACTERS - 1]}…"
