"""Pronouns of English news: words that name somebody only by what stands around them."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

Gender: TypeAlias = Literal["he", "she", ""]
"""The pronoun that may mean somebody; empty where nothing tells."""

HE: Final = frozenset(["he", "him", "his", "himself"])
SHE: Final = frozenset(["she", "her", "hers", "herself"])
IT: Final = frozenset(["it", "its", "itself", "this", "that", "which"])
WE: Final = frozenset(["we", "us", "our", "ours", "ourselves"])
THEY: Final = WE | {
    *["they", "them", "their", "theirs", "themselves"],
    *["both", "others", "some", "many", "all", "these", "those", "who"],
}
PERSON: Final = frozenset(
    ["i", "me", "my", "mine", "myself", "you", "your", "yours", "who", "whom", "one"]
)
INDEFINITE: Final = frozenset(["all", "both", "many", "one", "others", "some"])
"""They bring up somebody new: "others said" is not whoever spoke before."""

PRONOUNS: Final = HE | SHE | IT | THEY | PERSON


def is_pronoun(mention: str) -> bool:
    """Whether a mention is one pronoun: "us", which "US" is not.

    >>> is_pronoun("They"), is_pronoun("US"), is_pronoun("they all")
    (True, False, False)
    """
    is_acronym = mention.isupper() and len(mention) > 1
    return mention.casefold() in PRONOUNS and not is_acronym
