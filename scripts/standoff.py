"""Publish the labels of a corpus without its texts, and put the two together again.

    python scripts/standoff.py strip corpus.jsonl labels.jsonl.gz
    python scripts/standoff.py join labels.jsonl.gz texts.jsonl corpus.jsonl

Texts often belong to their publishers, labels to whoever gave them. A record of the labels keeps
everything of the corpus record except `text` and `title`; offsets stay what they are, and a hash of
the text says later whether a text is the same one, to the character. Texts are any JSON Lines with
`doc_id` and `text`; source, cue and content spans (`attributions`) that they carry are kept beside
the labels.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

_FROM_TEXTS = ("text", "attributions")

app = typer.Typer(add_completion=False, help=__doc__, pretty_exceptions_enable=False)


@app.command()
def strip(
    corpus: Annotated[Path, typer.Argument(exists=True, help="JSON Lines with text and labels.")],
    labels: Annotated[Path, typer.Argument(help="The .jsonl.gz to write.")],
) -> None:
    """Write the labels of a corpus without its texts."""
    # No time in the header: the same labels give the same bytes.
    with gzip.GzipFile(labels, "wb", mtime=0) as file:
        for record in _records(corpus):
            text = record.pop("text")
            record.pop("title", None)
            line = json.dumps({**record, "sha256": _hash(text)}, ensure_ascii=False)
            file.write(f"{line}\n".encode())


@app.command()
def join(
    labels: Annotated[Path, typer.Argument(exists=True, help="What strip wrote.")],
    texts: Annotated[Path, typer.Argument(exists=True, help="JSON Lines with doc_id and text.")],
    corpus: Annotated[Path, typer.Argument(help="The .jsonl to write.")],
) -> None:
    """Put labels and texts together; leave out what has no text, or another one."""
    known = {record["doc_id"]: record for record in _records(texts)}
    num_joined, missing, changed = 0, [], []
    with corpus.open("w", encoding="utf-8") as file:
        for record in _records(labels):
            found = known.get(record["doc_id"])
            if found is None:
                missing.append(record["doc_id"])
            elif _hash(found["text"]) != record.pop("sha256"):
                changed.append(record["doc_id"])
            else:
                joined = {name: found[name] for name in _FROM_TEXTS if name in found} | record
                file.write(json.dumps(joined, ensure_ascii=False) + "\n")
                num_joined += 1
    for name, left_out in (("no text", missing), ("another text", changed)):
        if left_out:
            print(f"left out, {name} in {texts}: {len(left_out):,} ({', '.join(left_out[:3])} …)")
    print(f"{corpus}: {num_joined:,} documents.")


def _records(path: Path) -> Iterator[dict[str, Any]]:
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode()
    yield from (json.loads(line) for line in text.split("\n") if line.strip())


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


if __name__ == "__main__":
    app()
