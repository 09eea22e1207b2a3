"""`wirewatch rules`: what analysts do with their watchlists, with no daemon and no broker."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wirewatch.cli.articles import Article, Articles, Shape
from wirewatch.cli.check import counted
from wirewatch.cli.command import FormFlag, command, new_group
from wirewatch.cli.exits import BAD_CONFIG, BAD_DATA, FINDINGS, USAGE, CommandError
from wirewatch.cli.lines import Complaints
from wirewatch.cli.output import emit, emit_document, say, show
from wirewatch.cli.rulebook import compile_all, tell, try_all
from wirewatch.cli.session import Session

if TYPE_CHECKING:
    from alerts.match.matcher import Matcher

Watchlists = Annotated[
    Path | None, typer.Argument(metavar="PATH", help="A watchlist or a folder; default: config/watchlists.")
]
Elsewhere = Annotated[
    Path | None, typer.Option("--watchlist", "-w", metavar="FILE_OR_DIR", help="Default: config/watchlists.")
]
Names = Annotated[list[str] | None, typer.Argument(metavar="RULE", help="Only these rules or themes.")]
RuleId = Annotated[str, typer.Argument(metavar="RULE", help="The id of the rule.")]
OneFile = Annotated[
    str | None,
    typer.Argument(
        metavar="[FILE|URL|EVENT_ID|ALERT_ID]",
        help="Articles to explain; none or -: standard input. Or one that is stored here.",
    ),
]
As = Annotated[Shape, typer.Option("--as", help="jsonl: an article a line; text, html: FILE is one page.")]
Text = Annotated[str | None, typer.Option("--text", help="The text of an article, instead of a FILE.")]
Title = Annotated[str | None, typer.Option("--title", help="The title of an article, instead of a FILE.")]

app = new_group(
    "rules",
    "Check, test and explain watchlists.",
    "wirewatch rules check my-rules.yaml",
    "wirewatch rules test ir-tr-military-cooperation",
    'wirewatch rules explain ir-tr-military-cooperation --title "Iran and Turkey sign a defence pact"',
)


@command(app, "wirewatch rules check", "wirewatch rules check my-rules.yaml -o json")
def check(session: Session, path: Watchlists = None, form: FormFlag = "table") -> None:
    """Check watchlists and themes; exit 78 with every error and its place."""
    from wirewatch.cli.surroundings import surroundings
    from wirewatch.rulefiles import read_rules

    rules = read_rules(session.config_dir, path, around=surroundings(session, session.config_dir))
    if form == "json":
        for problem in rules.problems:
            emit(problem.as_json())
    else:
        tell(rules.problems)
        total = len(rules.watchlists.rules) + len(rules.watchlists.resting)
        typer.echo(counted({"rules": total, "themes": len(rules.themes.themes)}, rules.problems))
    if any(problem.is_error for problem in rules.problems):
        raise typer.Exit(BAD_CONFIG)


@command(app, "wirewatch rules test", "wirewatch rules test ir-tr-military-cooperation", name="test")
def run_tests(
    session: Session, names: Names = None, watchlist: Elsewhere = None, form: FormFlag = "table"
) -> None:
    """Run the tests written in watchlists and themes; exit 1 when one fails, with its explanation."""
    from wirewatch.rulefiles import read_rules
    from wirewatch.trials import all_trials, known_names

    rules = read_rules(session.config_dir, watchlist)
    matcher = compile_all(rules)
    for name in names or ():
        _require(name, known_names(rules), "rule or theme")
    results = try_all(all_trials(rules, frozenset(names or ())), matcher, session.gazetteer)
    failed = [result for result in results if not result.is_passed]
    if form == "json":
        show([result.row() for result in results], (), form, "no tests")
    else:
        for result in failed:
            say(result.told)
        typer.echo(f"{len(results)} tests, {len(failed)} failed")
    if failed:
        raise typer.Exit(FINDINGS)


@command(
    app,
    "wirewatch rules explain my-rule article.jsonl",
    "wirewatch rules explain my-rule --as text page.txt",
    'wirewatch rules explain my-rule --title "Iran denies a pact with Turkey"',
    "wirewatch rules explain my-rule https://news.example.org/2026/talks",
)
def explain(  # noqa: PLR0913, PLR0917 - each is an option of its own
    session: Session,
    rule: RuleId,
    file: OneFile = None,
    text: Text = None,
    title: Title = None,
    shape: As = "jsonl",
    watchlist: Elsewhere = None,
    form: FormFlag = "table",
) -> None:
    """Say clause by clause why a rule holds for an article or not, with the sentence that decided."""
    from wirewatch.cli.stored import stored_event
    from wirewatch.rulefiles import read_rules

    complaints = Complaints()
    if file is not None and _is_stored(file):
        matcher = compile_all(read_rules(session.config_dir, watchlist))
        _require(rule, [one.id for one in matcher.rules], "rule")
        _explain(matcher, rule, Article(None, stored_event(session, file)), is_json=form == "json")
        return
    with Articles(complaints, [file] if file else (), session.gazetteer, shape) as articles:
        matcher = compile_all(read_rules(session.config_dir, watchlist))
        _require(rule, [one.id for one in matcher.rules], "rule")
        given = text is not None or title is not None
        for article in articles.of(title, text) if given else articles.read():
            _explain(matcher, rule, article, is_json=form == "json")
    if complaints.count:
        raise typer.Exit(BAD_DATA)


@command(app, "wirewatch rules schema > schemas/watchlist.v1.schema.json")
def schema(session: Session) -> None:
    """Print the JSON Schema of watchlists, for editors."""
    from alerts.watchlist.schema import watchlist_schema

    del session
    emit_document(watchlist_schema())


def _explain(matcher: "Matcher", rule: str, article: Article, *, is_json: bool) -> None:
    from dataclasses import asdict

    from alerts.match.explain import render_explanation

    node = matcher.explain(rule, article.event)
    if is_json:
        emit({"id": article.id, "event_id": article.event.event_id, "rule": rule, **asdict(node)})
        return
    say(f"{rule}: {article.event.title}")
    say(render_explanation(node))


def _is_stored(name: str) -> bool:
    from wirewatch.cli.stored import is_stored_name

    return is_stored_name(name) and not Path(name).exists()


def _require(name: str, known: "list[str]", what: str) -> None:
    from stream.config.problem import did_you_mean

    if name not in known:
        message = f'there is no {what} "{name}"'
        raise CommandError(USAGE, "; ".join(filter(None, (message, did_you_mean(name, known)))))
