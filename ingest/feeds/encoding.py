"""Which characters the bytes of a feed mean, whatever the headers say. Pure."""

import codecs
import re

from resiliparse.parse.encoding import detect_encoding

_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16: its mark starts with the same two bytes
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# How `<?` looks without a byte order mark (XML 1.0, appendix F).
_SIGNATURES = (
    (b"<\x00\x00\x00", "utf-32-le"),
    (b"\x00\x00\x00<", "utf-32-be"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
    (b"\x4c\x6f\xa7\x94", "cp037"),
)
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._:-]{1,40})[\"']")
# Written in ASCII bytes but meaning something else: valid UTF-8 proves nothing against them.
_SEVEN_BIT = re.compile(r"iso-?2022|^hz|utf-?7", re.IGNORECASE)
_REFERENCE = re.compile(rb"&#(?:[xX]([0-9a-fA-F]+)|([0-9]+));")
_CONTROLS = bytes(code for code in range(32) if code not in b"\t\n\r") + b"\x7f"


def to_utf8(data: bytes, http_charset: str | None = None) -> bytes:
    """Return the feed as UTF-8 without byte order mark and without control characters.

    In order: byte order mark; the shape of `<?` in UTF-16 and UTF-32; valid UTF-8 (a wrong header is more
    common than text that is UTF-8 by chance); the HTTP charset (RFC 7303, section 3.2, puts it above the
    declaration); the declaration; a guess by statistics. Stray bytes in UTF-8 are read as windows-1252.
    """
    # A UTF-8 mark is no proof: proxies put it in front of anything.
    stripped = data.lstrip(b" \t\r\n").removeprefix(codecs.BOM_UTF8)
    text = _decoded(stripped, http_charset)
    return (stripped if text is None else text.encode("utf-8", "replace")).translate(None, _CONTROLS)


def without_bad_references(text: bytes) -> bytes:
    """Drop references to characters that XML forbids (`&#0;`, `&#xD800;`): they break every parser."""
    return _REFERENCE.sub(lambda found: found.group() if _is_character(found) else b"", text)


def _is_character(reference: re.Match[bytes]) -> bool:
    """XML 1.0, production 2."""
    digits, base = (reference.group(1), 16) if reference.group(1) else (reference.group(2), 10)
    code = int(digits.lstrip(b"0")[:9] or b"0", base)
    return code in {9, 10, 13} or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0xFFFF < code < 0x110000


def _decoded(data: bytes, http_charset: str | None) -> str | None:
    """The text, or None when the bytes are UTF-8 already."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _read(data, encoding).lstrip("\ufeff").lstrip()
    for signature, encoding in _SIGNATURES:
        if data.startswith(signature):
            return _read(data, encoding)
    declared = _DECLARED.search(data[:1024])
    named = [http_charset] if http_charset else []
    named += [declared.group(1).decode("ascii")] if declared else []
    if _is_utf8(data) and not any(_SEVEN_BIT.search(name) for name in named):
        return None
    return _by_name(data, named)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _by_name(data: bytes, names: list[str]) -> str:
    for name in names:
        try:
            return data.decode(_common(name))
        except (LookupError, ValueError):
            continue  # unknown, not a text encoding, or other bytes than it says
    is_said_utf8 = any(name.lower().replace("_", "-") in {"utf-8", "utf8"} for name in names)
    guess = "utf-8" if is_said_utf8 else detect_encoding(data) or "cp1252"
    return _mended(data) if guess == "utf-8" else _read(data, guess)


def _common(name: str) -> str:
    """What a publisher means: windows-1252 where it says Latin-1 (WHATWG Encoding, 4.2), and the like."""
    lowered = name.lower().replace("_", "-")
    supersets = {"iso-8859-1": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252", "gb2312": "gb18030"}
    return supersets.get(lowered, lowered)


def _mended(data: bytes) -> str:
    """UTF-8 with a few stray bytes of windows-1252; all windows-1252 where the strays are the rule."""
    text = data.decode("utf-8", "surrogateescape")
    strays = re.findall(r"[\udc80-\udcff]", text)
    if len(strays) > len(data) // 50 + 1 and not re.search(r"[\u0080-\ud7ff\ue000-\U0010ffff]", text):
        return _read(data, "cp1252")
    return re.sub(r"[\udc80-\udcff]", _as_cp1252, text)


def _as_cp1252(stray: re.Match[str]) -> str:
    return bytes([ord(stray.group()) - 0xDC00]).decode("cp1252", "replace")


def _read(data: bytes, encoding: str) -> str:
    return data.decode(encoding, "replace")
