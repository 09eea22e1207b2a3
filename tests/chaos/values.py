"""A million URLs, dates and headers as strangers might write them: `python -m tests.chaos values`.

Each goes through every door that reads its kind. Whatever comes back is fine; whatever is raised is not.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from random import Random

from yarl import URL

from alerts.plain import header_line, many_lines, one_line
from alerts.sinks.mail_bytes import MailField, difference, written
from alerts.sinks.webhook import judge
from ingest.dates import decide_published, parse_instant, parse_modified
from ingest.feeds.dates import has_time, parse_feed_date
from ingest.feeds.jsonfeed import read_json
from ingest.fetch.headers import fresh_s
from ingest.fetch.redirects import target_of
from ingest.item import RawItem
from ingest.normalise import normalise
from ingest.urls import canonical_url, host_of, is_front_page, is_same_site, resolve, url_key
from stream.net import NetPolicy, check_url
from stream.untrusted.addresses import join_text, join_url, read_url, split_url
from stream.untrusted.numbers import whole_number
from stream.untrusted.times import http_date, later, retry_after_s
from tests.chaos.odd_values import odd_date, odd_header, odd_url
from tests.chaos.telling import tell
from tests.ingest.bare_annotator import annotate
from tests.support.ledger import Verdict
from wirewatch.settings import secrets_of
from wirewatch.shown import shown_line

MILLION = 1_000_000
MAILS_ONE_IN = 60  # a mail is written and read back in 2 ms, which is a hundred values' time
PAGES_ONE_IN = 5_000  # a page that hides its date takes a second
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
_BASE = URL("https://news.example.org/feed")
_OPEN = NetPolicy(allow_private=True)

Door = Callable[[str], object]


@dataclass
class Findings:
    """How many inputs of each kind went in, and what was raised for which, one example of each."""

    given: Counter[str] = field(default_factory=Counter)
    raised: dict[str, str] = field(default_factory=dict)

    def try_door(self, door: Door, text: str) -> None:
        try:
            door(text)
        except Exception as error:  # noqa: BLE001 # whatever it is, it is what we look for
            where = f"{getattr(door, '__name__', 'door')}: {type(error).__name__}"
            self.raised.setdefault(where, ascii(text)[:300])


def _checked(text: str) -> None:
    with suppress(OSError):  # how a URL is refused
        url = check_url(text, _OPEN)
        assert str(read_url(str(url))) == str(url)
        assert url.host


def _canonical(text: str) -> None:
    url = canonical_url(text)
    if url is not None:
        assert canonical_url(url) == url
        _ = host_of(url), is_front_page(url), is_same_site(url, str(_BASE)), url_key(url)


def _linked(text: str) -> None:
    _ = resolve(str(_BASE), text), join_text(str(_BASE), text), join_url(_BASE, text), split_url(text)
    _ = resolve(text, "/story"), join_text(text, "/story"), target_of(_BASE, text)


def _found_in_feed(text: str) -> None:
    from msgspec.json import encode

    text = text.encode("utf-8", "replace").decode()
    document = {"items": [{"url": text, "date_published": text, "title": "x"}], "home_page_url": text}
    read_json(encode({"version": "https://jsonfeed.org/version/1.1", **document}), str(_BASE), 10)


def _published(text: str) -> None:
    verdict = decide_published([(text, "source"), ("2026-11-24", "htmldate")], NOW)
    assert verdict.at.tzinfo is UTC
    _ = parse_instant(text), parse_modified(text, NOW), parse_feed_date(text), has_time(text), http_date(text)


def _asked(text: str) -> None:
    for limit_s in (60.0, 86_400.0):
        wait_s = retry_after_s(text, NOW, limit_s)
        assert wait_s is None or 0 <= wait_s <= limit_s
        later(NOW, wait_s or 0.0)
    judge(429, text, "", NOW)
    assert (fresh_s({"Cache-Control": text, "Expires": text, "Date": text, "Age": text}, NOW) or 0.0) >= 0
    whole_number(text)


def _cleaned(text: str) -> None:
    line = header_line(text, 200)
    assert len(line) <= 200
    assert "=?" not in line
    assert len(one_line(text, 50)) <= 50
    shown_line(text).encode()


def _mailed(text: str) -> None:
    fields = (MailField("Subject", header_line(text, 200), is_text=True),)
    body = many_lines(text)
    assert difference(written(fields, body, "x"), fields, body, "x") is None


def _page(url: str, date: str) -> RawItem:
    said = date.replace('"', "").encode("utf-8", "replace").decode()
    link = url.replace('"', "").encode("utf-8", "replace").decode()
    html = (
        f'<html><head><link rel="canonical" href="{link}"><meta property="og:url" content="{link}">'
        f'<meta property="article:published_time" content="{said}"><script type="application/ld+json">'
        f'{{"@type": "NewsArticle", "datePublished": "{said}", "url": "{link}"}}</script></head>'
        f'<body><article><time datetime="{said}">{said}</time><p>Published {said}</p>'
        f'<a href="{link}">A treaty was signed.</a></article></body></html>'
    )
    return RawItem(
        source="odd",
        found_at=NOW,
        title="A treaty",
        url=url,
        html=html,
        published=date,
        modified=date,
        locator="odd",
    )


def _normalised(url: str, date: str) -> None:
    event = normalise(_page(url, date), annotate)
    assert getattr(event, "title", None), event


KINDS: Mapping[str, tuple[Callable[[Random], str], tuple[Door, ...]]] = {
    "URLs": (odd_url, (_checked, _canonical, _linked, _found_in_feed, lambda text: [*secrets_of(text)])),
    "dates": (odd_date, (_published, _asked)),
    "headers": (odd_header, (_asked, _cleaned, _published)),
}


def fuzz(count: int, seed: int) -> Findings:
    """Give `count` values to their doors, an equal share of each kind."""
    rng, found = Random(seed), Findings()
    for number, (kind, (make, doors)) in islice(enumerate(_turns()), count):
        text = make(rng)
        found.given[kind] += 1
        for door in doors:
            found.try_door(door, text)
        if number % MAILS_ONE_IN == 0:
            found.given["whole mails"] += 1
            found.try_door(_mailed, odd_header(rng))
        if number % PAGES_ONE_IN == 0:
            found.given["whole pages"] += 1
            found.try_door(lambda url: _normalised(url, odd_date(rng)), odd_url(rng))
    return found


def _turns() -> Iterable[tuple[str, tuple[Callable[[Random], str], tuple[Door, ...]]]]:
    while True:
        yield from KINDS.items()


def run(count: int, seed: int) -> tuple[Mapping[str, float], Verdict]:
    """The figures of a round, and what was raised in it."""
    found = fuzz(count, seed)
    violations = [f"{where} for {example}" for where, example in found.raised.items()]
    return dict(found.given), Verdict({"raised": len(violations)}, violations)


if __name__ == "__main__":
    wanted, seed = (int(text) for text in (*sys.argv[1:], str(MILLION), "7")[:2])
    sys.exit(tell(f"{wanted:,} odd values, seed {seed}", lambda: run(wanted, seed)))
