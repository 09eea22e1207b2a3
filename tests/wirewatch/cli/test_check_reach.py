"""Rules that nothing can meet are no fine rules: unknown sources and languages, publishers never seen."""

from contextlib import closing
from pathlib import Path

import pytest

from tests.support.alerting import make_event
from tests.wirewatch.cli.conftest import Call
from wirewatch.settings import Settings
from wirewatch.wiring.state import open_ingest

DEAD = """\
rules:
  - id: dead
    tests: [{article: x, expect: no_match}]
    when: {text: gas, %s}
"""


def store_an_article(state: Path, publisher: str) -> None:
    state.mkdir()
    ingest = open_ingest(Settings(state_dir=state))
    with closing(ingest.database), closing(ingest.log.producer()) as producer:
        producer.append([make_event(publisher=publisher)])


def write(config: Path, condition: str) -> None:
    (config / "watchlists" / "dead.yaml").write_text(DEAD % condition)


@pytest.mark.parametrize("command", [("check",), ("rules", "check")])
@pytest.mark.parametrize(
    ("condition", "message", "advice"),
    [
        ("source: wyre", 'there is no source "wyre"', 'did you mean "wire"?'),
        ("language: xx", '"xx" is no language known here', "a language tag of BCP 47"),
        ("language: jp", '"jp" is no language known here', "write ja (Japanese)"),
    ],
)
def test_given_a_rule_that_nothing_can_meet_when_checked_then_it_is_an_error_with_its_place(
    call: Call, config: Path, command: tuple[str, ...], condition: str, message: str, advice: str
) -> None:
    write(config, condition)

    ran = call(*command)

    assert ran.code == 78
    assert "dead.yaml:4:" in ran.err
    assert message in ran.err
    assert advice in ran.err


def test_given_the_source_of_pushed_articles_when_checked_then_it_is_known_by_the_name_in_the_settings(
    call: Call, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(config, "source: desk-push")
    before = call("check").code
    monkeypatch.setenv("WIREWATCH_INGEST__PUSH__SOURCE", "desk-push")

    assert (before, call("check").code) == (78, 0)


def test_given_a_store_when_a_publisher_was_never_seen_then_that_is_a_warning_and_no_error(
    call: Call, config: Path, tmp_path: Path
) -> None:
    write(config, "publisher: [the wire, The Wier]")
    without = call("check")
    store_an_article(tmp_path / "var", "The Wire")

    ran = call("check")

    assert (without.code, without.err, ran.code) == (0, "", 0)
    assert 'warning: no stored article has the publisher "The Wier"' in ran.err
    assert 'did you mean "The Wire"?' in ran.err
    assert '"the wire"' not in ran.err
