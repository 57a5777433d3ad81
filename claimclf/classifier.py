"""The whole flow in one place: text in, labelled documents out.

`ClaimClassifier.predict` is segmentation → encoding → model → decoding → interpretation; training
and evaluation call its two halves, `read` (the expensive one) and `claimclf.interpretation` (the
cheap one), so that all three share every step.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, cast, overload

import torch
from transformers import PreTrainedTokenizerBase

from claimclf.backend import choose_device, choose_dtype, keep_freed_memory
from claimclf.calibration import Calibration
from claimclf.configuration import ClaimConfig
from claimclf.decoding import decode, detached
from claimclf.documents import Document, Prediction, Span, half_character
from claimclf.encoding import FILL_MULTIPLE, EncodedBatch, Window, WindowEncoder
from claimclf.fetch import find_folder
from claimclf.interpretation import interpret
from claimclf.loading import load_pretrained, save_pretrained
from claimclf.modeling import ClaimModel, ClaimOutput
from claimclf.perspectives.own_parties import Parties, read_parties
from claimclf.perspectives.withholding import check_min_score
from claimclf.segmentation import split_document, split_sentences

BATCH_TOKENS = 3072
"""Tokens that go through the encoder at once, padding included.

On two cores, 100 news articles in bfloat16 took 4.97, 4.42, 4.57 and 4.75 s at 8,192, 4,096, 3,072
and 2,048 (best of four, in turns); two scoring workers held 2.9, 2.1 and 1.8 GB at the first three.
"""
CHUNK_CHARACTERS = 1_000_000
"""Text that is encoded and decoded at once; bounds memory, changes no result."""

Ranges = Sequence[tuple[int, int]]


class ClaimClassifier:
    """A trained model with its tokenizer, ready to predict.

    Args:
        model: The model; its encoder is cast to `dtype` and everything moved to `device`, in place.
        tokenizer: The fast tokenizer that it was trained with.
        device: `"auto"`, `"cpu"`, `"cuda"`, …
        dtype: Precision of the encoder: `"auto"`, `"float32"` or `"bfloat16"`; see
            `ClaimModel.set_precision`.
        parties: Words that speak for a party, by party: `{"Ukraine": ["Kyiv", "Zelensky"]}`, or
            the path of a `.toml` or `.json` file with them. They take precedence over what the
            document itself says.
        min_perspective_score: Sentences whose `perspective.score` is below become "unresolved", in
            [0, 1]; 0 gives every sentence the most probable perspective. The evaluation report says
            what accuracy and coverage a value buys.

    Attributes:
        folder: Where it was loaded from; None if it was not.

    Raises:
        ValueError: If `parties` are no lists of words, or `min_perspective_score` is out of range;
            if either is given for a model that decides no perspectives.
        OSError: If their file can't be read.
    """

    def __init__(
        self,
        model: ClaimModel,
        tokenizer: PreTrainedTokenizerBase,
        *,
        device: str = "auto",
        dtype: str = "auto",
        parties: Parties | str | Path | None = None,
        min_perspective_score: float = 0.0,
    ) -> None:
        self.parties = read_parties(parties)
        self.min_perspective_score = check_min_score(min_perspective_score)
        self.device = choose_device(device)
        self.dtype = choose_dtype(dtype, self.device)
        self.folder: Path | None = None
        self.model = model
        self.model.to(self.device)  # type: ignore[arg-type]
        self.model.train(False)
        self.model.set_precision(self.dtype)
        keep_freed_memory()
        self.tokenizer = tokenizer
        self.window_encoder = WindowEncoder(tokenizer, model.config)
        self.calibration = _stored_calibration(model.config)
        if not self.calibration.has_perspective and (self.parties or self.min_perspective_score):
            raise ValueError(
                "This model decides types only, no perspectives: leave out parties and "
                "min_perspective_score."
            )

    @classmethod
    def from_pretrained(
        cls,
        name_or_path: str | Path | None = None,
        *,
        revision: str = "main",
        token: str | None = None,
        device: str = "auto",
        dtype: str = "auto",
        parties: Parties | str | Path | None = None,
        min_perspective_score: float = 0.0,
    ) -> ClaimClassifier:
        """Load a model.

        Args:
            name_or_path: A folder, or the id of a model on the Hugging Face Hub, which may name
                its revision: `"owner/name@v2"`. None and `"default"` take the model inside this
                package, which needs no network.
            revision: Branch, tag or commit on the Hub, where the id names none.
            token: Access token for a private model; None takes that of `hf auth login`.
            device: See the class.
            dtype: See the class.
            parties: See the class.
            min_perspective_score: See the class.

        Raises:
            ValueError: If the model is of another type, its files do not fit together, or an
                option is wrong.
            OSError: If there is no such model, or the Hub refuses it; says what to do.
        """
        # Complain before the model is loaded.
        parties = read_parties(parties)
        check_min_score(min_perspective_score)
        folder = find_folder(name_or_path, revision=revision, token=token)
        model, tokenizer = load_pretrained(folder)
        classifier = cls(
            model,
            tokenizer,
            device=device,
            dtype=dtype,
            parties=parties,
            min_perspective_score=min_perspective_score,
        )
        classifier.folder = folder
        return classifier

    @overload
    def predict(  # type: ignore[overload-overlap]  # a string is a sequence of strings
        self, text: str, *, sentences: Ranges | None = None
    ) -> Document: ...

    @overload
    def predict(
        self, text: Sequence[str], *, sentences: Sequence[Ranges] | None = None
    ) -> list[Document]: ...

    def predict(
        self,
        text: str | Sequence[str],
        *,
        sentences: Ranges | Sequence[Ranges] | None = None,
    ) -> Document | list[Document]:
        """Label the sentences of one or several articles.

        Args:
            text: One article, or several: a list, a column of a table, an array.
            sentences: Half-open character ranges of the sentences, for each article; None splits
                the text.

        Returns:
            A `Document` for a string, a list of them for a sequence.

        Raises:
            TypeError: If `text` is neither a string nor a sequence of strings.
            ValueError: If sentence ranges overlap, are empty or lie outside their text, or a text
                holds half a surrogate pair.
        """
        is_single = isinstance(text, str)
        texts = [text] if isinstance(text, str) else text
        ranges = cast(
            "Sequence[Ranges] | None",
            [sentences] if is_single and sentences is not None else sentences,
        )
        predicted = self.predict_documents(list(_documents(texts, ranges)))
        return predicted[0] if is_single else predicted

    def predict_documents(self, documents: Iterable[Document]) -> list[Document]:
        """Label documents that are split into sentences, such as those of `claimclf.corpora`.

        Args:
            documents: Their own labels are ignored, and replaced in the copies.

        Returns:
            One document for each, with predicted labels.
        """
        documents = list(documents)
        return [
            interpret(
                document,
                predictions,
                self.calibration,
                parties=self.parties,
                min_perspective_score=self.min_perspective_score,
            )
            for document, predictions in zip(documents, self.read(documents), strict=True)
        ]

    def read(self, documents: Sequence[Document]) -> list[list[Prediction]]:
        """What the model says of every sentence: the expensive half of `predict`.

        Not yet calibrated, decided or linked into sources.

        Args:
            documents: Documents whose sentences are given; labels are ignored.

        Returns:
            One list per document, one prediction per sentence.
        """
        predictions: list[list[Prediction]] = []
        for chunk in _chunks(documents):
            windows = self.window_encoder.encode(chunk)
            predictions.extend(decode(self._forward(windows), chunk, self.model.config))
        return predictions

    def save_pretrained(self, folder: str | Path) -> None:
        """Write the model (fp16 safetensors), its config and its tokenizer into a folder.

        What is written does not depend on the precision in which the classifier computes: where
        that has rounded weights, they are read again from the folder that it was loaded from.

        Raises:
            ValueError: If its weights are rounded and it was not loaded from a folder, or that
                holds another model by now.
            OSError: If that folder is gone.
        """
        save_pretrained(self._exact_model(), self.tokenizer, self.calibration, folder)

    def _exact_model(self) -> ClaimModel:
        """The model before `ClaimModel.set_precision` rounded its weights."""
        if self.dtype == torch.float32:
            return self.model
        dtype = str(self.dtype).removeprefix("torch.")
        if self.folder is None:
            raise ValueError(
                f"The weights of this classifier are rounded to {dtype}, in which it computes, and "
                "it was not loaded from a folder that has them as they were. Make it with "
                'dtype="float32" to save it.'
            )
        exact, _ = load_pretrained(self.folder)
        weights = exact.state_dict()
        for name, weight in self.model.state_dict().items():
            if not torch.equal(weights[name].to(weight.dtype), weight.cpu()):
                raise ValueError(
                    f"{self.folder} holds other weights than this classifier, whose own are "
                    f"rounded to {dtype}. Load the one or the other again with "
                    'dtype="float32" to save it.'
                )
        exact.config = self.model.config
        return exact

    def push_to_hub(
        self,
        repo_id: str,
        *,
        private: bool | None = None,
        token: str | None = None,
        revision: str | None = None,
        tag: str | None = None,
        report: str | Path | None = None,
        message: str | None = None,
    ) -> str:
        """Upload the model to the Hugging Face Hub with its card; see `claimclf.hub.push`.

        A classifier that was loaded from a folder keeps the card that lies there, unless there is a
        report; any other gets a new one.

        Args:
            repo_id: Such as `"owner/name"`; made if there is none.
            private: Whether a new repository is private; None leaves it to the account's default.
            token: Access token with write access; None takes that of `hf auth login`.
            revision: Branch to upload to, made if there is none; None takes `main`.
            tag: Name of this version, such as `"v1"`, for `from_pretrained("owner/name@v1")`.
            report: What `claimclf evaluate --report` wrote, for the card.
            message: Of the commit.

        Returns:
            The address of the commit.
        """
        from claimclf.hub import push

        return push(
            self,
            repo_id,
            private=private,
            token=token,
            revision=revision,
            tag=tag,
            report=report,
            message=message,
        )

    @torch.inference_mode()
    def compile(self) -> None:
        """Compile the encoder, which takes a quarter of a minute and pays for large inputs."""
        from torch._inductor import config

        self.model.encoder.compile(dynamic=True)
        # Only with frozen weights are biases and activations fused into the matrix products, and
        # torch freezes them if this is set while it compiles: at the first call.
        with config.patch(freezing=True):
            for num_windows in (2, 1):
                ids = torch.full((num_windows, FILL_MULTIPLE), self.window_encoder.last_token)
                ids = ids.to(self.device)
                self.model.encode(ids, torch.ones_like(ids))

    @torch.inference_mode()
    def _forward(self, windows: Sequence[Window]) -> Iterator[tuple[EncodedBatch, ClaimOutput]]:
        """Run windows of similar length through the model together."""
        for batch_windows in token_batches(windows, BATCH_TOKENS):
            batch = self.window_encoder.collate(batch_windows)
            inputs = {name: tensor.to(self.device) for name, tensor in batch.model_inputs().items()}
            yield batch, detached(self.model(**inputs))


def predict(text: str) -> Document:
    """Label the sentences of one article with the model inside this package, loaded once."""
    return _packaged().predict(text)


def _stored_calibration(config: ClaimConfig) -> Calibration:
    """The calibration in a model's config, types in schema order (JSON sorts them by name)."""
    if not config.calibration:
        return Calibration.identity(config.types)
    calibration = Calibration.from_dict(config.calibration)
    if set(calibration.types) != set(config.types):
        raise ValueError(
            f"The model's config.json has the types {list(config.types)}, and calibrates "
            f"{sorted(calibration.types)}. Save the model again, or train one for other types."
        )
    return replace(calibration, types={name: calibration.types[name] for name in config.types})


