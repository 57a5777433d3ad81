"""`claimclf score` and `claimclf bench`: arguments → `claimclf.scoring` → summary and exit code."""

from __future__ import annotations

import json
import logging
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from claimclf.cli.inputs import (
    MinPerspectiveScoreOption,
    ModelOption,
    PartiesOption,
    check_output,
    fail,
    user_errors,
)

if TYPE_CHECKING:
    from rich.console import Console

    from claimclf.scoring import Summary

logger = logging.getLogger(__name__)

COLUMNS = "Columns"
MACHINE = "Machine"
RUNS = "Runs"
BACKEND_HELP = "auto, or device and precision: cpu-float32, cpu-bfloat16, cuda-bfloat16-compiled."


class EngineName(StrEnum):
    """Who calls the workers."""

    LOCAL = "local"
    RAY = "ray"


def score(
    data: Annotated[
        str,
        typer.Argument(
            metavar="INPUT",
            help="Parquet, or JSON Lines, CSV, TSV, text, also .gz or .zst; file, folder or glob.",
        ),
    ],
    output: Annotated[Path, typer.Argument(metavar="OUTPUT", help="Folder to write.")],
    model: ModelOption = None,
    text_column: Annotated[
        str | None,
        typer.Option(help="Column of the texts. [default: guessed]", rich_help_panel=COLUMNS),
    ] = None,
    id_column: Annotated[
        str | None,
        typer.Option(
            help="Column of the ids. [default: guessed, else file and row]", rich_help_panel=COLUMNS
        ),
    ] = None,
    text: Annotated[
        bool, typer.Option(help="Write each sentence's text.", rich_help_panel=COLUMNS)
    ] = True,
    unique_ids: Annotated[
        bool, typer.Option(help="Reject rows whose id was there before.", rich_help_panel=COLUMNS)
    ] = True,
    max_characters: Annotated[
        int, typer.Option(min=1, help="Reject longer texts.", rich_help_panel=COLUMNS)
    ] = 1_000_000,
    parties: PartiesOption = None,
    min_perspective_score: MinPerspectiveScoreOption = 0.0,
    backend: Annotated[str, typer.Option(help=BACKEND_HELP, rich_help_panel=MACHINE)] = "auto",
    workers: Annotated[
        int | None,
        typer.Option(min=1, help="Processes. [default: all cores]", rich_help_panel=MACHINE),
    ] = None,
    threads: Annotated[
        int | None,
        typer.Option(min=1, help="Threads of each worker.", rich_help_panel=MACHINE),
    ] = None,
    engine: Annotated[
        EngineName,
        typer.Option(help="ray: on the cluster that ray finds.", rich_help_panel=MACHINE),
    ] = EngineName.LOCAL,
    shard: Annotated[
        str,
        typer.Option(
            metavar="I/N",
            help="Score the I-th of N shares; N processes may fill one folder.",
            rich_help_panel=RUNS,
        ),
    ] = "1/1",
    retry_rejects: Annotated[
        bool,
        typer.Option(
            "--retry-rejects",
            help="Score parts again that have repaired rows or errors.",
            rich_help_panel=RUNS,
        ),
    ] = False,
    rows_per_part: Annotated[
        int, typer.Option(min=1, help="Rows scored and written together.", rich_help_panel=RUNS)
    ] = 500,
    as_json: Annotated[
        bool, typer.Option("--json", help="The summary as JSON.", rich_help_panel=RUNS)
    ] = False,
) -> None:
    """Label any number of articles into Parquet; run again to go on after an interruption.

    Exit code 0: all is scored. 1: all but the rows in OUTPUT/rejects. 2: stopped, with the reason.
    """
    from rich.console import Console

    console = Console(stderr=True)
    _log_above_the_bar(console)
    from claimclf.scoring.progress import ProgressBar
    from claimclf.scoring.run import score as score_all
    from claimclf.scoring.stopping import Stopped

    index_and_count = parse_shard(shard)
    again = "What is finished stays; run the same command again to go on."
    try:
        with user_errors(OSError, ValueError, RuntimeError), ProgressBar(console) as progress:
            summary = score_all(
                data,
                output,
                model=model,
                text_column=text_column,
                id_column=id_column,
                with_text=text,
                unique_ids=unique_ids,
                max_characters=max_characters,
                backend=backend,
                num_workers=workers,
                num_threads=threads,
                engine=engine.value,
                shard=index_and_count,
                retry_rejects=retry_rejects,
                rows_per_part=rows_per_part,
                parties=parties,
                min_perspective_score=min_perspective_score,
                watcher=progress,
            )
    except KeyboardInterrupt as stop:
        typer.echo(f"claimclf: stopped. {again}", err=True)
        raise typer.Exit(stop.exit_code if isinstance(stop, Stopped) else 130) from None
    except typer.Exit:
        raise
    except Exception:
        # Python's own exit code for this is 1, which says here that all but the rejects is scored.
        logger.exception("Stopped by an unexpected error. %s", again)
        raise typer.Exit(2) from None
    if as_json:
        typer.echo(json.dumps(summary.to_dict(), indent=2))
    else:
        typer.echo(describe(summary))
    if summary.num_rejects:
        raise typer.Exit(1)


