"""Which documents go together: splits and folds by the text of a document.

Documents with the same text (case and white space aside) always land on the same side, whatever
their ids; the result depends on the texts and the seed, not on their order.
"""

from __future__ import annotations

import hashlib
import math
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from claimclf.documents import Document


def text_key(text: str) -> str:
    """Hash of a text that forgives case, white space and Unicode form: equal for copies."""
    normalized = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    return hashlib.sha256(normalized.encode("utf-8", "surrogatepass")).hexdigest()


def split_documents(
    documents: Iterable[Document], *, shares: Mapping[str, float], seed: int = 0
) -> dict[str, list[Document]]:
    """Deal documents out to named splits, each document for itself.

    A document's split follows from its text alone, so documents that are added later move none. The
    splits' sizes are therefore only near their shares; `folds` makes equal ones.

    Args:
        documents: Any number of documents, labelled or not.
        shares: Split name → expected share of distinct texts, in [0, 1]; they sum to 1.
        seed: Another seed gives other splits.

    Raises:
        ValueError: If the shares are not positive or do not sum to 1.

    Examples:
        >>> documents = [Document(f"Article {number}.") for number in range(100)]
        >>> splits = split_documents(documents, shares={"train": 0.8, "dev": 0.2})
        >>> {name: len(split) for name, split in splits.items()}
        {'train': 86, 'dev': 14}
    """
    if any(share < 0 for share in shares.values()) or not math.isclose(sum(shares.values()), 1):
        raise ValueError(f"Shares must not be negative and must sum to 1, got {dict(shares)}.")
    splits: dict[str, list[Document]] = {name: [] for name in shares}
    names = [name for name, share in shares.items() if share > 0]
    for document in documents:
        position = _rank(document, seed) / 2**256
        below = 0.0
        for name in names:
            below += shares[name]
            if position < below or name == names[-1]:
                splits[name].append(document)
                break
    return splits


def folds(documents: Sequence[Document], num_folds: int, *, seed: int = 0) -> list[int]:
    """Fold of each document, for cross-fitting: folds hold equally many distinct texts (± 1).

    Args:
        documents: Documents in any order; the order does not matter.
        num_folds: Number of folds, at least 2.
        seed: Another seed gives other folds.

    Returns:
        Per document a number from 0 to `num_folds - 1`.

    Raises:
        ValueError: If there are fewer distinct texts than folds, or fewer than two folds.
    """
    ranks = [_rank(document, seed) for document in documents]
    distinct = sorted(set(ranks))
    if not 2 <= num_folds <= len(distinct):
        raise ValueError(
            f"num_folds must be at least 2 and at most the number of distinct texts, "
            f"{len(distinct)}; got {num_folds}."
        )
    fold_of = {rank: position % num_folds for position, rank in enumerate(distinct)}
    return [fold_of[rank] for rank in ranks]


def _rank(document: Document, seed: int) -> int:
    """A number below 2**256 that is random in the seed and the same for copies of a text."""
    return int(hashlib.sha256(f"{seed}:{text_key(document.text)}".encode()).hexdigest(), 16)
