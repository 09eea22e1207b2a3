"""The configuration in force: read whole, swapped whole, kept when the new one is broken."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from stream.config.problem import ConfigError
from stream.event import ArticleEvent, content_hash, identity
from wirewatch.configuration import load_rulebook, load_sinks, load_sources
from wirewatch.live import JointMetrics, LiveRules, LiveSources

NOW = datetime(2026, 3, 1, tzinfo=UTC)
LATER = NOW + timedelta(seconds=2)
ROUTES = """\
sinks:
  a: {kind: console}
  b: {kind: console}
default: [a]
routes: [{match: {rule: two}, sinks: [b]}]
"""


class Noted:
    """Keeps every verdict it is told."""

    def __init__(self) -> None:
        self.verdicts: list[bool] = []

    def reloaded(self, at: datetime, *, is_successful: bool) -> None:
        del at
        self.verdicts.append(is_successful)


def event(title: str) -> ArticleEvent:
    return ArticleEvent(
        event_id=identity(title),
        source="wire",
        title=title,
        first_seen_at=NOW,
        content_hash=content_hash(title, ""),
        sentences=(0,),
    )


def rules(config: Path, *names: str) -> None:
    body = "".join(f"  - {{id: {name}, when: {{text: word {name}}}}}\n" for name in names)
    (config / "watchlists" / "a.yaml").write_text(f"rules:\n{body}")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    folder = tmp_path / "config"
    (folder / "watchlists").mkdir(parents=True)
    (folder / "routes.yaml").write_text(ROUTES)
    (folder / "sources.yaml").write_text("sources:\n  - {id: a, kind: files, path: in}\n")
    rules(folder, "one", "two")
    return folder


def test_given_rules_when_an_event_matches_then_it_goes_where_the_routes_say(config: Path) -> None:
    live = LiveRules(config, Noted(), NOW)

    (match,) = live.match(event("A word two"))

    assert match.rule == "two"
    assert live.sinks_for(match) == ("b",)


def test_given_a_changed_watchlist_when_looked_at_then_the_new_rules_hold(config: Path) -> None:
    live = LiveRules(config, Noted(), NOW)
    before = live.check(LATER)

    rules(config, "three")

    assert (before, live.check(LATER)) == (False, True)
    assert [match.rule for match in live.match(event("word one, word three"))] == ["three"]


@pytest.mark.parametrize("name", ["watchlists/a.yaml", "routes.yaml"])
def test_given_a_broken_file_when_reloaded_then_the_old_rules_stay_and_it_is_told(
    config: Path, name: str
) -> None:
    metrics = Noted()
    live = LiveRules(config, metrics, NOW)

    (config / name).write_text("nonsense: [\n")
    swapped = live.reload(LATER)

    assert not swapped
    assert metrics.verdicts == [True, False]
    assert live.state.is_current is False
    assert [problem.file for problem in live.state.problems if problem.is_error] == [str(config / name)]
    assert [match.rule for match in live.match(event("word one"))] == ["one"]


def test_given_broken_files_when_started_then_every_problem_of_each_is_raised(config: Path) -> None:
    (config / "routes.yaml").write_text("default: [a]\n")
    (config / "watchlists" / "a.yaml").write_text("rules: []\n")

    with pytest.raises(ConfigError) as raised:
        LiveRules(config, Noted(), NOW)

    assert {Path(problem.file).name for problem in raised.value.problems} == {"routes.yaml", "a.yaml"}


def test_given_sources_when_their_file_changes_then_those_switched_on_are_polled(config: Path) -> None:
    live = LiveSources(config, Noted(), NOW)

    (config / "sources.yaml").write_text(
        "sources:\n  - {id: a, kind: files, path: in, enabled: false}\n  - {id: b, kind: feed, url: 'https://b.example'}\n"
    )

    assert live.check(LATER)
    assert [source.id for source in live.enabled] == ["b"]
    assert [source.id for source in live.all] == ["a", "b"]


def test_given_two_groups_of_files_when_one_is_broken_then_the_verdict_is_no_until_both_are_sound() -> None:
    metrics = Noted()
    joint = JointMetrics(metrics)

    joint.of("rules").reloaded(NOW, is_successful=True)
    joint.of("sources").reloaded(NOW, is_successful=False)
    joint.of("rules").reloaded(NOW, is_successful=True)
    joint.of("sources").reloaded(NOW, is_successful=True)

    assert metrics.verdicts == [True, False, False, True]


def test_given_an_id_twice_when_sources_are_read_then_the_second_is_pointed_at(config: Path) -> None:
    (config / "sources.yaml").write_text(
        "sources:\n  - {id: a, kind: files, path: x}\n  - {id: a, kind: files, path: y}\n"
    )

    (problem,) = load_sources(config).problems

    assert (problem.line, problem.column, problem.wanted) == (3, 10, "an id of its own")


def test_given_a_route_for_a_rule_that_is_not_there_when_read_then_it_is_a_warning(config: Path) -> None:
    rules(config, "one")

    problems = load_rulebook(config).routes.problems

    assert [problem.is_error for problem in problems] == [False]
    assert load_sinks(config).problems == ()
    assert set(load_sinks(config).sinks) == {"a", "b"}


def test_given_a_folder_that_kubernetes_swaps_when_checked_then_the_new_rules_are_taken_up(
    config: Path,
) -> None:
    """A ConfigMap's volume: names that lead through `..data`, which is pointed elsewhere at an update."""
    folder = config / "watchlists"
    (folder / "a.yaml").unlink()
    for number, name in enumerate(("one", "two")):
        version = folder / f"..2026_03_0{number}"
        version.mkdir()
        (version / "a.yaml").write_text(f"rules:\n  - {{id: {name}, when: {{text: word {name}}}}}\n")
    (folder / "..data").symlink_to("..2026_03_00")
    (folder / "a.yaml").symlink_to("..data/a.yaml")
    live = LiveRules(config, Noted(), NOW)
    before = [match.rule for match in live.match(event("word one, word two"))]

    (folder / "..tmp").symlink_to("..2026_03_01")
    (folder / "..tmp").replace(folder / "..data")

    assert live.check(LATER)
    assert before == ["one"]
    assert [match.rule for match in live.match(event("word one, word two"))] == ["two"]
