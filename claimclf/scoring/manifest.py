"""What an output folder was made from and how: `manifest.json`, which a later run must agree with.

The first run writes it before any part; every other run, a resumed one or another shard, compares.
"""

from __future__ import annotations

import hashlib
import json
import logging
import secrets
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from claimclf import __version__
from claimclf.model_files import ModelFiles
from claimclf.provenance import hash_code
from claimclf.scoring.durable import sync_and_close, sync_folder
from claimclf.scoring.inputs import Input
from claimclf.scoring.schemas import REJECT_SCHEMA, SOURCE_SCHEMA, TABLES, sentence_schema

logger = logging.getLogger(__name__)

FILE_NAME: Final = "manifest.json"

_WORDS: Final = {
    "claimclf_version": "another version of claimclf",
    "code_sha256": "other code of claimclf",
    "model_sha256": "another model",
    "calibration": "other thresholds or calibration",
    "input": "other input files",
    "columns": "other columns",
    "backend": "another backend, whose scores differ by rounding",
    "rows_per_part": "another size of parts",
    "max_characters": "another limit for the length of texts",
    "unique_ids": "another way to treat duplicated ids",
    "parties": "other parties",
    "min_perspective_score": "another smallest perspective score",
    "tables": "other columns in the tables",
}
"""How to call a difference to an earlier run."""

_MAX_FILES_TOLD: Final = 3
"""How many changed files an error names."""

_NUM_LOOKS: Final = 50
_SECONDS_BETWEEN_LOOKS: Final = 0.1
"""How long an empty manifest is waited for: another process may be about to fill it."""


class ManifestError(ValueError):
    """The output folder belongs to another run; the message says what differs and what to do."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What changes rows of the output, beside model and input."""

    backend: str
    """Name of the backend, see `claimclf.backend`."""
    rows_per_part: int
    max_characters: int
    unique_ids: bool
    with_text: bool
    parties: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """The caller's own, as `claimclf.perspectives.own_parties.read_parties` gives them."""
    min_perspective_score: float = 0.0
    """See `claimclf.ClaimClassifier`."""


def make_manifest(model: ModelFiles, data: Input, settings: Settings) -> dict[str, Any]:
    """Everything that a run must share with an earlier one into the same folder."""
    sentences = sentence_schema(model.types, with_text=settings.with_text)
    schemas = {"sentences": sentences, "sources": SOURCE_SCHEMA, "rejects": REJECT_SCHEMA}
    manifest = {
        "claimclf_version": __version__,
        "code_sha256": hash_code(),
        "model_sha256": model.sha256,
        "calibration": model.calibration,
        "input": dict(zip(data.names, data.sizes, strict=True)),
        "columns": asdict(data.columns),
        "backend": settings.backend,
        "rows_per_part": settings.rows_per_part,
        "max_characters": settings.max_characters,
        "unique_ids": settings.unique_ids,
        # Pairs, because the first party that fits is taken.
        "parties": [[party, list(words)] for party, words in settings.parties.items()],
        "min_perspective_score": settings.min_perspective_score,
        "tables": {name: _columns(schemas[name]) for name in TABLES},
    }
    return {"fingerprint": fingerprint(manifest), **manifest}


def fingerprint(manifest: Mapping[str, Any]) -> str:
    """Hash of all that runs into one folder must share."""
    shared = {name: manifest[name] for name in _WORDS if name in manifest}
    return hashlib.sha256(json.dumps(shared, sort_keys=True).encode()).hexdigest()


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """The manifest of an output folder; None where there is none yet.

    Raises:
        ManifestError: If the folder holds something else.
        NotADirectoryError: If it is no folder.
    """
    path = folder / FILE_NAME
    try:
        return dict(json.loads(_read_whole(path)))
    except FileNotFoundError:
        pass
    except NotADirectoryError:
        file = next(place for place in (folder, *folder.parents) if place.is_file())
        raise NotADirectoryError(
            f"{file} is a file. Give a new or empty folder for the output."
        ) from None
    except (ValueError, TypeError) as error:
        raise ManifestError(
            f"{path} is no manifest of a scoring run: {error}. Give a new or empty folder for the "
            "output."
        ) from error
    if folder.is_dir() and any(
        not file.name.startswith(".") for file in folder.iterdir() if file.name not in TABLES
    ):
        raise ManifestError(
            f"{folder} holds files of something else. Give a new or empty folder for the output."
        )
    if _has_parts(folder):
        raise ManifestError(
            f"{folder} holds finished parts, but no {FILE_NAME} says what they were made with. Put "
            "it back, or give a new or empty folder for the output."
        )
    return None


