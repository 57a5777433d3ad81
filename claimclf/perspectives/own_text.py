"""What an institution publishes as its own text: a press release, a decree, a readout.

Such a text has official statements that it ascribes to nobody, and mostly does not name who
publishes it. By the label guide its source is the institution, not an author.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from claimclf.documents import Perspective
from claimclf.labels import ATTRIBUTION, AUTHOR, OFFICIAL_STATEMENT, UNRESOLVED

_MIN_SENTENCES: Final = 2
_MIN_SHARE: Final = 0.2
"""From these on, official statements without attribution make an own text, not slips of the model.

In 266 dev articles (ClaimNews and `annotations/`), all 73 such sentences that the model gave to the
author are a source's by the annotators; where they are fewer, 12 of 37 are.
"""


def with_own_text(
    perspectives: Sequence[Perspective], types: Sequence[Collection[str]]
) -> tuple[Perspective, ...]:
    """Leave open who speaks in an institution's own text where the model says the author.

    Args:
        perspectives: One per sentence.
        types: The types of every sentence.
    """
    is_own = [OFFICIAL_STATEMENT in given and ATTRIBUTION not in given for given in types]
    if sum(is_own) < max(_MIN_SENTENCES, _MIN_SHARE * len(is_own)):
        return tuple(perspectives)
    return tuple(
        Perspective(UNRESOLVED) if own and perspective.status == AUTHOR else perspective
        for own, perspective in zip(is_own, perspectives, strict=True)
    )
