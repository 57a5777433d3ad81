"""The classifier as a `transformers` pipeline; importing this module registers it.

```python
import claimclf.pipeline
from transformers import pipeline

classify = pipeline("claim-classification", model="owner/name")
```

Without `model` it is the one inside this package. `dtype` is that of `ClaimClassifier`.
"""

from __future__ import annotations

from typing import Any, cast

from transformers import AutoModel, Pipeline, PreTrainedTokenizerBase
from transformers.pipelines import PIPELINE_REGISTRY

from claimclf.classifier import ClaimClassifier
from claimclf.documents import Document
from claimclf.model_files import packaged_folder
from claimclf.modeling import ClaimModel
from claimclf.tables import sentence_columns

TASK = "claim-classification"
"""What `transformers.pipeline` is asked for."""


class ClaimPipeline(Pipeline):
    """Text in, one record per sentence out: a list of records for a text, always.

    A list of texts gives a list of such lists, whatever their number and whatever they hold. A
    record has the keys `types` and `scores`, and of the columns of `claimclf.tables.sentence_frame`
    `start`, `end`, `text`, `status`, `source_id`, `source_name`, `source_kind`, `source_party`,
    `mention_start`, `mention_end` and `p_perspective`.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not isinstance(self.model, ClaimModel):
            raise ValueError(
                f"{TASK} needs a model of claimclf, got {type(self.model).__name__}. Give the "
                "folder or Hub id of one."
            )
        # The heads compute in fp32, whatever the encoder does.
        self.model.float()  # type: ignore[no-untyped-call]
        self.classifier = ClaimClassifier(
            self.model,
            cast("PreTrainedTokenizerBase", self.tokenizer),
            device=str(self.device),
            dtype=str(kwargs.get("dtype", "auto")).removeprefix("torch."),
        )

    def __call__(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        """Classify a text, a list of texts, or a stream of them."""
        # The base class looks into the first text, and an empty list has none.
        if isinstance(inputs, tuple):
            inputs = list(inputs)
        if inputs == []:
            return []
        return super().__call__(inputs, *args, **kwargs)  # type: ignore[no-untyped-call]

    def _sanitize_parameters(
        self, **parameters: Any
    ) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
        if parameters:
            raise ValueError(
                f"{TASK} takes no parameters, got {sorted(parameters)}. Thresholds are part of the "
                "model's config."
            )
        return {}, {}, {}

    def preprocess(self, input_: Any, **parameters: Any) -> dict[str, Any]:
        """The text as it is: windows are made of whole documents, in `_forward`."""
        return {"text": input_}

    def _forward(self, input_tensors: dict[str, Any], **parameters: Any) -> Any:
        text = input_tensors["text"]
        return {"document": self.classifier.predict(text)}

    def postprocess(self, model_outputs: Any, **parameters: Any) -> list[dict[str, Any]]:
        """Records of one document's sentences."""
        return sentence_records(model_outputs["document"])


def sentence_records(document: Document) -> list[dict[str, Any]]:
    """One flat record of plain values per sentence, the same keys in each."""
    columns = sentence_columns(types=())
    return [
        {
            **{column.name: column.cell(sentence) for column in columns},
            "types": list(sentence.types),
            "scores": dict(sentence.scores),
        }
        for sentence in document.sentences
    ]


if TASK not in PIPELINE_REGISTRY.get_supported_tasks():
    PIPELINE_REGISTRY.register_pipeline(
        TASK,
        pipeline_class=ClaimPipeline,
        pt_model=AutoModel,
        # Without a model the one inside this package is meant; a folder has one revision.
        default={"model": (str(packaged_folder()), "main")},
    )
