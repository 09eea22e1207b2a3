"""The coding of a request's body (RFC 9110, 8.4): as it is, or gzip, never larger than is allowed. Pure."""

import zlib

_GZIP = frozenset({"gzip", "x-gzip"})  # RFC 9110, 8.4.1.3: the same
_GZIP_ONLY = 16 + zlib.MAX_WBITS
_MOST_MEMBERS = 100  # each costs a copy of what is behind it
ACCEPTED = "gzip, identity"


class TooLongError(Exception):
    """The body would be larger than is allowed."""


class BrokenBodyError(Exception):
    """The body is none of the coding that it says it is."""


def coding(header: str) -> str | None:
    """`gzip` or `identity`; None for any other coding, and for several on top of each other."""
    word = header.strip().lower()
    if word in _GZIP:
        return "gzip"
    return "identity" if word in {"", "identity"} else None


def gunzip(body: bytes, limit_bytes: int) -> bytes:
    """Decompress, stopping as soon as it is known to be too long: a bomb costs no more than `limit_bytes`.

    Several members behind each other are one body (RFC 1952, 2.2). Raises TooLongError or BrokenBodyError.
    """
    found = bytearray()
    rest = body
    for _ in range(_MOST_MEMBERS):
        member = zlib.decompressobj(_GZIP_ONLY)
        try:
            found += member.decompress(rest, limit_bytes + 1 - len(found))
        except zlib.error as error:
            raise BrokenBodyError("the body is not gzip, as content-encoding says") from error
        if len(found) > limit_bytes:
            raise TooLongError
        if not member.eof:
            raise BrokenBodyError("the body breaks off: its gzip has no end")
        rest = member.unused_data
        if not rest:
            return bytes(found)
    raise BrokenBodyError(f"the body is more than {_MOST_MEMBERS} gzip members")
