"""Pages and feeds made to cost time, by what they are made of; each is of any length."""

from tests.support.hostile_texts import Make, repeated

_HEAD = "<html><head><title>Iran and Turkey sign</title></head><body>"
_JSONLD = "<script type='application/ld+json'>"
_RSS = "<rss version='2.0'><channel><title>T</title>"
_END = "</channel></rss>"
_PAGE_UNITS = {
    "paragraphs": "<p>Iran and Turkey sign a military pact today.</p>",
    "paragraphs never closed": "<p>Iran and Turkey ",
    "depth": "<div>Iran ",
    "inline depth": "<b>",
    "anchors never closed": "<a href=x>",
    "links": "<a href='/iran'>Iran and Turkey</a> ",
    "rows": "<table><tr><td>Iran and Turkey</td></tr></table>",
    "lists": "<div><p>Iran and Turkey sign</p><ul><li>a</li></ul></div>",
    "comments": "<!-- a -->",
    "comments never closed": "<!-- ",
    "CDATA": "<![CDATA[ ",
    "end tags": "</div></b>",
    "brackets": "<",
    "scripts": "<script>a</script>",
    "headings": "<h1>Iran and Turkey</h1>",
    "times": "<article><time datetime='2026-11-24'>x</time></article>",
    "times in two parts": "<article><time datetime='2026-11-24'>x</time></article>"
    "<main><time datetime='2026-11-24'>x</time></main>",
    "authors": "<a rel=author>Iran</a>",
    "JSON-LD": f'{_JSONLD}{{"@type":"Article"}}</script>',
    "dates": "<p>24 November 2026</p>",
    "equal lines": "Iran and Turkey sign a pact<br>\n",
    "entities": "&amp;",
    "images": "<img src=a.jpg alt=b>",
    "marks": "\u0327\u0301",
}
PAGES: dict[str, Make] = {name: repeated(unit, _HEAD) for name, unit in _PAGE_UNITS.items()} | {
    "broken JSON-LD of spaces": repeated(" ", f"{_HEAD}{_JSONLD}{{x", "y}</script>"),
    "broken JSON-LD of semicolons": repeated("; ", f"{_HEAD}{_JSONLD}{{x", "y}</script>"),
    "broken JSON-LD of commas": repeated(",", f"{_HEAD}{_JSONLD}{{x", "}</script>"),
    "deep JSON-LD": repeated("[", f"{_HEAD}{_JSONLD}", "</script>"),
    "a graph of JSON-LD": repeated('{"@type":"Article"},', f'{_HEAD}{_JSONLD}{{"@graph":[', "{}]}</script>"),
    "articles in articles": repeated("<time datetime='2026-11-24'>x</time>", _HEAD + "<article>" * 200),
    "authors in authors": repeated("Iran <b>x</b>", _HEAD + "<div rel=author>" * 100),
    "one attribute": repeated("a ", f"{_HEAD}<p class='", "'>Iran</p>"),
    "one attribute repeated": repeated("a=b ", f"{_HEAD}<p ", ">Iran</p>"),
}
_FEED_UNITS = {
    "items": "<item><title>Iran and Turkey</title><link>http://a.b/c</link><description>x</description></item>",
    "empty items": "<item/>",
    "tiny items": "<item><title>a</title></item>",
    "items never closed": "<item><title>a",
    "damaged items": "<item><title>a</item>",
    "comments never closed": "<!-- ",
    "open tags": "<a ",
    "authors of signs": f"<item><author>{'@' * 290}</author></item>",
    "authors of brackets": f"<item><author>{'&lt;@&gt;' * 99}x</author></item>",
    "authors of spaces": f"<item><author>a@{' ' * 290}x</author></item>",
    "dates of nothing": f"<item><title>a</title><pubDate>{'- ' * 50}</pubDate></item>",
    "numbers of no character": f"<item><title>a&#{'9' * 5000};b</title></item>",
}
_NS = "http://www.w3.org/2005/Atom"


def _many_namespaces(size: int) -> str:
    """Half of it declarations, half of it mark-up in their scope."""
    declared = " ".join(f"xmlns:a{number}='b'" for number in range(size // 40))
    items = "<item><description><b>x</b></description></item>" * (size // 100)
    return f"<rss {declared}><channel>{items}{_END}"


FEEDS: dict[str, Make] = {name: repeated(unit, _RSS, _END) for name, unit in _FEED_UNITS.items()} | {
    "one CDATA": repeated("a", f"{_RSS}<item><title><![CDATA[", f"]]></title></item>{_END}"),
    "categories": repeated("<category>a</category>", f"{_RSS}<item>", f"</item>{_END}"),
    "links": repeated("<link rel='x' href='a'/>", f"{_RSS}<item>", f"</item>{_END}"),
    "entities": repeated("&amp;", f"{_RSS}<item><title>", f"</title></item>{_END}"),
    "unknown entities": repeated("&foo;", f"{_RSS}<item><title>", f"</title></item>{_END}"),
    "depth": repeated("<a>", _RSS),
    "namespaces": _many_namespaces,
    "XHTML": repeated(
        "<p>a</p>", f"<feed xmlns='{_NS}'><entry><content type='xhtml'>", "</content></entry></feed>"
    ),
    "bases in bases": repeated(
        "<entry><link href='x'/></entry>", f"<feed xmlns='{_NS}'>" + "<a xml:base='b/'>" * 50
    ),
    "JSON": repeated('{"id":"a","title":"Iran"},', '{"version":"1","items":[', "{}]}"),
    "deep JSON": repeated("[", '{"items":'),
    "no feed": repeated("Iran and Turkey "),
}
