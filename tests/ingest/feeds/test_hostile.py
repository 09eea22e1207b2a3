"""Feeds made to hurt: none is expanded, none reads a file, all end soon."""

import time
from pathlib import Path

import pytest

from ingest.feeds.model import NotAFeed, ParsedFeed
from ingest.feeds.parse import parse_feed

ITEM = b"<item><title>News</title><link>https://news.example/1</link></item>"


def _feed(inner: bytes, doctype: bytes = b"") -> bytes:
    return b"<?xml version='1.0'?>" + doctype + b"<rss version='2.0'><channel>" + inner + b"</channel></rss>"


def _laughs() -> bytes:
    entities = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))
    doctype = b'<!DOCTYPE x [<!ENTITY l0 "ha">' + entities + b"]>"
    return _feed(b"<item><title>&l9;</title><guid>1</guid></item>", doctype)


def _quadratic() -> bytes:
    doctype = b'<!DOCTYPE x [<!ENTITY a "' + b"ha" * 50_000 + b'">]>'
    return _feed(b"<item><title>T</title><description>" + b"&a;" * 20_000 + b"</description></item>", doctype)


@pytest.mark.parametrize("data", [_laughs(), _quadratic()], ids=["billion laughs", "quadratic"])
def test_given_an_entity_bomb_when_it_is_parsed_then_it_does_not_grow(data: bytes) -> None:
    found = parse_feed(data)

    assert isinstance(found, NotAFeed | ParsedFeed)
    assert len(str(found)) < 10 * len(data)


@pytest.mark.parametrize("form", ["entity", "parameter", "external"])
def test_given_a_feed_that_names_a_file_when_it_is_parsed_then_the_file_is_not_read(
    tmp_path: Path, form: str
) -> None:
    secret = tmp_path / "secret.dtd"
    secret.write_text('<!ENTITY e "canary-7f3a">' if form != "entity" else "canary-7f3a")
    doctype = {
        "entity": f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{secret}">]>',
        "parameter": f'<!DOCTYPE x [<!ENTITY % p SYSTEM "file://{secret}"> %p;]>',
        "external": f'<!DOCTYPE x SYSTEM "file://{secret}">',
    }[form]

    found = parse_feed(_feed(b"<item><title>T &e;</title><guid>1</guid></item>", doctype.encode()))

    assert "canary" not in str(found)


def test_given_a_path_or_a_url_for_a_feed_when_it_is_parsed_then_it_is_not_opened(tmp_path: Path) -> None:
    feed = tmp_path / "feed.xml"
    feed.write_bytes(_feed(ITEM))

    found = [parse_feed(text.encode()) for text in (str(feed), f"file://{feed}", "http://127.0.0.1:9/feed")]

    assert all(isinstance(outcome, NotAFeed) for outcome in found)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(_feed(b"<item>" + b"<a>" * 20_000 + b"</a>" * 20_000 + b"</item>"), id="deep"),
        pytest.param(_feed(b"<item><title>" + b"<" * 50_000), id="open tags"),
        pytest.param(_feed(b"<item><title>" + b"<![CDATA[" * 50_000), id="open sections"),
        pytest.param(b"<!--" * 200_000, id="open comments"),
        pytest.param(b"<!-- a -->" * 100_000 + b"<x>", id="comments"),
        pytest.param(
            _feed(ITEM.replace(b"</item>", b"<author>" + b"@" * 500_000 + b"</author></item>")), id="at"
        ),
        pytest.param(_feed(ITEM.replace(b"News", b"&amp;" * 200_000)), id="ampersands"),
        pytest.param(
            _feed(ITEM.replace(b"</item>", b"<pubDate>" + b"1 " * 200_000 + b"</pubDate></item>")), id="date"
        ),
        pytest.param(b"<rss " + b" ".join(b'a%d="1"' % n for n in range(20_000)) + b"/>", id="attributes"),
    ],
)
def test_given_a_feed_made_to_be_slow_when_it_is_parsed_then_it_ends_soon(data: bytes) -> None:
    started = time.process_time()

    found = parse_feed(data)

    assert isinstance(found, NotAFeed | ParsedFeed)
    assert time.process_time() - started < 5


def test_given_60_000_items_when_they_are_parsed_then_only_those_asked_for_are_kept() -> None:
    data = _feed(b"".join(ITEM.replace(b"/1", b"/%d" % n) for n in range(60_000)))

    found = parse_feed(data, max_entries=500)

    assert isinstance(found, ParsedFeed)
    assert [entry.link for entry in found.entries] == [f"https://news.example/{n}" for n in range(500)]


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda feed: feed.replace(b"</title>", b" A & B < C</title>"), id="raw ampersand"),
        pytest.param(lambda feed: feed.replace(b"<title>", b"<title>\x00\x0b\x1f"), id="controls"),
        pytest.param(lambda feed: feed.replace(b"News", b"News &#0;&#x1F;&#xD800;"), id="bad references"),
        pytest.param(lambda feed: feed.replace(b"News", b"News &nbsp;&eacute;"), id="html entities"),
        pytest.param(lambda feed: feed.replace(b"News", b"News caf\xe9"), id="stray byte"),
        pytest.param(lambda feed: b"\n \xef\xbb\xbf" + feed, id="late mark"),
        pytest.param(lambda feed: feed[:-30], id="cut short"),
        pytest.param(lambda feed: feed.replace(b"'1.0'", b"'1.0' encoding='x-none'"), id="unknown encoding"),
        pytest.param(lambda feed: feed.replace(b"</link>", b"</lnk>", 1), id="wrong end tag"),
        pytest.param(lambda feed: feed.replace(b"version='2.0'", b"version=2.0"), id="unquoted"),
    ],
)
def test_given_the_damage_of_real_feeds_when_they_are_parsed_then_all_entries_stay(damage: object) -> None:
    assert callable(damage)

    found = parse_feed(damage(_feed(ITEM * 10)))

    assert isinstance(found, ParsedFeed)
    assert len(found.entries) == 10
    assert all(entry.title.startswith("News") for entry in found.entries)
