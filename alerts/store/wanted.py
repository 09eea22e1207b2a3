"""Which alerts somebody looks for: what can be told of a row, and what only its article tells. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from alerts.match.evaluate import speaks
from alerts.store.instants import micros
from stream.text.fold import fold, fold_term, is_foldable

MOST_WORDS = 12
"""How many words a search takes."""

_WORD = re.compile(r'"([^"]*)"|(\S+)')
_PART = b"\x1e"  # between title, lead and text: no term reaches across
_countries = msgspec.json.Decoder(tuple[str, ...])


class _Article(msgspec.Struct, frozen=True):
    """What a search reads of a stored event; msgspec skips the rest."""

    title: str = ""
    lead: str = ""
    text: str = ""
    language: str = "und"
    publisher: str | None = None
    source: str = ""
    countries: tuple[str, ...] = ()


_article = msgspec.json.Decoder(_Article)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an alert must be to be found; empty values take all.

    `since` is the first instant and `until` the first no longer meant, by when alerts were raised. `country`
    is a code: of those that the rule proved, or of the article's where the rule names none. `publisher` are
    words of its name (of the source's id where it has none); `language` is a BCP 47 tag or its beginning;
    `words` all stand in the title, the lead or the text, folded as the matcher folds (see `search_terms`).
    """

    rule: str = ""
    severity: str = ""
    status: str = ""
    watchlist: str = ""
    since: datetime | None = None
    until: datetime | None = None
    country: str = ""
    publisher: str = ""
    language: str = ""
    words: str = ""

    @property
    def reads_article(self) -> bool:
        """Whether the row of the alert is not enough to tell."""
        return bool(self.country or self.publisher or self.language or self.words)

    def conditions(self) -> tuple[list[str], dict[str, Any]]:
        """What the database tells by its indexes, as conditions on `a` with their values.

        Only what is asked for stands in the statement, so that each filter finds its index.
        """
        named = {
            "rule": self.rule,
            "severity": self.severity,
            "status": self.status,
            "watchlist": self.watchlist,
        }
        values: dict[str, Any] = {name: value for name, value in named.items() if value}
        conditions = [f"a.{name} = :{name}" for name in values]
        for at, condition, name in (
            (self.since, "a.created_at >= :since", "since"),
            (self.until, "a.created_at < :until", "until"),
        ):
            if at is not None:
                conditions.append(condition)
                values[name] = micros(at)
        return conditions, values


class Sieve:
    """Tells whether a row is wanted; what is looked for is folded once, an article once for its alerts."""

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._terms = search_terms(wanted.words)
        self._publisher = fold(wanted.publisher).data
        self._last: tuple[object, bool, tuple[str, ...]] = (None, False, ())

    def takes(self, row: Mapping[Any, Any]) -> bool:
        """Whether an alert is wanted, by its row with `event_id`, `revision`, `countries` and `encoded`.

        A stored event that can no longer be read is not found.
        """
        key = (row["event_id"], row["revision"])
        if self._last[0] != key:
            self._last = (key, *self._read(row["encoded"]))
        _, is_wanted, in_article = self._last
        if not is_wanted or not self._wanted.country:
            return is_wanted
        return self._wanted.country in (_countries.decode(row["countries"]) or in_article)

    def _read(self, encoded: bytes) -> tuple[bool, tuple[str, ...]]:
        try:
            article = _article.decode(encoded)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            return False, ()
        return self._takes_article(article), article.countries

    def _takes_article(self, article: _Article) -> bool:
        wanted = self._wanted
        if wanted.language and not speaks(article.language, wanted.language):
            return False
        if wanted.publisher and self._publisher not in fold(article.publisher or article.source).data:
            return False
        if not self._terms:
            return True
        data = _PART.join(fold(part).data for part in (article.title, article.lead, article.text))
        return all(term in data for term in self._terms)


def search_terms(words: str) -> tuple[bytes, ...]:
    """The folded terms of a search: words, `"words that stand together"`, and `begin*` for all that begin so.

    Words that hold no letter or digit are left out.
    """
    found = (quoted or word for quoted, word in _WORD.findall(words))
    return tuple(dict.fromkeys(fold_term(word) for word in found if is_foldable(word)))
