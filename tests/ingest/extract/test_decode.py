import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.extract.decode import decode

RUSSIAN = "Совет порта во вторник решил восстановить северный причал, который зимой разрушил шторм. " * 5
GERMAN = "Der Rat beschloß am Dienstag, die nördliche Mole für zwölf Millionen Euro wieder aufzubauen. " * 5
JAPANESE = "港湾評議会は火曜日、昨年の冬の嵐で二つに折れた北側の桟橋を再建することを決めた。" * 5


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_given_a_bom_when_decoded_then_it_outweighs_the_declaration(encoding: str) -> None:
    assert decode(GERMAN.encode(encoding), "koi8-r").text == GERMAN


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_given_utf16_without_bom_when_decoded_then_it_is_seen(encoding: str) -> None:
    assert decode(GERMAN.encode(encoding)).text == GERMAN


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (RUSSIAN, "windows-1251"),
        (RUSSIAN, "koi8-r"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "iso-2022-jp"),
        (GERMAN, "iso-8859-1"),
    ],
)
def test_given_a_declared_charset_when_decoded_then_it_is_used(text: str, encoding: str) -> None:
    page = f"<html><head><meta charset='{encoding}'></head><body>{text}</body></html>".encode(encoding)

    assert text in decode(page).text
    assert decode(text.encode(encoding), encoding).text == text


def test_given_utf8_that_is_declared_latin1_when_decoded_then_it_is_utf8() -> None:
    found = decode(GERMAN.encode(), "iso-8859-1")

    assert (found.text, found.encoding, found.warnings) == (GERMAN, "utf-8", ())


@pytest.mark.parametrize("charset", [None, "utf-8", "no-such-thing", "base64", "é"])
def test_given_no_or_a_false_charset_when_decoded_then_the_bytes_tell(charset: str | None) -> None:
    found = decode(RUSSIAN.encode("windows-1251"), charset)

    assert found.text == RUSSIAN
    assert "encoding_guessed" in found.warnings


def test_given_one_damaged_byte_when_decoded_then_the_rest_stays_utf8() -> None:
    found = decode(GERMAN.encode() + b"\xff" + GERMAN.encode())

    assert found.text.count("\ufffd") == 1
    assert (found.encoding, found.warnings) == ("utf-8", ("encoding_damaged",))


def test_given_nuls_and_controls_when_decoded_then_they_are_gone() -> None:
    assert decode(b"a\x00b\x1bc\nd").text == "abc\nd"


@given(
    st.binary(max_size=300), st.sampled_from([None, "utf-8", "utf-16", "shift_jis", "iso-2022-jp", "zip", ""])
)
def test_given_any_bytes_when_decoded_then_nothing_raises(data: bytes, charset: str | None) -> None:
    found = decode(data, charset)

    assert "\x00" not in found.text
    codecs.lookup(found.encoding)
