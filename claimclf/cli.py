"""The command line: arguments → the library's functions → terminal, files, exit code.

Everything heavy is imported inside the commands, so that `claimclf --help` answers at once. A
user's mistake ends in a line that says what to do and exit code 2; a traceback means a bug.
"""

from __future__ import annotations

import io
import json
import logging
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from claimclf import __version__
from claimclf.documents import Document

if TYPE_CHECKING:
    from claimclf.classifier import ClaimClassifier

logger = logging.getLogger(__name__)

app = typer.Typer(
    name="claimclf",
    help="Classify the sentences of news articles by type and by whose perspective they carry.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
data_app = typer.Typer(help="Look at corpora before training on them.", no_args_is_help=True)
app.add_typer(data_app, name="data")


class OutputFormat(StrEnum):
    """How predictions are written."""

    TABLE = "table"
    JSON = "json"
    JSONL = "jsonl"
    CSV = "csv"
    HTML = "html"


FORMAT_HELP = (
    "json: one object, or a list for several FILEs. jsonl: a line per article. csv: a row per "
    "sentence. html: one page. Default: as OUTPUT ends, else a table."
)

SUFFIXES = {f".{name}": name for name in OutputFormat if name != OutputFormat.TABLE}
"""Ends of output files, each with the format that it stands for."""

ModelOption = Annotated[
    str | None,
    typer.Option("--model", "-m", help="Folder or Hub id; without it, the model in the package."),
]


def _show_version(is_asked: bool) -> None:
    if is_asked:
        typer.echo(f"claimclf {__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Log every step, and tracebacks of errors.")
    ] = False,
) -> None:
    """Classify the sentences of news articles by type and by whose perspective they carry."""
    logging.basicConfig(format="%(message)s", level=logging.WARNING, force=True)
    logging.getLogger("claimclf").setLevel(logging.DEBUG if verbose else logging.INFO)


@app.command()
def predict(
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILE", help="Articles as UTF-8 text; - reads standard input."),
    ],
    output_format: Annotated[
        OutputFormat | None,
        typer.Option("--format", "-f", help=FORMAT_HELP),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write instead of the terminal.")
    ] = None,
    model: ModelOption = None,
) -> None:
    """Label the sentences of articles: types, source, kind, party, scores."""
    if output_format is None:
        suffix = output.suffix.lower() if output else ""
        output_format = OutputFormat(SUFFIXES.get(suffix, OutputFormat.TABLE))
    if output:
        _check_output(output)
    texts = _read_texts(files)
    classifier = _load(model)
    documents = [
        document.replace(id=name)
        for name, document in zip(texts, classifier.predict(list(texts.values())), strict=True)
    ]
    if output_format == OutputFormat.TABLE and output is None:
        from rich.console import Console

        from claimclf.terminal import print_documents

        print_documents(documents, Console())
        return
    content = format_documents(documents, output_format).encode()
    if output:
        with _user_errors(OSError):
            output.write_bytes(content)
    else:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()


def format_documents(documents: Sequence[Document], output_format: OutputFormat) -> str:
    """Documents as the text of a file of this format."""
    if output_format == OutputFormat.HTML:
        from claimclf.render import documents_page

        return documents_page(documents)
    if output_format == OutputFormat.CSV:
        from claimclf.tables import sentence_frame

        return str(sentence_frame(documents).to_csv(index=False, lineterminator="\n"))
    if output_format == OutputFormat.TABLE:
        from rich.console import Console

        from claimclf.terminal import print_documents

        file = io.StringIO()
        print_documents(documents, Console(file=file, width=100))
        return file.getvalue()
    records = [document.to_dict() for document in documents]
    if output_format == OutputFormat.JSONL:
        return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    content = records[0] if len(records) == 1 else records
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


@app.command()
def train(
    config: Annotated[Path, typer.Argument(help="Experiment in TOML, see configs/.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Run folder to write.")],
    data: Annotated[
        Path, typer.Option("--data", "-d", help="Folder that the corpora's paths start from.")
    ] = Path(),
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on from the run folder's last checkpoint.")
    ] = False,
) -> None:
    """Train a model, calibrate it on dev, and save it to OUTPUT/model."""
    from claimclf.config import load_config

    with _user_errors(OSError, ValueError):
        experiment = load_config(config)
    from claimclf.training import train as run_training

    with _user_errors(OSError, ValueError):
        run_training(experiment, data=data, output=output, resume=resume)
    typer.echo(f"The model is in {output / 'model'}, its figures on dev in {output}/metrics.json.")


@data_app.command("check")
def data_check(
    file: Annotated[Path, typer.Argument(help="JSON Lines corpus, one document per line.")],
    max_problems: Annotated[
        int, typer.Option(min=0, help="Show this many problems, errors first.")
    ] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="Everything, as JSON.")] = False,
) -> None:
    """Report every problem of a corpus and what it holds; exit code 1 if there are errors."""
    from claimclf.corpora.check import check_corpus

    with _user_errors(OSError, ValueError):
        report = check_corpus(file)
    if as_json:
        typer.echo(json.dumps(report.to_dict(), ensure_ascii=False, indent=2))
    else:
        typer.echo(report.to_text(max_problems=max_problems))
    if report.errors:
        raise typer.Exit(1)


def _fail(*messages: str) -> NoReturn:
    """Say what was wrong and end with exit code 2."""
    for message in messages:
        typer.echo(f"claimclf: {message}", err=True)
    raise typer.Exit(2)


@contextmanager
def _user_errors(*kinds: type[Exception]) -> Iterator[None]:
    """Turn errors that the library raises for wrong input into a message."""
    try:
        yield
    except BrokenPipeError:
        raise
    except kinds as error:
        logger.debug("The error came from here:", exc_info=True)
        if isinstance(error, OSError) and error.strerror and error.filename:
            _fail(f"{error.filename}: {error.strerror}.")
        _fail(str(error))


def _load(model: str | None) -> ClaimClassifier:
    """The classifier, before which torch has to be imported: a few seconds."""
    from rich.console import Console

    with Console(stderr=True).status("Loading the model …"), _user_errors(OSError, ValueError):
        from claimclf.classifier import ClaimClassifier

        return ClaimClassifier.from_pretrained(model)


def _check_output(output: Path) -> None:
    """Refuse a place that can't be written to before any work is done."""
    if output.is_dir():
        _fail(f"{output} is a folder. Give a file to write, such as {output / 'labels.html'}.")
    if not output.parent.is_dir():
        _fail(f"There is no folder {output.parent}. Make it, or write somewhere else.")


def _read_texts(files: Sequence[str]) -> dict[str, str]:
    """Every article by its name; all files that can't be read are named at once."""
    texts, problems = {}, []
    for name in dict.fromkeys(files):
        try:
            texts["stdin" if name == "-" else name] = _read_text(name)
        except ValueError as error:
            problems.append(str(error))
    if problems:
        _fail(*problems)
    return texts


def _read_text(name: str) -> str:
    """One article.

    Raises:
        ValueError: If it can't be read, is not UTF-8, or is empty; says what to do.
    """
    where = "standard input" if name == "-" else name
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
