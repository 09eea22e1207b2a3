"""Character references of HTML, of any length."""

import html
import re

_LONG = re.compile(r"&#([0-9]{8,});?")


def unescape(text: str) -> str:
    """Read the references in a text, as `html.unescape` does, which raises ValueError past 4,300 digits."""
    return html.unescape(_LONG.sub(_shortened, text) if "&#" in text else text)


def _shortened(found: re.Match[str]) -> str:
    """The same reference without zeros before it; one of nothing keeps enough digits to be of nothing."""
    return f"&#{(found.group(1).lstrip('0') or '0')[:8]};"
