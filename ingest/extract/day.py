"""The day of publication from a page's text and address, where no metadata declares it."""

import functools
import logging
from collections.abc import Callable
from copy import deepcopy
from datetime import datetime, timedelta

from lxml.html import HtmlElement


def find_day(tree: HtmlElement, url: str | None, latest: datetime) -> str | None:
    """The day as YYYY-MM-DD, none after `latest`; None where no date stands on the page.

    htmldate with `original_date`: its default prefers the day of the last change and is wrong twice as
    often. It gets a tree, never a string, for it would fetch a string that looks like an address; and a copy,
    for it prunes.
    """
    until = (latest + timedelta(days=1)).strftime("%Y-%m-%d")
    try:
        return _finder()(deepcopy(tree), original_date=True, url=url or "", max_date=until)
    except Exception:  # noqa: BLE001 # htmldate tries some ten parsers, each with errors of its own
        return None


@functools.cache
def _finder() -> Callable[..., str | None]:
    """Load htmldate on first use; what it finds is our return value, so it need not log it too."""
    from htmldate import find_date

    logging.getLogger("htmldate").setLevel(logging.CRITICAL)
    finder: Callable[..., str | None] = find_date
    return finder
