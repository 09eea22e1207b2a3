"""Cursors: where a list of alerts goes on, as a text that only we read. Pure."""

import base64
import binascii
import re

from alerts.store.search import ListPlace
from stream.untrusted.numbers import whole_number

_CURSOR_CHARS = 100
_PLACE = re.compile(r"1\.([0-9]{1,18})\.([0-9a-f]{32})")


def cursor_of(place: ListPlace) -> str:
    """Write a place as a cursor."""
    return base64.urlsafe_b64encode(f"1.{place.created_us}.{place.alert_id}".encode()).decode().rstrip("=")


def place_at(cursor: str) -> ListPlace | None:
    """Read a cursor; None for what is none of ours."""
    if len(cursor) > _CURSOR_CHARS or not cursor.isascii():
        return None
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        found = _PLACE.fullmatch(text.decode("ascii"))
    except (binascii.Error, ValueError):
        return None
    created_us = whole_number(found[1]) if found else None
    return None if found is None or created_us is None else ListPlace(created_us, found[2])
