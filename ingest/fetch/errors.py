"""From what aiohttp and the sockets raise to one of our reasons."""

import aiohttp

from ingest.fetch.outcome import FetchFailed, FetchReason
from stream.config.secrecy import without_secrets
from stream.net import was_forbidden
from stream.unreachable import in_words

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
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return f"no such host: {error.host} ({error.os_error.strerror or 'no reason given'})"
    if isinstance(error, aiohttp.ClientConnectorError):
        return in_words(error, f"{error.host}:{error.port}")
    if isinstance(error, aiohttp.ServerDisconnectedError | TimeoutError):
        return in_words(error)
    said = in_words(error)
    return f"{said}: {told}" if (told := without_secrets(str(error))) else said
