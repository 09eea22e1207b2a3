import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.feeds.model import FeedEntry, NotAFeed, ParsedFeed
from ingest.feeds.parse import parse_feed

URL = "https://news.example/feeds/world.xml"


def _read(data: str | bytes) -> ParsedFeed:
    feed = parse_feed(data.encode() if isinstance(data, str) else data, url=URL)
    assert isinstance(feed, ParsedFeed), feed
    return feed


def _entry(data: str | bytes) -> FeedEntry:
    (entry,) = _read(data).entries
    return entry


def _rss(item: str, head: str = "", attributes: str = "") -> str:
    return f"<rss version='2.0' {attributes}><channel>{head}<item>{item}</item></channel></rss>"


def _atom(entry: str, head: str = "", attributes: str = "") -> str:
    return f"<feed xmlns='http://www.w3.org/2005/Atom' {attributes}>{head}<entry>{entry}</entry></feed>"


RSS_20 = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"
     xmlns:content="http://purl.org/rss/1.0/modules/content/">
 <channel>
  <title>Harbour &amp; Hill</title><link>https://news.example/</link><language>en-GB</language><ttl>45</ttl>
  <image><title>Logo</title><link>https://news.example/logo</link></image>
  <item>
   <title><![CDATA[Ferries <i>resume</i> after storm]]></title>
   <link>https://news.example/ferries</link>
   <guid isPermaLink="false">hh-1</guid>
   <pubDate>Tue, 24 Nov 2026 09:30:00 GMT</pubDate>
   <dc:creator>Ada Morel</dc:creator><author>desk@news.example (The Desk)</author>
   <category>Sea</category><category>Weather</category>
   <description>Short.</description>
   <content:encoded><![CDATA[<p>The ferries sail again.</p>]]></content:encoded>
  </item>
 </channel>
