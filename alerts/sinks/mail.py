"""An alert as a mail message, safe for any title.

Dated by the alert, named by the delivery key: every attempt is the same message, so that mail systems
that drop repeats can.
"""

from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from alerts.alert import Alert
from alerts.plain import one_line
from alerts.render import Renderer, subject

# 7 bit, so that no relay has to recode; titles become RFC 2047 words, so that no SMTPUTF8 is needed.
_POLICY = SMTP.clone(cte_type="7bit", raise_on_defect=False)
_HEADER_CHARS = 200


@dataclass(frozen=True, slots=True)
class Envelope:
    """Who writes to whom; `domain` names our messages and lists."""

    sender: str
    to: tuple[str, ...]
    domain: str


def message(alert: Alert, key: str, envelope: Envelope, renderer: Renderer) -> EmailMessage:
    """The mail: text first, HTML as the better alternative.

    References names the article and its story, under which mail programs gather what belongs together.
    """
    match, event = alert.match, alert.match.event
    mail = EmailMessage(policy=_POLICY)
    mail["From"] = envelope.sender
    mail["To"] = ", ".join(envelope.to)
    mail["Subject"] = _header(subject(alert))
    mail["Date"] = alert.created_at
    mail["Message-ID"] = f"<{_token(key)}@{envelope.domain}>"
    mail["References"] = " ".join(
        f"<{_token(part)}@{envelope.domain}>" for part in _thread(event.event_id, event.story)
    )
    mail["List-Id"] = f"<{_token(match.watchlist)}.wirewatch.{envelope.domain}>"
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: out-of-office replies stay away
    mail["X-Auto-Response-Suppress"] = "All"  # the same, for Exchange
    if match.severity in {"high", "critical"}:
        mail["Importance"] = "high"
    mail["X-Wirewatch-Rule"] = _header(match.rule)
    mail["X-Wirewatch-Severity"] = match.severity
    mail["X-Wirewatch-Alert"] = _token(alert.alert_id)
    mail["Content-Language"] = _token(event.language) or "und"
    mail.set_content(_encodable(renderer.text(alert)))
    mail.add_alternative(_encodable(renderer.html(alert)), subtype="html")
    return mail


def _thread(event_id: str, story: str | None) -> tuple[str, ...]:
    article = f"article.{event_id}"
    return (f"story.{story}", article) if story else (article,)


def _header(text: str) -> str:
    return one_line(text, _HEADER_CHARS)


def _token(text: str) -> str:
    """What may stand in an identifier: letters, digits, dots and hyphens of ASCII; the rest is left out."""
    return "".join(char for char in text if char.isascii() and (char.isalnum() or char in "-._"))[:100]


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")


def domain_of(address: str) -> str:
    """The domain of a mail address; raises ValueError for what is none."""
    return Address(addr_spec=address).domain
