"""What may stand in a query or a path: checked once, here, for pages and the API alike. Pure."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from functools import cache
from typing import get_args
from urllib.parse import urlencode

from alerts.alert import AlertStatus
from alerts.store.search import ListPlace
from alerts.store.wanted import MOST_WORDS, Wanted, search_terms
from alerts.watchlist.clauses import Severity
from alerts.watchlist.vocabulary import Vocabulary, world
from stream.config.problem import did_you_mean
from wirewatch.web.cursor import place_at
from wirewatch.web.moments import moment

SEVERITIES: tuple[str, ...] = tuple(reversed(get_args(Severity)))
STATUSES: tuple[str, ...] = get_args(AlertStatus)

_SLUG = re.compile(r"[a-z0-9]+(?:[-_.][a-z0-9]+)*")
_SLUG_CHARS = 64
_ALERT_ID = re.compile(r"[0-9a-f]{32}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,8}")
_TEXT_CHARS = 200
_ID = "is an id: small letters and digits, joined by hyphens"


@dataclass(frozen=True, slots=True)
class AlertFilter:
    """Which alerts are wanted, as written; an empty value takes all. `wanted` and `place` are what it means.

    `after` is the last alert of the page before, `cursor` where a search before this ended.
    """

    rule: str = ""
    severity: str = ""
    status: str = ""
    after: str = ""
    watchlist: str = ""
    country: str = ""
    publisher: str = ""
    language: str = ""
    since: str = ""
    until: str = ""
    q: str = ""
    cursor: str = ""
    wanted: Wanted = field(default_factory=Wanted, compare=False)
    place: ListPlace | None = field(default=None, compare=False)

    @property
    def is_narrow(self) -> bool:
        """Whether something is chosen, wherever in the list."""
        return any(value for name, value in self._values() if name not in _PLACES)

    def query(self, **changes: str) -> str:
        """Write it as a query string, `?` included, with some values replaced; empty ones are left out."""
        values = {**dict(self._values()), **changes}
        kept = {name: value for name, value in values.items() if value}
        return f"?{urlencode(kept)}" if kept else "?"

    def _values(self) -> Iterable[tuple[str, str]]:
        return ((name, getattr(self, name)) for name in FILTERS)


_PLACES = ("after", "cursor")
FILTERS: tuple[str, ...] = tuple(
    one.name for one in fields(AlertFilter) if one.name not in {"wanted", "place"}
)
"""The parameters of a list of alerts."""


def alert_filter(query: Mapping[str, str], now: datetime) -> AlertFilter | str:
    """Read a filter from a query; a sentence for people when a value is none we know."""
    written = {name: query.get(name, "").strip() for name in FILTERS}
    fault = _fault(written)
    if fault:
        return fault
    code = _world().country(written["country"]) or "" if written["country"] else ""
    since, until = moment(written["since"], now), moment(written["until"], now)
    for name, found in (("since", since), ("until", until)):
        if isinstance(found, str):
            return f"{name} {found}"
    if written["country"] and not code:
        return "country is the code or the English name of one: IR, Iran"
    place = place_at(written["cursor"]) if written["cursor"] else None
    if written["cursor"] and place is None:
        return "cursor is the `next` of the answer before"
    assert not isinstance(since, str)  # noqa: S101 - answered above
    assert not isinstance(until, str)  # noqa: S101
    wanted = Wanted(
        rule=written["rule"],
        severity=written["severity"],
        status=written["status"],
        watchlist=written["watchlist"],
        since=since,
        until=until,
        country=code,
        publisher=written["publisher"],
        language=written["language"],
        words=written["q"],
    )
    return AlertFilter(**written, wanted=wanted, place=place)


def unknown_parameter(given: Iterable[tuple[str, str]], known: Collection[str]) -> str | None:
    """What is wrong with the names in a query, in a sentence: one that we do not know, or one given twice.

    Taken for nothing, a misspelt filter would show what was not asked for.
    """
    names = Counter(name for name, _ in given)
    for name, times in names.items():
        if name not in known:
            hint = did_you_mean(name, known)
            listed = f"known are {', '.join(known)}" if known else "it takes none"
            return f'there is no parameter "{name[:60]}": {f"{hint} " if hint else ""}{listed}'
        if times > 1:
            return f"{name} is given {times} times, and it takes one value"
    return None


def is_slug(text: str) -> bool:
    """Whether a text can be the id of a rule or of a source."""
    return len(text) <= _SLUG_CHARS and _SLUG.fullmatch(text) is not None


def is_alert_id(text: str) -> bool:
    """Whether a text can be the id of an alert."""
    return _ALERT_ID.fullmatch(text) is not None


@cache
def _world() -> Vocabulary:
    return world(())


def _fault(written: Mapping[str, str]) -> str | None:
    for name, known in (("severity", SEVERITIES), ("status", STATUSES)):
        if written[name] and written[name] not in known:
            return f"{name} is one of {', '.join(known)}"
    for name in ("rule", "watchlist"):
        if written[name] and not is_slug(written[name]):
            return f"{name} {_ID}"
    for name in ("q", "publisher", "country"):
        if len(written[name]) > _TEXT_CHARS:
            return f"{name} is at most {_TEXT_CHARS} characters"
    return _late_fault(written)


def _late_fault(written: Mapping[str, str]) -> str | None:
    if written["after"] and not is_alert_id(written["after"]):
        return "after is the alert_id of the last alert you have"
    if written["after"] and written["cursor"]:
        return "after and cursor both say where to go on: send one of them"
    if written["language"] and not _LANGUAGE.fullmatch(written["language"]):
        return "language is a BCP 47 tag or its beginning: fa, zh-Hant"
    if written["publisher"] and not search_terms(written["publisher"]):
        return "publisher is a word or more of its name"
    if written["q"] and not 1 <= len(search_terms(written["q"])) <= MOST_WORDS:
        return f'q is 1 to {MOST_WORDS} words: sanctions, "words that stand together", begin*'
    return None
