"""Sources under other names: labelled documents → the same with sources renamed and merged.

For what linking could not know: that two names are one person, or what an archive calls somebody.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import replace

from claimclf.documents import Document, Sentence, Source

logger = logging.getLogger(__name__)


def rename_sources(documents: Iterable[Document], names: Mapping[str, str]) -> list[Document]:
    """Rename sources in many documents; those that get the same name become one.

    A name that no document has changes nothing and is logged.

    Args:
        documents: Gold or predicted.
        names: New name by present name, exactly as in `Source.name`:
            `{"Mr Smith": "Jan Smith"}` also merges Mr Smith into a Jan Smith of the same document.

    Returns:
        The documents in order, copies where something changed.

    Raises:
        ValueError: If a new name is empty.
    """
    documents = list(documents)
    known = {source.name for document in documents for source in document.sources}
    if unknown := [name for name in names if name not in known]:
        logger.warning("No document has a source named %s.", ", ".join(map(repr, unknown)))
    renamed = []
    for document in documents:
        here = {
            source.id: names[source.name] for source in document.sources if source.name in names
        }
        renamed.append(_renamed(document, here))
    return renamed


def rename_in_document(document: Document, names: Mapping[str, str]) -> Document:
    """See `Document.rename_sources`."""
    by_id: dict[str, str] = {}
    unknown = []
    for known, name in names.items():
        found = [source.id for source in document.sources if known in (source.id, source.name)]
        by_id |= dict.fromkeys(found, name)
        unknown += [] if found else [known]
    if unknown:
        there = ", ".join(f"{source.id} {source.name!r}" for source in document.sources)
        raise ValueError(
            f"Document {document.id!r}: expected ids or names of its sources, got "
            f"{', '.join(map(repr, unknown))}. It has {there or 'no sources'}."
        )
    return _renamed(document, by_id)


def _renamed(document: Document, names: Mapping[str, str]) -> Document:
    """The document with new names by the sources' ids."""
    for id, name in names.items():
        if not isinstance(name, str) or not name.strip():
            raise ValueError(
                f"Document {document.id!r}: expected a new name for source {id!r}, got {name!r}."
            )
    new_names = set(names.values())
    groups: dict[tuple[str, str], list[Source]] = {}
    for source in document.sources:
        name = names.get(source.id, source.name)
        # Namesakes that nobody asked for stay apart: "an official" and another one.
        key = ("", name) if name in new_names else (source.id, name)
        groups.setdefault(key, []).append(source)
    sources: list[Source] = []
    by_id: dict[str, Source] = {}
    for group in groups.values():
        # Whoever bears the name already says who it is.
        group.sort(key=lambda source: source.id in names)
        first = group[0]
        merged = replace(
            first,
            name=names.get(first.id, first.name),
            kind=next((source.kind for source in group if source.kind), None),
            party=next((source.party for source in group if source.party), None),
            mentions=tuple(sorted({span for source in group for span in source.mentions})),
        )
        sources.append(merged)
        by_id |= {source.id: merged for source in group}
    return document.replace(
        sources=tuple(sources),
        sentences=tuple(_with_source(sentence, by_id) for sentence in document.sentences),
    )


def _with_source(sentence: Sentence, by_id: Mapping[str, Source]) -> Sentence:
    """The sentence with the source that its own has become."""
    perspective = sentence.perspective
    if perspective is None or perspective.source is None:
        return sentence
    source = by_id.get(perspective.source.id, perspective.source)
    if source == perspective.source:
        return sentence
    return replace(sentence, perspective=replace(perspective, source=source))
