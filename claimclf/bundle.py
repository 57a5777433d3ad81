"""The model's code as one file, so that it loads where claimclf is not installed.

`transformers` runs a single file beside the weights when it is told `trust_remote_code=True`. That
file is made here from the modules themselves, so that there is no second copy to keep in step.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib.resources import files

from claimclf import __version__

MODULES = ("labels", "configuration", "crf", "heads", "losses", "packing", "modeling")
"""What the model needs, in the order of imports."""

FILE = "modeling_claimclf.py"
"""The file beside the weights."""

AUTO_MAP = {
    "AutoConfig": f"{FILE.removesuffix('.py')}.ClaimConfig",
    "AutoModel": f"{FILE.removesuffix('.py')}.ClaimModel",
}
"""What `config.json` says of it."""

_HEADER = '''"""The model of claimclf {version} in one file, generated from its modules {modules}.

`transformers` runs it with `trust_remote_code=True` where claimclf is not installed.
License: Apache-2.0.
"""

from __future__ import annotations
'''


def bundle() -> str:
    """The source of the one file: each module's code without its imports from claimclf.

    Raises:
        ValueError: If two modules give the same name to different things.
    """
    imports: dict[str, set[str]] = {}
    parts, owners = [], dict[str, str]()
    for module in MODULES:
        source = files("claimclf").joinpath(f"{module}.py").read_text(encoding="utf-8")
        tree = ast.parse(source)
        for name in _defined(tree):
            if owners.setdefault(name, module) != module:
                raise ValueError(
                    f"claimclf.{owners[name]} and claimclf.{module} both define {name!r}, so that "
                    "one file can't hold both. Rename one of them."
                )
        for statement, names in _imports(tree):
            imports.setdefault(statement, set()).update(names)
        parts.append(f"# claimclf.{module}\n\n{_code(source, tree)}")
    header = _HEADER.format(version=__version__, modules=", ".join(MODULES))
    return "\n".join([header, *_import_lines(imports), "", *parts])


def _defined(tree: ast.Module) -> Iterator[str]:
    """Names that a module defines at its top."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            yield node.name
        elif isinstance(node, ast.Assign):
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id


def _imports(tree: ast.Module) -> Iterator[tuple[str, list[str]]]:
    """Import statements that stay: `("import torch", [])`, `("from torch", ["Tensor", "nn"])`."""
    for node in tree.body:
        if isinstance(node, ast.Import):
            yield from ((f"import {ast.unparse(alias)}", []) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not _is_inside(node):
            yield f"from {node.module}", [ast.unparse(alias) for alias in node.names]


def _import_lines(imports: dict[str, set[str]]) -> Iterator[str]:
    for statement, names in sorted(imports.items()):
        yield f"{statement} import {', '.join(sorted(names))}" if names else statement


def _is_inside(node: ast.ImportFrom) -> bool:
    """Whether an import is one of the package's own, or a future one, which the header has."""
    return (node.module or "").split(".")[0] in ("claimclf", "__future__")


def _code(source: str, tree: ast.Module) -> str:
    """A module's text without docstring, imports and registrations."""
    lines = source.splitlines()
    for index, node in enumerate(tree.body):
        if index == 0 or isinstance(node, ast.Import | ast.ImportFrom) or _registers(node):
            for number in range(node.lineno - 1, node.end_lineno or node.lineno):
                lines[number] = ""
    return "\n".join(lines).strip() + "\n\n"


def _registers(node: ast.stmt) -> bool:
    """Whether a statement registers a class; `transformers` does that itself for remote code."""
    return ast.unparse(node).startswith(("AutoConfig.register(", "AutoModel.register("))
