"""Metrics: gold and predicted documents → judged items → figures with intervals.

    judgements = judge(gold, predicted)
    weights = draw_documents(len(gold))
    scores = score_figures(judgements, figures(judgements), weights)
    scores["types/statistic/f1"].value

One definition for training, evaluation, reports and comparisons; numpy only.
"""

from pathlib import Path

from claimclf.metrics.bootstrap import (
    LEVEL,
    NUM_DRAWS,
    Difference,
    Figure,
    Score,
    compare_figures,
    draw_documents,
    score_figures,
)
from claimclf.metrics.judging import PERSPECTIVE, figures, judge, right_perspectives, right_sources
from claimclf.metrics.matching import PLACES, match_source, mention_place, same_name
from claimclf.metrics.outcomes import (
    NUM_BINS,
    PRF,
    Bin,
    Item,
    Measure,
    Outcomes,
    precision_recall_curve,
    reliability,
)
from claimclf.metrics.selective import Kept, accuracy_at_coverage, accuracy_coverage_curve

EVALUATE_MODULE = Path(__file__).with_name("evaluate_module.py")
"""What `evaluate.load` takes to compute the same figures."""

__all__ = [
    "EVALUATE_MODULE",
    "LEVEL",
    "NUM_BINS",
    "NUM_DRAWS",
    "PERSPECTIVE",
    "PLACES",
    "PRF",
    "Bin",
    "Difference",
    "Figure",
    "Item",
    "Kept",
    "Measure",
    "Outcomes",
    "Score",
    "accuracy_at_coverage",
    "accuracy_coverage_curve",
    "compare_figures",
    "draw_documents",
    "figures",
    "judge",
    "match_source",
    "mention_place",
    "precision_recall_curve",
    "reliability",
    "right_perspectives",
    "right_sources",
    "same_name",
    "score_figures",
]
