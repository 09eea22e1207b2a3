"""Filters that no article can meet: a source that is not there, a publisher that nobody has seen."""

from collections.abc import Iterator

from alerts.watchlist.model import GROUPS, Condition, WatchlistPart
from alerts.watchlist.vocabulary import Surroundings
from stream.config.node import Document, Path
from stream.config.problem import ConfigProblem, did_you_mean
from stream.text.fold import fold_term

_SEEN = ("publisher", "section")


def unreachable(
    document: Document, watchlist: WatchlistPart, around: Surroundings
) -> Iterator[ConfigProblem]:
    """Say which filters of a sound file nothing can meet, as far as is known."""
    for number, rule in enumerate(watchlist.rules):
        for path, condition in _conditions(rule.when, ("rules", number, "when")):
            yield from _sources(document, condition, path, around)
            yield from _unseen(document, condition, path, around)


def _sources(
    document: Document, condition: Condition, path: Path, around: Surroundings
) -> Iterator[ConfigProblem]:
    for place, written in enumerate(condition.source or ()):
        if around.sources is not None and fold_term(written) not in map(fold_term, around.sources):
            yield document.problem(
                (*path, "source", place),
                f'there is no source "{written}"',
                wanted="the id of a source of config/sources.yaml, or of what is pushed",
                suggestion=did_you_mean(written, around.sources),
                severity="error" if around.is_strict else "warning",
            )


def _unseen(
    document: Document, condition: Condition, path: Path, around: Surroundings
) -> Iterator[ConfigProblem]:
    for field in _SEEN:
        values: tuple[str, ...] = getattr(condition, field) or ()
        seen = around.seen(field) if around.seen and values else frozenset()
        folded = frozenset(map(fold_term, seen))
        for place, written in enumerate(values):
            if seen and fold_term(written) not in folded:
                yield document.problem(
                    (*path, field, place),
                    f'no stored article has the {field} "{written}"',
                    suggestion=did_you_mean(written, seen),
                    severity="warning",
                )


def _conditions(condition: Condition, path: Path) -> Iterator[tuple[Path, Condition]]:
    yield path, condition
    for group in GROUPS:
        for place, part in enumerate(getattr(condition, group) or ()):
            yield from _conditions(part, (*path, group, place))
