"""Documents → HTML: the article as it reads, with its types, sources and scores.

A notebook's fragment and a page are the same markup: self-contained, filtered by CSS alone, with a
small script that adds score cards and links to a filter. Jinja escapes every text, name and value;
a page carries a content security policy that runs this one script and loads nothing.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from claimclf import __version__
from claimclf.documents import Document
from claimclf.tables import type_names
from claimclf.templating import page_environment, read_resource, script_hash
from claimclf.views import SentenceView, view_document

if TYPE_CHECKING:
    from jinja2 import Environment


def document_fragment(document: Document) -> str:
    """One document as a piece of HTML that a notebook shows.

    Its styles reach nothing outside, and several pieces on one page don't disturb each other. It
    follows the notebook's light or dark theme; what needs the script (cards with scores) is missing
    where a viewer removes scripts, the filters work there too.
    """
    # Random, because one document may be shown twice on a page.
    return _render([document], None, uid=f"claimclf-{secrets.token_hex(4)}", is_page=False)


def document_page(document: Document, title: str | None = None) -> str:
    """One document as a complete page, to be saved as an `.html` file.

    The same document gives the same page. A filter is part of the page's address, such as
    `#type=statistic,speculation&source=2`, and can be linked to.

    Args:
        document: Gold or predicted.
        title: Heading; the document's title in its metadata, or its id, where None.
    """
    return documents_page([document], title)


def documents_page(documents: Iterable[Document], title: str | None = None) -> str:
    """Several documents as one page: a list of them, one filter by type, one by source in each.

    Args:
        documents: Gold or predicted; one of them gives the same as `document_page`.
        title: Heading; the number of articles where None.

    Raises:
        ValueError: If there is no document.
    """
    documents = list(documents)
    if not documents:
        raise ValueError("There is no document to show: pass at least one.")
    return _render(documents, title, uid="article", is_page=True)


def _render(documents: list[Document], title: str | None, *, uid: str, is_page: bool) -> str:
    """Fill the templates; `uid` starts every id."""
    types = type_names(documents)
    views = [view_document(document, types) for document in documents]
    if len(views) > 1:
        title = title or f"{len(views)} articles"
    elif title:
        views = [replace(views[0], title=title)]
    environment = _environment()
    return environment.get_template("page.html.j2").render(
        uid=uid,
        is_page=is_page,
        title=title or views[0].title or "Article",
        views=views,
        types=[
            replace(columns[0], count=sum(column.count for column in columns))
            for columns in zip(*(view.types for view in views), strict=True)
        ],
        num_plain=sum(view.num_plain for view in views),
        num_sentences=sum(len(view.rows) for view in views),
        num_voices=max(len(view.voices) for view in views),
    )


@cache
def _environment() -> Environment:
    """Jinja with what is the same on every page."""
    from markupsafe import Markup

    environment = page_environment().overlay()
    script = read_resource("document.js")
    environment.globals = {
        **environment.globals,
        "css": Markup(read_resource("document.css")),
        "script": Markup(script),
        "script_hash": script_hash(script),
        "version": __version__,
    }
    environment.filters = {**environment.filters, "classes": _classes, "bands": _bands}
    return environment


def _classes(row: SentenceView) -> str:
    """The CSS classes that the filters find a sentence by."""
    names = [f"t{type.index}" for type in row.types]
    if row.is_plain:
        names.append("t-none")
    if row.voice:
        names.append(f"v{row.voice.index}")
    return " ".join(names)


def _bands(row: SentenceView) -> str:
    """A sentence's tint in CSS: as many bands as types, so that none hides another."""
    tints = [f"var(--tint-{type.color})" for type in row.types]
    if len(tints) < 2:
        return tints[0] if tints else "none"
    stops = (
        f"{tint} {100 * index / len(tints):.4g}% {100 * (index + 1) / len(tints):.4g}%"
        for index, tint in enumerate(tints)
    )
    return f"linear-gradient({', '.join(stops)})"
