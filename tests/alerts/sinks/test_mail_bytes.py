import re
from email.header import decode_header, make_header

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.sinks.mail import Envelope, message
from alerts.sinks.mail_bytes import Altered, MailField, difference, written
from tests.alerts.sinks.mailing import ENVELOPE, RENDERER
from tests.support.alerting import make_alert, make_event
from tests.support.hostile_titles import hostile_titles

FIELDS = (MailField("From", "wire@example.org"), MailField("Subject", "Pact – signed", is_text=True))

# No lone surrogates: they cannot be in an event, since its encoding has no way to write them.
_anything = st.text(st.characters(exclude_categories=["Cs"]), max_size=400)
_wordy = st.text(st.sampled_from("=?utf-8qQbB_ =0d=0a\r\n\u2028é"), max_size=120)


def _head(data: bytes) -> bytes:
    return data.partition(b"\r\n\r\n")[0]


def _names(data: bytes) -> list[bytes]:
    lines = [line for line in _head(data).split(b"\r\n") if not line.startswith((b" ", b"\t"))]
    return [line.partition(b":")[0] for line in lines]


@settings(max_examples=150, deadline=None)
@given(title=_anything | _wordy, rule=_anything | _wordy)
def test_given_any_title_when_made_a_mail_then_its_headers_hold_and_nothing_is_added(
    title: str, rule: str
) -> None:
    usual = message(make_alert(), "key1", ENVELOPE, RENDERER)
    alert = make_alert(make_event(title=title, language=rule), rule_title=title, watchlist=rule)

    data = message(alert, "key1", ENVELOPE, RENDERER)

    assert isinstance(data, bytes)
    assert isinstance(usual, bytes)
    assert data.isascii()
    assert max(map(len, data.split(b"\r\n"))) <= 998
    assert _names(data) == _names(usual)


@pytest.mark.parametrize("rule", [False, True], ids=["title", "rule_title"])
def test_given_360_hostile_titles_when_made_mails_then_no_encoded_word_of_theirs_is_left(rule: bool) -> None:
    for title in hostile_titles():
        alert = make_alert(make_event(title=title), rule_title=title if rule else "Pact")

        data = message(alert, "key1", ENVELOPE, RENDERER)

        assert isinstance(data, bytes)
        (subject,) = re.findall(rb"^Subject: ((?:.*\r\n )*.*)\r\n", data, re.MULTILINE)
        read = str(make_header(decode_header(subject.decode().replace("\r\n ", " "))))
        assert read.isprintable()
        assert "=?" not in read


def test_given_a_title_in_plain_words_when_made_a_mail_then_its_subject_is_not_encoded() -> None:
    title = "Freedonia and Sylvania train " + "together and together " * 6 + "end"

    data = written((MailField("Subject", title, is_text=True),), "text", "<p>html</p>")

    lines = _head(data).split(b"\r\n")
    assert b"=?" not in _head(data)
    assert max(map(len, lines)) <= 78
    assert b"".join(lines[: lines.index(b"MIME-Version: 1.0")]).decode() == f"Subject: {title}"


@pytest.mark.parametrize("length", [49, 50, 51, 70, 76, 77, 200])
def test_given_a_title_of_one_long_word_when_made_a_mail_then_it_reads_as_it_was(length: int) -> None:
    for title in ("x" * length, f"a {'x' * length} b", "é" * length):
        fields = (MailField("Subject", title, is_text=True),)

        data = written(fields, "text", "<p>html</p>")

        assert difference(data, fields, "text", "<p>html</p>") is None
        assert max(map(len, _head(data).split(b"\r\n"))) <= 78


def test_given_many_recipients_when_made_a_mail_then_their_header_is_folded_and_whole() -> None:
    to = tuple(f"desk-{number}@example.org" for number in range(100))

    data = message(make_alert(), "key1", Envelope("wire@example.org", to, "example.org"), RENDERER)

    assert isinstance(data, bytes)
    assert b"To: desk-0@example.org,\r\n desk-1@example.org," in data


def test_given_a_mail_as_it_was_written_when_read_back_then_nothing_differs() -> None:
    assert difference(written(FIELDS, "text\n", "<p>html</p>"), FIELDS, "text", "<p>html</p>\n") is None


@pytest.mark.parametrize(
    ("old", "new", "detail"),
    [
        (b"Subject:", b"Bcc: evil@example.net\r\nSubject:", "other headers than were written"),
        (b"MIME-Version", b"Bcc: evil@example.net\r\nMIME-Version", "more headers than were written"),
        (b"wire@", b"wire\r@", "a bare line break or NUL"),
        (b"wire@", b"wire\n@", "a bare line break or NUL"),
        (b"wire@", b"wire\0@", "a bare line break or NUL"),
        (b"wire@", b"w" * 999 + b"@", "a line over 998 bytes"),
        (b"wire@", b"evil@", "the header From reads otherwise"),
        (b"Subject: =?utf-8?", b"Subject: =?utf-8?q?=0dx?= =?utf-8?", "the header Subject reads otherwise"),
        (b"Subject: =?utf-8?", b"Subject: =?x-none?", "the header Subject reads otherwise"),
        (b"words", b"swords", "the part text/plain reads otherwise"),
        (b"text/html", b"text/css", "other parts than were written"),
    ],
)  # fmt: skip
def test_given_a_mail_that_was_altered_when_read_back_then_it_is_said_where(
    old: bytes, new: bytes, detail: str
) -> None:
    data = written(FIELDS, "words", "<p>html</p>")
    assert old in data

    altered = difference(data.replace(old, new, 1), FIELDS, "words", "<p>html</p>")

    assert altered == Altered(detail)


def test_given_an_envelope_with_a_line_break_when_made_a_mail_then_it_is_none() -> None:
    envelope = Envelope("wire@example.org\r\nBcc: evil@example.net", ("desk@example.org",), "example.org")

    assert message(make_alert(), "key1", envelope, RENDERER) == Altered("other headers than were written")
