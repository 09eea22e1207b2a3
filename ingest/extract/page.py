"""Parse a page once, with a bound on depth, for every step that reads it."""

from dataclasses import dataclass

from lxml import etree, html


@dataclass(frozen=True, slots=True)
class Page:
    """A parsed page: never shared between threads, for lxml's trees are not made for it.

    `is_whole` is False where elements were nested more than 256 deep: there libxml2 stops, and the tree ends.
    """

    tree: html.HtmlElement
    markup: str
    is_whole: bool = True

    @property
    def safe_markup(self) -> str:
        """Mark-up that another parser can be given without harm.

        100,000 nested elements, for which lxml needs a millisecond, cost lexbor 11 s and resiliparse minutes.
        """
        return self.markup if self.is_whole else str(html.tostring(self.tree, encoding="unicode"))


def parse_page(markup: str) -> Page | None:
    """Parse a whole page or a fragment; None where there is nothing to read."""
    if not markup.strip():
        return None
    parser = html.HTMLParser(encoding="utf-8", collect_ids=False, remove_comments=True, remove_pis=True)
    try:
        tree = html.document_fromstring(markup.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return None
    is_cut = any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log)
    return Page(tree, markup, is_whole=not is_cut)
