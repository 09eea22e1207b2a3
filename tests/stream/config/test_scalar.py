import pycountry
import pytest

from stream.config.node import Mapping, Sequence, plain
from stream.config.read import parse
from stream.config.scalar import resolve


def test_given_every_iso_code_written_plainly_when_read_then_each_stays_text() -> None:
    codes = [country.alpha_2 for country in pycountry.countries]
    text = "codes: [" + ", ".join(codes) + "]\n" + "".join(f"{code}: {code.lower()}\n" for code in codes)

    document, problems = parse(text.encode(), "codes.yaml")

    assert document is not None
    assert problems == ()
    value = plain(document.root)
    assert len(codes) == 249
    assert value == {"codes": codes, **{code: code.lower() for code in codes}}


@pytest.mark.parametrize(
    "word",
    [
        *(
            "NO",
            "no",
            "No",
            "on",
            "off",
            "ON",
            "yes",
            "Yes",
            "y",
            "n",
            "Y",
            "N",
            "08:30",
            "22:00",
            "2024-01-31",
        ),
        *(
            "2024-01-31T10:00:00Z",
            "1.2.3",
            "0b1",
            "1_000",
            "+",
            "-",
            ".",
            "1e",
            "tRUE",
            ".inf",
            "-.inf",
            ".nan",
        ),
        *("=", "9" * 41, "1e999"),
    ],
)
def test_given_a_word_that_yaml_1_1_would_change_when_resolved_then_it_stays_text(word: str) -> None:
    assert resolve(word) == word


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("12", 12),
        ("-7", -7),
        ("+3", 3),
        ("012", 12),
        ("0o17", 15),
        ("0xff", 255),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
    ],
)
def test_given_a_word_of_the_core_schema_when_resolved_then_it_is_its_value(word: str, value: object) -> None:
    resolved = resolve(word)

    assert resolved == value
    assert type(resolved) is type(value)


def test_given_quoted_words_when_read_then_they_are_text() -> None:
    document, _ = parse(b"""["12", 'true', "", 'null', "1e3"]""", "quoted.yaml")

    assert document is not None
    assert isinstance(document.root, Sequence)
    assert plain(document.root) == ["12", "true", "", "null", "1e3"]


def test_given_keys_that_look_like_values_when_read_then_keys_are_text() -> None:
    document, _ = parse(b"{1: a, true: b, null: c, 1e3: d, no: e}", "keys.yaml")

    assert document is not None
    assert isinstance(document.root, Mapping)
    assert list(document.root.items) == ["1", "true", "null", "1e3", "no"]
