"""Imports point one way, and what needs no torch takes none."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import claimclf

PACKAGE = Path(claimclf.__file__).parent

# A module imports only from those before it.
ORDER = (
    # what goes in and comes out
    (
        "labels",
        "pronouns",
        "documents",
        "document_json",
        "renaming",
        "segmentation",
        "examples",
        "training_config",
        "corpora",
    ),
    # tokens → logits → answers
    (
        "configuration",
        "crf",
        "heads",
        "losses",
        "packing",
        "modeling",
        "encoding",
        "targets",
        "decoding",
    ),
    ("metrics",),
    # mentions → sources
    ("perspectives",),
    # what people see
    ("templating", "tables", "voices", "charts", "views", "render", "terminal"),
    # the whole flow: predict, evaluate, train, score
    (
        "calibration",
        "interpretation",
        "bundle",
        "portable",
        "provenance",
        "model_files",
        "fetch",
        "loading",
        "backend",
        "classifier",
    ),
    ("evaluation", "report", "training"),
    ("averaging", "experiments", "distillation"),
    (
        "card_metadata",
        "card",
        "finetuning",
        "exporting",
        "scoring",
        "pipeline",
        "hub",
        "integrations",
        "cli",
    ),
)
# The same within the largest step: its modules in the order in which its docstring tells of them.
PERSPECTIVES = [
    "words",
    "countries",
    "names",
    "party_facts",
    "first_names",
    "namescan",
    "wording",
    "contexts",
    "mentions",
    "institutions",
    "people",
    "introductions",
    "entities",
    "known",
    "descriptions",
    "linking",
    "evidence",
    "kinds",
    "own_parties",
    "parties",
    "resolution",
    "own_text",
    "withholding",
    "entitlement",
    "grouping",
    "__init__",
]
STEPS = [step for group in ORDER for step in group]

# Doors of a class to later steps import when they are called.
DOORS = {
    "Document": (
        *("to_dict", "from_dict", "rename_sources"),
        *("to_pandas", "share_of_voice", "to_html", "_repr_html_"),
    ),
    "ClaimClassifier": ("push_to_hub",),
}

# The packaged model may hold the one-file copy of its code, which is data here.
FILES = sorted(
    path
    for path in (path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py"))
    if path.parts[0] != "model"
)


def step_of(file: Path) -> str:
    return file.parts[0].removesuffix(".py")


def imported_steps(tree: ast.AST) -> set[str]:
    """Modules of the package, by their first name, that a syntax tree imports anywhere."""
    names = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            names += [f"{module}.{alias.name}" for alias in node.names]
    assert not [name for name in names if name.startswith(".")], "relative import"
    return {name.split(".")[1] for name in names if name.startswith("claimclf.")} & set(STEPS)


def without_doors(tree: ast.Module) -> ast.Module:
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and node.name in DOORS:
            doors = DOORS[node.name]
            node.body = [item for item in node.body if getattr(item, "name", "") not in doors]
    return tree


def modules_loaded_by(statement: str) -> set[str]:
    code = f"import sys\n{statement}\nprint(*sys.modules)"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    return set(result.stdout.split())


def test_every_module_has_its_place():
    unplaced = {step_of(file) for file in FILES} - {"__init__", *STEPS}
    assert not unplaced, "give it a place in ORDER, after whatever it imports"


@pytest.mark.parametrize("file", [file for file in FILES if step_of(file) in STEPS], ids=str)
def test_imports_point_one_way(file):
    tree = without_doors(ast.parse((PACKAGE / file).read_text(encoding="utf-8")))
    step = step_of(file)
    later = {other for other in imported_steps(tree) if STEPS.index(other) > STEPS.index(step)}
    assert not later, f"{file} imports from later steps"


def test_every_module_of_perspectives_has_its_place():
    assert {path.stem for path in (PACKAGE / "perspectives").glob("*.py")} == set(PERSPECTIVES)


@pytest.mark.parametrize("name", PERSPECTIVES)
def test_imports_of_perspectives_point_one_way(name):
    source = (PACKAGE / "perspectives" / f"{name}.py").read_text(encoding="utf-8")
    found = {
        part
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom) and node.module
        for part in [*node.module.split("."), *(alias.name for alias in node.names)]
        if node.module.startswith("claimclf.perspectives") and part in PERSPECTIVES
    }
    assert all(PERSPECTIVES.index(other) < PERSPECTIVES.index(name) for other in found)


def test_an_import_from_a_later_step_is_seen():
    tree = ast.parse("def f():\n    from claimclf import decoding\n    import claimclf.cli\n")
    assert imported_steps(tree) == {"decoding", "cli"}


def test_importing_the_package_loads_nothing_heavy():
    heavy = {"torch", "transformers", "pandas", "numpy", "sklearn", "pyarrow", "datasets", "punkt"}
    assert not heavy & modules_loaded_by("import claimclf")


@pytest.mark.parametrize(
    "step", ["labels", "documents", "segmentation", "training_config", "corpora", "metrics"]
)
def test_this_module_needs_no_torch(step):
    loaded = modules_loaded_by(f"import claimclf.{step}")
    assert f"claimclf.{step}" in loaded
    assert not {"torch", "transformers"} & loaded


def test_splitting_sentences_needs_no_torch():
    statement = "from claimclf.segmentation import split_sentences; split_sentences('A. B.')"
    assert "torch" not in modules_loaded_by(statement)


@pytest.mark.parametrize("name", claimclf.__all__)
def test_every_public_name_is_listed(name):
    assert name in dir(claimclf)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="has no attribute 'Classifier'"):
        claimclf.Classifier  # noqa: B018
