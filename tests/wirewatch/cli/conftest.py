from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.command import Ran
from wirewatch.cli.entry import run

Call = Callable[..., Ran]

ROUTES = """\
sinks:
  console: {kind: console}
  file: {kind: file, path: alerts.jsonl}
default: [console, file]
"""
SOURCES = """\
sources:
  - {id: wire, kind: files, path: inbox}
"""
WATCHLIST = """\
watchlist: desk
rules:
  - id: ir-tr
    title: Iran and Turkey arm together
    severity: high
    when:
      countries: [IR, TR]
      theme: arms
    tests:
      - {article: "Iran and Turkey sign an arms pact", expect: match}
      - {article: "Iran and Turkey sign a fishing pact", expect: no_match}
  - id: tr-us
    when: {countries: [TR, US]}
    tests:
      - {article: "Turkey and the United States sign a trade deal", expect: match}
"""
THEME = """\
theme: arms
languages:
  en: {triggers: [arms pact, missile*]}
tests:
  - {article: "They sign an arms pact", expect: match, language: en}
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A small sound configuration in ./config."""
    folder = tmp_path / "config"
    (folder / "watchlists").mkdir(parents=True)
    (folder / "themes").mkdir()
    (folder / "routes.yaml").write_text(ROUTES)
    (folder / "sources.yaml").write_text(SOURCES)
    (folder / "watchlists" / "desk.yaml").write_text(WATCHLIST)
    (folder / "themes" / "arms.yaml").write_text(THEME)
    return folder


@pytest.fixture
def call(capsysbinary: pytest.CaptureFixture[bytes]) -> Call:
    """Run a command in this process, through all that turns its end into an exit code."""

    def called(*arguments: str) -> Ran:
        code = run(arguments)
        said = capsysbinary.readouterr()
        return Ran(code, said.out, said.err.decode())

    return called
