import asyncio
import base64
import logging
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError
from pytest_httpserver import HTTPServer
from werkzeug.wrappers import Response

from alerts.sinks import Delivered, Outcome, RetryLater, SinkGone
from alerts.sinks.webhook import ANSWER_LIMIT_BYTES, WebhookConfig, WebhookSink, judge
from stream.net import NetPolicy
from stream.timing import utc_now
from tests.support.alerting import NOON, make_alert
from tests.support.http import Receiver, raw_server
from tests.support.smtp import server_tls

LOOPBACK = NetPolicy(allow=("127.0.0.0/8", "localhost"))
OLD = "whsec_" + base64.b64encode(b"canary-old-secret-of-24b").decode()
NEW = "whsec_" + base64.b64encode(b"canary-new-secret-of-24b").decode()


@pytest.fixture
def receiver(httpserver: HTTPServer) -> Receiver:
    return Receiver(httpserver)


def make_sink(url: str, policy: NetPolicy = LOOPBACK, **changes: Any) -> WebhookSink:
    config = WebhookConfig(**{"kind": "webhook", "url": url, "secrets": (OLD,), "timeout_s": 10, **changes})
    return WebhookSink("hook", config, policy, utc_now)  # the reference library compares with the real time


def send(sink: WebhookSink, *keys: str) -> list[Outcome]:
    async def send_all() -> list[Outcome]:
        try:
            return [await sink.send(make_alert(), key, 1) for key in keys or ("key1",)]
        finally:
            await sink.close()

    return asyncio.run(send_all())


def test_given_a_receiver_when_sent_then_the_reference_library_accepts_it(receiver: Receiver) -> None:
    outcomes = send(make_sink(receiver.url()))

    assert outcomes == [Delivered("204")]
    payload = receiver.verified(0, OLD)
    assert payload["type"] == "alert.raised"
    assert payload["data"]["alert_id"] == make_alert().alert_id
    assert receiver.header("webhook-id") == ["key1"]
    assert receiver.header("content-type") == ["application/json"]
    assert len(receiver.bodies[0]) < 20_000


def test_given_two_secrets_when_sent_then_either_verifies(receiver: Receiver) -> None:
    send(make_sink(receiver.url(), secrets=(OLD, NEW)))

    assert receiver.verified(0, OLD) == receiver.verified(0, NEW)
    assert len(receiver.header("webhook-signature")[0].split(" ")) == 2


def test_given_a_file_of_secrets_when_sent_then_they_sign_too(receiver: Receiver, tmp_path: Path) -> None:
    file = tmp_path / "secrets"
    file.write_text(f"{NEW}\n{OLD}\n")

    send(make_sink(receiver.url(), secrets=(), secrets_file=file))

    assert receiver.verified(0, NEW)
    assert receiver.verified(0, OLD)


def test_given_no_secret_when_sent_then_there_is_no_signature(receiver: Receiver) -> None:
    outcomes = send(make_sink(receiver.url(), secrets=()))

    assert outcomes == [Delivered("204")]
    assert receiver.header("webhook-signature") == [""]


def test_given_a_failed_attempt_when_sent_again_then_id_and_body_are_the_same(receiver: Receiver) -> None:
    receiver.answers.append(Response("busy", status=500))

    outcomes = send(make_sink(receiver.url()), "key1", "key1")

    assert outcomes == [RetryLater(None, "server_error", "500 busy"), Delivered("204")]
    assert receiver.header("webhook-id") == ["key1", "key1"]
    assert receiver.bodies[0] == receiver.bodies[1]
    assert receiver.verified(1, OLD)


@pytest.mark.parametrize(
    ("status", "headers", "expected"),
    [
        (429, {"Retry-After": "30"}, RetryLater(30, "throttled", "429 no")),
        (503, {"Retry-After": "9999999"}, RetryLater(86_400, "server_error", "503 no")),
        (502, {}, RetryLater(None, "server_error", "502 no")),
        (504, {"Retry-After": "soon"}, RetryLater(None, "server_error", "504 no")),
        (404, {}, RetryLater(None, "client_error", "404 no")),
        (410, {}, SinkGone("410 no")),
        (302, {"Location": "/elsewhere"}, RetryLater(None, "redirect", "302 no")),
        (307, {"Location": "http://169.254.169.254/"}, RetryLater(None, "redirect", "307 no")),
        (201, {}, Delivered("201 no")),
    ],
)
def test_given_an_answer_when_sent_then_it_means_what_the_specification_says(
    receiver: Receiver, status: int, headers: dict[str, str], expected: Outcome
) -> None:
    receiver.answers.append(Response("no", status=status, headers=headers))

    assert send(make_sink(receiver.url())) == [expected]
    assert len(receiver.requests) == 1


