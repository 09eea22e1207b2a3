"""Parse a page once, with a bound on depth, for every step that reads it."""

from lxml import etree, html

# libxml2 stops at 256 levels unless told otherwise. That bound is why everything else is given this tree or
# what it is written back to: 100,000 nested elements cost 11 s in lexbor and never end in resiliparse.


def parse_page(markup: str) -> html.HtmlElement | None:
    """The tree of a whole page or a fragment; None where there is nothing to read.

    Never shared between threads: lxml's trees are not made for it (adbar/trafilatura#925).
    """
    if not markup.strip():
        return None
    parser = html.HTMLParser(encoding="utf-8", collect_ids=False, remove_comments=True, remove_pis=True)
    try:
        return html.document_fromstring(markup.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None


def write_page(tree: html.HtmlElement) -> str:
    """The tree as mark-up again, at most as deep as the parser let it become."""
    return str(html.tostring(tree, encoding="unicode"))
