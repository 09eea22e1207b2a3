"""Titles that try to add headers, through the real daemon to a receiver that only keeps bytes."""

import re
from email import message_from_bytes
from email.header import decode_header, make_header

import msgspec

from stream.event import encode
from tests.support.alerting import make_event
from tests.support.daemon import Site
from tests.support.hostile_titles import COUNT, hostile_titles
from tests.support.raw_smtp import RawMail, receiving
from tests.support.waiting import wait_for

EXPECTED = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "References",
    "List-Id",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "Importance",
    "X-Wirewatch-Rule",
    "X-Wirewatch-Severity",
    "X-Wirewatch-Alert",
    "Content-Language",
    "MIME-Version",
    "Content-Type",
]
WATCHLIST = """
watchlist: pacts
rules:
  - {id: pact, title: "=?utf-8?q?=0d=0aBcc:_rule@example.net?=", severity: high, when: {text: treaty}}
"""
ROUTES = """
sinks:
  mail:
    kind: email
    host: 127.0.0.1
    port: %d
    tls: none
    sender: wire@example.org
    to: [desk@example.org]
    concurrency: 16
default: [mail]
"""


def _article(number: int, title: str) -> bytes:
    """As a stranger's feed or push has it: we make the event of it."""
    url = f"https://news.example.org/article/{number}"
    return msgspec.json.encode({"url": url, "title": title, "text": f"A treaty, number {number}."})


def _event(number: int, title: str) -> bytes:
    """A finished event, which is taken as it is, hostile in every field that a mail shows."""
    return encode(
        make_event(
            f"event {number}",
            title=title,
            text=f"A treaty.\r{title}\x00\n.\r\nFrom x",
            source=title,
            publisher=title,
            language=title[:80],
            story=f"{number} {title}",
            url=f"https://news.example.org/{title}",
            sentences=(0,),
        )
    )


def _decoded_until_stable(value: str) -> str:
    for _ in range(4):
        value = str(make_header(decode_header(value)))
    return value


def _complaints(mail: RawMail) -> list[str]:
    """Everything that a title managed to do."""
    found = [f"headers {mail.header_names}"] if mail.header_names != EXPECTED else []
    if re.search(rb"\r(?!\n)|(?<!\r)\n|\x00", mail.data) or not mail.data.isascii():
        found.append("a byte that no mail holds")
    if any(len(line) > 998 for line in mail.data.split(b"\r\n")):
        found.append("a line too long")
    for name in ("Subject", "X-Wirewatch-Rule"):
        text = _decoded_until_stable(mail.header(name))
        if not text.isprintable() or "=?" in text:
            found.append(f"{name} {text!r}")
    if [command[:4] for command in mail.commands] != [b"EHLO", b"MAIL", b"RCPT", b"DATA", b"QUIT"]:
        found.append(f"commands {mail.commands}")
    kinds = [part.get_content_type() for part in message_from_bytes(mail.data).walk()]
    if kinds != ["multipart/alternative", "text/plain", "text/html"]:
        found.append(f"parts {kinds}")
    return found


def test_given_360_hostile_titles_when_mailed_by_the_daemon_then_no_header_is_injected(site: Site) -> None:
    titles = list(hostile_titles())
    with receiving() as receiver:
        site.write("watchlists/mideast.yaml", WATCHLIST)
        site.write("routes.yaml", ROUTES % receiver.port)
        with site.running() as daemon:
            for make in (_article, _event):
                rows = [make(number, title) for number, title in enumerate(titles)]
                for at in range(0, COUNT, 120):
                    assert daemon.push_encoded(b"[" + b",".join(rows[at : at + 120]) + b"]").status == 202
            wait_for(lambda: len(receiver.mails) >= 2 * COUNT, timeout_s=60)
            daemon.end()

    assert len(titles) == COUNT
    assert len(receiver.mails) == 2 * COUNT
    assert [found for mail in receiver.mails for found in _complaints(mail)] == []