</rss>"""


def test_given_rss_2_when_it_is_parsed_then_every_field_is_there() -> None:
    feed = _read(RSS_20)

    assert (feed.title, feed.language, feed.link) == ("Harbour & Hill", "en-GB", "https://news.example/")
    assert feed.ttl_s == 45 * 60
    assert feed.entries == (
        FeedEntry(
            id="hh-1",
            title="Ferries resume after storm",
            link="https://news.example/ferries",
            published_raw="Tue, 24 Nov 2026 09:30:00 GMT",
            summary="Short.",
            content_html="<p>The ferries sail again.</p>",
            authors=("The Desk", "Ada Morel"),
            tags=("Sea", "Weather"),
        ),
    )


def test_given_atom_1_when_it_is_parsed_then_every_field_is_there() -> None:
    feed = _read(
        _atom(
            """<id>urn:x:1</id><title type="html">Grain &amp;amp; &lt;b&gt;salt&lt;/b&gt;</title>
            <link rel="enclosure" href="https://cdn.example/a.mp3" type="audio/mpeg"/>
            <link rel="alternate" type="application/json" href="https://news.example/1.json"/>
            <link rel="alternate" type="text/html" href="/1"/>
            <link rel="self" href="https://news.example/1.atom"/>
            <published>2026-11-24T09:30:00Z</published><updated>2026-11-24T10:00:00Z</updated>
            <author><name>Ada Morel</name><email>a@news.example</email></author>
            <category term="sea" label="Sea"/><summary>Short.</summary>
            <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Long <b>one</b>.</p></div>
            </content>""",
            "<title>Harbour</title><link href='https://news.example/'/>",
            "xml:lang='fr'",
        )
    )

    assert (feed.title, feed.language, feed.link) == ("Harbour", "fr", "https://news.example/")
    assert feed.entries == (
        FeedEntry(
            id="urn:x:1",
            title="Grain & salt",
            link="https://news.example/1",
            published_raw="2026-11-24T09:30:00Z",
            modified_raw="2026-11-24T10:00:00Z",
            summary="Short.",
            content_html="<div><p>Long <b>one</b>.</p></div>",
            authors=("Ada Morel",),
            tags=("Sea",),
        ),
    )


def test_given_json_feed_when_it_is_parsed_then_every_field_is_there() -> None:
    feed = _read(
        b"""{"version": "https://jsonfeed.org/version/1.1", "title": "Harbour", "language": "en",
        "home_page_url": "https://news.example/", "items": [{"id": 7, "url": "/1",
        "title": "Grain &amp; salt", "content_text": "5 < 6", "summary": "Short.",
        "date_published": "2026-11-24T09:30:00Z", "date_modified": "2026-11-24T10:00:00Z",
        "authors": [{"name": "Ada Morel"}, 5], "tags": ["Sea", 3],
        "author": {"name": "Ben Holt"}}, "no item"]}"""
    )

    assert feed.title == "Harbour"
    assert feed.entries == (
        FeedEntry(
            id="7",
            title="Grain & salt",
            link="https://news.example/1",
            published_raw="2026-11-24T09:30:00Z",
            modified_raw="2026-11-24T10:00:00Z",
            summary="Short.",
            content_html="5 &lt; 6",
            authors=("Ada Morel", "Ben Holt"),
            tags=("Sea",),
        ),
    )


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(
            """<rss version="0.91"><channel><title>F</title><item><title>News</title>
            <link>https://news.example/1</link></item></channel></rss>""",
            id="RSS 0.91",
        ),
        pytest.param(
            """<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN"
            "http://my.netscape.com/publish/formats/rss-0.91.dtd"><rss version="0.91"><channel>
            <title>F</title><item><title>News</title><link>https://news.example/1</link></item></channel></rss>""",
            id="RSS 0.91 with its DTD",
        ),
        pytest.param(
            """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
            xmlns="http://my.netscape.com/rdf/simple/0.9/"><channel><title>F</title></channel>
            <item><title>News</title><link>https://news.example/1</link></item></rdf:RDF>""",
            id="RSS 0.90",
        ),
        pytest.param(
            """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
            <channel rdf:about="x"><title>F</title></channel><item rdf:about="https://news.example/1">
            <title>News</title><link>https://news.example/1</link></item></rdf:RDF>""",
            id="RSS 1.0",
        ),
        pytest.param(
            """<Channel xmlns="http://purl.org/net/rss1.1#"
            xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><title>F</title>
            <items rdf:parseType="Collection"><item><title>News</title><link>https://news.example/1</link></item>
            </items></Channel>""",
            id="RSS 1.1",
        ),
        pytest.param(
            """<r:rss version="2.0" xmlns:r="http://backend.userland.com/rss2"><r:channel><r:title>F</r:title>
            <r:item><r:title>News</r:title><r:link>https://news.example/1</r:link></r:item></r:channel></r:rss>""",
            id="RSS 2.0 in a namespace",
        ),
        pytest.param(
            """<feed version="0.3" xmlns="http://purl.org/atom/ns#"><title>F</title><entry>
            <title mode="base64">TmV3cw==</title>
            <link rel="alternate" type="text/html" href="https://news.example/1"/></entry></feed>""",
            id="Atom 0.3",
        ),
        pytest.param(
            """<RSS VERSION="2.0"><CHANNEL><TITLE>F</TITLE><ITEM><TITLE>News</TITLE>
            <LINK>https://news.example/1</LINK></ITEM></CHANNEL></RSS>""",
            id="upper case",
        ),
        pytest.param(
            """Warning: ob_start() in /srv/x.php\n<?xml version="1.0"?><rss><channel><title>F</title><item>
            <title>News</title><link>https://news.example/1</link></item></channel></rss>""",
            id="a warning in front",
        ),
        pytest.param(
            """<rss><channel><title>F</title><item><title>News</title><link>https://news.example/1</link></item>
            </channel></rss>\n<!-- cached --><script>x()</script>""",
            id="junk behind",
        ),
    ],
)
def test_given_a_dialect_when_it_is_parsed_then_title_and_link_are_read(data: str) -> None:
    feed = _read(data)

    assert feed.title == "F"
    assert [(entry.title, entry.link) for entry in feed.entries] == [("News", "https://news.example/1")]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("<title>Salt &amp;amp; grain</title>", "Salt & grain"),
        ("<title>A <b>bold</b> move</title>", "A bold move"),
        (
            '<title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">A <i>move</i></div></title>',
            "A move",
        ),
        ('<title type="application/octet-stream">U2FsdA==</title>', "Salt"),
        ('<title type="application/octet-stream">Not base64</title>', "Not base64"),
        ("<title/>", ""),
        ('<title/><media:title xmlns:media="http://search.yahoo.com/mrss/">Film</media:title>', "Film"),
        ('<dc:title xmlns:dc="http://purl.org/dc/elements/1.1/">Core</dc:title>', "Core"),
        ("<dc:title>Undeclared prefix</dc:title>", "Undeclared prefix"),
    ],
)
def test_given_a_title_in_some_form_when_it_is_parsed_then_it_is_plain(title: str, expected: str) -> None:
    assert _entry(_rss(title + "<guid>1</guid>")).title == expected
    assert _entry(_atom(title)).title == expected


