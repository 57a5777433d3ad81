"""Files and tables of any size → scored Parquet: resumable, on one machine or many.

In the order of the flow: `formats` and `inputs` give rows, `parts` cuts them into ranges, `worker`
takes one part through `scorer` to its files, `local` and `ray_data` call it for every part, and
`run` holds it all together with the `manifest`.
"""

from __future__ import annotations

from claimclf.scoring.formats import InputError
from claimclf.scoring.manifest import ManifestError
from claimclf.scoring.parts import ChangedInputError
from claimclf.scoring.run import Stopped, Summary, score
from claimclf.scoring.scorer import ScoredBatch, Scorer

__all__ = [
    "ChangedInputError",
    "InputError",
    "ManifestError",
    "ScoredBatch",
    "Scorer",
    "Stopped",
    "Summary",
    "score",
]
