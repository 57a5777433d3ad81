"""Evaluation: a classifier and gold documents → `Report`, on the same path as `predict`."""

from claimclf.evaluation.constructions import Construction, read_constructions
from claimclf.evaluation.floors import always_yes, cue_words, majority, tfidf
from claimclf.evaluation.label_noise import Suspect, find_suspects, suspects_markdown
from claimclf.evaluation.out_of_fold import out_of_fold
from claimclf.evaluation.run import Reader, Report, calibrate, evaluate, hash_documents
from claimclf.evaluation.slices import Slice, slice_report

__all__ = [
    "Construction",
    "Reader",
    "Report",
    "Slice",
    "Suspect",
    "always_yes",
    "calibrate",
    "cue_words",
    "evaluate",
    "find_suspects",
    "hash_documents",
    "majority",
    "out_of_fold",
    "read_constructions",
    "slice_report",
    "suspects_markdown",
    "tfidf",
]
