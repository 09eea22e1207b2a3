"""The rules, routes and themes that we ship are sound; if their tests hold is for the pipeline to say."""

from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from alerts.routes import load_routes
from alerts.watchlist.load import Loaded, load_watchlists
from alerts.watchlist.themes import load_themes
from alerts.watchlist.vocabulary import world

CONFIG = Path(__file__).parents[2] / "config"


def shipped() -> Loaded:
    return load_watchlists(CONFIG / "watchlists", world(load_themes(CONFIG / "themes").themes))


def test_given_the_shipped_themes_when_loaded_then_there_is_nothing_to_complain_of() -> None:
    loaded = load_themes(CONFIG / "themes")

    assert [problem.render() for problem in loaded.problems] == []
    assert loaded.themes
    assert loaded.labels.languages


def test_given_the_shipped_rules_when_loaded_then_there_is_nothing_to_complain_of() -> None:
    loaded = shipped()

    assert [problem.render() for problem in loaded.problems] == []
    assert len(loaded.rules) >= 10
    assert "ir-tr-military-cooperation" in {rule.id for rule in loaded.rules}


def test_given_the_shipped_rules_when_loaded_then_each_has_a_test_that_matches_and_one_that_does_not() -> (
    None
):
    loaded = shipped()

    for rule in loaded.rules:
        assert {test.expect for test in loaded.tests if test.rule_id == rule.id} == {"match", "no_match"}, (
            rule.id
        )


def test_given_the_shipped_rules_when_loaded_then_one_only_records() -> None:
    assert [rule.status for rule in shipped().rules].count("test") == 1


def test_given_the_shipped_routes_when_loaded_then_all_but_the_canary_goes_to_the_console_and_a_file() -> (
    None
):
    loaded = load_routes(CONFIG / "routes.yaml", TypeAdapter(dict[str, Any]))

    assert loaded.problems == ()
    assert loaded.router is not None
    assert loaded.router.default == ("console", "file")
    assert {name: sink["kind"] for name, sink in loaded.sinks.items()} == {
        "console": "console",
        "file": "file",
        "canary": "nowhere",
    }
    assert [(route.match.rule, route.sinks) for route in loaded.router.routes] == [(("canary",), ("canary",))]
