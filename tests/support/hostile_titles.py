"""Titles that try to become more than a line of text: 360 of them, the same at every call."""

import base64
import quopri
from collections.abc import Callable, Iterator
from itertools import product

COUNT = 360

_CHARSETS = ("utf-8", "ISO-8859-1", "us-ascii", "utf-16", "windows-1252*en", "x-none")
_PAYLOADS = (
    "\r\nBcc: evil@example.net",
    "\nReply-To: evil@example.net\n",
    "\rX-Evil: 1",
    "\r\n\r\n<h1>a body of their own</h1>",
    "\x00\x1b[31m\x9b2J\x85Bcc: evil@example.net\u2028Cc: evil@example.net\u2029\x0b\x0c\x1c\x1d\x1e",
    "\r\n.\r\nMAIL FROM:<evil@example.net>\r\nRCPT TO:<evil@example.net>\r\nDATA\r\nBcc: e@example.net\r\n",
)


def hostile_titles() -> Iterator[str]:
    """Every payload in every wrapping in every charset."""
    for number, (payload, wrap, charset) in enumerate(product(_PAYLOADS, _WRAPPINGS, _CHARSETS)):
        yield f"Pact {number} " + wrap(payload, charset)


def _bytes(text: str, charset: str) -> bytes:
    known = {"utf-16": "utf-16", "us-ascii": "utf-8", "x-none": "utf-8"}
    return text.encode(known.get(charset, charset.partition("*")[0]), "replace")


def _q(text: str, charset: str) -> str:
    """As RFC 2047 writes it in q, every byte by its number."""
    return f"=?{charset}?q?{''.join(f'={byte:02x}' for byte in _bytes(text, charset))}?="


def _b(text: str, charset: str) -> str:
    return f"=?{charset}?B?{base64.b64encode(_bytes(text, charset)).decode()}?="


def _split(text: str, charset: str) -> str:
    """Two words side by side, which a reader joins."""
    half = len(text) // 2
    return f"{_q(text[:half], charset)} {_b(text[half:], charset)}"


def _nested(text: str, charset: str) -> str:
    """A word that holds a word."""
    return _q(_q(text, charset), "utf-8")


def _glued(text: str, charset: str) -> str:
    """No white space where RFC 2047 wants some."""
    return f"x{_q(text, charset)}{_b(text, charset)}y"


def _quoted(text: str, charset: str) -> str:
    """In quotes and brackets, as in a phrase before an address."""
    return f'"{_q(text, charset)}" <{_q("a", charset)}@example.net> (, {_b(text, charset)})'


def _soft(text: str, charset: str) -> str:
    """As quoted-printable writes it, underscores for spaces."""
    encoded = quopri.encodestring(_bytes(text, charset), quotetabs=True, header=True).decode()
    return f"=?{charset.upper()}?Q?{encoded.replace(chr(10), '=0A')}?="


def _folded(text: str, charset: str) -> str:
    """Raw, on a folded line, with a word behind it."""
    return f"\r\n {text}\r\n\t{_q(text, charset)}"


def _direction(text: str, charset: str) -> str:
    """Among overrides, isolates and marks of direction."""
    return f"\u202e{_b(text, charset)}\u202c\u2066{text}\u2069\u200f\ufeff"


def _long(text: str, charset: str) -> str:
    """Behind a word so long that a folding must cut it."""
    return "ü" * 70 + _q(text, charset) + "=" * 100 + "?" * 40 + _b("x" * 60 + text, charset)


def _entities(text: str, charset: str) -> str:
    """As references of HTML, twice escaped, which feeds do."""
    return "".join(f"&amp;#{ord(char)};" for char in text) + _q(text, charset).replace("=", "&#61;")


_WRAPPINGS: tuple[Callable[[str, str], str], ...] = (
    _q,
    _b,
    _split,
    _nested,
    _glued,
    _quoted,
    _soft,
    _folded,
    _direction,
    lambda text, charset: _long(text, charset) + _entities(text, charset),
)
