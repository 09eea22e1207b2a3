from ingest.feeds.model import NotAFeed
from ingest.feeds.rows import feed_rows


def test_given_a_feed_when_its_rows_are_asked_for_then_each_has_the_agreed_keys() -> None:
    data = b"""<rss><channel><item><title>News &amp;amp; more</title><link>https://news.example/1</link><guid>g</guid>
    <pubDate>Tue, 24 Nov 2026 10:30:00 +0100</pubDate><description>Words.</description></item>
    <item><title>Undated</title></item></channel></rss>"""

    rows = feed_rows(data, "a.xml")

    assert rows == [
        {
            "file": "a.xml",
            "id": "g",
            "title": "News & more",
            "link": "https://news.example/1",
            "published": "2026-11-24T09:30:00.000Z",
            "content": "Words.",
        },
        {"file": "a.xml", "id": None, "title": "Undated", "link": None, "published": None, "content": None},
    ]


def test_given_no_feed_when_its_rows_are_asked_for_then_the_reason_comes_back() -> None:
    assert isinstance(feed_rows(b"<html></html>", "a.html"), NotAFeed)
