"""The command line: arguments → the library's functions → terminal, files, exit code.

Everything heavy is imported inside the commands, so that `claimclf --help` answers at once. A
user's mistake ends in a line that says what to do and exit code 2; a traceback means a bug, or a
machine that is too small.
"""

from __future__ import annotations

import io
import json
import logging
import sys
from collections.abc import Iterable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from claimclf import __version__
from claimclf.cli.finetuning import finetune
from claimclf.cli.inputs import (
    MinPerspectiveScoreOption,
    ModelOption,
    PartiesOption,
    check_output,
    fail,
    read_texts,
    user_errors,
)
from claimclf.cli.scoring import bench, score
from claimclf.documents import Document

if TYPE_CHECKING:
    from claimclf.classifier import ClaimClassifier

app = typer.Typer(
    name="claimclf",
    help="Classify the sentences of news articles by type and by whose perspective they carry.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
data_app = typer.Typer(help="Look at corpora before training on them.", no_args_is_help=True)
app.add_typer(data_app, name="data")
app.command()(score)
app.command()(bench)
app.command()(finetune)


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


def set_up_logging(*, verbose: bool = False) -> None:
    """Let a command or script tell on standard error what it does."""
    logging.basicConfig(format="%(message)s", level=logging.WARNING, force=True)
    logging.getLogger("claimclf").setLevel(logging.DEBUG if verbose else logging.INFO)


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
    set_up_logging(verbose=verbose)


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
    parties: PartiesOption = None,
    min_perspective_score: MinPerspectiveScoreOption = 0.0,
) -> None:
    """Label the sentences of articles: types, source, kind, party, scores."""
    if output_format is None:
        suffix = output.suffix.lower() if output else ""
        output_format = OutputFormat(SUFFIXES.get(suffix, OutputFormat.TABLE))
    if output:
        check_output(output)
    texts = read_texts(files)
    classifier = _load(model, parties=parties, min_perspective_score=min_perspective_score)
    documents = [
        document.replace(id=name)
        for name, document in zip(texts, classifier.predict(list(texts.values())), strict=True)
    ]
    if output_format == OutputFormat.TABLE and output is None:
        from rich.console import Console

        from claimclf.terminal import print_documents

        print_documents(documents, Console())
        return
    # An id is a file's name, which need not be UTF-8.
    content = format_documents(documents, output_format).encode("utf-8", "backslashreplace")
    if output:
        with user_errors(OSError):
            output.write_bytes(content)
    else:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()


def format_documents(documents: Sequence[Document], output_format: OutputFormat) -> str:
    """Documents as the text of a file of this format."""
    if output_format == OutputFormat.HTML:
        from claimclf.render import documents_page

        # Pages are passed on: where the file lay is nobody's business.
        if len(documents) == 1:
            documents = [documents[0].replace(id=Path(documents[0].id).name)]
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
    from claimclf.training_config import load_config

    with user_errors(OSError, ValueError):
        experiment = load_config(config)
    from claimclf.training import train as run_training

    with user_errors(OSError, ValueError):
        run_training(experiment, data=data, output=output, resume=resume)
    typer.echo(f"The model is in {output / 'model'}, its figures on dev in {output}/metrics.json.")


@app.command()
def evaluate(
    model: Annotated[
        str, typer.Argument(help="Folder or Hub id; `default` is that in the package.")
    ],
    data: Annotated[
        Path,
        typer.Argument(
            help="Gold labels: .jsonl, a folder of brat standoff, or labelled sentences as for "
            "finetune in a .csv or .tsv."
        ),
    ],
    report: Annotated[Path, typer.Option("--report", "-r", help="Folder to write the report to.")],
    cross_fit: Annotated[
        bool,
        typer.Option("--cross-fit", help="Calibrate on the other folds of DATA, not as stored."),
    ] = False,
    floors_from: Annotated[
        Path | None,
        typer.Option(help="Training data; adds the simple baselines that learn from it."),
    ] = None,
    parties: PartiesOption = None,
    min_perspective_score: MinPerspectiveScoreOption = 0.0,
) -> None:
    """Measure a model on gold labels: every figure with its interval, in a report."""
    if report.exists() and not report.is_dir():
        fail(f"{report} is a file. Give a folder for the report.")
    with user_errors(OSError, ValueError):
        for path in filter(None, (data, floors_from)):
            _read_gold(path)  # complains before the model is loaded
    classifier = _load(model, parties=parties, min_perspective_score=min_perspective_score)
    types = tuple(classifier.calibration.types)
    with user_errors(OSError, ValueError):
        documents = list(_read_gold(data, types))
        training = list(_read_gold(floors_from, types)) if floors_from else []
        if not documents:
            fail(f"{data} holds no documents.")
        if floors_from and not training:
            fail(f"{floors_from} holds no documents.")
    from claimclf.evaluation import evaluate as measure
    from claimclf.evaluation.run import hash_documents
    from claimclf.fetch import find_folder
    from claimclf.model_files import read_model_files
    from claimclf.provenance import command_line, hash_corpus
    from claimclf.report import write_report
    from claimclf.report.tables import figure_cell

    fitted = classifier.calibration.provenance
    is_fitted_on = fitted.get("documents_sha256") == hash_documents(documents) or (
        hash_corpus(data) in fitted.get("data", {}).get("files", {}).values()
    )
    if is_fitted_on and not cross_fit:
        typer.echo(
            "claimclf: the model was calibrated on these very documents, so that figures come out "
            "too good. With --cross-fit they are honest.",
            err=True,
        )
    result = measure(
        classifier,
        documents,
        cross_fit=cross_fit,
        floors_from=training,
        provenance={
            "model": model,
            "model_sha256": read_model_files(find_folder(model)).sha256,
            "data": data.name,
            "command": command_line(),
        },
    )
    if not result.scores:
        typer.echo(
            f"claimclf: {data} decides nothing that this model predicts, so that there are no "
            "figures.",
            err=True,
        )
    with user_errors(OSError):
        write_report(result, report)
    width = max(map(len, result.headline()), default=0)
    for figure in result.headline():
        cell = figure_cell(result.scores[figure], figure)
        typer.echo(f"{figure:{width}}  {cell.text:>5}  {cell.interval}".rstrip())
    typer.echo(f"The report is in {report / 'report.html'}.")