def claim_folder(
    folder: Path,
    manifest: dict[str, Any],
    *,
    retry_rejects: bool = False,
    is_shared: bool = False,
) -> None:
    """Make the output folder this run's, or make sure that it is.

    A folder without finished parts may become another run's.

    Args:
        folder: The output folder; it is made if it is not there.
        manifest: What `make_manifest` gives for this run.
        retry_rejects: Allow the sizes of the input files and the limit of their texts to change,
            and files to be gone.
        is_shared: Whether another process may be at work in the folder.

    Raises:
        ManifestError: If the folder was made from something else; says what differs.
        OSError: If the folder can't be written to.
    """
    found = read_manifest(folder)
    for table in TABLES:
        (folder / table).mkdir(parents=True, exist_ok=True)
    if found is None:
        now = datetime.now(UTC).isoformat(timespec="seconds")
        _write(folder, {**manifest, "created": now, "complete": None}, is_first=True)
        # Another shard may have been first.
        found = read_manifest(folder) or {}
    may_change = {"max_characters"}
    if set(manifest["input"]) <= set(found.get("input", {})):
        may_change.add("input")
    different = [name for name in _WORDS if found.get(name) != manifest.get(name)]
    may_retry = set(different) <= may_change
    is_unused = not is_shared and not _has_parts(folder)
    if different and not is_unused and not (retry_rejects and may_retry):
        raise ManifestError(
            f"{folder} was made with {_explain(different, found, manifest)}. Score into a new "
            "folder, or run with what it was made with."
            + (" If rows or files were repaired, run with --retry-rejects." if may_retry else "")
        )
    if different:
        _write(folder, {**found, **manifest, "complete": None})


def _has_parts(folder: Path) -> bool:
    return any(folder.glob("*/part-*.parquet"))


def reopen_manifest(folder: Path) -> None:
    """Take the note of completion back: something is missing after all."""
    manifest = read_manifest(folder)
    if manifest and manifest.get("complete"):
        _write(folder, {**manifest, "complete": None})


def complete_manifest(folder: Path, totals: Mapping[str, Any]) -> None:
    """Note in the manifest that every part is there, with the totals."""
    _write(folder, {**(read_manifest(folder) or {}), "complete": dict(totals)})


def _explain(different: list[str], found: Mapping[str, Any], manifest: Mapping[str, Any]) -> str:
    """Every difference, with both values where they are short."""
    parts = []
    for name in different:
        before, now = found.get(name), manifest.get(name)
        is_short = all(isinstance(value, str | int | float) for value in (before, now))
        words = _WORDS[name]
        if name in ("model_sha256", "code_sha256"):
            words += f" (sha256 {str(before)[:12]}…, now {str(now)[:12]}…)"
        elif name == "input":
            words += f" ({_explain_files(before or {}, now or {})})"
        elif is_short:
            words += f" ({name} {before}, now {now})"
        parts.append(words)
    return ", ".join(parts)


def _explain_files(before: Mapping[str, int], now: Mapping[str, int]) -> str:
    """Some files that are new, gone, or of another size than they were."""
    told = [
        f"{name} is gone" if name not in now
        else f"{name} is new" if name not in before
        else f"{name} had the size {before[name]:,}, now {now[name]:,}"
        for name in sorted({*before, *now})
        if before.get(name) != now.get(name)
    ]  # fmt: skip
    return "; ".join(told[:_MAX_FILES_TOLD]) + ("; …" if len(told) > _MAX_FILES_TOLD else "")


def _columns(schema: pa.Schema) -> dict[str, str]:
    return {field.name: str(field.type) for field in schema}


def _put_first(temporary: Path, path: Path) -> None:
    """Put a file in place, unless another process was faster (FileExistsError)."""
    try:
        path.hardlink_to(temporary)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links
        path.open("x").close()  # until it is replaced, `_read_whole` waits
        temporary.replace(path)


def _read_whole(path: Path) -> str:
    """Content of a manifest that another process may be about to fill."""
    for _ in range(_NUM_LOOKS):
        if content := path.read_text(encoding="utf-8"):
            return content
        time.sleep(_SECONDS_BETWEEN_LOOKS)
    return ""


def _write(folder: Path, manifest: Mapping[str, Any], *, is_first: bool = False) -> None:
    """Write the manifest as a whole; if it should be the first, leave another one's alone."""
    path = folder / FILE_NAME
    # Process ids are not enough: machines and containers that share the folder have the same.
    temporary = folder / f".{FILE_NAME}.{secrets.token_hex(8)}.tmp"
    try:
        with temporary.open("w", encoding="utf-8") as file:
            file.write(json.dumps(manifest, ensure_ascii=False, indent=2) + "\n")
            sync_and_close(file)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise OSError(
            f"{path} can't be written: {error.strerror}. What is finished stays; once there is "
            "room, run the same command again."
        ) from error
    try:
        if is_first:
            _put_first(temporary, path)
        else:
            temporary.replace(path)
    except FileExistsError:
        logger.debug("%s was written by another process.", path)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(folder)
