"""What is written in a condition, with its place."""

from collections.abc import Iterator

from alerts.watchlist.model import GROUPS, Condition
from stream.config.node import Path


def regexes_in(condition: Condition, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Every regex of a condition and of those inside it, with its place below `path`."""
    text = condition.text
    for place, term in enumerate(text.terms if text else ()):
        if term.regex is not None:
            below = ("regex",) if text is term else ("any", place, "regex")
            yield (*path, "text", *below), term.regex
    for group in GROUPS:
        for place, part in enumerate(getattr(condition, group) or ()):
            yield from regexes_in(part, (*path, group, place))
