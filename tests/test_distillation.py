import copy
from dataclasses import replace

import pytest

from claimclf.calibration import Calibration
from claimclf.corpora import read_jsonl, write_jsonl
from claimclf.distillation import fill_in, pool, pseudo_label
from claimclf.documents import Perspective, Source
from claimclf.encoding import WindowEncoder
from claimclf.labels import AUTHOR, TYPES, UNRESOLVED
from claimclf.targets import make_targets


def without_labels(document):
    sentences = tuple(
        replace(sentence, types=(), known_types=(), perspective=None, spans=())
        for sentence in document.sentences
    )
    return document.replace(sentences=sentences, sources=(), attributions=None)


def scored(document, *, score):
    """The document as a model would give it, every probability and perspective alike sure."""
    sentences = tuple(
        replace(
            sentence,
            scores={name: score if name in sentence.types else 1 - score for name in TYPES},
            perspective=replace(sentence.perspective, score=score),
        )
        for sentence in document.sentences
    )
    return document.replace(sentences=sentences)


def test_an_unlabelled_document_gets_everything_from_the_teacher(small_document):
    teacher = scored(small_document, score=0.9)
    filled = fill_in(without_labels(small_document), teacher)
    for mine, theirs in zip(filled.sentences, teacher.sentences, strict=True):
        assert (mine.types, mine.scores, mine.spans) == (theirs.types, theirs.scores, theirs.spans)
        assert mine.known_types == TYPES
        assert mine.perspective.status == theirs.perspective.status
        assert mine.perspective.mention == theirs.perspective.mention
    assert [source.name for source in filled.sources] == ["Ada Lund"]
    assert filled.attributions == teacher.attributions


def test_labels_of_annotators_stay(small_document):
    contrary = tuple(
        replace(
            sentence,
            types=("statistic",),
            scores=dict.fromkeys(TYPES, 0.4),
            perspective=Perspective(AUTHOR, score=0.9),
            spans=(),
        )
        for sentence in small_document.sentences
    )
    filled = fill_in(small_document, small_document.replace(sentences=contrary))
    for mine, before in zip(filled.sentences, small_document.sentences, strict=True):
        assert (mine.types, mine.perspective, mine.spans) == (
            before.types,
            before.perspective,
            before.spans,
        )
        assert mine.scores == {name: float(name in before.types) for name in TYPES}
    assert filled.sources == small_document.sources


def test_unknown_types_are_the_teachers_and_known_ones_the_annotators(small_document):
    sentences = tuple(
        replace(sentence, types=(), known_types=("attribution",))
        for sentence in small_document.sentences
    )
    filled = fill_in(small_document.replace(sentences=sentences), scored(small_document, score=0.8))
    said = filled.sentences[1]
    assert said.types == ("official_statement",)
    assert said.scores["attribution"] == 0.0
    assert said.scores["official_statement"] == 0.8


def test_types_that_only_annotators_decided_are_kept(small_document):
    sentences = tuple(
        replace(sentence, types=("irony",), known_types=("irony", "attribution"))
        for sentence in small_document.sentences
    )
    filled = fill_in(small_document.replace(sentences=sentences), scored(small_document, score=0.8))
    said = filled.sentences[1]
    assert said.types == ("official_statement", "irony")
    assert said.known_types == (*TYPES, "irony")
    assert set(said.scores) == set(TYPES)


def test_sources_of_an_earlier_teacher_stay_apart(small_document):
    first, second = (
        small_document.replace(
            sentences=tuple(
                replace(s, perspective=replace(s.perspective, source=source))
                if s.perspective.is_source
                else s
                for s in small_document.sentences
            ),
            sources=(source,),
        )
        for source in (Source("s1", "Ada Lund", "official"), Source("s1", "Bo Holm", "expert"))
    )
    once = fill_in(without_labels(small_document), first)
    half = tuple(
        replace(sentence, perspective=sentence.perspective if index < 2 else None)
        for index, sentence in enumerate(once.sentences)
    )
    twice = fill_in(once.replace(sentences=half), second)
    names = [s.perspective.source.name for s in twice.sentences if s.perspective.is_source]
    assert names == ["Ada Lund", "Bo Holm", "Bo Holm"]
    assert {source.name for source in twice.sources} == {"Ada Lund", "Bo Holm"}


def test_a_perspective_that_the_teacher_leaves_open_stays_open(small_document, tiny_classifier):
    unsure = tuple(
        replace(sentence, perspective=Perspective(UNRESOLVED, score=0.6))
        for sentence in scored(small_document, score=0.6).sentences
    )
    pooled = pool([small_document.replace(sentences=unsure)], tiny_classifier.calibration)
    filled = fill_in(without_labels(small_document), pooled)
    assert all(sentence.perspective is None for sentence in filled.sentences)
    assert filled.sources == ()