@pytest.mark.parametrize(
    ("item", "link"),
    [
        ("<link>https://a.example/1</link>", "https://a.example/1"),
        ("<link>  /1\n</link>", "https://news.example/1"),
        ("<link>https://a.example/1</link><link>https://a.example/2</link>", "https://a.example/2"),
        ("<guid>https://a.example/g</guid>", "https://a.example/g"),
        ("<guid isPermaLink='false'>https://a.example/g</guid>", None),
        ("<guid>tag:a.example,2026:1</guid>", None),
        ("<link/><guid>https://a.example/g</guid>", "https://a.example/g"),
        ("<link xml:base='https://b.example/x/'>1</link>", "https://b.example/x/1"),
        (
            "<a:link xmlns:a='http://www.w3.org/2005/Atom' rel='self' href='/s'/><link>https://a.example/1</link>",
            "https://a.example/1",
        ),
        ("<link>http://[bad</link>", "http://[bad"),
    ],
)
def test_given_the_links_of_an_item_when_one_is_chosen_then_it_is_the_page(
    item: str, link: str | None
) -> None:
    assert _entry(_rss("<title>T</title>" + item)).link == link


def test_given_media_groups_and_itunes_when_there_is_no_description_then_they_serve() -> None:
    media = "xmlns:m='http://search.yahoo.com/mrss/'"
    item = "<title>T</title><m:group><m:title>Other</m:title><m:description>Words.</m:description></m:group>"

    entry = _entry(_rss(item, attributes=media))

    assert (entry.title, entry.summary) == ("T", "Words.")


@pytest.mark.parametrize(
    ("content", "summary", "body"),
    [
        ("<p>All of the story.</p>", "Short.", "<p>All of the story.</p>"),
        ("<p></p>", "Short.", "Short."),
        ("<img src='x.png'>", "A summary with words.", "A summary with words."),
        (None, "Short.", "Short."),
        ("<p>Alone.</p>", None, "<p>Alone.</p>"),
        (None, None, None),
    ],
)
def test_given_content_and_summary_when_one_says_more_then_it_is_the_body(
    content: str | None, summary: str | None, body: str | None
) -> None:
    assert FeedEntry(content_html=content, summary=summary).body == body


@pytest.mark.parametrize(
    ("head", "ttl_s"),
    [
        ("<ttl>60</ttl>", 3600.0),
        ("<ttl>soon</ttl>", None),
        ("<ttl>-5</ttl>", None),
        ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>", 1800.0),
        ("<sy:updatePeriod>daily</sy:updatePeriod>", 86_400.0),
        ("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>", None),
        ("", None),
    ],
)
def test_given_what_a_feed_asks_for_when_it_is_parsed_then_it_is_in_seconds(
    head: str, ttl_s: float | None
) -> None:
    sy = "xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'"

    assert _read(_rss("<title>T</title>", head, sy)).ttl_s == ttl_s


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b" \n\t\xef\xbb\xbf", "empty"),
        (b"\x00" * 100, "empty"),
        (b"<!DOCTYPE html><html><body>Not found</body></html>", "html"),
        (b"<?xml version='1.0'?><!-- x --><html xmlns='http://www.w3.org/1999/xhtml'/>", "html"),
        (b"Service unavailable", "unreadable"),
        (b'{"message": "Not found"}', "unreadable"),
        (b"[1, 2", "unreadable"),
        (b'{"items": ' + b"[" * 100_000, "unreadable"),
        (b"<opml version='2.0'><body/></opml>", "unreadable"),
        (bytes(range(256)) * 10, "unreadable"),
        (b"x" * (32 * 1024 * 1024 + 1), "unreadable"),
    ],
)
def test_given_what_is_no_feed_when_it_is_parsed_then_the_reason_says_what_it_is(
    data: bytes, reason: str
) -> None:
    found = parse_feed(data)

    assert isinstance(found, NotAFeed)
    assert found.reason == reason


def test_given_a_feed_without_entries_when_it_is_parsed_then_it_is_still_a_feed() -> None:
    assert _read("<rss version='2.0'><channel><title>Quiet</title></channel></rss>").entries == ()


@settings(max_examples=150)
@given(st.data())
def test_given_a_damaged_feed_when_it_is_parsed_then_nothing_raises(data: st.DataObject) -> None:
    damaged = bytearray(RSS_20.encode())
    for _ in range(data.draw(st.integers(1, 12))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))

    found = parse_feed(bytes(damaged[: data.draw(st.integers(1, len(damaged)))]))

    entries = found.entries if isinstance(found, ParsedFeed) else ()
    assert all(str(entry).encode("utf-8") for entry in entries)


@given(st.binary(max_size=400))
def test_given_any_bytes_when_they_are_parsed_then_nothing_raises(data: bytes) -> None:
    assert isinstance(parse_feed(data), NotAFeed | ParsedFeed)
    assert isinstance(parse_feed(b"<rss><channel><item>" + data), NotAFeed | ParsedFeed)
