from collections.abc import Callable
from pathlib import Path

import pytest

from alerts.watchlist.load import Loaded, load_watchlists
from alerts.watchlist.vocabulary import Vocabulary

VOCABULARY = Vocabulary(
    countries={
        "IR": "Iran",
        "TR": "Turkey",
        "US": "United States",
        "RU": "Russia",
        "NO": "Norway",
        "GB": "United Kingdom",
    },
    groups={"NATO": ("NO", "TR", "US"), "GCC": ("KW", "SA")},
    themes=frozenset({"military_cooperation", "sanctions"}),
)

Load = Callable[[str], Loaded]


@pytest.fixture
def vocabulary() -> Vocabulary:
    return VOCABULARY


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Write a watchlist and load it."""

    def from_text(text: str) -> Loaded:
        path = tmp_path / "desk.yaml"
        path.write_text(text, encoding="utf-8")
        return load_watchlists(path, VOCABULARY)

    return from_text
