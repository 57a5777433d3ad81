"""What README and docs show is what the code prints, and every link leads somewhere.

A page is run from top to bottom in a folder of its own:

- a fence with a title is a file: ` ```text title="ferry.txt" `; those of `docs/examples` are there;
- `python` builds on the Python above it; a `text` fence right after it is what it prints;
- a line `$ claimclf …` of a `console` fence is run; the lines below it are what it prints;
- a `sh` fence needs a user's own files, so that its `claimclf` lines are only parsed.

In what is printed, `...` stands for anything, and numbers with a decimal point may differ a little
from machine to machine. With `DOCS_UPDATE=1` the pages are not judged but mended: run it after a
change of the model, and read the difference.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import matplotlib as mpl
import pytest
import typer
from markdown_it import MarkdownIt
from markdown_it.token import Token
from typer.testing import CliRunner

import claimclf
from claimclf.cli import app
from claimclf.labels import KIND_DEFINITIONS, SPAN_DEFINITIONS, TYPE_DEFINITIONS
from tests.hub_server import TOKEN
from tests.test_hub import hub  # noqa: F401

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.rglob("*.md"))]
CHART = "share-of-voice.svg"

ENDURANCE = {"score-on-a-cluster.md", "train-own-labels.md"}
"""Pages that start a cluster or train several models."""

WILD = re.compile(r"(\d+\.\d+|\.\.\.)")
"""What need not be printed to the letter."""


def parse(page: Path) -> list[Token]:
    return MarkdownIt().parse(page.read_text(encoding="utf-8"))


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


@dataclass(frozen=True)
class Fence:
    """A fenced block of a page."""

    language: str
    title: str
    content: str
    lines: tuple[int, int]
    """Its first line in the page, and one past its last, the fences' own lines counted."""
    follows: bool
    """Whether nothing stands between it and the fence before."""


def read_fences(page: Path) -> list[Fence]:
    fences = []
    is_after_fence = False
    for token in parse(page):
        if token.type == "fence":
            language, _, rest = token.info.partition(" ")
            title = re.fullmatch(r'title="(.+)"', rest)
            start, end = token.map
            fences.append(
                Fence(
                    language,
                    title[1] if title else "",
                    token.content,
                    (start, end),
                    is_after_fence,
                )
            )
        is_after_fence = token.type == "fence"
    return fences


def run_page(page: Path) -> Iterator[tuple[Fence, str]]:
    """Run a page in the current folder: fences with output, each with what is really printed."""
    names: dict[str, object] = {}
    pending: tuple[Fence, str] | None = None  # Python that printed something
    for fence in read_fences(page):
        if pending:
            shown = fence.follows and fence.language == "text" and not fence.title
            assert shown, f"what this prints is not shown:\n{pending[0].content}\n{pending[1]}"
            yield fence, pending[1]
            pending = None
        elif fence.title:
            Path(fence.title).parent.mkdir(parents=True, exist_ok=True)
            Path(fence.title).write_text(fence.content, encoding="utf-8")
        elif fence.language == "python":
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed):
                exec(compile(fence.content, page.name, "exec"), names)
            pending = (fence, printed.getvalue()) if printed.getvalue() else None
        elif fence.language == "console":
            yield fence, run_console(fence.content)
    assert not pending, f"what this prints is not shown:\n{pending}"


def run_console(session: str) -> str:
    """A session with what its commands really print."""
    printed = ""
    for command in re.findall(r"^\$ (.+)$", session, re.MULTILINE):
        program, *arguments = shlex.split(command)
        assert program == "claimclf", f"only claimclf is run, show this as sh: {command}"
        result = CliRunner().invoke(app, arguments)
        assert result.exit_code == 0, result.output
        printed += f"$ {command}\n{result.stdout}"
    return printed


def prints_as(printed: str, expected: str) -> bool:
    """Whether both are the same but for blanks around lines, `...`, and decimals that are near."""
    printed, expected = (
        "\n".join(filter(None, (line.strip() for line in text.splitlines())))
        for text in (printed, expected)
    )
    pieces = WILD.split(expected)
    numbers = [float(piece) for piece in pieces[1::2] if piece != "..."]
    pieces[::2] = map(re.escape, pieces[::2])
    pieces[1::2] = [".*?" if piece == "..." else r"(\d+\.\d+)" for piece in pieces[1::2]]
    found = re.fullmatch("".join(pieces), printed, re.DOTALL)
    near = pytest.approx(numbers, rel=0.1, abs=0.1)
    return found is not None and list(map(float, found.groups())) == near


def mend(page: Path, printed: list[tuple[Fence, str]]) -> None:
    """Write what was printed into the page, from the bottom up so that lines keep their places."""
    lines = page.read_text(encoding="utf-8").splitlines()
    for fence, content in reversed(printed):
        start, end = fence.lines
        lines[start + 1 : end - 1] = [line.rstrip() for line in content.strip("\n").splitlines()]
    page.write_text("\n".join(lines) + "\n", encoding="utf-8")


def runnable_pages() -> Iterator[object]:
    for page in PAGES:
        if {fence.language for fence in read_fences(page)} & {"python", "console"}:
            marks = [pytest.mark.slow]
            if page.name in ENDURANCE:
                marks.append(pytest.mark.endurance)
            yield pytest.param(page, marks=marks, id=name_of(page))