@cache
def _packaged() -> ClaimClassifier:
    return ClaimClassifier.from_pretrained()


def token_batches(windows: Sequence[Window], batch_tokens: int) -> Iterator[list[Window]]:
    """Windows of similar length together, longest first, at most `batch_tokens` with padding."""
    batch: list[Window] = []
    for window in sorted(windows, key=len, reverse=True):
        if batch and (len(batch) + 1) * len(batch[0]) > batch_tokens:
            yield batch
            batch = []
        batch.append(window)
    if batch:
        yield batch


def _documents(texts: Any, sentences: Sequence[Ranges] | None) -> Iterator[Document]:
    """Texts with their sentences, unlabelled."""
    # A column of a table or an array is no Sequence, but has one dimension.
    if isinstance(texts, bytes | bytearray) or not (
        isinstance(texts, Sequence) or getattr(texts, "ndim", None) == 1
    ):
        raise TypeError(
            "predict needs a string or a sequence of strings, such as a list or a column of a "
            f"table, got {type(texts).__name__}. Decode bytes first, read a file's content rather "
            "than passing its handle, and make a list of an iterator."
        )
    texts = list(texts)
    sentences = None if sentences is None else list(sentences)
    if sentences is not None and len(sentences) != len(texts):
        raise ValueError(f"Got sentence ranges for {len(sentences)} texts, but {len(texts)} texts.")
    for index, text in enumerate(texts):
        if not isinstance(text, str):
            raise TypeError(
                f"predict needs strings, got {type(text).__name__} at position {index}. "
                "Drop or fill missing texts first."
            )
        if problem := half_character(text):
            raise ValueError(f"Text {index}: {problem}")
        spans = (
            split_sentences(text) if sentences is None else _given_spans(sentences[index], index)
        )
        beyond = [span for span in spans if span.end > len(text)]
        if beyond:
            raise ValueError(
                f"Text {index}: sentence [{beyond[0].start}, {beyond[0].end}) is outside the text "
                f"of {len(text)} characters."
            )
        yield split_document(text, spans, id=str(index) if len(texts) > 1 else "")


def _given_spans(ranges: Ranges, index: int) -> list[Span]:
    """The caller's sentence ranges as spans."""
    try:
        return [Span(int(start), int(end)) for start, end in ranges]
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"Text {index}: sentences must be pairs (start, end) of character positions, "
            f"got {ranges!r}: {error}"
        ) from error


def _chunks(documents: Sequence[Document]) -> Iterator[list[Document]]:
    """Runs of documents with about `CHUNK_CHARACTERS` of text."""
    chunk: list[Document] = []
    num_characters = 0
    for document in documents:
        chunk.append(document)
        num_characters += len(document.text)
        if num_characters >= CHUNK_CHARACTERS:
            yield chunk
            chunk, num_characters = [], 0
    if chunk:
        yield chunk
