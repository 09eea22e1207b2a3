from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from alerts.sinks import Delivered, RetryLater
from alerts.sinks.email import EmailConfig
from tests.alerts.sinks.mailing import PASSWORD, make_sink, send
from tests.support.smtp import CERTIFICATE, MailServer, running


def test_given_starttls_when_required_then_the_mail_travels_encrypted_and_logged_in() -> None:
    with running(MailServer(password=PASSWORD), starttls=True) as server:
        sink = make_sink(server, tls="required", ca_file=CERTIFICATE, username="wire", password=PASSWORD)
        outcome = send(sink)

    assert outcome == Delivered("queued as 7")
    assert server.encrypted == [True]
    assert server.logins == [("wire", PASSWORD)]


def test_given_tls_from_the_start_when_sent_then_it_is_verified() -> None:
    with running(MailServer(), implicit=True) as server:
        trusted = send(make_sink(server, tls="implicit", ca_file=CERTIFICATE))
        untrusted = send(make_sink(server, tls="implicit"))

    assert trusted == Delivered("queued as 7")
    assert isinstance(untrusted, RetryLater)
    assert untrusted.reason == "tls"
    assert len(server.messages) == 1


def test_given_starttls_stripped_when_required_then_nothing_is_sent() -> None:
    with running(MailServer(password=PASSWORD)) as server:
        sink = make_sink(server, tls="required", username="wire", password=PASSWORD)
        outcome = send(sink)

    assert outcome == RetryLater(None, "tls", "the server offers no STARTTLS")
    assert (server.messages, server.logins) == ([], [])


def test_given_a_certificate_nobody_vouches_for_when_required_then_nothing_is_sent() -> None:
    with running(MailServer(password=PASSWORD), starttls=True) as server:
        sink = make_sink(server, tls="required", username="wire", password=PASSWORD)
        outcome = send(sink)

    assert isinstance(outcome, RetryLater)
    assert outcome.reason == "tls"
    assert (server.messages, server.logins) == ([], [])


@pytest.mark.parametrize("starttls", [True, False])
def test_given_opportunistic_tls_when_sent_then_it_encrypts_where_it_can(starttls: bool) -> None:
    with running(MailServer(), starttls=starttls) as server:
        send(make_sink(server, tls="opportunistic"))

    assert server.encrypted == [starttls]


def test_given_a_wrong_password_when_sent_then_the_alert_waits_and_the_password_is_not_told() -> None:
    with running(MailServer(password="other"), starttls=True) as server:
        sink = make_sink(server, tls="required", ca_file=CERTIFICATE, username="wire", password=PASSWORD)
        outcome = send(sink)

    assert isinstance(outcome, RetryLater)
    assert outcome.reason == "auth"
    assert PASSWORD not in repr(outcome)


def test_given_a_password_file_when_the_sink_is_made_then_the_password_is_read(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text(f"{PASSWORD}\n")

    with running(MailServer(password=PASSWORD), starttls=True) as server:
        send(make_sink(server, tls="required", ca_file=CERTIFICATE, username="wire", password_file=file))

    assert server.logins == [("wire", PASSWORD)]


@pytest.mark.parametrize(
    "changes",
    [
        {"tls": "none", "username": "wire", "password": PASSWORD},
        {"tls": "opportunistic", "username": "wire", "password": PASSWORD},
        {"to": ()},
        {"to": ("nobody",)},
        {"sender": "a@b\r\nBcc: c@example.org"},
        {"ca_file": "/nowhere.pem"},
        {"tls": "required", "username": "wire", "password_file": "/nowhere", "password": PASSWORD},
        {"unknown": 1},
    ],
)
def test_given_a_configuration_that_cannot_work_when_read_then_it_is_refused_without_the_secret(
    changes: dict[str, Any],
) -> None:
    with pytest.raises(ValidationError) as refused:
        make_sink(MailServer(port=25), **changes)

    assert PASSWORD not in str(refused.value)


def test_given_a_configuration_when_shown_then_the_password_is_not() -> None:
    config = EmailConfig(
        kind="email",
        host="mail.example.org",
        username="wire",
        password=SecretStr(PASSWORD),
        sender="wire@example.org",
        to=("desk@example.org",),
    )

    assert config.dialled_port == 587
    assert PASSWORD not in repr(config) + str(config) + config.model_dump_json()
