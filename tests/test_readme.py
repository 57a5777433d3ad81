"""What the README shows is what the code prints."""

import contextlib
import io
import re
from pathlib import Path

import pytest

README = Path(__file__).parents[1] / "README.md"
PACKAGE = Path(__file__).parents[1] / "claimclf"

SNIPPETS = re.findall(
    r"```python\n(.*?)```\n(?:\s*```text\n(.*?)```)?", README.read_text(encoding="utf-8"), re.DOTALL
)


def test_there_are_snippets_with_output():
    assert any(output for _, output in SNIPPETS)


@pytest.mark.slow
def test_snippets_print_what_they_say():
    names: dict[str, object] = {}  # later snippets build on earlier ones
    for code, output in SNIPPETS:
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(code, "README.md", "exec"), names)
        assert printed.getvalue().strip() == output.strip()


def test_file_map_names_every_module():
    mapped = re.findall(
        r"^`?\s*([a-z_]+(?:/|\.py))", README.read_text(encoding="utf-8"), re.MULTILINE
    )
    modules = {path.name if path.is_file() else path.name + "/" for path in PACKAGE.iterdir()}
    modules = {
        name for name in modules if name.endswith((".py", "/")) and not name.startswith("__")
    }
    assert modules - {"model/", "templates/"} <= set(mapped)


def test_links_lead_somewhere():
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", README.read_text(encoding="utf-8"))
    local = [link for link in links if "://" not in link]
    assert local
    assert [link for link in local if not (README.parent / link).exists()] == []
