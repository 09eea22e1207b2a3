"""A site as the shipped one is, small: themes, a watchlist, a watched folder, alerts on the console."""

import os
from pathlib import Path

import pytest

from tests.support.daemon import Site

SENTENCE = "Iran and Turkey agree to increase military cooperation."
STORY = {
    "url": "https://news.example.org/pact",
    "title": "Ministers meet in the mountains",
    "text": f"The talks took two days. {SENTENCE} No date was named.",
    "language": "en",
}
OTHER = {
    "url": "https://news.example.org/drill",
    "title": "Officers meet",
    "text": "Turkey and Iran will expand their military cooperation at sea. It is the first time.",
    "language": "en",
}
MISS = {
    "url": "https://news.example.org/birds",
    "title": "Iran bans turkey imports",
    "text": "Iran bans turkey imports over bird flu. Breeders were surprised.",
    "language": "en",
}

WATCHLIST = """
watchlist: mideast
owner: mideast-desk
rules:
  - id: ir-tr
    title: Iran–Turkey military cooperation
    severity: high
    when:
      countries: [IR, TR]
      theme: military_cooperation
"""
THEME = """
theme: military_cooperation
languages:
  en: {triggers: [military cooperation]}
"""
ROUTES = "sinks:\n  console: {kind: console}\ndefault: [console]\n"
SOURCES = "sources:\n  - {id: inbox, kind: files, path: inbox, interval_s: 0.2}\n"


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return furnished(tmp_path)


def furnished(folder: Path) -> Site:
    here = Site(folder)
    here.write("watchlists/mideast.yaml", WATCHLIST)
    here.write("themes/military.yaml", THEME)
    here.write("routes.yaml", ROUTES)
    here.write("sources.yaml", SOURCES)
    (folder / "inbox").mkdir()
    return here


def drop(site: Site, name: str, text: str) -> None:
    """Put a file into the watched folder, old enough to be taken up at once."""
    path = site.folder / "inbox" / name
    partial = path.with_suffix(".tmp")
    partial.write_text(text, encoding="utf-8")
    os.utime(partial, (1_700_000_000, 1_700_000_000))
    partial.rename(path)
