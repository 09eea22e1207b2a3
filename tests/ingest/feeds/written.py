"""Feeds written by hand, and read."""

from ingest.feeds.model import FeedEntry, ParsedFeed
from ingest.feeds.parse import parse_feed

URL = "https://news.example/feeds/world.xml"


def read_feed(data: str | bytes) -> ParsedFeed:
    feed = parse_feed(data.encode() if isinstance(data, str) else data, url=URL)
    assert isinstance(feed, ParsedFeed), feed
    return feed


def entry_of(data: str | bytes) -> FeedEntry:
    (entry,) = read_feed(data).entries
    return entry


def rss(item: str, head: str = "", attributes: str = "") -> str:
    return f"<rss version='2.0' {attributes}><channel>{head}<item>{item}</item></channel></rss>"


def atom(entry: str, head: str = "", attributes: str = "") -> str:
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
