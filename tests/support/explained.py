"""Whether what `explain` says of a leaf is so, told from the event once more by plain means."""

from collections.abc import Callable
from dataclasses import replace

from alerts.watchlist.clauses import Clause, Countries, Filter, Text, TextField, Theme
from stream.event import ArticleEvent
from tests.support.brute_force import BruteForce

Labels = Callable[[str], list[frozenset[str]]]  # of each trigger of a theme
_EVERYWHERE: tuple[TextField, ...] = ("title", "lead", "text")
_ADVICE = "; `as: mentioned` would match"


class FactCheck:
    """Holds what was said of an event against the event."""

    def __init__(self, brute: BruteForce, event: ArticleEvent, labels: Labels) -> None:
        self._brute = brute
        self._event = event
        self._labels = labels

    def is_true(self, clause: Clause, why: str) -> bool:
        """Whether the reason given for a leaf that does not hold is so."""
        match clause:
            case Countries():
                return self._countries(clause, why)
            case Theme():
                return self._theme(clause, why)
            case Text():
                return self._text(clause, why)
            case Filter(field=field):
                return why == f"it is {getattr(self._event, field) or 'not given'}"
            case _:
                raise AssertionError(clause)

    def _countries(self, clause: Countries, why: str) -> bool:
        said, advice, _ = why.partition(_ADVICE)
        anywhere = replace(clause, salience="any")
        if said.startswith("only outside"):
            return self._holds(anywhere) and not self._holds(clause) and said.endswith(clause.salience)
        if self._holds(anywhere):
            return False
        roles = [{m.role for m in self._event.mentions if m.country in group} for group in clause.groups]
        if said.startswith("neither title nor text names"):
            return any(not found for found in roles)
        if not all(roles) or self._holds(replace(clause, role="mentioned")) is not bool(advice):
            return False
        return said.startswith("no sentence") or {"passing"} in roles

    def _theme(self, clause: Theme, why: str) -> bool:
        found = self._labels(clause.name)
        if not why.startswith("only "):
            return not found and why.startswith("no trigger found")
        return bool(found) and all(labels & clause.exclude for labels in found)

    def _text(self, clause: Text, why: str) -> bool:
        anywhere = replace(clause, fields=_EVERYWHERE, within="article", of_countries=False)
        here = replace(anywhere, fields=clause.fields)
        if why == "not found":
            return not self._holds(anywhere)
        if why.startswith("found in the"):
            return self._holds(anywhere) and not self._holds(here)
        return self._holds(here) and why.startswith("found, but spread over more than one")

    def _holds(self, clause: Clause) -> bool:
        return self._brute.holds(clause, self._event)
