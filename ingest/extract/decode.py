"""Bytes to text: BOM, strict UTF-8, what was declared, detection, windows-1252.

Strict UTF-8 comes before the declaration because text of another encoding that is valid UTF-8 by chance
does not occur, while pages that declare latin-1 and are UTF-8 do. The 7-bit encodings are the exception.
"""

import codecs
import re
from dataclasses import dataclass

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its BOM starts with the other's
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Only what parsers trip over: what else is unseen goes from each field, on a thousandth of the characters.
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f]")
_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_:.-]{2,40})""", re.IGNORECASE)
_DECLARED_WITHIN_BYTES = 4096
_SEVEN_BIT = ("iso2022_jp", "iso-2022-jp", "iso-2022-kr", "hz-gb-2312")
_WIDER = {  # WHATWG Encoding Standard, section 4.2: what these labels mean on the web
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
_BROKEN_PER_CHARACTER = 0.002  # up to this share a page counts as UTF-8 with a few damaged bytes


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text without control characters, the encoding it was read in, and what was wrong with it.

    Warnings: `encoding_guessed`, `encoding_damaged` (some bytes became U+FFFD).
    """

    text: str
    encoding: str
    warnings: tuple[str, ...] = ()


def decode(data: bytes, charset: str | None = None) -> Decoded:
    """Read `data`; `charset` is what HTTP said. Never raises: the last resort reads any bytes."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _damaged(data[len(bom) :], encoding)
    declared = [name for name in (_known(charset), _known(_declaration(data))) if name]
    first = _without_bom(data, declared)
    if first:
        return _damaged(data, first)
    for encoding in ("utf-8", *declared):
        text = _strictly(data, encoding)
        if text is not None:
            return Decoded(_CONTROL.sub("", text), encoding)
    return _guess(data, declared)


def _without_bom(data: bytes, declared: list[str]) -> str | None:
    """Name the encodings whose bytes are valid UTF-8 too: UTF-16 without BOM, and those with escapes."""
    if declared and declared[0] in _SEVEN_BIT and (b"\x1b" in data or b"~{" in data):
        return declared[0]
    head = data[:2000]
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) > len(head) // 5 and min(even, odd) <= max(even, odd) // 4:
        return "utf-16-be" if even > odd else "utf-16-le"
    return None


def _guess(data: bytes, declared: list[str]) -> Decoded:
    from resiliparse.parse.encoding import detect_encoding

    text = data.decode("utf-8", "replace")
    if text.count("\ufffd") <= len(text) * _BROKEN_PER_CHARACTER:
        return Decoded(_CONTROL.sub("", text), "utf-8", ("encoding_damaged",))
    detected = _known(detect_encoding(data))
    likely = [name for name in (detected, *declared) if name and name != "utf-8"]
    guessed = _damaged(data, likely[0] if likely else "windows-1252")
    return Decoded(guessed.text, guessed.encoding, ("encoding_guessed", *guessed.warnings))


def _damaged(data: bytes, encoding: str) -> Decoded:
    text = data.decode(encoding, "replace")
    return Decoded(_CONTROL.sub("", text), encoding, ("encoding_damaged",) if "\ufffd" in text else ())


def _strictly(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _declaration(data: bytes) -> str | None:
    found = _DECLARED.search(data, 0, _DECLARED_WITHIN_BYTES)
    return found.group(1).decode("ascii") if found else None


def _known(label: str | None) -> str | None:
    """The Python codec for a label as browsers read it: the wider one where two share a name."""
    from resiliparse.parse.encoding import map_encoding_to_html5

    if not label or not label.isascii():
        return None
    label = label.strip()[:40]
    try:
        name = codecs.lookup(map_encoding_to_html5(label, fallback_utf8=False) or label).name
        b"x".decode(name, "replace")  # base64 and its like are codecs, but not of text
    except (LookupError, ValueError):
        return None
    return _WIDER.get(name, name)