@pytest.fixture
def no_cluster_left() -> Iterator[None]:
    """Stops the cluster that a page with Ray starts, so that other tests can start theirs."""
    yield
    if "ray" in sys.modules:
        sys.modules["ray"].shutdown()


@pytest.mark.usefixtures("no_cluster_left")
@pytest.mark.parametrize("page", list(runnable_pages()))
def test_pages_print_what_they_say(page, tmp_path, monkeypatch, hub):  # noqa: F811
    shutil.copytree(DOCS / "examples", tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    monkeypatch.setattr("transformers.dynamic_module_utils.HF_MODULES_CACHE", str(tmp_path / "hf"))
    monkeypatch.setattr(mpl, "rcParams", mpl.rcParams.copy())
    mpl.use("svg")
    different = []
    for fence, output in run_page(page):
        printed = output.replace(hub.url, "https://huggingface.co")
        if not prints_as(printed, fence.content):
            different.append((fence, printed))
    has_other_chart = Path(CHART).exists() and chart_texts(Path(CHART)) != chart_texts(DOCS / CHART)
    if os.environ.get("DOCS_UPDATE"):
        mend(page, different)
        if has_other_chart:
            shutil.copy(CHART, DOCS / CHART)
        return
    for fence, printed in different:
        assert printed == fence.content, f"{name_of(page)}, line {fence.lines[0] + 1}"
    assert not has_other_chart


def shown_commands() -> Iterator[tuple[str, list[str]]]:
    """The arguments of every `claimclf` in a `sh` fence, by page."""
    for page in PAGES:
        for fence in read_fences(page):
            for line in fence.content.splitlines() if fence.language == "sh" else ():
                for command in line.split(" | "):
                    words = shlex.split(re.sub(r"\$\w+", "1", command), comments=True)
                    if words[:1] == ["claimclf"]:
                        yield name_of(page), words[1:]


def leaves(command: Any) -> Iterator[Any]:
    """The commands without subcommands."""
    for inner in getattr(command, "commands", {}).values():
        yield from leaves(inner)
    if not hasattr(command, "commands"):
        yield command


def test_commands_that_are_shown_have_the_arguments_they_are_shown_with(tmp_path, monkeypatch):
    command = typer.main.get_command(app)
    for leaf in leaves(command):
        leaf.callback = lambda **_: None
    monkeypatch.chdir(tmp_path)
    shown = list(shown_commands())
    assert {page for page, _ in shown} >= {"README.md", "docs/score-in-batch.md"}
    for page, arguments in shown:
        for path in (Path(word) for word in arguments if not word.startswith(("-", "/"))):
            (path.parent if path.suffix else path).mkdir(parents=True, exist_ok=True)
            if path.suffix:
                path.touch()
        assert command.main(arguments, standalone_mode=False) is None, page
    with pytest.raises(Exception, match="No such option: --no-such"):
        command.main(["score", "--no-such"], standalone_mode=False)


def chart_texts(path: Path) -> list[str]:
    """The words and numbers of a chart, which matplotlib notes beside their outlines."""
    return re.findall(r"<!-- (.*?) -->", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("printed", "is_same"),
    [
        ("share 0.52 of 3 in 12 s", True),
        ("share 0.48 of 3 in 7.5 s  \n", True),
        ("share 0.75 of 3 in 12 s", False),
        ("share 0.52 of 4 in 12 s", False),
        ("share 0.52 of 3 in 12 s, or more", False),
    ],
)
def test_only_decimals_and_dots_may_differ(printed, is_same):
    assert prints_as(printed, "share 0.5 of 3 in ... s") == is_same


def test_files_titles_and_output_are_told_apart(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(
        '```text title="a.txt"\nA\n```\n\n```python\nprint(1)\n```\n\n```text\n2\n```\n\nEnd.\n'
    )
    file, code, output = read_fences(page)
    assert (file.title, code.title, output.title) == ("a.txt", "", "")
    assert output.follows
    mend(page, [(output, "1\n")])
    assert "```text\n1\n```\n\nEnd." in page.read_text()


def anchors(page: Path) -> set[str]:
    """What a link can point at in a page: its headings, as GitHub and the site name them."""
    tokens = parse(page)
    headings = [after.content for token, after in pairwise(tokens) if token.type == "heading_open"]
    return {re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-") for text in headings}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page):
    links = [
        str(child.attrs.get("href") or child.attrs.get("src"))
        for token in parse(page)
        for child in token.children or ()
        if child.type in ("link_open", "image")
    ]
    broken = []
    for link in links:
        if not link.startswith(("http://", "https://")):
            path, _, anchor = link.partition("#")
            target = page.parent / path if path else page
            if not target.exists() or (anchor and anchor not in anchors(target)):
                broken.append(link)
    assert not broken


def test_the_label_guide_gives_the_definitions_of_the_code():
    guide = (DOCS / "labels.md").read_text(encoding="utf-8")
    rows = [
        f"| `{name}` | {definition} |"
        for definitions in (TYPE_DEFINITIONS, KIND_DEFINITIONS, SPAN_DEFINITIONS)
        for name, definition in definitions.items()
    ]
    assert [row for row in rows if row not in guide] == []


def test_the_reference_lists_every_public_name():
    overview = (DOCS / "reference" / "index.md").read_text(encoding="utf-8")
    names = [name for name in claimclf.__all__ if not name.startswith("__")]
    assert [name for name in names if f"`{name}`" not in overview] == []
