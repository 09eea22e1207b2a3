"""The door to kafka-python: only this, `sockets` and `partitioning` import it.

What it does that its documentation does not say was measured against version 3.0.12; where that shapes
the code, the comment says so.
"""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from kafka import ConsumerRebalanceListener, KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka import errors as kafka_errors
from kafka.admin import ConfigResource
from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor
from kafka.net.compat import KafkaNetClient
from kafka.net.sasl.oauth import AbstractTokenProvider
from kafka.structs import OffsetAndMetadata

from stream.errors import LogUnavailableError, StreamError
from stream.kafka.hearing import LastWords, listen
from stream.kafka.options import Connection
from stream.kafka.sockets import DIRECT, tls_context

__all__ = [
    "ConfigResource",
    "ConsumerRebalanceListener",
    "CooperativeStickyAssignor",
    "KafkaAdminClient",
    "KafkaConsumer",
    "KafkaProducer",
    "OffsetAndMetadata",
    "TopicPartition",
    "abandon",
    "connect",
    "is_too_large",
    "kafka_errors",
    "speaking",
    "topic_id",
]

_RECONNECT_MS = 2_000
_REQUEST_MS = 10_000
_TOO_LARGE = (kafka_errors.MessageSizeTooLargeError, kafka_errors.RecordListTooLargeError)


class _TokenFile(AbstractTokenProvider):  # type: ignore[misc]  # kafka-python has no types
    """Reads the token from its file for every connection."""

    def __init__(self, options: Connection) -> None:
        self._path = options.sasl.token_file

    def token(self) -> str:
        return self._path.read_text().strip() if self._path else ""


def connect(kind: Callable[..., Any], options: Connection, **config: Any) -> Any:
    """Make a client of kafka-python that is connected; raises LogUnavailableError when no broker answers."""
    heard = listen()
    heard.forget()
    opened: list[Any] = []

    def new_net(**settings: Any) -> Any:
        opened.append(KafkaNetClient(**settings))
        return opened[-1]

    try:
        with speaking(f"connect to {options.bootstrap_servers}", heard):
            return kind(**_settings(options), kafka_client=new_net, **config)
    except BaseException:
        # A constructor that fails leaves its sockets and its thread open.
        for net in opened:
            with contextlib.suppress(Exception):
                net.close()
        raise


def _settings(options: Connection) -> dict[str, Any]:
    """What every client is told."""
    tls, sasl = options.tls, options.sasl
    protocol = ("SASL_" if sasl.mechanism else "") + ("SSL" if tls.enabled else "PLAINTEXT")
    settings: dict[str, Any] = {
        "bootstrap_servers": [server.strip() for server in options.bootstrap_servers.split(",")],
        "client_id": "wirewatch",
        "proxy_url": DIRECT,
        "security_protocol": protocol,
        "bootstrap_timeout_ms": int(options.connect_timeout_s * 1000),
        "request_timeout_ms": _REQUEST_MS,
        "reconnect_backoff_max_ms": _RECONNECT_MS,
    }
    if tls.enabled:
        settings["ssl_context"] = tls_context(tls)
    if sasl.mechanism == "OAUTHBEARER":
        settings |= {"sasl_mechanism": sasl.mechanism, "sasl_oauth_token_provider": _TokenFile(options)}
    elif sasl.mechanism:
        settings |= {
            "sasl_mechanism": sasl.mechanism,
            "sasl_plain_username": sasl.username,
            "sasl_plain_password": sasl.password.get_secret_value() if sasl.password else None,
        }
    return settings


@contextlib.contextmanager
def speaking(doing: str, heard: LastWords | None = None) -> Iterator[None]:
    """Turn what kafka-python raises while `doing` something into errors of ours."""
    try:
        yield
    except kafka_errors.KafkaError as error:
        raise _ours(doing, error, heard.text if heard else "") from error
    except OSError as error:
        raise LogUnavailableError(f"cannot {doing}: {error}") from error


def _ours(doing: str, error: Exception, heard: str) -> StreamError:
    said = f"cannot {doing}: {heard or str(error) or type(error).__name__}"
    if isinstance(error, kafka_errors.RetriableError | kafka_errors.AuthorizationError):
        return LogUnavailableError(said)
    if isinstance(error, kafka_errors.SaslAuthenticationFailedError):
        return LogUnavailableError(said)
    return StreamError(said)


def is_too_large(error: Exception) -> bool:
    """Whether a broker, or the client before it, refused a record for its size."""
    return isinstance(error, _TOO_LARGE)


def abandon(producer: Any) -> None:
    """Close a producer without waiting for anything that it still holds.

    `close(timeout=0)` raises while something is unsent, before it stops its thread, which would then send it
    after all, behind the back of the producer that took its place.
    """
    sender = producer._sender  # noqa: SLF001 - see above
    sender.force_close()
    sender.join(1.0)
    with contextlib.suppress(Exception):
        producer.close(timeout=1.0)
    producer._closed = True  # noqa: SLF001 - else its __del__ closes it again, and raises there


def topic_id(consumer: Any, topic: str) -> object:
    """The identity of a topic as last heard: another one after it was deleted and made anew."""
    return consumer._cluster.topic_id(topic)  # noqa: SLF001 - the public calls do not say it
