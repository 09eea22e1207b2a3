"""Paths as people write them into configuration."""

from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator


def _without_nul(path: Path) -> Path:
    if "\0" in str(path):
        raise ValueError("a path holds no NUL")
    return path


PlainPath = Annotated[Path, AfterValidator(_without_nul)]
"""A path without NUL, at which every call of the system would raise ValueError."""
