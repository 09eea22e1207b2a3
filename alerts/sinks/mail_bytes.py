"""The bytes of a mail: headers written by ourselves, and read back before anything is sent. Pure.

Python's email package decodes encoded words in what it is told to write, and before 3.11.10 and 3.12.5 it
wrote the line breaks in them raw (CVE-2024-6923). So it never gets text of others as a header here.
"""

import re
from dataclasses import dataclass
from email.errors import MessageError
from email.header import Header, decode_header, make_header
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP

# 7 bit, so that no relay has to recode.
_POLICY = SMTP.clone(cte_type="7bit", raise_on_defect=False)
_LINE_CHARS = 76  # RFC 2047, 2
_WORD_CHARS = 50
_LONGEST_LINE_BYTES = 998  # RFC 5322, 2.1.1
_OF_THE_BODY = ["content-type", "mime-version"]
_STRAY = re.compile(rb"\r(?!\n)|(?<!\r)\n|\x00")
_FOLD = re.compile(rb"\r\n(?=[ \t])")


@dataclass(frozen=True, slots=True)
class MailField:
    """A header: `is_text` for words of others, which are encoded; the others stand as they are given."""

    name: str
    value: str
    is_text: bool = False


@dataclass(frozen=True, slots=True)
class Altered:
    """A mail that does not read as it was meant, and in what."""

    detail: str


def written(fields: tuple[MailField, ...], text: str, html: str) -> bytes:
    """The mail: the headers in this order, then text and HTML as alternatives."""
    body = EmailMessage(policy=_POLICY)
    body.set_content(text)
    body.add_alternative(html, subtype="html")
    return b"".join(map(_line, fields)) + body.as_bytes()


def difference(data: bytes, fields: tuple[MailField, ...], text: str, html: str) -> Altered | None:
    """Where `data`, read as a receiver reads it, is not what was to be written; None: nowhere.

    Looked at twice: by its bytes, as a relay sees it, and with the parser of the email package.
    """
    if _STRAY.search(data):
        return Altered("a bare line break or NUL")
    if max(map(len, data.split(b"\r\n"))) > _LONGEST_LINE_BYTES:
        return Altered(f"a line over {_LONGEST_LINE_BYTES} bytes")
    lines = _FOLD.sub(b"", data.partition(b"\r\n\r\n")[0]).split(b"\r\n")
    found = [line.decode("utf-8", "replace").partition(": ") for line in lines]
    names = [name.lower() for name, _, _ in found]
    if names[: len(fields)] != [field.name.lower() for field in fields]:
        return Altered("other headers than were written")
    if sorted(names[len(fields) :]) != _OF_THE_BODY:
        return Altered("more headers than were written")
    for field, (_, _, value) in zip(fields, found, strict=False):
        if _decoded(field, value) != field.value:
            return Altered(f"the header {field.name} reads otherwise")
    return _difference_of_parts(data, names, text, html)


def _line(field: MailField) -> bytes:
    return f"{field.name}: {_value(field)}\r\n".encode("utf-8", "replace")


def _value(field: MailField) -> str:
    if not field.is_text:
        return field.value.replace(" ", "\r\n ") if len(field.value) > _LINE_CHARS else field.value
    # A word that is longer than a line is encoded, too, or it would begin one of its own.
    is_plain = field.value.isascii() and max(map(len, field.value.split()), default=0) <= _WORD_CHARS
    charset = "us-ascii" if is_plain else "utf-8"
    header = Header(field.value, charset, maxlinelen=_LINE_CHARS, header_name=field.name)
    return header.encode(linesep="\r\n")


def _decoded(field: MailField, value: str) -> str:
    if not field.is_text:
        return value
    try:
        return str(make_header(decode_header(value)))
    except (MessageError, ValueError, LookupError) as error:
        return f"undecodable: {type(error).__name__}"


def _difference_of_parts(data: bytes, names: list[str], text: str, html: str) -> Altered | None:
    mail = BytesParser(EmailMessage, policy=_POLICY).parsebytes(data)
    if [name.lower() for name in mail.keys()] != names:  # noqa: SIM118 # its iteration is untyped
        return Altered("a parser finds other headers")
    parts = [part for part in mail.walk() if not part.is_multipart()]
    if [part.get_content_type() for part in parts] != ["text/plain", "text/html"]:
        return Altered("other parts than were written")
    for part, meant in zip(parts, (text, html), strict=True):
        if str(part.get_content()).replace("\r\n", "\n").rstrip("\n") != meant.rstrip("\n"):
            return Altered(f"the part {part.get_content_type()} reads otherwise")
    return None
