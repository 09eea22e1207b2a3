"""Sending to a mail server on loopback."""

import asyncio
from email.message import EmailMessage
from typing import Any

from alerts.render import Renderer
from alerts.sinks import Outcome
from alerts.sinks.email import EmailConfig, EmailSink
from alerts.sinks.mail import Envelope
from tests.support.alerting import make_alert
from tests.support.smtp import MailServer

ENVELOPE = Envelope("wire@example.org", ("desk@example.org",), "example.org")

RENDERER = Renderer()

PASSWORD = "canary-5ecret"


def make_config(server: MailServer, **changes: Any) -> EmailConfig:
    values: dict[str, Any] = {
        "kind": "email",
        "host": "127.0.0.1",
        "port": server.port,
        "tls": "none",
        "sender": "wire@example.org",
        "to": ("desk@example.org",),
        "timeout_s": 10,
    }
    return EmailConfig(**{**values, **changes})


def make_sink(server: MailServer, **changes: Any) -> EmailSink:
    return EmailSink("desk", make_config(server, **changes), RENDERER)


def send(sink: EmailSink, key: str = "key1", **alert: Any) -> Outcome:
    return asyncio.run(sink.send(make_alert(**alert), key, 1))


def part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content())
