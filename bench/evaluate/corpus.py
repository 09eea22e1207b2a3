"""The evaluation data, which is not in the repository: found beside it or where WIREWATCH_SHARED says."""

import gzip
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec


@dataclass(frozen=True, slots=True)
class Corpus:
    """A folder with `input.jsonl.gz` (what a program may see), `gold.jsonl.gz` and perhaps `pages/`."""

    folder: Path

    def rows(self) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        """(gold, input) of every row, in the order of the gold file."""
        inputs = {row["id"]: row for row in _read(self.folder / "input.jsonl.gz")}
        for gold in _read(self.folder / "gold.jsonl.gz"):
            yield gold, inputs[gold["id"]]

    def page(self, name: str) -> bytes:
        """The bytes of a page as crawled."""
        path = self.folder / "pages" / name
        return gzip.decompress((path if path.exists() else path.with_name(f"{path.name}.gz")).read_bytes())


def find_corpus(name: str) -> Corpus | None:
    """The corpus of that name under `eval/ingest`, or None where the data is not on this machine."""
    shared = os.environ.get("WIREWATCH_SHARED")
    root = Path(shared) if shared else Path(__file__).resolve().parents[2].parent / "shared"
    folder = root / "eval" / "ingest" / name
    return Corpus(folder) if folder.is_dir() else None


def _read(path: Path) -> list[dict[str, Any]]:
    with gzip.open(path, "rb") as lines:
        return [msgspec.json.decode(line, type=dict[str, Any]) for line in lines if line.strip()]
