from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from alerts.alert import Match
from alerts.routes import LoadedRoutes, load_routes
from alerts.watchlist.clauses import Severity
from stream.event import ArticleEvent

EVENT = ArticleEvent(
    event_id="e", source="s", title="t", first_seen_at=datetime(2026, 1, 1, tzinfo=UTC), content_hash="h"
)


class Console(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: Literal["console"]


class Mail(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: Literal["email"]
    to: tuple[str, ...]
    password_file: Path | None = None


SINK: TypeAdapter[Console | Mail] = TypeAdapter(Annotated[Console | Mail, Field(discriminator="kind")])

SINKS = """\
sinks:
  console: {kind: console}
  desk: {kind: email, to: [desk@example.org], password_file: /run/secrets/mail}
  boss: {kind: email, to: [boss@example.org]}
default: console
"""


def load(tmp_path: Path, text: str) -> LoadedRoutes[Console | Mail]:
    path = tmp_path / "routes.yaml"
    path.write_text(text)
    return load_routes(path, SINK, {"rule": {"ir-tr"}, "watchlist": {"mideast"}, "tag": {"arms"}})


def match(
    rule: str = "r", severity: Severity = "medium", watchlist: str = "w", tags: tuple[str, ...] = ()
) -> Match:
    return Match(
        rule=rule,
        rule_title=rule,
        watchlist=watchlist,
        severity=severity,
        tags=tags,
        event=EVENT,
        countries=(),
        theme=None,
        labels=(),
        evidence=(),
    )


def sinks_for(tmp_path: Path, routes: str, one: Match) -> tuple[str, ...]:
    loaded = load(tmp_path, SINKS + routes)
    assert loaded.router is not None, loaded.problems
    return loaded.router.sinks_for(one)


def test_given_sound_routes_when_loaded_then_sinks_are_their_own_models(tmp_path: Path) -> None:
    loaded = load(tmp_path, SINKS)

    assert loaded.problems == ()
    assert loaded.sinks == {
        "console": Console(kind="console"),
        "desk": Mail(kind="email", to=("desk@example.org",), password_file=Path("/run/secrets/mail")),
        "boss": Mail(kind="email", to=("boss@example.org",)),
    }


@pytest.mark.parametrize(
    ("routes", "one", "sinks"),
    [
        ("", match(), ("console",)),
        ("routes: [{match: {severity: high}, sinks: desk}]", match(severity="high"), ("desk",)),
        ("routes: [{match: {severity: [high, critical]}, sinks: desk}]", match(severity="low"), ("console",)),
        ("routes: [{match: {tag: arms}, sinks: [desk]}]", match(tags=("oil", "arms")), ("desk",)),
        ("routes: [{match: {tag: arms}, sinks: [desk]}]", match(tags=("oil",)), ("console",)),
        ("routes: [{match: {rule: ir-tr}, sinks: [desk, boss]}]", match(rule="ir-tr"), ("desk", "boss")),
        ("routes: [{match: {watchlist: mideast, severity: low}, sinks: desk}]", match(), ("console",)),
        ("routes: [{sinks: desk}, {sinks: boss}]", match(), ("desk",)),
        ("routes: [{sinks: desk, continue: true}, {sinks: boss}]", match(), ("desk", "boss")),
        ("routes: [{sinks: desk, continue: true}, {sinks: [boss, desk]}]", match(), ("desk", "boss")),
        ("routes: [{sinks: desk, continue: true}, {match: {tag: arms}, sinks: boss}]", match(), ("desk",)),
        ("routes: [{sinks: desk, routes: [{match: {severity: high}, sinks: boss}]}]", match(), ("desk",)),
        (
            "routes: [{sinks: desk, routes: [{match: {severity: high}, sinks: boss}]}]",
            match(severity="high"),
            ("boss",),
        ),
        (
            "routes: [{match: {tag: arms}, routes: [{match: {severity: high}}]}]",
            match(tags=("arms",)),
            ("console",),
        ),
    ],
)
def test_given_a_tree_of_routes_when_a_match_comes_then_it_goes_where_the_tree_says(
    tmp_path: Path, routes: str, one: Match, sinks: tuple[str, ...]
) -> None:
    assert sinks_for(tmp_path, routes, one) == sinks


@pytest.mark.parametrize(
    ("text", "place", "message", "suggestion"),
    [
        (SINKS + "routes:\n- {sinks: [desk, bos]}", (7, 18), 'there is no sink "bos"', "boss"),
        (SINKS + "routes:\n- sinks: dek", (7, 10), 'there is no sink "dek"', "desk"),
        (SINKS + "routes:\n- {routes: [{sinks: dsk}]}", (7, 21), 'there is no sink "dsk"', "desk"),
        (
            SINKS.replace("default: console", "default: consle"),
            (5, 10),
            'there is no sink "consle"',
            "console",
        ),
        (SINKS.replace("default: console\n", ""), (1, 1), 'the key "default" is missing here', None),
        (SINKS.replace("kind: console", "kind: consol"), (2, 19), "kind is none of the words", "console"),
        (SINKS.replace("to: [boss", "too: [boss"), (4, 9), 'the key "to" is missing here', None),
        (SINKS + "routes:\n- {match: {severity: hgh}}", (7, 22), "none of the words it may be", "high"),
        (SINKS + "routes:\n- {match: {label: x}}", (7, 12), 'the key "label" is not known here', None),
        (SINKS + "routes:\n- {continue: 1}", (7, 14), "continue is not true or false", None),
        ("sinks: [console]\ndefault: console\n", (1, 8), "sinks is not a mapping", None),
        (SINKS + "routes:\n- {sinks: []}", (7, 11), "sinks has too few entries", None),
    ],
)
def test_given_a_mistake_when_loaded_then_there_is_no_router_and_the_first_problem_is_exact(
    tmp_path: Path, text: str, place: tuple[int, int], message: str, suggestion: str | None
) -> None:
    loaded = load(tmp_path, text)

    assert loaded.router is None
    problem = loaded.problems[0]
    assert (problem.line, problem.column) == place
    assert message in problem.message
    assert suggestion is None or suggestion in (problem.suggestion or "")


def test_given_mistakes_in_routes_and_sinks_when_loaded_then_all_are_told(tmp_path: Path) -> None:
    loaded = load(
        tmp_path, "sinks:\n  a: {kind: console, x: 1}\n  b: {kind: email}\ndefault: a\nroutes: [{sink: a}]\n"
    )

    assert sorted((problem.line, problem.column) for problem in loaded.problems) == [(2, 22), (3, 6), (5, 11)]


def test_given_a_route_for_a_rule_that_is_not_there_when_loaded_then_it_is_a_warning(tmp_path: Path) -> None:
    loaded = load(tmp_path, SINKS + "routes: [{match: {rule: ir-rt, tag: arms}, sinks: desk}]")

    assert loaded.router is not None
    (problem,) = loaded.problems
    assert problem.severity == "warning"
    assert problem.message == 'no rule has the rule "ir-rt", so nothing goes this way'
    assert problem.suggestion == 'did you mean "ir-tr"?'


def test_given_no_file_when_loaded_then_it_is_a_problem(tmp_path: Path) -> None:
    loaded = load_routes(tmp_path / "none.yaml", SINK)

    assert loaded.router is None
    assert "cannot be read" in loaded.problems[0].message
