"""One part from its rows to its files: what a worker does, whichever engine it works for."""

from __future__ import annotations

import ctypes
import logging
import platform
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from claimclf.scoring.inputs import Article, Input, InputRow, RejectedRow
from claimclf.scoring.part_files import PartReport, PartWriter, part_writer
from claimclf.scoring.parts import Part, PartRows
from claimclf.scoring.scorer import Scorer

logger = logging.getLogger(__name__)

CHUNK_CHARACTERS = 500_000
"""Text that is scored at once. It bounds the memory of a part, whose articles may be long."""

_PLAIN = "The harbour stays shut, the mayor said on Monday. "
"""What can be scored, if anything can."""


class ScoringError(RuntimeError):
    """Scoring fails whatever the article: the model, the device or memory is to blame."""


class PartScorer:
    """Scores parts; can be pickled until it is first called.

    Args:
        scorer: Labels the articles.
        data: What is scored.
        folder: The output folder, with its subfolders in place.
        answers_of: What `Scorer.identify` says where the run began; another node may differ.
    """

    def __init__(
        self, scorer: Scorer, data: Input, folder: Path, *, answers_of: tuple[str, ...]
    ) -> None:
        self._scorer = scorer
        self._data = data
        self._folder = folder
        self._answers_of = answers_of
        self._rows: PartRows | None = None

    def __call__(self, part: Part) -> PartReport:
        """Score one part and put its files in place.

        Raises:
            InputError: If a file can't be read.
            ChangedInputError: If the rows are not those that the part was planned on.
            OSError: If the output can't be written.
            ScoringError: If scoring fails whatever the article.
        """
        if self._rows is None:
            if self._scorer.identify() != self._answers_of:
                raise ScoringError(
                    f"{platform.node()} has another model or other code of claimclf than where "
                    "the run was started. Install the same version there, and give the model as "
                    "a folder that all nodes see, or as a Hub id."
                )
            self._rows = PartRows(self._data)
        with part_writer(self._folder, part, self._scorer.schema) as writer:
            for chunk in _chunks(self._rows.read(part)):
                writer.reject([row for row in chunk if isinstance(row, RejectedRow)])
                self._score([row for row in chunk if isinstance(row, Article)], writer, part)
            report = writer.finish()
        _release_memory()
        return report

    def _score(self, articles: list[Article], writer: PartWriter, part: Part) -> None:
        """Score articles together; where that fails, alone, to find those that it is due to."""
        if not articles:
            return
        error = self._try(articles, writer)
        failures: dict[Article, Exception] = {}
        if error is not None and len(articles) == 1:
            failures[articles[0]] = error
        elif error is not None:
            alone = ((article, self._try([article], writer)) for article in articles)
            failures |= {article: error for article, error in alone if error is not None}
        if len(failures) == len(articles):
            self._check_plain_text(failures, part)
        for article, error in failures.items():
            logger.error("%s can't be scored, which should not be.", article.doc_id, exc_info=error)
            writer.reject([article.reject("error", f"Scoring it failed with {_told(error)}")])

    def _check_plain_text(self, failures: dict[Article, Exception], part: Part) -> None:
        """Stop where a plain text as long as these articles fails too: it is not due to them."""
        article = max(failures, key=lambda article: len(article.text))
        num_characters = len(article.text)
        text = (_PLAIN * (num_characters // len(_PLAIN) + 1))[:num_characters]
        try:
            self._scorer.score([article.doc_id], [text])
        except OSError:
            raise
        except Exception as error:
            raise ScoringError(
                f"{article.doc_id!r} of {part.file_name} can't be scored, because of "
                f"{_told(failures[article])} It is not due to the article: a plain text of the "
                f"same length ends with {_told(error)} What is finished stays; once the cause is "
                "gone, run the same command again. If memory ran out, take fewer --workers."
            ) from error

    def _try(self, articles: list[Article], writer: PartWriter) -> Exception | None:
        """Score articles together; the error if they can't be."""
        try:
            scored = self._scorer.score(
                [article.doc_id for article in articles], [article.text for article in articles]
            )
        except OSError:
            raise
        except Exception as error:
            return error.with_traceback(None) if len(articles) > 1 else error
        writer.add(articles, scored.sentences, scored.sources)
        return None


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".rstrip(".") + "."


def _release_memory() -> None:
    """Give freed memory back to the system, where the C library keeps it (glibc).

    Tensors of changing sizes leave holes, which would otherwise add up from part to part.
    """
    with suppress(OSError, AttributeError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)


def _chunks(rows: Iterator[InputRow]) -> Iterator[list[InputRow]]:
    """Runs of rows with about `CHUNK_CHARACTERS` of text."""
    chunk: list[InputRow] = []
    num_characters = 0
    for row in rows:
        chunk.append(row)
        num_characters += len(row.text) if isinstance(row, Article) else len(row.reason)
        if num_characters >= CHUNK_CHARACTERS:
            yield chunk
            chunk, num_characters = [], 0
    if chunk:
        yield chunk
