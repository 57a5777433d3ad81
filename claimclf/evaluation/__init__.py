"""Evaluation: a classifier and gold documents → `Report`, on the same path as `predict`."""

from claimclf.evaluation.floors import always_yes, cue_words, majority, tfidf
from claimclf.evaluation.run import Reader, Report, evaluate, fit, hash_documents
from claimclf.evaluation.slices import Slice, slice_report

__all__ = [
    "Reader",
    "Report",
    "Slice",
    "always_yes",
    "cue_words",
    "evaluate",
    "fit",
    "hash_documents",
    "majority",
    "slice_report",
    "tfidf",
]