@app.command()
def compare(
    runs: Annotated[
        list[Path], typer.Argument(metavar="RUN", help="Report folders, the baseline first.")
    ],
) -> None:
    """Compare reports on the same documents, with paired intervals, as Markdown."""
    from claimclf.report import compare_runs

    with user_errors(OSError, ValueError):
        comparison = compare_runs(runs)
    typer.echo(comparison)


@app.command()
def push(
    folder: Annotated[Path, typer.Argument(help="A saved model, such as model/ of a run folder.")],
    repo_id: Annotated[str, typer.Argument(help="Where to: OWNER/NAME; made if there is none.")],
    report: Annotated[
        Path | None,
        typer.Option("--report", "-r", help="Evaluation report that the model card is made of."),
    ] = None,
    private: Annotated[
        bool | None,
        typer.Option("--private/--public", help="Of a new repository; else the account's default."),
    ] = None,
    revision: Annotated[str | None, typer.Option(help="Branch to upload to; else main.")] = None,
    tag: Annotated[
        str | None,
        typer.Option(help="Name of this version, such as v1: it loads as OWNER/NAME@v1."),
    ] = None,
    message: Annotated[str | None, typer.Option(help="Of the commit.")] = None,
) -> None:
    """Upload a model with its card to the Hugging Face Hub.

    The access token is that of `hf auth login` or HF_TOKEN.
    """
    from claimclf.hub import push as upload

    with user_errors(OSError, ValueError):
        url = upload(
            folder,
            repo_id,
            private=private,
            revision=revision,
            tag=tag,
            report=report,
            message=message,
        )
    typer.echo(f"{repo_id} is at {url}")


@data_app.command("check")
def data_check(
    path: Annotated[Path, typer.Argument(help="A .jsonl file or a folder of brat standoff.")],
    types: Annotated[
        str | None, typer.Option(help="Your own types, if not those of the package: a,b,c.")
    ] = None,
    max_problems: Annotated[
        int, typer.Option(min=0, help="Show this many problems, errors first.")
    ] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="Everything, as JSON.")] = False,
) -> None:
    """Report every problem of a corpus and what it holds; exit code 1 if there are errors."""
    from claimclf.corpora.check import check_corpus
    from claimclf.labels import TYPES

    names = TYPES if types is None else [name.strip() for name in types.split(",")]
    with user_errors(OSError, ValueError):
        report = check_corpus(path, types=names)
    if as_json:
        typer.echo(json.dumps(report.to_dict(), ensure_ascii=False, indent=2))
    else:
        typer.echo(report.to_text(max_problems=max_problems))
    if report.errors:
        raise typer.Exit(1)


def _read_gold(path: Path, types: Sequence[str] | None = None) -> Iterable[Document]:
    """Gold documents of a corpus; of a table, its rows as `finetune` reads them."""
    from claimclf.corpora import read_documents, read_sentences

    if path.suffix.lower() in (".csv", ".tsv"):
        return read_sentences(path, types=types).documents
    return read_documents(path) if types is None else read_documents(path, types=types)


def _load(model: str | None, **options: Any) -> ClaimClassifier:
    """The classifier, before which torch has to be imported: a few seconds."""
    from rich.console import Console

    with Console(stderr=True).status("Loading the model …"), user_errors(OSError, ValueError):
        from claimclf.classifier import ClaimClassifier

        return ClaimClassifier.from_pretrained(model, **options)