def bench(
    data: Annotated[
        str | None,
        typer.Option("--data", "-d", help="Articles to measure on, as for score."),
    ] = None,
    articles: Annotated[int, typer.Option(min=1, help="How many of them.")] = 400,
    model: ModelOption = None,
    backend: Annotated[str, typer.Option(help=BACKEND_HELP)] = "auto",
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes. [default: all cores]")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Markdown file for the table.")
    ] = None,
    growth: Annotated[
        bool,
        typer.Option(
            "--growth", help="Instead, one document of 100 to 5,000 sentences: time and linking."
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The figures as JSON.")] = False,
) -> None:
    """Measure how fast this machine scores, beside transformers.pipeline."""
    if output is not None:
        check_output(output)
    with user_errors(OSError, ValueError, RuntimeError):
        from claimclf.scoring.bench import BenchResult, run_bench, sample_texts
        from claimclf.scoring.growth import GrowthResult, measure_growth

        result: BenchResult | GrowthResult
        texts = sample_texts(data, articles)
        if growth and workers:
            fail("--growth measures one process: leave --workers out.")
        if growth:
            result = measure_growth(texts, model=model, backend=backend)
        else:
            result = run_bench(texts, model=model, backend=backend, num_workers=workers)
    if output is not None:
        output.write_text(result.to_markdown(), encoding="utf-8")
    typer.echo(
        json.dumps(result.to_dict(), indent=2) if as_json else result.to_markdown(), nl=False
    )


def parse_shard(shard: str) -> tuple[int, int]:
    """Two numbers from `i/n`."""
    index, _, count = shard.partition("/")
    if not index.isdecimal() or not count.isdecimal() or not 1 <= int(index) <= int(count):
        fail(f"--shard must be I/N with I from 1 to N, such as 3/16; got {shard!r}.")
    return int(index), int(count)


def describe(summary: Summary) -> str:
    """What came of a run, in a few lines."""
    before = summary.num_parts_before
    lines = [
        f"{summary.num_documents:,} articles, {summary.num_sentences:,} sentences in "
        f"{summary.output}/sentences; {summary.seconds:,.0f} s, "
        f"{summary.sentences_per_second:,.0f} sentences/s."
    ]
    if before:
        lines.append(f"{before:,} of {summary.num_parts:,} parts were there from an earlier run.")
    if summary.num_rejects:
        codes = ", ".join(f"{count:,} {code}" for code, count in summary.rejects.items())
        lines.append(
            f"{summary.num_rejects:,} rows were not scored ({codes}): {summary.output}/rejects "
            "says which and why. Repair them and run again with --retry-rejects."
        )
    if summary.num_parts_open:
        lines.append(f"{summary.num_parts_open:,} parts of other shards are still to be scored.")
    return "\n".join(lines)


def _log_above_the_bar(console: Console) -> None:
    """On a terminal, let log lines go through the console that draws the bar."""
    if console.is_terminal:
        from rich.logging import RichHandler

        handler = RichHandler(console=console, show_level=False, show_path=False)
        logging.basicConfig(format="%(message)s", handlers=[handler], force=True)
