"""Feed parsing against feedparser, CPU time in one run: `python bench/feeds.py [ROUNDS]`.

On feeds that this script writes, and on the real ones of the shared evaluation data where present.
"""

import json
import os
import random
import sys
import time
import warnings
import zipfile
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path

import feedparser

from ingest.feeds.model import ParsedFeed
from ingest.feeds.parse import parse_feed

SHARED = Path(os.environ.get("WIREWATCH_SHARED", Path(__file__).parents[2] / "shared"))
WORDS = ("harbour", "ministers", "talks", "grain", "ferry", "storm", "treaty", "railway", "council", "price")


def written_feeds(count: int = 40) -> list[bytes]:
    """RSS and Atom of 20 to 60 entries, a third of them with whole articles in HTML."""
    dice = random.Random(7)
    return [_written(dice, number) for number in range(count)]


def _written(dice: random.Random, number: int) -> bytes:
    entries = range(dice.randrange(20, 60))
    length = 2500 if number % 3 == 0 else 150
    if number % 2:
        body = "".join(_rss_item(dice, number, n, length) for n in entries)
        return f"<rss version='2.0'><channel><title>F</title>{body}</channel></rss>".encode()
    body = "".join(_atom_entry(dice, number, n, length) for n in entries)
    return f"<feed xmlns='http://www.w3.org/2005/Atom'><title>F</title>{body}</feed>".encode()


def _rss_item(dice: random.Random, feed: int, n: int, length: int) -> str:
    return (
        f"<item><title>{_text(dice, 60)} &amp;amp; more</title><link>https://n{feed}.example/{n}</link>"
        f"<guid>{feed}-{n}</guid><pubDate>Tue, 24 Nov 2026 09:{n % 60:02}:00 GMT</pubDate>"
        f"<category>World</category>"
        f"<description><![CDATA[<p>{_text(dice, length)}</p>]]></description></item>"
    )


def _atom_entry(dice: random.Random, feed: int, n: int, length: int) -> str:
    return (
        f"<entry><title type='html'>{_text(dice, 60)}</title><link href='https://n{feed}.example/{n}'/>"
        f"<id>urn:x:{feed}:{n}</id><updated>2026-11-24T09:{n % 60:02}:00Z</updated>"
        f"<author><name>A</name></author>"
        f"<content type='html'>&lt;p&gt;{_text(dice, length)}&lt;/p&gt;</content></entry>"
    )


def _text(dice: random.Random, length: int) -> str:
    return " ".join(dice.choices(WORDS, k=length // 7))


def real_feeds() -> list[bytes]:
    """The crawled feeds of the shared data; none where it is absent."""
    path = SHARED / "eval" / "ingest" / "feeds" / "feeds.zip"
    if not path.exists():
        return []
    with zipfile.ZipFile(path) as files:
        return [files.read(name) for name in files.namelist() if name.startswith("kagi/benchmark_data/")]


def cpu_s(parse: Callable[[bytes], object], feeds: Sequence[bytes], rounds: int) -> float:
    """Best of `rounds`, after one to warm up."""
    times = []
    for _ in range(rounds + 1):
        started = time.process_time()
        for feed in feeds:
            parse(feed)
        times.append(time.process_time() - started)
    return min(times[1:])


def _feedparser(data: bytes) -> object:
    return feedparser.parse(BytesIO(data))


def _feedparser_unsanitised(data: bytes) -> object:
    return feedparser.parse(BytesIO(data), sanitize_html=False, resolve_relative_uris=False)


def measured(name: str, feeds: list[bytes], rounds: int) -> dict[str, object]:
    """One row: our speed, and how many times feedparser's it is."""
    ours_s = cpu_s(parse_feed, feeds, rounds)
    parsed = [feed for feed in map(parse_feed, feeds) if isinstance(feed, ParsedFeed)]
    return {
        "bench": "feeds",
        "set": name,
        "feeds": len(feeds),
        "entries": sum(len(feed.entries) for feed in parsed),
        "megabytes_per_s": round(sum(map(len, feeds)) / ours_s / 1e6, 1),
        "times_feedparser": round(cpu_s(_feedparser, feeds, rounds) / ours_s, 1),
        "times_feedparser_unsanitised": round(cpu_s(_feedparser_unsanitised, feeds, rounds) / ours_s, 1),
    }


def main() -> None:
    """Print a row for each set of feeds."""
    warnings.simplefilter("ignore")
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    for name, feeds in (("written", written_feeds()), ("real", real_feeds())):
        if feeds:
            print(json.dumps(measured(name, feeds, rounds)))


if __name__ == "__main__":
    main()
