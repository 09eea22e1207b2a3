"""Webhooks by the Standard Webhooks 1.0 specification: signed, with a key that stays the same.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal, Self

import aiohttp
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator
from standardwebhooks import Webhook
from yarl import URL

from alerts.alert import Alert
from alerts.payload import body
from alerts.plain import one_line, scrub
from alerts.sinks import RETRY_AFTER_LIMIT_S, Delivered, Outcome, RetryLater, RetryReason, SinkGone
from stream.net import NetPolicy, guarded_connector, was_forbidden
from stream.timing import Clock
from stream.unreachable import in_words
from stream.untrusted.addresses import read_url
from stream.untrusted.paths import PlainPath
from stream.untrusted.times import retry_after_s

TIMEOUT_S = 15.0
ANSWER_LIMIT_BYTES = 64 * 1024
_DETAIL_CHARS = 200


def _is_http(url: SecretStr) -> SecretStr:
    parsed = read_url(url.get_secret_value())
    if parsed is None or parsed.scheme not in {"http", "https"} or not parsed.host:
        raise ValueError("wanted an http or https URL with a host")
    if parsed.user is not None or parsed.password is not None:
        raise ValueError("a user name or password does not belong in the URL")
    return url


def _is_key(secret: SecretStr) -> SecretStr:
    encoded = secret.get_secret_value().removeprefix("whsec_")
    try:
        # Strictly, unlike the library, which would take a mistyped secret for another, shorter one.
        is_usable = len(base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)) > 0
    except ValueError:
        is_usable = False
    if not is_usable:
        raise ValueError("wanted base64, with or without whsec_ before it")
    return secret


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text().split()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: cannot be read: {type(error).__name__}") from error


class WebhookConfig(BaseModel):
    """A sink that posts to `url`, which is kept as a secret: many services put one in the path.

    `secrets` sign, each of them: to rotate, add the new one, change the receiver, drop the old one.
    `secrets_file` holds more of them, one a line. Without any the request carries no signature.
    """

    # An error that quoted its input would print the secret.
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    kind: Literal["webhook"]
    url: Annotated[SecretStr, AfterValidator(_is_http)]
    secrets: tuple[Annotated[SecretStr, AfterValidator(_is_key)], ...] = ()
    secrets_file: PlainPath | None = None
    timeout_s: float = Field(TIMEOUT_S, gt=0, le=30)
    concurrency: int = Field(4, ge=1, le=32)

    @model_validator(mode="after")
    def _reads_its_file(self) -> Self:
        self.keys()
        return self

    @property
    def address(self) -> URL:
        """The URL, read; no part of it goes into a log."""
        url = read_url(self.url.get_secret_value())
        if url is None:
            raise ValueError("not a URL, though it was validated as one")
        return url

    def keys(self) -> tuple[Webhook, ...]:
        """The signers, the oldest first; read when the sink is made, so a rotated file needs a restart."""
        lines = _lines(self.secrets_file) if self.secrets_file else []
        read = tuple(_is_key(SecretStr(line)) for line in lines)
        return tuple(Webhook(secret.get_secret_value()) for secret in (*self.secrets, *read))


class WebhookSink:
    """Posts each alert; follows no redirect, dials no forbidden address, reads little of the answer."""

    def __init__(self, name: str, config: WebhookConfig, policy: NetPolicy, clock: Clock) -> None:
        self.name = name
        self._url = config.address
        self._keys = config.keys()
        self._timeout_s = config.timeout_s
        self._policy = policy
        self._clock = clock
        self._session: aiohttp.ClientSession | None = None
        # What an answer may echo of where it was posted to.
        self._secrets = (str(self._url), self._url.raw_path_qs, self._url.query_string, self._url.raw_path)

    async def send(self, alert: Alert, key: str, attempt: int) -> Outcome:
        """Post it once; 2xx is delivered, 410 is gone, everything else is tried again by the schedule."""
        del attempt
        content = body(alert)
        try:
            return await self._post(content, self._headers(content, key))
        except TimeoutError:
            return RetryLater(None, "timeout", f"no answer in {self._timeout_s:g} s")
        except aiohttp.ClientError as error:
            return _unreachable(error)

    async def _post(self, content: bytes, headers: dict[str, str]) -> Outcome:
        async with self._opened().post(
            self._url, data=content, headers=headers, allow_redirects=False
        ) as answer:
            said = scrub(await _some(answer), tuple(secret for secret in self._secrets if len(secret) > 1))
            detail = one_line(f"{answer.status} {said}", _DETAIL_CHARS)
            return judge(answer.status, answer.headers.get("Retry-After"), detail, self._clock())

    def _headers(self, content: bytes, key: str) -> dict[str, str]:
        now = self._clock()
        headers = {
            "content-type": "application/json",
            "user-agent": "Wirewatch (+Standard-Webhooks/1.0)",
            "accept-encoding": "identity",
            "webhook-id": key,
            "webhook-timestamp": str(int(now.timestamp())),
        }
        if self._keys:
            signed = (signer.sign(key, now.astimezone(UTC), content.decode()) for signer in self._keys)
            headers["webhook-signature"] = " ".join(signed)
        return headers

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=guarded_connector(self._policy),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=self._timeout_s),
                trust_env=False,  # a proxy would dial in our place, past the guard
                auto_decompress=False,  # an answer cannot grow
            )
        return self._session

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None


def judge(status: int, retry_after: str | None, detail: str, now: datetime) -> Outcome:
    """What a status means (Standard Webhooks, "Responding to webhooks")."""
    if 200 <= status < 300:
        return Delivered(detail)
    if status == 410:
        return SinkGone(detail)
    return RetryLater(retry_after_s(retry_after, now, RETRY_AFTER_LIMIT_S), _reason(status), detail)


def _reason(status: int) -> RetryReason:
    if status == 429:
        return "throttled"
    if status >= 500:
        return "server_error"
    return "client_error" if status >= 400 else "redirect"


async def _some(answer: aiohttp.ClientResponse) -> str:
    """The start of the body, for people: the status has said what counts, whatever becomes of the rest.

    Past ANSWER_LIMIT_BYTES the connection is closed instead of drained.
    """
    content = b""
    try:
        while len(content) < ANSWER_LIMIT_BYTES:
            chunk = await answer.content.read(ANSWER_LIMIT_BYTES - len(content))
            if not chunk:
                return content.decode("utf-8", "replace")
            content += chunk
    except (aiohttp.ClientError, TimeoutError):
        pass
    answer.close()
    return content.decode("utf-8", "replace")


def _unreachable(error: aiohttp.ClientError) -> RetryLater:
    """Name the failure by what the system says: messages of aiohttp hold the URL."""
    if was_forbidden(error):
        return RetryLater(None, "forbidden_address", "the address is not allowed, see the net policy")
    is_tls = isinstance(error, aiohttp.ClientSSLError | aiohttp.ClientConnectorCertificateError)
    return RetryLater(None, "tls" if is_tls else "connection", in_words(error, _place(error)))


def _place(error: aiohttp.ClientError) -> str:
    return f"{error.host}:{error.port}" if isinstance(error, aiohttp.ClientConnectorError) else ""
