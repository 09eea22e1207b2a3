"""A site with the rules of the fault drivers, whose alerts go to one webhook."""

from pathlib import Path

from tests.chaos import articles
from tests.chaos.receiver import SECRET
from tests.support.daemon import Site

HOOK_AT_ONCE = 4

_HOOK = """
sinks:
  hook: {{kind: webhook, url: "{url}", secrets: ["{secret}"], concurrency: {at_once}}}
default: [hook]
"""
_SOURCES = """
sources:
  - {{id: events, kind: files, path: "{inbox}/events", interval_s: 0.2}}
  - {{id: raw, kind: files, path: "{inbox}/raw", interval_s: 0.2}}
"""


def configure(site: Site, inbox: Path | None) -> None:
    """Write its rules; and its sources, where it reads what is dropped into an inbox."""
    site.write("watchlists/chaos.yaml", articles.WATCHLIST)
    site.write("themes/military.yaml", articles.THEME)
    site.write("sources.yaml", _SOURCES.format(inbox=inbox) if inbox else "sources: []\n")


def lead_to_hook(site: Site, url: str) -> None:
    """Send its alerts there, signed."""
    site.write("routes.yaml", _HOOK.format(url=url, secret=SECRET, at_once=HOOK_AT_ONCE))
