import pytest

from ingest.feeds.model import FeedEntry
from tests.ingest.feeds.written import RSS_20, atom, entry_of, read_feed, rss


def test_given_rss_2_when_it_is_parsed_then_every_field_is_there() -> None:
    feed = read_feed(RSS_20)

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
    feed = read_feed(
        atom(
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
    feed = read_feed(
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
    feed = read_feed(data)

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
    assert entry_of(rss(title + "<guid>1</guid>")).title == expected
    assert entry_of(atom(title)).title == expected


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
    assert entry_of(rss("<title>T</title>" + item)).link == link
