"""Mail addresses as people write them, and as headers have them."""

from email import message_from_string
from email.headerregistry import AddressHeader
from email.policy import SMTP

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.sinks.mailbox import Mailbox, read_mailbox


@pytest.mark.parametrize(
    ("written", "mailbox", "header"),
    [
        ("desk@example.org", Mailbox("desk@example.org"), "desk@example.org"),
        (
            "Wirewatch <wirewatch@example.org>",
            Mailbox("wirewatch@example.org", "Wirewatch"),
            "Wirewatch <wirewatch@example.org>",
        ),
        (
            '"Desk, night" <d@example.org>',
            Mailbox("d@example.org", "Desk, night"),
            '"Desk, night" <d@example.org>',
        ),
        (
            "Büro Köln <d@example.org>",
            Mailbox("d@example.org", "Büro Köln"),
            "=?utf-8?b?QsO8cm8gS8O2bG4=?= <d@example.org>",
        ),
    ],
)
def test_given_an_address_when_read_then_name_and_address_are_told_apart(
    written: str, mailbox: Mailbox, header: str
) -> None:
    read = read_mailbox(written)

    assert (read, read.written, read.domain) == (mailbox, header, "example.org")


@pytest.mark.parametrize(
    "written",
    [
        "",
        "desk",
        "desk@",
        "@example.org",
        "Desk <desk>",
        "a@example.org, b@example.org",
        "Group: a@example.org;",
        "=?utf-8?q?a?= <a@example.org>",
        "=?utf-8?q?a=0d=0aBcc:_b?= <a@example.org>",
        "Desk\r\nBcc: evil@example.net <a@example.org>",
        "Desk <a@example.org> trailing",
        f"{'x' * 101} <a@example.org>",
    ],
)
def test_given_what_is_no_single_address_when_read_then_it_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="mail address"):
        read_mailbox(written)


@given(st.text(max_size=120))
def test_given_any_name_when_it_is_taken_then_a_parser_finds_the_same_address_and_nothing_else(
    name: str,
) -> None:
    try:
        mailbox = read_mailbox(f"{name} <desk@example.org>")
    except ValueError:
        return

    header = message_from_string(f"To: {mailbox.written}\n\n", policy=SMTP)["To"]
    assert isinstance(header, AddressHeader)
    (found,) = header.addresses
    assert (found.addr_spec, found.display_name) == ("desk@example.org", mailbox.name)