def test_given_a_huge_answer_when_sent_then_only_its_start_is_read(receiver: Receiver) -> None:
    sent = 0

    def endless() -> Any:
        nonlocal sent
        while sent < 1_000:
            sent += 1
            yield b"x" * 65_536

    receiver.answers.append(Response(endless(), status=200))

    (outcome,) = send(make_sink(receiver.url()))

    assert isinstance(outcome, Delivered)
    assert len(outcome.detail) <= 200
    assert sent * 65_536 < 1_000 * ANSWER_LIMIT_BYTES / 2


def test_given_a_receiver_that_hangs_when_sent_then_it_is_a_timeout() -> None:
    with raw_server(b"", keep_open=True) as url:
        assert send(make_sink(url, timeout_s=0.3)) == [RetryLater(None, "timeout", "no answer in 0.3 s")]


def test_given_a_status_and_then_silence_when_sent_then_the_status_counts() -> None:
    with raw_server(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\ntaken", keep_open=True) as url:
        assert send(make_sink(url, timeout_s=0.5)) == [Delivered("200 taken")]


@pytest.mark.parametrize("answer", [b"", b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 999999 what\r\n\r\n"])
def test_given_no_http_when_sent_then_it_is_tried_later(answer: bytes) -> None:
    with raw_server(answer) as url:
        (outcome,) = send(make_sink(url))

    assert isinstance(outcome, RetryLater)
    assert outcome.reason == "connection"


def test_given_nobody_listening_when_sent_then_it_is_tried_later(receiver: Receiver) -> None:
    with raw_server(b"") as url:
        pass

    place = url.removeprefix("http://").split("/")[0]
    assert send(make_sink(url)) == [RetryLater(None, "connection", f"connection refused by {place}")]
    assert receiver.requests == []


def test_given_a_certificate_nobody_vouches_for_when_sent_then_nothing_is_posted() -> None:
    with HTTPServer(host="127.0.0.1", ssl_context=server_tls()) as server:
        receiver = Receiver(server)
        (outcome,) = send(make_sink(receiver.url()))

    said = f"the certificate at 127.0.0.1:{server.port} is not trusted: self-signed certificate"
    assert outcome == RetryLater(None, "tls", said)
    assert receiver.requests == []


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "0.0.0.0", "169.254.169.254"]
)
def test_given_an_address_the_policy_forbids_when_sent_then_nobody_is_dialled(
    receiver: Receiver, host: str
) -> None:
    url = f"http://{host}:{receiver.server.port}/hook"

    (outcome,) = send(make_sink(url, NetPolicy()))

    assert isinstance(outcome, RetryLater)
    assert outcome.reason == "forbidden_address"
    assert receiver.requests == []


def test_given_a_receiver_that_echoes_the_url_when_sent_then_its_secret_path_is_not_told(
    httpserver: HTTPServer, caplog: pytest.LogCaptureFixture
) -> None:
    path = "/services/canary-5ecret?token=canary-t0ken"
    httpserver.expect_request("/services/canary-5ecret").respond_with_handler(
        lambda request: Response(f"no route {request.full_path} at {request.url}", status=404)
    )

    with caplog.at_level(logging.DEBUG):
        (outcome,) = send(make_sink(httpserver.url_for(path)))

    assert isinstance(outcome, RetryLater)
    told = [
        str(record.__dict__) for record in caplog.records if record.name != "werkzeug"
    ]  # the receiver's own
    assert "canary" not in repr(outcome) + "".join(told)


def test_given_a_configuration_when_shown_then_no_secret_is(receiver: Receiver) -> None:
    config = WebhookConfig(
        kind="webhook", url=SecretStr("https://hooks.example.org/canary"), secrets=(SecretStr(OLD),)
    )

    assert receiver.requests == []
    assert "canary" not in repr(config) + str(config) + config.model_dump_json()
    assert OLD[6:] not in repr(config) + config.model_dump_json()


@pytest.mark.parametrize(
    "changes",
    [
        {"url": "ftp://canary.example.org/"},
        {"url": "https://user:canary@example.org/"},
        {"url": "https:///canary"},
        {"url": "http://[canary]@/"},
        {"url": "http://[::ffff:127.0.0.1]@[:::80/canary"},
        {"secrets": ("canary!",)},
        {"secrets": ("",)},
        {"secrets_file": "/nowhere/else"},
        {"timeout_s": 0},
    ],
)
def test_given_a_configuration_that_cannot_work_when_read_then_it_is_refused_without_the_secret(
    changes: dict[str, Any],
) -> None:
    with pytest.raises(ValidationError) as refused:
        make_sink(**{"url": "https://example.org/canary", **changes})

    assert "canary" not in str(refused.value)


@given(st.text(max_size=40) | st.integers().map(str), st.integers(100, 999))
def test_given_any_header_and_status_when_judged_then_it_is_an_outcome_with_a_bounded_wait(
    header: str, status: int
) -> None:
    outcome = judge(status, header, "", NOON)

    if isinstance(outcome, RetryLater) and outcome.after_s is not None:
        assert 0 <= outcome.after_s <= 86_400
