"""Real feeds and their damage, where the shared evaluation data is at hand: no crash, and nothing lost."""

import gzip
import json
import os
import random
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ingest.feeds.model import ParsedFeed
from ingest.feeds.parse import parse_feed

SHARED = Path(os.environ.get("WIREWATCH_SHARED", Path(__file__).parents[4] / "shared"))
CORPUS = SHARED / "eval" / "ingest" / "feeds"

pytestmark = pytest.mark.skipif(not CORPUS.exists(), reason="the shared evaluation data is not here")


def _corpus(suite: str) -> Iterator[tuple[dict[str, Any], bytes]]:
    with (
        gzip.open(CORPUS / "expected.jsonl.gz", "rt") as lines,
        zipfile.ZipFile(CORPUS / "feeds.zip") as files,
    ):
        for line in lines:
            row = json.loads(line)
            if row["suite"].startswith(suite):
                yield row, files.read(row["file"])


def _entries(data: bytes) -> int:
    found = parse_feed(data)
    return len(found.entries) if isinstance(found, ParsedFeed) else 0


def _flipped(data: bytes, seed: str) -> bytes:
    dice, damaged = random.Random(seed), bytearray(data)
    for _ in range(20):
        damaged[dice.randrange(len(damaged))] = dice.randrange(256)
    return bytes(damaged)


def test_given_all_feeds_when_they_are_parsed_then_as_many_entries_come_out_as_the_reference_has() -> None:
    others = [row["file"] for row, data in _corpus("") if row["entries"] and _entries(data) != row["entries"]]

    assert others == []


def test_given_gold_fixtures_when_they_are_parsed_then_links_agree() -> None:
    gold = [(row["gold"], parse_feed(data)) for row, data in _corpus("gofeed") if row["gold"]]

    pairs = [
        (want["link"], entry.link)
        for wanted, feed in gold
        if isinstance(feed, ParsedFeed)
        for want, entry in zip(wanted, feed.entries, strict=False)
        if want["link"]
    ]

    assert len(pairs) >= 5
    assert [pair for pair in pairs if pair[0] != pair[1]] == []


def test_given_real_feeds_with_20_random_bytes_when_they_are_parsed_then_97_percent_is_kept() -> None:
    expected, kept = 0, 0
    for row, data in _corpus("real"):
        expected += row["entries"]
        kept += min(_entries(_flipped(data, row["file"])), row["entries"])

    assert kept / expected >= 0.97
