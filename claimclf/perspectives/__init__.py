"""Mentions → sources: what the model says of each sentence becomes whose view it carries.

For "Kenya's central bank cut its rate. Governor Ada Lund said … “It was time,” she added." the
model points at "Governor Ada Lund" and at "she". In the order in which it is read, a module using
only those before it:

Language, which knows no document
    `words` (closed lists), `countries`, `names` (words as strings), `party_facts`, `first_names`,
    `namescan` (runs of capitals), `wording` (what a word is: a role, an institution), `contexts`
    (the title before a name, the appositive behind) and `mentions`: the words "Governor Ada Lund"
    become a `Naming`, a person with the role "governor".
The document, read once
    `institutions`, `people`, and `introductions`, which holds both: who is named in full, and by
    which titles; Ada Lund is a `Person`, "Kenya's central bank" an institution.
Linking and describing
    `entities`, `known`, `descriptions` and `linking`: mentions in the order of the text become an
    `Entity` each, "she" the one of Ada Lund that is known by then. `evidence` gathers the words
    beside a source's mentions, `kinds` and `parties` (with the caller's `own_parties`) tell from
    them: an official, for Kenya. `resolution` does all this for a document: every sentence gets its
    `Source`.
Doubt and order
    `own_text` leaves open who speaks where an institution publishes its own text, `withholding`
    the least sure perspectives; `entitlement` doubts official statements of those who speak for
    themselves; `grouping` puts source, cue and content spans together.
"""

from claimclf.perspectives.grouping import group_attributions
from claimclf.perspectives.resolution import resolve

__all__ = ["group_attributions", "resolve"]
