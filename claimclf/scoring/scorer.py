"""A batch of columns in, a batch of columns out: the step that every engine shares.

`Scorer` is what `datasets.map`, Ray Data and our own worker processes call; inside it is
`ClaimClassifier.predict` and nothing else.
"""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from claimclf.backend import Backend, choose_backend
from claimclf.documents import Document
from claimclf.fetch import find_folder
from claimclf.model_files import read_model_files
from claimclf.perspectives.own_parties import Parties, read_parties
from claimclf.perspectives.withholding import check_min_score
from claimclf.provenance import hash_code
from claimclf.scoring.ids import to_id
from claimclf.scoring.schemas import SOURCE_SCHEMA, sentence_schema
from claimclf.tables import sentence_columns

if TYPE_CHECKING:
    from claimclf.classifier import ClaimClassifier

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ScoredBatch:
    """The tables of some documents."""

    sentences: pa.Table
    """One row per sentence, see `claimclf.scoring.schemas.sentence_schema`."""
    sources: pa.Table
    """One row per source and document, see `claimclf.scoring.schemas.SOURCE_SCHEMA`."""


class Scorer:
    """Labels batches of articles; can be pickled, and loads its model when first called.

    ```python
    scorer = Scorer(text_column="text", id_column="id")
    dataset.map(scorer, batched=True, remove_columns=dataset.column_names)  # datasets
    # on Ray Data
    dataset.map_batches(
        Scorer,
        fn_constructor_kwargs={"id_column": "id"},
        batch_format="pyarrow",
        compute=ray.data.ActorPoolStrategy(size=8),
    )
    ```

    Args:
        model: Folder or Hub id (`"owner/name@revision"` for one revision); None takes the model
            inside this package.
        text_column: Column of the texts.
        id_column: Column of the ids.
        with_text: Whether each sentence's text is among the columns.
        backend: `"auto"`, or a name that `claimclf.backend.Backend.parse` reads.
        num_threads: Threads of the process for the model; None leaves torch's own choice.
        parties: See `claimclf.ClaimClassifier`; a file is read at once.
        min_perspective_score: See `claimclf.ClaimClassifier`.
    """

    def __init__(
        self,
        model: str | Path | None = None,
        *,
        text_column: str = "text",
        id_column: str = "doc_id",
        with_text: bool = True,
        backend: str | Backend = "auto",
        num_threads: int | None = None,
        parties: Parties | str | Path | None = None,
        min_perspective_score: float = 0.0,
    ) -> None:
        self.model = model
        self.text_column = text_column
        self.id_column = id_column
        self.with_text = with_text
        self.backend = choose_backend(str(backend))
        self.num_threads = num_threads
        self.parties = read_parties(parties)
        self.min_perspective_score = check_min_score(min_perspective_score)
        self._answers_of: tuple[str, ...] = ()

    def __getstate__(self) -> dict[str, Any]:
        state = dict(self.__dict__)
        for name in ("classifier", "schema"):
            state.pop(name, None)
        # `datasets` takes what it has in its cache where the state is the same as before.
        if "classifier" not in self.__dict__:
            state["_answers_of"] = self.identify()
        return state

    def identify(self) -> tuple[str, ...]:
        """What decides the answers: this code, and hash and calibration of the model."""
        files = read_model_files(find_folder(self.model))
        return hash_code(), files.sha256, json.dumps(files.calibration, sort_keys=True)

    @cached_property
    def classifier(self) -> ClaimClassifier:
        """The loaded model."""
        import torch

        from claimclf.classifier import ClaimClassifier

        if self.num_threads is not None:
            torch.set_num_threads(self.num_threads)
        self._answers_of = self.identify()
        classifier = ClaimClassifier.from_pretrained(
            self.model,
            device=self.backend.device,
            dtype=self.backend.dtype,
            parties=self.parties,
            min_perspective_score=self.min_perspective_score,
        )
        if self.backend.is_compiled:
            classifier.compile()
        logger.debug(
            "Loaded %s on %s with %d threads.",
            self.model or "the model in the package",
            self.backend,
            torch.get_num_threads(),
        )
        return classifier

    @cached_property
    def schema(self) -> pa.Schema:
        """Columns of the table of sentences."""
        return sentence_schema(self.classifier.model.config.types, with_text=self.with_text)

    def __call__(self, batch: Mapping[str, Sequence[Any]] | pa.Table) -> pa.Table:
        """Label the articles of a batch.

        Args:
            batch: Columns; those of the ids and texts are used.

        Returns:
            The table of sentences: another number of rows than went in.

        Raises:
            KeyError: If one of the two columns is missing.
            TypeError: If a text is not a string, or an id is missing or no string or whole number.
        """
        columns = {}
        for name in (self.id_column, self.text_column):
            try:
                cells = batch[name]
            except KeyError:
                there = batch.column_names if isinstance(batch, pa.Table) else list(batch)
                raise KeyError(f"The batch has no column {name!r}; it has {there}.") from None
            columns[name] = cells.to_pylist() if hasattr(cells, "to_pylist") else list(cells)
        ids, texts = columns[self.id_column], columns[self.text_column]
        if None in ids:
            raise TypeError(
                f"Row {ids.index(None)} of the batch (counted from 0) has no {self.id_column!r}. "
                "Drop or fill missing ids first, or let claimclf score set such rows aside."
            )
        try:
            names = [to_id(doc_id) for doc_id in ids]
        except ValueError as error:
            raise TypeError(str(error)) from error
        return self.score(names, texts).sentences

    def score(self, ids: Sequence[str], texts: Sequence[str]) -> ScoredBatch:
        """Label articles; both tables.

        Raises:
            TypeError: If a text is not a string.
        """
        for doc_id, text in zip(ids, texts, strict=True):
            if not isinstance(text, str):
                raise TypeError(
                    f"Expected a text, got {type(text).__name__} in the article {doc_id!r}. Drop "
                    "or fill missing texts first, or let claimclf score set such rows aside."
                )
        documents = self.classifier.predict(list(texts))
        named = list(zip(ids, documents, strict=True))
        return ScoredBatch(self._sentences(named), _sources(named))

    def _sentences(self, documents: Iterable[tuple[str, Document]]) -> pa.Table:
        """The table of sentences."""
        columns = sentence_columns(self.classifier.model.config.types, with_text=self.with_text)
        rows = [
            (doc_id, index, *(column.cell(sentence) for column in columns))
            for doc_id, document in documents
            for index, sentence in enumerate(document.sentences)
        ]
        return _table(rows, self.schema)


def _sources(documents: Iterable[tuple[str, Document]]) -> pa.Table:
    """The table of sources."""
    rows = []
    for doc_id, document in documents:
        counts = Counter(
            sentence.perspective.source.id
            for sentence in document.sentences
            if sentence.perspective and sentence.perspective.source
        )
        rows += [
            (
                doc_id,
                source.id,
                source.name,
                source.kind,
                source.party,
                counts[source.id],
                [span.start for span in source.mentions],
                [span.end for span in source.mentions],
            )
            for source in document.sources
        ]
    return _table(rows, SOURCE_SCHEMA)


def _table(rows: Sequence[tuple[Any, ...]], schema: pa.Schema) -> pa.Table:
    """Rows of Python values as a table of exactly this schema."""
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)
