"""`wirewatch check`: whether everything under config/, and the environment, is sound."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wirewatch.cli.command import FormFlag, command
from wirewatch.cli.exits import BAD_CONFIG, FINDINGS
from wirewatch.cli.output import complain, emit, show
from wirewatch.cli.rulebook import compile_all, tell, try_all
from wirewatch.cli.session import Session

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stream.config.problem import ConfigProblem
    from stream.net import NetPolicy
    from wirewatch.layers import Layers
    from wirewatch.rulefiles import Rules
    from wirewatch.settings import Place, Settings
    from wirewatch.trials import TrialResult

ShowOrigin = Annotated[
    bool, typer.Option("--show-origin", help="Print every setting with its value and where that comes from.")
]
NoTests = Annotated[
    bool, typer.Option("--no-tests", help="Do not run the tests of rules and themes: some seconds less.")
]
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Findings:
    """What was found: how much there is of each kind, and what is wrong."""

    counts: Mapping[str, int]
    problems: "tuple[ConfigProblem, ...]"
    rules: "Rules | None" = None

    @property
    def is_sound(self) -> bool:
        """Whether the daemon would start with it, and may dial what it names."""
        return not any(problem.is_error for problem in self.problems)


def register(app: typer.Typer) -> None:
    """Add the command to the top level."""
    command(
        app,
        "wirewatch check",
        "wirewatch check --config /etc/wirewatch",
        "wirewatch check --no-tests",
        "wirewatch check --show-origin",
        "wirewatch check -o json",
    )(check)


def check(
    session: Session,
    is_origin_shown: ShowOrigin = False,
    without_tests: NoTests = False,
    form: FormFlag = "table",
) -> None:
    """Check settings, sources, names, themes, watchlists and routes, and run the tests of rules and themes.

    Exit 78 when something is wrong, 1 when only tests fail.
    """
    from stream.config.problem import ConfigError
    from wirewatch.wiring.access import users_problem

    rows: list[Row] = []
    settings_problems: tuple[ConfigProblem, ...] = ()
    policy: NetPolicy | None = None
    try:
        settings, layers = session.layers()
        rows, policy = setting_rows(settings, layers), settings.net
        settings_problems = tuple(filter(None, (users_problem(settings),)))
    except ConfigError as error:
        settings_problems = error.problems
    findings = look(session, settings_problems, policy)
    results = () if without_tests else tried(session, findings)
    failed = [result for result in results if not result.is_passed]
    if form == "json":
        shown = {"settings": rows} if is_origin_shown else {}
        is_fine = findings.is_sound and not failed
        tests = {"tests": len(results), "failed_tests": [result.row() for result in failed]}
        emit({"ok": is_fine, **findings.counts, **shown, "problems": _plain(findings), **tests})
    else:
        if is_origin_shown:
            show(rows, ("setting", "value", "origin"), form, "the settings cannot be read")
        tell(findings.problems)
        for result in failed:
            complain(f"{result.told}\n")
        counts = {**findings.counts, **({"tests": len(results)} if results else {})}
        typer.echo(counted(counts, findings.problems, len(failed)))
    if failed or not findings.is_sound:
        raise typer.Exit(FINDINGS if findings.is_sound else BAD_CONFIG)


def tried(session: Session, findings: Findings) -> "Sequence[TrialResult]":
    """What the tests of rules and themes give; none is run where the files cannot be used."""
    from wirewatch.trials import all_trials

    rules = findings.rules
    if rules is None or not findings.is_sound or not (trials := all_trials(rules)):
        return ()
    return try_all(trials, compile_all(rules), session.gazetteer)


def look(
    session: Session,
    settings_problems: "tuple[ConfigProblem, ...]" = (),
    policy: "NetPolicy | None" = None,
) -> Findings:
    """Read everything under config/; its problems come after those of the settings.

    With `policy` the addresses of feeds and webhooks are held against it, without resolving names.
    """
    from wirewatch.cli.reach import unreachable_feeds, unreachable_sinks
    from wirewatch.cli.surroundings import surroundings
    from wirewatch.configuration import load_gazetteer, load_rulebook, load_sources
    from wirewatch.rulefiles import Rules

    folder = session.config_dir_if_there
    if folder is None:
        return Findings({}, settings_problems)
    sources, names = load_sources(folder), load_gazetteer(folder)
    rulebook = load_rulebook(folder, around=surroundings(session, folder))
    counts = {
        "rules": len(rulebook.watchlists.rules) + len(rulebook.watchlists.resting),
        "sources": len(sources.value.sources) if sources.value else 0,
        "sinks": len(rulebook.routes.sinks),
    }
    counts |= {"names": names.count} if names.count else {}
    problems = [*settings_problems, *sources.problems]
    problems += unreachable_feeds(folder, sources.value, policy) if policy else ()
    problems += rulebook.problems
    problems += unreachable_sinks(folder, rulebook.routes.sinks, policy) if policy else ()
    return Findings(counts, (*problems, *names.problems), Rules(rulebook.themes, rulebook.watchlists))


def setting_rows(settings: "Settings", layers: "Layers") -> list[Row]:
    """Every setting: its name, its value with secrets masked, the layer that decided it."""
    from wirewatch.settings import fields_of, value_at

    return [
        {
            "setting": ".".join(place),
            "value": _printable(place, value_at(settings, place)),
            "origin": layers.origin(place),
        }
        for place, _ in fields_of(type(settings))
    ]


def _printable(place: "Place", value: object) -> object:
    """A value that may be shown; stars for any other."""
    from pydantic import SecretStr

    from stream.config.secrecy import HIDDEN, shown_value

    if value is None or value == "":
        return value
    if isinstance(value, SecretStr):
        return str(value)  # stars
    if isinstance(value, tuple | frozenset):
        return sorted(shown_value(place, str(one)) or HIDDEN for one in value)
    shown = shown_value(place, str(value))
    return value if shown == str(value) and isinstance(value, bool | int | float) else shown or HIDDEN


def _plain(findings: Findings) -> list[dict[str, object]]:
    return [problem.as_json() for problem in findings.problems]


def counted(counts: Mapping[str, int], problems: "tuple[ConfigProblem, ...]", failed_tests: int = 0) -> str:
    """Sum up on one line for people: `10 rules, 43 sources, 3 sinks: all fine`."""
    errors = sum(problem.is_error for problem in problems)
    wrong = {"errors": errors, "warnings": len(problems) - errors, "failed tests": failed_tests}
    said = [_count(number, kind) for kind, number in wrong.items() if number]
    parts = [_count(number, kind) for kind, number in counts.items()]
    return f"{', '.join(parts) or 'configuration'}: {', '.join(said) or 'all fine'}"


def _count(number: int, kind: str) -> str:
    return f"{number} {kind if number != 1 else kind.removesuffix('s')}"