def test_only_sure_perspectives_are_taken(small_document, tiny_classifier):
    document = without_labels(small_document)
    (every,) = pseudo_label([document], [tiny_classifier], min_score=0.0)
    (none,) = pseudo_label([document], [tiny_classifier], min_score=1.0)
    assert all(sentence.perspective for sentence in every.sentences)
    assert not any(sentence.perspective for sentence in none.sentences)


def test_teachers_of_other_types_are_refused(small_document, tiny_classifier):
    other = copy.copy(tiny_classifier)
    other.calibration = Calibration.identity(("attribution",))
    with pytest.raises(ValueError, match=r"same types; the first has .*, another one \['attrib"):
        pseudo_label([small_document], [tiny_classifier, other])


def test_wrong_arguments_are_refused_before_reading(tiny_classifier):
    def unread():
        raise AssertionError("nothing should be read")
        yield

    with pytest.raises(ValueError, match=r"^Give at least one teacher, .* got none"):
        pseudo_label(unread(), [])
    with pytest.raises(ValueError, match=r"min_score must be a probability in \[0, 1\], got 70"):
        pseudo_label(unread(), [tiny_classifier], min_score=70)
    with pytest.raises(ValueError, match=r"softening must be a share in \[0, 1\], got 2\."):
        pseudo_label(unread(), [tiny_classifier], softening=2)


def test_several_teachers_are_pooled(small_document, tiny_classifier):
    sure, unsure = (scored(small_document, score=score) for score in (0.9, 0.5))
    authors = tuple(
        replace(sentence, perspective=Perspective(AUTHOR, score=0.7)) for sentence in sure.sentences
    )
    contrary = sure.replace(sentences=authors)
    calibration = tiny_classifier.calibration
    pooled = pool([sure, unsure], calibration, min_score=0.7)
    for mine, theirs in zip(pooled.sentences, sure.sentences, strict=True):
        has = {name: name in theirs.types for name in TYPES}
        assert mine.scores == pytest.approx({n: 0.7 if has[n] else 0.3 for n in TYPES})
        assert mine.perspective.status == theirs.perspective.status
        assert mine.spans == theirs.spans
    # 0.9 for the source and 0.7 for the author leave 0.6 for the source: open from 0.7 on.
    status = [s.perspective and s.perspective.status for s in sure.sentences]
    believed = pool([sure, contrary], calibration, min_score=0.55).sentences
    assert [s.perspective.status for s in believed] == status
    doubted = pool([sure, contrary], calibration, min_score=0.7).sentences
    assert [s.perspective is None for s in doubted] == [state != AUTHOR for state in status]


def test_annotated_types_can_be_softened(small_document):
    teacher = scored(small_document, score=0.6)
    filled = fill_in(small_document, teacher, softening=0.5)
    for mine, gold in zip(filled.sentences, small_document.sentences, strict=True):
        assert mine.types == gold.types
        assert mine.scores == pytest.approx({n: 0.8 if n in gold.types else 0.2 for n in TYPES})


def test_a_mention_without_a_kind_is_linked_by_the_teacher(small_document):
    unlinked = tuple(
        replace(
            sentence,
            perspective=replace(
                sentence.perspective,
                source=replace(sentence.perspective.source, id=f"a{index}", kind=None),
            ),
        )
        if sentence.perspective.is_source
        else sentence
        for index, sentence in enumerate(small_document.sentences)
    )
    sources = tuple(s.perspective.source for s in unlinked if s.perspective.is_source)
    gold = small_document.replace(sentences=unlinked, sources=sources)
    filled = fill_in(gold, scored(small_document, score=0.9))
    kinds = [s.perspective.source.kind for s in filled.sentences if s.perspective.is_source]
    # The last has no mention in the sentence, so nothing shows that both mean the same source.
    assert kinds == ["official", "official", None]


def test_targets_are_learned_from_the_teachers_probabilities(small_document, tiny_classifier):
    filled = fill_in(without_labels(small_document), scored(small_document, score=0.75))
    config = tiny_classifier.model.config
    (window,) = WindowEncoder(tiny_classifier.tokenizer, config).encode([filled])
    targets = make_targets(filled, window, config)
    assert sorted(set(targets.type_labels.ravel().tolist())) == [0.25, 0.75]
    assert targets.type_mask.all()


def test_scores_of_a_corrected_prediction_are_not_learned_from(small_document, tiny_classifier):
    config = tiny_classifier.model.config
    corrected = scored(small_document, score=0.2)
    (window,) = WindowEncoder(tiny_classifier.tokenizer, config).encode([corrected])
    targets = make_targets(corrected, window, config)
    gold = make_targets(small_document, window, config)
    assert targets.type_labels.tolist() == gold.type_labels.tolist()


def test_pseudo_labelled_documents_are_a_corpus(small_document, tiny_classifier, tmp_path):
    labelled = list(pseudo_label([without_labels(small_document)] * 3, [tiny_classifier]))
    path = tmp_path / "distilled.jsonl"
    assert write_jsonl(labelled, path) == 3
    assert list(read_jsonl(path)) == labelled
    assert all(s.known_types == TYPES for d in labelled for s in d.sentences)
