"""Text → sentences: the first step of the flow.

A raw text comes in; the ranges of its sentences go out. Punkt decides which full stops end a
sentence, line by line; a small pass over its decisions then mends what it gets wrong in news.
`docs/decisions.md` has the measurements.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from claimclf.documents import Document, Sentence, Span

if TYPE_CHECKING:
    from punkt import PunktSentenceTokenizer

_GLUED: Final = re.compile(r"(?<=[a-z]{2}[.?!])(?<!www\.)[”’]?(?=[“‘\"]?[A-Z][a-z])")
"""Where a scraped text lost the space between two sentences: `he said.The minister`."""

_ON_X: Final = re.compile(r"\bon X[.?!][”’\"]*\s+(?=[“‘\"]?[A-Z])")
"""Where a sentence ends in the name of the network, which Punkt takes for an initial."""

_CLOSERS: Final = re.compile(r"[”’)\]]+(?!\w)\s*")
"""Marks that can only close; straight quotes may open too, so Punkt decides about them."""

_TITLE: Final = re.compile(
    r"\b(?:Adm|Capt|Col|Cpl|Dr|Gen|Gov|Lt|Maj|Messrs|Mrs?|Ms|Pres|Prof|Reps?|Rev|Sens?|Sgt)\.\s*$"
)
"""A title, which a name must follow; Punkt breaks before a name that is a common word (Page)."""

_ABBREVIATION_WINDOW: Final = 12
"""Characters before a cut in which titles and initials are looked for: the longest, some space."""

_INITIALS: Final = re.compile(
    r"(?<![\w.])(?!D\.C|L\.A|N\.Y|P\.S|O\.K)(?:[A-Z]\.){2}\s*$|\bU\.S\.C\.\s*$"
)
"""Two initials: `U.S.`, `H.W.`; Punkt breaks before a noun or name that is a common word (Senator).
Three are mostly an institution (`F.B.I.`), with which a sentence may end."""

_OPENER: Final = re.compile(
    r"""(?:
        a | according | after | all | also | although | an | and | another | any | are |
        as | asked | at | because | before | both | but | by | can | despite | did | do
        | does | during | each | even | every | few | for | from | had | has | have | he
        | her | here | his | how | however | i | if | in | instead | is | it | its |
        just | last | many | meanwhile | more | most | mr | mrs | ms | my | neither |
        next | no | nobody | nor | not | nothing | now | of | on | once | one | only |
        or | other | others | our | over | people | perhaps | she | since | so | some |
        still | such | that | the | their | then | there | these | they | this | those |
        though | through | thus | to | under | until | we | were | what | when | where |
        whether | which | while | who | whose | why | will | with | without | yes | yet
        | you | your | \w+ly
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)
"""A word that begins a sentence rather than go on with a name."""

_DATELINE: Final = re.compile(r"[A-Z][A-Z .'’-]+, [A-Z][a-z]+\.\s*")
"""A place before a dash or an agency, at the start of a line: `FERGUSON, Mo.`"""

_DATELINE_WINDOW: Final = 60
"""Characters of a line in which a dateline may end: the longest places, and some space."""

_NEWLINE: Final = r"(?:\r\n|\r(?!\n)|\n)"
_LINE_END: Final = re.compile(_NEWLINE)
_BLANK_LINES: Final = re.compile(rf"{_NEWLINE}(?:[^\S\r\n]*{_NEWLINE})+")


def split_document(text: str, spans: Iterable[Span] | None = None, *, id: str = "") -> Document:
    """A text as a document of sentences, not yet labelled.

    Args:
        text: Any string.
        spans: Where its sentences are; None splits it.
        id: The document's id.
    """
    spans = split_sentences(text) if spans is None else spans
    sentences = tuple(Sentence(span.start, span.end, span.of(text)) for span in spans)
    return Document(text, sentences, id=id)


def split_sentences(text: str) -> list[Span]:
    """Split a text into sentences.

    Every line break ends a sentence. The time taken is linear in the length of the text.

    Args:
        text: Any string, the empty one too.

    Returns:
        Ranges in order, not overlapping, none empty and none with whitespace at its ends. Together
        they cover every character that is not whitespace.
    """
    spans: list[Span] = []
    line_start = 0
    for line in text.splitlines(keepends=True):
        for start, end in pairwise([*_sentence_starts(line), len(line)]):
            sentence = line[start:end].strip()
            if sentence:
                start += line_start + line[start:end].index(sentence[0])
                spans.append(Span(start, start + len(sentence)))
        line_start += len(line)
    return spans


def paragraphs(text: str) -> Iterator[Span]:
    """The paragraphs of a text as it is shown, without what is between them; some may be empty.

    They end at blank lines; at every line end in a text that has no blank line.
    """
    separator = _BLANK_LINES if _BLANK_LINES.search(text.strip()) else _LINE_END
    start = 0
    for match in separator.finditer(text):
        yield Span(start, match.start())
        start = match.end()
    yield Span(start, len(text))


def _sentence_starts(line: str) -> Iterator[int]:
    """Where the sentences of one line start, the first at 0."""
    yield 0
    cuts = {start for start, _ in _punkt().span_tokenize(line)}
    for pattern in (_GLUED, _ON_X):
        cuts.update(match.end() for match in pattern.finditer(line))
    has_word = False
    for start, end in pairwise([0, *sorted(cuts - {0}), len(line)]):
        if has_word and (closers := _CLOSERS.match(line, start, end)):
            start = closers.end()
        piece = line[start:end]
        piece_has_word = any(map(str.isalnum, piece))
        # A piece without a word, such as a lone quote, belongs to the sentence it touches.
        if has_word and piece_has_word and not _continues(line, start, piece):
            yield start
        has_word = has_word or piece_has_word


def _continues(line: str, start: int, piece: str) -> bool:
    """Whether `piece`, which starts at `start`, goes on with the sentence before it."""
    window = max(0, start - _ABBREVIATION_WINDOW)
    if _TITLE.search(line, window, start):
        return True
    if start <= _DATELINE_WINDOW and _DATELINE.fullmatch(line, 0, start):
        return True
    # "he said" after a quotation, "’s" after "F.B.I."; but "iPhone" and "al-Shabab" may begin.
    word = piece.lstrip("'’,;:").split(maxsplit=1)[0]
    if _INITIALS.search(line, window, start) and word[0].isalnum() and not _OPENER.match(word):
        return True  # "U.S. Senator", "50 U.S.C. 1601"
    return piece[0] in ",;:" or (word[0].islower() and word.islower())


@cache
def _punkt() -> PunktSentenceTokenizer:
    """The English Punkt model, loaded once (0.1 s)."""
    from punkt import tokenizer_for

    return tokenizer_for("english", prefixes=True)
