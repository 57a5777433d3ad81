"""The README's map names every module; `test_docs.py` runs its snippets and follows its links."""

import re
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"
PACKAGE = Path(__file__).parents[1] / "claimclf"


def test_file_map_names_every_module():
    mapped = re.findall(
        r"^`?\s*([a-z_]+(?:/|\.py))", README.read_text(encoding="utf-8"), re.MULTILINE
    )
    modules = {path.name if path.is_file() else path.name + "/" for path in PACKAGE.iterdir()}
    modules = {
        name for name in modules if name.endswith((".py", "/")) and not name.startswith("__")
    }
    assert modules - {"model/", "templates/"} <= set(mapped)
