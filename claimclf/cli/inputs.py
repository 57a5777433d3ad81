"""What a user can get wrong on the command line, and the line that says what to do about it."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import typer

logger = logging.getLogger(__name__)

TABLE_SUFFIXES = frozenset({".jsonl", ".ndjson", ".csv", ".tsv", ".parquet"})
"""Ends of files that hold many articles."""

ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model", "-m", help="Folder or Hub id; without it, the model in the package, `default`."
    ),
]


PartiesOption = Annotated[
    Path | None,
    typer.Option(
        "--parties",
        metavar="FILE",
        help='Your parties, .toml or .json: Ukraine = ["Kyiv", "Zelensky"].',
    ),
]


MinPerspectiveScoreOption = Annotated[
    float,
    typer.Option(
        "--min-perspective-score",
        min=0.0,
        max=1.0,
        help="Leave perspectives unresolved whose probability is below this; the evaluation report "
        "has accuracy and coverage by value.",
    ),
]


def fail(*messages: str) -> NoReturn:
    """Say what was wrong and end with exit code 2."""
    for message in messages:
        typer.echo(f"claimclf: {message}", err=True)
    raise typer.Exit(2)


@contextmanager
def user_errors(*kinds: type[Exception]) -> Iterator[None]:
    """Turn errors that the library raises for wrong input into a message.

    What torch raises, such as for too little memory, is nobody's input and keeps its traceback.
    """
    try:
        yield
    except (BrokenPipeError, typer.Exit):  # which are of these kinds themselves
        raise
    except kinds as error:
        if type(error).__module__.partition(".")[0] == "torch":
            raise
        logger.debug("The error came from here:", exc_info=True)
        if isinstance(error, OSError) and error.strerror and error.filename:
            fail(f"{error.filename}: {error.strerror}.")
        fail(str(error))


def check_output(output: Path) -> None:
    """Refuse a place that can't be written to before any work is done."""
    if output.is_dir():
        fail(f"{output} is a folder. Give a file to write, such as {output / 'labels.html'}.")
    if not output.parent.is_dir():
        fail(f"There is no folder {output.parent}. Make it, or write somewhere else.")


def read_texts(files: Sequence[str]) -> dict[str, str]:
    """Every article by its name; all files that can't be read are named at once."""
    texts, problems = {}, []
    for name in dict.fromkeys(files):
        try:
            texts["stdin" if name == "-" else name] = _read_text(name)
        except ValueError as error:
            problems.append(str(error))
    if problems:
        fail(*problems)
    return texts


def _read_text(name: str) -> str:
    """One article.

    Raises:
        ValueError: If it can't be read, is not UTF-8, or is empty; says what to do.
    """
    where = "standard input" if name == "-" else name
    if any(suffix.lower() in TABLE_SUFFIXES for suffix in Path(name).suffixes):
        raise ValueError(
            f"{name} looks like a table of articles, and predict reads plain text. Label all of "
            f"them with: claimclf score {name} OUTPUT"
        )
    try:
        content = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
    except FileNotFoundError:
        raise ValueError(f"There is no file {name}.") from None
    except IsADirectoryError:
        raise ValueError(f"{name} is a folder. Name the files in it: {name}/*.txt.") from None
    except OSError as error:
        raise ValueError(f"{name}: {error.strerror}.") from None
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ValueError(
            f"{where}: expected UTF-8 text, got UTF-16. Convert it: iconv -f UTF-16 -t UTF-8."
        )
    if b"\0" in content or content.startswith(b"%PDF"):
        raise ValueError(f"{where}: expected UTF-8 text, got binary data. Save it as plain text.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{where}: expected UTF-8 text, got byte 0x{content[error.start]:02x} at position "
            f"{error.start}. If it is in an older encoding, convert it: "
            "iconv -f WINDOWS-1252 -t UTF-8."
        ) from None
    if not text.strip():
        raise ValueError(f"{where} holds no text. Expected an article.")
    return text
