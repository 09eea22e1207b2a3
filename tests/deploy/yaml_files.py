"""YAML that others read: with anchors, merges and several documents, which our own reader refuses."""

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML


def documents(path: Path) -> list[Any]:
    """Every document of a file as plain values."""
    return [one for one in YAML(typ="safe", pure=True).load_all(path.read_text(encoding="utf-8")) if one]
