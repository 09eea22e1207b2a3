"""Silence on ordinary news: 200 pairs of countries, each with every theme, over all news that is at hand.

    python -m bench.evaluate --ordinary [N]

The items were chosen for nothing that has to do with relations of countries: feeds and pages as crawled, news
stories, news of sport, arts, disasters and health, headlines and sentences in many languages. Prints how many
alerts the rules would raise, by theme and by where the items come from, and N of them, drawn with a fixed
seed, for people to judge.
"""

import random
import zipfile
from collections import Counter
from collections.abc import Iterator
from itertools import combinations, islice
from pathlib import Path
from typing import NamedTuple, TypedDict

from alerts.alert import Match
from bench.evaluate.corpus import find_corpus
from bench.evaluate.product import Product
from bench.evaluate.rows import Pair, read_rows, sorted_pair
from ingest.feeds.model import ParsedFeed
from ingest.feeds.parse import parse_feed
from stream.event import ArticleEvent

ITEMS = 10_000
DRAWN = 50
_IN_THE_NEWS = "US RU CN UA IR IL TR GB FR DE IN PK KP KR JP SA SY PL TW PS".split()
_OTHERS = ("AM-AZ", "ER-ET", "RS-XK", "CY-GR", "CU-US", "US-VE", "MX-US", "CA-US", "AU-CN", "EG-ET")
_REAL_FEEDS = ("kagi/", "miniflux/")


class Fields(TypedDict, total=False):
    """What is known of an item."""

    title: str
    text: str
    html: str | None
    page_text: str
    language: str


class Alert(NamedTuple):
    """What a reader judges: whether this sentence reports that, between these two."""

    theme: str
    countries: tuple[str, ...]
    origin: str
    trigger: str
    sentence: str


def pairs() -> list[Pair]:
    """The 200 pairs: all of twenty countries, and ten more that have a history."""
    others = (sorted_pair(pair.split("-")) for pair in _OTHERS)
    return [*map(sorted_pair, combinations(_IN_THE_NEWS, 2)), *others]


def main(folder: Path, drawn: int = DRAWN) -> int:
    """Print the counts and the alerts; return the exit code."""
    if not folder.is_dir():
        print(f"no evaluation sets in {folder}: nothing matched")
        return 0
    product = Product()
    matcher = product.compile(pairs())
    read: Counter[str] = Counter()
    alerts: list[Alert] = []
    for origin, event in islice(_events(folder, product), ITEMS):
        read[origin] += 1
        alerts += [_alert(origin, match) for match in matcher.match(event)]
    _print(read, alerts, drawn)
    return 0


def _print(read: Counter[str], alerts: list[Alert], drawn: int) -> None:
    by_origin = Counter(alert.origin for alert in alerts)
    print(f"{len(pairs())} pairs, each with every theme; {read.total():,} items, {len(alerts)} alerts")
    for origin, count in read.most_common():
        print(f"  {origin:<12}{count:>6} items {by_origin[origin]:>4} alerts")
    print("  " + ", ".join(f"{theme} {n}" for theme, n in Counter(a.theme for a in alerts).most_common()))
    for number, alert in enumerate(random.Random(0).sample(alerts, min(drawn, len(alerts))), 1):
        head = f"{alert.theme} {'–'.join(alert.countries)} [{alert.origin}] «{alert.trigger}»"
        print(f"{number:>3}. {head} {alert.sentence}")


def _alert(origin: str, match: Match) -> Alert:
    proof = next(one for one in match.evidence if one.clause.endswith("theme"))
    trigger = (match.event.title if proof.field == "title" else match.event.text)[proof.start : proof.end]
    return Alert(match.theme or "", match.countries, origin, _line(trigger), _line(proof.sentence))


def _line(text: str) -> str:
    return " ".join(text.split())


def _events(folder: Path, product: Product) -> Iterator[tuple[str, ArticleEvent]]:
    """(Where from, event), each text once."""
    seen: set[str] = set()
    for origin, fields in _items(folder):
        event = product.event(**fields)
        if event is not None and event.content_hash not in seen:
            seen.add(event.content_hash)
            yield origin, event


def _items(folder: Path) -> Iterator[tuple[str, Fields]]:
    for row in read_rows(folder / "wcep_background_dev.jsonl"):
        yield "background", {"text": row.text, "language": "en"}
    for entry in _feed_entries():
        yield "feeds", entry
    for found in _rows("near_dup"):
        yield "near_dup", {"text": found["text"]}
    for found in _rows("plaintext"):
        yield "plaintext", {"page_text": found["page_text"]}
    for found in _rows("langid"):
        yield "langid", {"title": found["text"]}


def _rows(name: str) -> Iterator[dict[str, str]]:
    corpus = find_corpus(name)
    for _, row in corpus.rows() if corpus else ():
        yield row


def _feed_entries() -> Iterator[Fields]:
    corpus = find_corpus("feeds")
    if corpus is None:
        return
    with zipfile.ZipFile(corpus.folder / "feeds.zip") as archive:
        for name in archive.namelist():
            feed = parse_feed(archive.read(name)) if name.startswith(_REAL_FEEDS) else None
            for entry in feed.entries if isinstance(feed, ParsedFeed) else ():
                yield {"title": entry.title, "html": entry.body}
