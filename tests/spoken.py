"""A document of whose every character somebody is the voice, for tables and charts."""

from __future__ import annotations

from claimclf.documents import Document, Perspective, Sentence, Source

MAYOR = Source("s1", "Ida Lund", "official", "Norway")
UNION = Source("s2", "the dockers' union", "organization", None)
RESIDENT = Source("s3", "a resident", "public", None)


def spoken(*voices: tuple[str, Source | str | None], id: str = "") -> Document:
    """One sentence per (text, voice); a voice is a source, a status or undecided."""
    sentences, text = [], ""
    for words, voice in voices:
        if isinstance(voice, Source):
            perspective = Perspective("source", voice)
        else:
            perspective = None if voice is None else Perspective(voice)
        start = len(text)
        text += words
        sentences.append(Sentence(start, len(text), words, perspective=perspective))
    sources = {voice.id: voice for _, voice in voices if isinstance(voice, Source)}
    return Document(text, tuple(sentences), tuple(sources.values()), id=id)


HARBOUR = spoken(
    ("a" * 6, "author"),
    ("m" * 10, MAYOR),
    ("a" * 4, "author"),
    ("u" * 8, UNION),
    ("m" * 6, MAYOR),
    ("r" * 4, RESIDENT),
    ("?" * 2, "unresolved"),
    id="harbour",
)
"""40 characters: 10 author, 16 mayor, 8 union, 4 resident, 2 unresolved."""
