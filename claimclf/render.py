"""Documents → HTML: the article as it reads, with its types, sources and scores.

A notebook's fragment and a page are the same markup: self-contained, filtered by CSS alone, with a
small script that adds score cards and links to a filter. Jinja escapes every text, name and value;
a page carries a content security policy that runs this one script and loads nothing.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from claimclf import __version__
from claimclf.documents import Document
from claimclf.tables import type_names
from claimclf.views import view_document

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
    """Jinja with escaping on, and what is the same on every page."""
    from jinja2 import Environment, PackageLoader, StrictUndefined
    from markupsafe import Markup

    templates = files("claimclf") / "templates"
    script = (templates / "document.js").read_text(encoding="utf-8")
    digest = hashlib.sha256(script.encode()).digest()
    environment = Environment(
        loader=PackageLoader("claimclf", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "css": Markup((templates / "document.css").read_text(encoding="utf-8")),
        "script": Markup(script),
        "script_hash": base64.b64encode(digest).decode(),
        "version": __version__,
    }
    return environment


# Control characters and lone surrogates, which HTML or UTF-8 can't hold.
_UNSHOWN = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def _shown(value: Any) -> Any:
    """A value with a space or a replacement character for everything that a page can't hold."""
    if isinstance(value, str) and _UNSHOWN.search(value):
        shown = _UNSHOWN.sub(lambda match: " " if match[0].isspace() else "\ufffd", value)
        return type(value)(shown)
    return value
