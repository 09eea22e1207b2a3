"""The stages as filters: JSON Lines in, JSON Lines out, in input order; no daemon, no state, no network."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from wirewatch.cli.articles import Article, Articles, Shape, named_event
from wirewatch.cli.command import command, new_group
from wirewatch.cli.exits import BAD_DATA
from wirewatch.cli.lines import Complaints, inputs
from wirewatch.cli.output import emit, emit_bytes
from wirewatch.cli.session import Session

Files = Annotated[
    list[str] | None, typer.Argument(metavar="FILE", help="Files to read; none or -: standard input.")
]
As = Annotated[
    Shape,
    typer.Option("--as", help="jsonl: an article a line; text, html: each FILE is one page as scraped."),
]
Watchlist = Annotated[
    Path, typer.Option("--watchlist", "-w", metavar="FILE_OR_DIR", help="The rules to match.")
]

Use = Callable[[Article], None]

feed = new_group("feed", "Read feeds as they are, without fetching.", "wirewatch feed parse saved-feed.xml")


def register(app: typer.Typer) -> None:
    """Add the filters to the top level."""
    command(
        app,
        "wirewatch normalise articles.jsonl > events.jsonl",
        "wirewatch normalise --as text page.txt",
        "curl -s https://example.org/story | wirewatch normalise --as html",
    )(normalise)
    command(
        app,
        "wirewatch annotate articles.jsonl",
        """echo '{"title": "Iran and Turkey sign a defence pact"}' | wirewatch annotate""",
    )(annotate)
    command(
        app,
        "wirewatch match --watchlist config/watchlists articles.jsonl",
        "wirewatch normalise articles.jsonl | wirewatch match -w my-rules.yaml",
    )(match)


def normalise(session: Session, files: Files = None, shape: As = "jsonl") -> None:
    """Turn articles into ArticleEvents, one a line."""
    from stream.event import encode

    _each(session, files, lambda: lambda article: emit_bytes(encode(named_event(article))), shape)


def annotate(session: Session, files: Files = None) -> None:
    """Say which countries, pairs and themes each article is about, with the evidence."""

    def prepare() -> Use:
        from wirewatch.cli.annotated import annotation_row
        from wirewatch.cli.rulebook import compile_themes

        matcher = compile_themes(session.config_dir)
        return lambda article: emit(annotation_row(article, matcher.find_themes(article.event)))

    _each(session, files, prepare)


def match(session: Session, watchlist: Watchlist, files: Files = None) -> None:
    """Match articles against watchlists: one line a match, with the evidence."""

    def prepare() -> Use:
        from wirewatch.cli.annotated import match_row
        from wirewatch.cli.rulebook import compile_all
        from wirewatch.rulefiles import read_rules

        matcher = compile_all(read_rules(session.config_dir, watchlist))

        def print_matches(article: Article) -> None:
            for found in matcher.match(article.event):
                emit(match_row(article, found))

        return print_matches

    _each(session, files, prepare)


@command(
    feed,
    "wirewatch feed parse saved/*.xml",
    "curl -s https://example.org/rss | wirewatch feed parse",
    name="parse",
)
def parse_feeds(session: Session, files: Files = None) -> None:
    """Print one line an entry: file, id, title, link, published, content."""
    from ingest.feeds.model import NotAFeed
    from ingest.feeds.parse import MAX_FEED_BYTES
    from ingest.feeds.rows import feed_rows

    del session
    complaints = Complaints()
    for name, file in inputs(files or (), complaints):
        try:
            rows = feed_rows(file.read(MAX_FEED_BYTES + 1), name)
        except OSError as error:
            complaints.say(name, f"cannot be read: {error.strerror}")
            continue
        if isinstance(rows, NotAFeed):
            complaints.say(name, f"not a feed ({rows.reason}): {rows.detail}")
            continue
        for row in rows:
            emit(row)
    _end(complaints)


def _each(
    session: Session, files: list[str] | None, prepare: Callable[[], Use], shape: Shape = "jsonl"
) -> None:
    """Prepare the use of events, while what makes them loads; then use the event of every article."""
    complaints = Complaints()
    with Articles(complaints, files or (), session.gazetteer, shape) as articles:
        use = prepare()
        for article in articles.read():
            use(article)
    _end(complaints)


def _end(complaints: Complaints) -> None:
    if complaints.count:
        raise typer.Exit(BAD_DATA)
