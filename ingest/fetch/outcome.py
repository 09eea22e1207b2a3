"""What a fetch may come to. Every expected failure is a value with a bounded reason."""

from dataclasses import dataclass
from typing import Literal

FetchReason = Literal[
    "bad_url",  # cannot be read as a URL
    "forbidden_address",  # the policy does not let us dial it
    "dns",  # no such name
    "connect",  # refused, unreachable, reset before an answer
    "tls",  # certificate or handshake
    "timeout",  # the whole fetch took longer than its deadline
    "protocol",  # what came back is no HTTP we understand
    "incomplete",  # the connection broke inside the body
    "bad_encoding",  # the body is not compressed as it says
    "too_large",  # more bytes, after decompression, than the cap
    "redirect_loop",  # a URL came twice
    "too_many_redirects",
    "bad_redirect",  # no Location, or one that leads out of http
    "throttled",  # 429
    "http_4xx",
    "http_5xx",
]


@dataclass(frozen=True, slots=True)
class Validators:
    """ETag and Last-Modified, byte for byte as the server sent them, for the next conditional GET."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """A body, decompressed. `url` is where it was found in the end.

    `permanent_url` equals `url` when every hop there was a 301 or 308, else None. `fresh_s` is how long
    the server calls the answer fresh (Cache-Control or Expires), None when it does not say.
    """

    url: str
    body: bytes
    content_type: str
    charset: str | None
    validators: Validators
    fresh_s: float | None = None
    permanent_url: str | None = None


@dataclass(frozen=True, slots=True)
class NotModified:
    """304. A validator is None when the answer did not repeat it: keep the one you have."""

    validators: Validators
    fresh_s: float | None = None
    permanent_url: str | None = None


@dataclass(frozen=True, slots=True)
class Gone:
    """410: the publisher says that it will not come back."""

    url: str


@dataclass(frozen=True, slots=True)
class FetchFailed:
    """No body. `detail` is for people; `retry_after_s` is what the server asked for, at most 8 hours."""

    reason: FetchReason
    detail: str
    retry_after_s: float | None = None


FetchOutcome = Fetched | NotModified | Gone | FetchFailed
