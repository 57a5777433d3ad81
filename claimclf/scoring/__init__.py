"""Files and tables of any size → scored Parquet: resumable, on one machine or many.

In the order of the flow: `formats` and `inputs` give rows, `parts` cuts them into ranges, `worker`
takes one part through `scorer` to its `part_files`, one of the `engines` calls it for every part,
and `run` holds it all together with the `manifest`.
"""

from __future__ import annotations

from claimclf.scoring.formats import InputError
from claimclf.scoring.manifest import ManifestError
from claimclf.scoring.parts import ChangedInputError
from claimclf.scoring.run import score
from claimclf.scoring.scorer import ScoredBatch, Scorer
from claimclf.scoring.stopping import Stopped
from claimclf.scoring.watching import Job, Summary, Watcher

__all__ = [
    "ChangedInputError",
    "InputError",
    "Job",
    "ManifestError",
    "ScoredBatch",
    "Scorer",
    "Stopped",
    "Summary",
    "Watcher",
    "score",
]
