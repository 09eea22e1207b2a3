"""What a page says about itself: JSON-LD, meta elements, `time`, headings and links, from one parsed tree."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lxml.html import HtmlElement

from ingest.extract.characters import one_line, plain_title
from ingest.extract.jsonld import Node, article_node, first_text, texts
from ingest.extract.titles import MAX_TITLE_CHARS, TitlePlaces, choose_title
from ingest.urls import canonical_url, host_of, is_front_page, is_same_site, resolve

_MAX_NAME_CHARS = 200
_MAX_NAMES = 20
_MAX_TAGS = 50
_MAX_DATE_CHARS = 100
_MAX_META = 500

_PUBLISHED_META = (
    "article:published_time article:published og:article:published_time og:published_time datepublished"
    " parsely-pub-date sailthru.date publish-date publish_date publication_date publicationdate pubdate"
    " dc.date.issued dcterms.issued dcterms.created dc.date.created dcterms.date dc.date"
    " cxenseparse:recs:publishtime article.published vr:published_time date"
).split()
_MODIFIED_META = (
    "article:modified_time og:updated_time datemodified dcterms.modified last-modified lastmod".split()
)
_AUTHOR_META = "author article:author parsely-author sailthru.author byl dc.creator dcterms.creator".split()
_BYLINE = re.compile(r"\A(?:by|von|par|por|di|door|av|af)\s+", re.IGNORECASE)
_NO_NAME = re.compile(r"://|@|\A\d+\Z|\Awww\.")
_BETWEEN_NAMES = re.compile(r"\s*(?:[,;|]|\s(?:and|und|et|y|e|og|och|en|&)\s)\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageMetadata:
    """Plain, bounded fields of a page; None or empty where it says nothing.

    `published` are the dates as written, with their source (`jsonld`, `meta`, `time`), best first.
    `canonical` is a canonical URL of the page's own site. `is_free` is False behind a declared paywall.
    """

    title: str | None = None
    description: str | None = None
    publisher: str | None = None
    authors: tuple[str, ...] = ()
    section: str | None = None
    tags: tuple[str, ...] = ()
    published: tuple[tuple[str, str], ...] = ()
    modified: str | None = None
    language: str | None = None
    canonical: str | None = None
    article_body: str | None = None
    is_free: bool = True


def read_metadata(tree: HtmlElement, url: str | None) -> PageMetadata:
    """Read a tree of `parse_page`; `url` is where the page was found, None if unknown. Changes nothing."""
    node = article_node(
        "".join(script.itertext()) for script in tree.xpath("//script[contains(@type, 'ld+json')]")
    )
    meta = _meta(tree)
    canonical = _canonical(tree, meta, url)
    publisher = _first(first_text(node, "publisher"), *_values(meta, "og:site_name", "application-name"))
    section = _first(first_text(node, "articleSection"), *_values(meta, "article:section", "section"))
    description = _first(*_values(meta, "og:description", "description"), first_text(node, "description"))
    return PageMetadata(
        title=_title(tree, node, meta, [publisher or "", *_site_labels(canonical or url)]),
        description=plain_title(description, 2000) if description else None,
        publisher=plain_title(publisher, _MAX_NAME_CHARS) if publisher else None,
        authors=_authors(tree, node, meta, publisher or ""),
        section=plain_title(section, _MAX_NAME_CHARS) if section else None,
        tags=_tags(node, meta),
        published=_published(tree, node, meta),
        modified=_first(first_text(node, "dateModified"), *_values(meta, *_MODIFIED_META)),
        language=_first(tree.get("lang"), first_text(node, "inLanguage"), *_values(meta, "og:locale")),
        canonical=canonical,
        article_body=first_text(node, "articleBody", "text"),
        is_free=str(node.get("isAccessibleForFree", True)).lower() != "false",
    )


def _meta(tree: HtmlElement) -> dict[str, list[str]]:
    """Contents of meta elements by lower-case property, name, itemprop or http-equiv."""
    found: dict[str, list[str]] = {}
    for element in tree.xpath("//meta[@content]")[:_MAX_META]:
        name = next(filter(None, map(element.get, ("property", "name", "itemprop", "http-equiv"))), "")
        if content := str(element.get("content")).strip():
            found.setdefault(name.lower(), []).append(content)
    return found


def _values(meta: dict[str, list[str]], *names: str) -> list[str]:
    return [value for name in names for value in meta.get(name, ())]


def _first(*values: str | None) -> str | None:
    return next((value for value in values if value and value.strip()), None)


def _title(
    tree: HtmlElement, node: Node, meta: dict[str, list[str]], site_names: Sequence[str]
) -> str | None:
    def plain(values: Iterable[str | None]) -> list[str]:
        cleaned = (plain_title(value, MAX_TITLE_CHARS) for value in values if value)
        return [each for each in cleaned if each]

    document = plain(_text(each) for each in tree.xpath("(//head/title | /html/body/title)[1]"))
    return choose_title(
        TitlePlaces(
            headline=next(iter(plain([first_text(node, "headline", "name")])), None),
            shared=plain(_values(meta, "og:title", "twitter:title")),
            headings=plain(map(_text, tree.xpath("//h1")[:10])),
            document=document[0] if document else None,
            site_names=site_names,
        )
    )


def _text(element: HtmlElement) -> str:
    """The text of an element, a space where one child element ends and the next begins."""
    pieces: list[str] = []
    left = MAX_TITLE_CHARS * 8
    for piece in element.itertext():
        pieces.append(str(piece))
        left -= len(piece) + 1
        if left < 0:
            break  # elements of one kind within one another would each be read whole
    return one_line(" ".join(pieces), MAX_TITLE_CHARS)


def _site_labels(url: str | None) -> list[str]:
    """What a site may call itself after its address: bbc.co.uk, bbc."""
    host = host_of(url) if url and canonical_url(url) else ""
    labels = host.split(".")
    return [host, *(label for label in labels[:-1] if len(label) > 2), ".".join(labels[-2:])] if host else []


def _authors(tree: HtmlElement, node: Node, meta: dict[str, list[str]], publisher: str) -> tuple[str, ...]:
    """The names of the first place that names more than the publisher, else of the first that names any."""
    named = [_people(texts(node.get("author"))), _people(_values(meta, *_AUTHOR_META))]
    if not any(names and names != (publisher,) for names in named):
        bylines = tree.xpath("//*[@rel='author' or @itemprop='author']")[:_MAX_NAMES]
        named.insert(0, _people(map(_text, bylines)))
    return max(named, key=lambda names: (bool(names) and names != (publisher,), bool(names)))


def _people(raw: Iterable[str]) -> tuple[str, ...]:
    names = (
        plain_title(_BYLINE.sub("", name), _MAX_NAME_CHARS)
        for each in list(raw)[:_MAX_NAMES]
        for name in _BETWEEN_NAMES.split(each[: _MAX_NAME_CHARS * 5])
    )
    # Profile addresses and mail addresses name nobody.
    people = dict.fromkeys(name for name in names if name and not _NO_NAME.search(name))
    return tuple(people)[:_MAX_NAMES]


def _tags(node: Node, meta: dict[str, list[str]]) -> tuple[str, ...]:
    raw = texts(node.get("keywords")) or _values(meta, "article:tag", "news_keywords", "keywords")
    tags = (plain_title(tag, 100) for each in raw[:_MAX_TAGS] for tag in each[:5000].split(","))
    return tuple(dict.fromkeys(tag for tag in tags if tag))[:_MAX_TAGS]


def _published(tree: HtmlElement, node: Node, meta: dict[str, list[str]]) -> tuple[tuple[str, str], ...]:
    dated = tree.xpath("//time[@datetime][@itemprop='datePublished' or @pubdate]/@datetime")
    times = dated or _first_time(tree)
    found = [
        *((raw, "jsonld") for raw in texts(node.get("datePublished"))[:1]),
        *((raw, "meta") for raw in _values(meta, *_PUBLISHED_META)),
        *((str(raw), "time") for raw in times[:1]),
        *((raw, "jsonld") for raw in texts(node.get("dateCreated"))[:1]),
    ]
    return tuple((raw.strip()[:_MAX_DATE_CHARS], source) for raw, source in found[:20])


def _first_time(tree: HtmlElement) -> list[str]:
    """The first `time` of an article or of the main part. No XPath: `//article//time` is quadratic."""
    for element in tree.iter("time"):
        moment = element.get("datetime")
        if moment is not None and next(element.iterancestors("article", "main"), None) is not None:
            return [str(moment)]
    return []


def _canonical(tree: HtmlElement, meta: dict[str, list[str]], url: str | None) -> str | None:
    """rel=canonical, else og:url, if it is of the same site and no front page, else None.

    A template that names the front page on every page would make one article of a whole site.
    """
    found_at = canonical_url(url) if url else None
    hrefs = [*tree.xpath("//link[@rel='canonical']/@href")[:3], *_values(meta, "og:url")[:3]]
    for href in hrefs:
        link = resolve(found_at, str(href))
        if link and not is_front_page(link) and (not found_at or is_same_site(link, found_at)):
            return link
    return None
