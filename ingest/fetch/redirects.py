"""Where a redirect leads, and what may go along. Pure."""

from collections.abc import Mapping

from yarl import URL

from ingest.fetch.outcome import FetchFailed
from stream.untrusted.addresses import join_url

PERMANENT = frozenset({301, 308})
REDIRECTS = PERMANENT | {302, 303, 307}
_MAX_URL_CHARS = 4096


def target_of(current: URL, location: str) -> URL | FetchFailed:
    """The URL a Location names, relative to where it was said, without fragment; http and https only."""
    location = location.strip()
    if not location or len(location) > _MAX_URL_CHARS:
        return FetchFailed("bad_redirect", "no usable Location")
    target = join_url(current, location)
    if target is None:
        return FetchFailed("bad_redirect", "the Location cannot be read")
    if target.scheme not in {"http", "https"}:
        return FetchFailed("bad_redirect", f"leads to scheme {target.scheme[:20]!r}")
    return target


def kept_headers(headers: Mapping[str, str], origin: URL, url: URL) -> dict[str, str]:
    """What of the caller's headers goes to `url`: all at home, elsewhere none but the user agent.

    Home is the origin of the first URL, and its own https where that was plain http on the usual ports.
    """
    is_upgrade = (origin.scheme, origin.port, url.scheme, url.port) == ("http", 80, "https", 443)
    is_home = url.origin() == origin.origin() or (url.host == origin.host and is_upgrade)
    return {name: value for name, value in headers.items() if is_home or name.lower() == "user-agent"}
