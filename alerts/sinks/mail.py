"""An alert as a mail message, safe for any title.

Dated by the alert, named by the delivery key: every attempt is the same message, so that mail systems
that drop repeats can.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.utils import format_datetime

from alerts.alert import Alert
from alerts.plain import header_line, many_lines
from alerts.render import Renderer, subject
from alerts.sinks.mail_bytes import Altered, MailField, difference, written

_HEADER_CHARS = 200


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who writes to whom; `domain` names our messages and lists."""

    sender: str
    to: tuple[str, ...]
    domain: str

    @property
    def needs_utf8(self) -> bool:
        """Whether an address is not ASCII, for which a server must offer SMTPUTF8 (RFC 6531)."""
        return not all(address.isascii() for address in (self.sender, *self.to))


def message(alert: Alert, key: str, envelope: Envelope, renderer: Renderer) -> bytes | Altered:
    """The mail: text first, HTML as the better alternative.

    What it says was read back from the finished bytes and compared: Altered where it came out otherwise.
    """
    fields = tuple(_fields(alert, key, envelope))
    text, html = many_lines(renderer.text(alert)), many_lines(renderer.html(alert))
    try:
        data = written(fields, text, html)
        return difference(data, fields, text, html) or data
    except (MessageError, ValueError, LookupError) as error:  # what the email package raises
        return Altered(f"cannot be written: {type(error).__name__}")


def _fields(alert: Alert, key: str, envelope: Envelope) -> Iterator[MailField]:
    """References names the article and its story, under which mail programs gather what belongs together."""
    match, event, domain = alert.match, alert.match.event, envelope.domain
    thread = " ".join(f"<{_token(part)}@{domain}>" for part in _thread(event.event_id, event.story))
    yield MailField("From", envelope.sender)
    yield MailField("To", ", ".join(envelope.to))
    yield MailField("Subject", header_line(subject(alert), _HEADER_CHARS), is_text=True)
    yield MailField("Date", format_datetime(alert.created_at))
    yield MailField("Message-ID", f"<{_token(key)}@{domain}>")
    yield MailField("References", thread)
    yield MailField("List-Id", f"<{_token(match.watchlist)}.wirewatch.{domain}>")
    yield MailField("Auto-Submitted", "auto-generated")  # RFC 3834: out-of-office replies stay away
    yield MailField("X-Auto-Response-Suppress", "All")  # the same, for Exchange
    if match.severity in {"high", "critical"}:
        yield MailField("Importance", "high")
    yield MailField("X-Wirewatch-Rule", header_line(match.rule, _HEADER_CHARS), is_text=True)
    yield MailField("X-Wirewatch-Severity", match.severity)
    yield MailField("X-Wirewatch-Alert", _token(alert.alert_id))
    yield MailField("Content-Language", _token(event.language) or "und")


def _thread(event_id: str, story: str | None) -> tuple[str, ...]:
    article = f"article.{event_id}"
    return (f"story.{story}", article) if story else (article,)


def _token(text: str) -> str:
    """What may stand in an identifier: letters, digits, dots and hyphens of ASCII; the rest is left out."""
    return "".join(char for char in text if char.isascii() and (char.isalnum() or char in "-._"))[:100]


def domain_of(address: str) -> str:
    """The domain of a mail address; raises ValueError for what is none."""
    return Address(addr_spec=address).domain
