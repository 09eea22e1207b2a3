import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from alerts.match.tried import refusals, texts_for
from stream.forked import Ending
from tests.support.command import clean_environment

ROOT = Path(__file__).parents[3]


def tried(sets: list[list[str]], failpoint: str = "") -> object:
    ended = subprocess.run(
        [sys.executable, "-P", "-m", "alerts.match.tried"],
        input=json.dumps(sets).encode(),
        capture_output=True,
        cwd=ROOT,
        env=clean_environment({"WIREWATCH_FAILPOINT": failpoint}),
        check=True,
    )
    assert ended.stderr == b""
    return json.loads(ended.stdout)


def test_given_patterns_that_crashed_another_engine_when_tried_then_none_is_refused() -> None:
    assert tried([["a+b", "(ha)+!", "-+b", "9+11", "(?:na)+", "(?:((?:\\w){1,5}ж|foo))+?"]]) == {}


def test_given_a_pattern_that_kills_when_tried_among_others_then_it_alone_is_refused() -> None:
    refused = tried([["drones?", "pact", "zz+y"], ["pact", "zz+y"]], failpoint="regex.scan=zz+y")

    assert refused == {"zz+y": "the pattern kills the engine that runs it (SIGKILL)"}


def test_given_a_pattern_that_cannot_be_compiled_when_tried_then_it_is_refused() -> None:
    assert "cannot be used" in refusals_of("[a-")


def refusals_of(pattern: str) -> str:
    refused = tried([[pattern, "pact"]])
    assert isinstance(refused, dict)
    assert list(refused) == [pattern]
    return str(refused[pattern])


def test_given_patterns_that_fail_only_together_when_tried_then_the_one_too_many_is_refused() -> None:
    def run(patterns: Sequence[str]) -> Ending:
        return Ending(b"", "died", "SIGSEGV") if {"b", "d"} <= set(patterns) else Ending(b"")

    assert refusals([list("abcde")], run) == {
        "d": "beside the other patterns the pattern kills the engine that runs it (SIGSEGV)"
    }


def test_given_a_trial_that_failed_once_and_not_again_when_looked_for_then_nothing_is_refused() -> None:
    endings = [Ending(b"", "timeout", "ran for 9 s")]

    assert refusals([["a", "b"]], lambda _patterns: endings.pop() if endings else Ending(b"")) == {}


@pytest.mark.parametrize(
    ("ending", "words"),
    [
        (Ending(b"_SlowError: slow", "failed", "it raised"), "slow: more than 2 s for 64 KB"),
        (Ending(b"", "timeout", "used 20 s of CPU time"), "is too slow (used 20 s of CPU time)"),
        (Ending(b"", "memory", "asked for more than 9 MB"), "takes too much memory (asked for"),
    ],
)
def test_given_an_ending_when_told_then_it_says_what_is_wrong_with_the_pattern(
    ending: Ending, words: str
) -> None:
    assert words in refusals([["a"]], lambda _patterns: ending)["a"]


@pytest.mark.parametrize("pattern", ["(ha)+!", r"\d{4}", "сделка", r"\."])
def test_given_a_pattern_when_texts_are_made_then_they_are_the_same_each_time_and_of_1_to_64_kb(
    pattern: str,
) -> None:
    texts = list(texts_for(pattern))

    assert texts == list(texts_for(pattern))
    assert min(map(len, texts)) >= 1_000
    assert 65_536 <= max(map(len, texts)) <= 66_000
