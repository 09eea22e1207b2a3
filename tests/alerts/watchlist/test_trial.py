import sys
from pathlib import Path

import pytest

from alerts.watchlist.load import load_watchlists
from alerts.watchlist.trial import PatternTrial
from alerts.watchlist.vocabulary import Vocabulary

WATCHLIST = """
watchlist: desk
rules:
  - id: sound
    when: {text: {regex: "drones?"}}
  - id: deep
    status: draft
    when:
      any:
        - {text: pact}
        - text: {any: [treaty, {regex: "zz+y"}]}
"""
COUNTING = """
import pathlib, sys
with pathlib.Path({path!r}).open("a") as log: log.write("x")
sys.stdin.read()
print("{{}}")
"""


def test_given_a_pattern_that_kills_when_watchlists_are_loaded_then_it_is_refused_with_its_place(
    tmp_path: Path, vocabulary: Vocabulary, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "desk.yaml").write_text(WATCHLIST)
    (tmp_path / "other.yaml").write_text("rules: [{id: other, when: {text: pact}}]")
    monkeypatch.setenv("WIREWATCH_FAILPOINT", "regex.scan=zz+y")

    loaded = load_watchlists(tmp_path, vocabulary)

    (error,) = loaded.errors
    assert (Path(error.file).name, error.line, error.column) == ("desk.yaml", 11, 40)
    assert error.message == "the pattern kills the engine that runs it (SIGKILL)"
    assert error.key == "rules[1].when.any[1].text.any[1].regex"
    assert [rule.id for rule in loaded.rules] == ["other"]


def test_given_patterns_that_were_sound_when_tried_again_then_no_process_is_started(tmp_path: Path) -> None:
    log = tmp_path / "log"
    trial = PatternTrial([sys.executable, "-c", COUNTING.format(path=str(log))])

    tried: list[list[list[str]]] = [
        [["a", "b"]],
        [["b", "a"]],
        [[]],
        [["a", "b", "c"]],
        [["a", "b", "c"], []],
    ]
    for sets in tried:
        assert trial.refusals(sets) == {}

    assert log.read_text() == "xx"


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("raise SystemExit(3)", "exit status 3"),
        ("print('no json')", "Expecting value"),
        ("import signal; signal.pause()", "timed out"),
    ],
)
def test_given_a_trial_that_cannot_be_made_when_tried_then_every_pattern_is_refused_with_the_reason(
    program: str, said: str
) -> None:
    trial = PatternTrial([sys.executable, "-c", program], longest_s=1)

    refused = trial.refusals([["a", "b"]])

    assert set(refused) == {"a", "b"}
    assert all("could not be tried" in why for why in refused.values())
    assert said in refused["a"]


def test_given_no_program_at_all_when_tried_then_the_patterns_are_refused(tmp_path: Path) -> None:
    refused = PatternTrial([str(tmp_path / "none")]).refusals([["a"]])

    assert "could not be tried" in refused["a"]
