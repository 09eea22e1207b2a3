import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.feeds.encoding import to_utf8, without_bad_references

GREEK = "\u0391\u03b8\u03ae\u03bd\u03b1 \u03ba\u03b1\u03b9 \u0386\u03b3\u03ba\u03c5\u03c1\u03b1"
TURKISH = "T\u00fcrkiye ile \u0130ran anla\u015ft\u0131"


def _feed(text: str, declared: str | None = None) -> str:
    declaration = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    return f"{declaration}<rss><channel><title>{text}</title></channel></rss>"


@pytest.mark.parametrize(
    ("data", "charset", "expected"),
    [
        (_feed(GREEK, "utf-8").encode(), None, GREEK),
        (_feed(GREEK, "iso-8859-7").encode("iso-8859-7"), None, GREEK),
        (_feed(TURKISH, "windows-1254").encode("cp1254"), None, TURKISH),
        (_feed(TURKISH).encode("cp1254"), "windows-1254", TURKISH),  # HTTP says
        (_feed(GREEK, "iso-8859-1").encode(), None, GREEK),  # declared Latin-1, is UTF-8
        (_feed(GREEK, "utf-8").encode(), "iso-8859-1", GREEK),  # HTTP says Latin-1, is UTF-8
        (_feed("\u201cYes\u201d", "iso-8859-1").encode("cp1252"), None, "\u201cYes\u201d"),
        (_feed(GREEK, "utf-8").encode("utf-8-sig"), None, GREEK),
        (b"\n\n  " + _feed(GREEK, "utf-8").encode("utf-8-sig"), None, GREEK),
        (_feed(GREEK, "utf-16").encode("utf-16"), None, GREEK),
        (_feed(GREEK, "utf-16").encode("utf-16-be"), None, GREEK),
        (_feed(GREEK).encode("utf-32"), None, GREEK),
        (_feed("caf\u00e9", "no-such-charset").encode("cp1252"), None, "caf\u00e9"),
        (_feed("caf\u00e9", "rot13").encode("cp1252"), None, "caf\u00e9"),
        (_feed("\u65e5\u672c", "iso-2022-jp").encode("iso-2022-jp"), None, "\u65e5\u672c"),
        (_feed("\u4f0a\u6717", "gb2312").encode("gb18030"), None, "\u4f0a\u6717"),
        (_feed(GREEK).encode() + b"<!-- caf\xe9 -->", None, "caf\u00e9"),  # one stray byte
    ],
)
def test_given_bytes_in_some_encoding_when_they_are_read_then_the_characters_are_right(
    data: bytes, charset: str | None, expected: str
) -> None:
    assert expected in to_utf8(data, charset).decode()


@given(st.binary(max_size=300), st.sampled_from([None, "utf-8", "latin-1", "utf-16", "x", "hex", "idna"]))
def test_given_any_bytes_when_they_are_read_then_utf8_without_controls_comes_out(
    data: bytes, charset: str | None
) -> None:
    text = to_utf8(data, charset)

    assert not any(byte < 32 and byte not in b"\t\n\r" for byte in text)


def test_given_references_to_no_character_when_they_are_dropped_then_the_others_stay() -> None:
    text = b"a&#0;b&#x1F;c&#xD800;d&#xFFFE;e&#99999999;f&#65;&#x1F600;&amp;"

    assert without_bad_references(text) == b"abcdef&#65;&#x1F600;&amp;"
