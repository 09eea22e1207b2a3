"""From what aiohttp and the sockets raise to one of our reasons."""

import aiohttp

from ingest.fetch.outcome import FetchFailed, FetchReason
from stream.config.secrecy import without_secrets
from stream.net import was_forbidden

# The first line that fits decides: narrower classes stand above their parents.
_REASONS: tuple[tuple[type[BaseException], FetchReason], ...] = (
    (TimeoutError, "timeout"),
    (aiohttp.InvalidURL, "bad_url"),
    (aiohttp.ClientSSLError, "tls"),
    (aiohttp.ClientConnectorDNSError, "dns"),
    (aiohttp.ServerDisconnectedError, "incomplete"),
    (aiohttp.ClientOSError, "connect"),
    (aiohttp.ClientPayloadError, "incomplete"),
    (aiohttp.ClientError, "protocol"),
    (UnicodeError, "dns"),  # a name that the resolver cannot even write
    (ValueError, "bad_url"),
    (OSError, "connect"),
)


def failure_of(error: BaseException) -> FetchFailed:
    """Classify an error of aiohttp.ClientError, OSError or ValueError kind."""
    detail = _said(error)[:300].encode("utf-8", "backslashreplace").decode()
    if was_forbidden(error):
        return FetchFailed("forbidden_address", detail)
    if isinstance(error.__cause__, aiohttp.http_exceptions.ContentEncodingError):
        return FetchFailed("bad_encoding", detail)
    return FetchFailed(next(reason for kind, reason in _REASONS if isinstance(error, kind)), detail)


def _said(error: BaseException) -> str:
    """What an operator wants to read: which host, and what the system said of it."""
    if isinstance(error, aiohttp.ClientConnectorError) and error.os_error.strerror:
        return f"{error.host}: {error.os_error.strerror}"
    return f"{type(error).__name__}: {without_secrets(str(error))}"
