"""Mentions → sources: what the model says of each sentence becomes whose view it carries.

In the order of the step: `namescan` finds names, `introductions` the `people` and `institutions`
that a document has them of, with the `contexts` beside them; `mentions` reads the words of one
mention and `first_names` the pronoun of a person, `linking` says which mentions are the same
`entities`, `kinds` of which kind they are and `parties` (with
`countries`, `party_facts` and the caller's `own_parties`) which side they speak for, both from the
words that `evidence` gathers, and `resolution` gives every sentence its source; `own_text` leaves
open who speaks where an institution publishes its own text, `withholding` the least sure ones, and
`entitlement` doubts official statements of those who speak for themselves.
`grouping` puts source, cue and content spans together. `words`, `names` and `wording` are their
ground floor.
"""

from claimclf.perspectives.grouping import group_attributions
from claimclf.perspectives.resolution import resolve

__all__ = ["group_attributions", "resolve"]
