import unicodedata
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.plain import one_line, scrub

_anything = st.text(st.characters(), max_size=300)  # lone surrogates too


@given(_anything, st.integers(1, 80))
def test_given_any_text_when_made_one_line_then_it_is_short_clean_and_encodable(
    text: str, limit: int
) -> None:
    line = one_line(text, limit)

    assert len(line) <= limit
    assert not any(unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} for char in line)
    assert not set(line) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    line.encode()


@given(_anything)
def test_given_any_text_when_made_one_line_then_the_email_package_takes_it_as_a_header(text: str) -> None:
    mail = EmailMessage()

    mail["Subject"] = one_line(text, 200)

    assert b"\n\n" in mail.as_bytes()


def test_given_joiners_and_emoji_when_made_one_line_then_they_stay() -> None:
    persian, family = "می\u200cخواهم", "👩\u200d👩\u200d👧"

    assert one_line(f"{persian} {family}", 50) == f"{persian} {family}"


@pytest.mark.parametrize("text", ["a\r\nBcc: x@example.org", "a\x85b", "a\u2028b", "a\x1b[31mb", "a\x9b2Jb"])
def test_given_a_break_or_an_escape_when_made_one_line_then_it_is_a_space(text: str) -> None:
    line = one_line(text, 100)

    assert line.startswith("a ")


def test_given_a_secret_within_another_when_scrubbed_then_nothing_of_either_is_left() -> None:
    said = scrub("posted to /hook/abc?k=1 and /hook", ("/hook", "/hook/abc?k=1", ""))

    assert said == "posted to *** and ***"
