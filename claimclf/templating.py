"""The package's templates, filled: one way for pages, one for Markdown.

Jinja escapes every text, name and value of a page; an undefined name is an error.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment

# Control characters and lone surrogates, which HTML or UTF-8 can't hold.
_UNSHOWN = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@cache
def page_environment() -> Environment:
    """Jinja for pages: escaped, and without what a page can't hold."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("claimclf", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["tag"] = to_tag
    return environment


def render_markdown(template: str, /, **facts: Any) -> str:
    """A template of Markdown, filled."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("claimclf", "templates"),
        autoescape=False,  # Markdown, not HTML
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["cell"] = escape_cell
    return environment.get_template(template).render(facts)


def escape_cell(value: Any) -> str:
    """A value as it can stand in a table of Markdown."""
    return str(value).replace("|", "\\|").replace("\n", " ")


def to_tag(text: str) -> str:
    """A text as one word: what the sentences of a page are tagged with and filtered by."""
    return re.sub(r"\s+", "_", text)


def read_resource(name: str) -> str:
    """A style or script that goes into a page."""
    return files("claimclf").joinpath("templates", name).read_text(encoding="utf-8")


def script_hash(script: str) -> str:
    """Hash of a script for its page's content security policy: SHA-256 in base 64."""
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def _shown(value: Any) -> Any:
    """A value with a space or a replacement character for everything that a page can't hold."""
    if isinstance(value, str) and _UNSHOWN.search(value):
        shown = _UNSHOWN.sub(lambda match: " " if match[0].isspace() else "\ufffd", value)
        return type(value)(shown)
    return value
