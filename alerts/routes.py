"""Routes: which sinks an alert goes to, by severity, tag, rule and watchlist; config/routes.yaml.

A tree as Alertmanager has it: routes are tried in order, the first that matches ends the search unless it
says `continue: true`; inside a matching route its own `routes` are tried, and its `sinks` are the fallback.
"""

from collections.abc import Collection, Iterator
from collections.abc import Mapping as AbstractMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Generic, Literal, Self, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter

from alerts.alert import Match
from alerts.watchlist.clauses import Severity
from stream.config.check import Checked, check
from stream.config.node import Document, Mapping
from stream.config.node import Path as Place
from stream.config.problem import ConfigProblem, did_you_mean
from stream.config.read import read

S = TypeVar("S")
MatcherKey = Literal["tag", "rule", "watchlist"]


def _one_as_list(value: Any) -> Any:
    return [value] if isinstance(value, str | int | float) else value


Names = Annotated[tuple[str, ...], Field(min_length=1), BeforeValidator(_one_as_list)]
Severities = Annotated[tuple[Severity, ...], Field(min_length=1), BeforeValidator(_one_as_list)]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Matcher(_Model):
    """What an alert must have; each key given must agree, with any of its values. `{}` takes all."""

    severity: Severities | None = None
    tag: Names | None = None
    rule: Names | None = None
    watchlist: Names | None = None

    def takes(self, match: Match) -> bool:
        """Whether the alert of this match is one of ours."""
        return (
            (self.severity is None or match.severity in self.severity)
            and (self.tag is None or not set(self.tag).isdisjoint(match.tags))
            and (self.rule is None or match.rule in self.rule)
            and (self.watchlist is None or match.watchlist in self.watchlist)
        )


class Route(_Model):
    """A node of the tree; without `sinks` it hands down those of the route around it."""

    match: Matcher = Matcher()
    sinks: Names | None = None
    goes_on: bool = Field(default=False, alias="continue", strict=True)
    routes: tuple[Self, ...] = ()


class RoutesFile(_Model):
    """The whole file; `default` are the sinks of what no route takes. A sink has a model of its own."""

    sinks: Annotated[dict[str, dict[str, Any]], Field(min_length=1)]
    default: Names
    routes: tuple[Route, ...] = ()


@dataclass(frozen=True, slots=True)
class Router:
    """Decides where alerts go; pure."""

    default: tuple[str, ...]
    routes: tuple[Route, ...] = ()

    def sinks_for(self, match: Match) -> tuple[str, ...]:
        """Give the names of the sinks for a match, each once, in the order of the file; never empty."""
        found = tuple(_walk(self.routes, match, self.default))
        return tuple(dict.fromkeys(found or self.default))


@dataclass(frozen=True, slots=True)
class LoadedRoutes(Generic[S]):
    """The router and the configuration of every sink by name; with an error both are None and empty."""

    router: Router | None
    sinks: AbstractMapping[str, S]
    problems: tuple[ConfigProblem, ...] = ()


_ROUTES = TypeAdapter(RoutesFile)


def load_routes(
    path: Path, sink: TypeAdapter[S], known: AbstractMapping[MatcherKey, Collection[str]] | None = None
) -> LoadedRoutes[S]:
    """Read config/routes.yaml; `sink` validates what stands under each name of `sinks`.

    `known` holds the rules, watchlists and tags there are: a route that asks for another gets a warning.
    """
    document, problems = read(path)
    if document is None:
        return LoadedRoutes(None, {}, problems)
    file = check(document, _ROUTES)
    checked = _check_sinks(document, sink)
    found = [*problems, *file.problems, *(problem for one in checked.values() for problem in one.problems)]
    found += _unknown_sinks(document, file.value) if file.value else ()
    if file.value is None or found:
        return LoadedRoutes(None, {}, tuple(found))
    sinks = {name: one.value for name, one in checked.items() if one.value is not None}
    warnings = tuple(_unknown_matchers(document, file.value.routes, known or {}))
    return LoadedRoutes(Router(file.value.default, file.value.routes), sinks, warnings)


def _check_sinks(document: Document, sink: TypeAdapter[S]) -> dict[str, Checked[S]]:
    """Check each sink by itself, also where the rest of the file is broken."""
    names = document.root.items.get("sinks") if isinstance(document.root, Mapping) else None
    if not isinstance(names, Mapping):
        return {}
    return {name: check(document, sink, at=("sinks", name)) for name in names.items}


def _walk(routes: tuple[Route, ...], match: Match, inherited: tuple[str, ...]) -> Iterator[str]:
    for route in routes:
        if not route.match.takes(match):
            continue
        sinks = route.sinks or inherited
        yield from tuple(_walk(route.routes, match, sinks)) or sinks
        if not route.goes_on:
            return


def _unknown_sinks(document: Document, file: RoutesFile) -> Iterator[ConfigProblem]:
    named = [(path, route.sinks or ()) for path, route in _all(file.routes, ("routes",))]
    for path, names in [((), file.default), *named]:
        for place, name in enumerate(names):
            if name not in file.sinks:
                yield document.problem(
                    (*path, "sinks" if path else "default", place),
                    f'there is no sink "{name}"',
                    wanted=", ".join(file.sinks),
                    suggestion=did_you_mean(name, file.sinks),
                )


def _unknown_matchers(
    document: Document, routes: tuple[Route, ...], known: AbstractMapping[MatcherKey, Collection[str]]
) -> Iterator[ConfigProblem]:
    for path, route in _all(routes, ("routes",)):
        for key, names in known.items():
            for place, name in enumerate(getattr(route.match, key) or ()):
                if name not in names:
                    yield document.problem(
                        (*path, "match", key, place),
                        f'no rule has the {key} "{name}", so nothing goes this way',
                        suggestion=did_you_mean(name, names),
                        severity="warning",
                    )


def _all(routes: tuple[Route, ...], path: Place) -> Iterator[tuple[Place, Route]]:
    for number, route in enumerate(routes):
        yield (*path, number), route
        yield from _all(route.routes, (*path, number, "routes"))
