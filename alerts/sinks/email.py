"""Mail by SMTP: encrypted and verified where that is required, one connection for each message.

`tls: required` fails closed: a server that does not offer STARTTLS, or offers it with a certificate we
cannot verify, gets nothing, and the alert waits.
"""

import asyncio
import contextlib
import ssl
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

import aiosmtplib
from aiosmtplib import SMTP, SMTPAuthenticationError, SMTPNotSupported, SMTPResponseException
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from alerts.alert import Alert
from alerts.plain import one_line, scrub
from alerts.render import Renderer
from alerts.sinks import Delivered, Outcome, Refused, RetryLater
from alerts.sinks.mail import Envelope, message
from alerts.sinks.mail_bytes import Altered
from alerts.sinks.mailbox import read_mailbox
from stream.unreachable import in_words
from stream.untrusted.paths import PlainPath

_DETAIL_CHARS = 200
_REMEMBERED = 1_000
_GOODBYE_S = 2.0


def _is_address(address: str) -> str:
    read_mailbox(address)
    return address


def _is_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, OSError, ValueError) as error:
        raise ValueError("wanted a time zone like Europe/Istanbul") from error
    return name


MailAddress = Annotated[str, AfterValidator(_is_address)]
ZoneName = Annotated[str, AfterValidator(_is_zone)]


class EmailConfig(BaseModel):
    """A sink that mails to `to` by way of `host`; addresses with or without names.

    `tls`: `required` (STARTTLS, verified), `implicit` (TLS from the start, verified), `opportunistic`
    (STARTTLS where offered, not verified: against listening, not against impostors), `none`. Credentials
    need one of the first two. `ca_file` names authorities beside the system's. `timezone` (IANA) is that of
    the readers: times are told in it beside UTC.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    kind: Literal["email"]
    host: str = Field(min_length=1)
    port: int | None = Field(None, ge=1, le=65535)
    tls: Literal["required", "implicit", "opportunistic", "none"] = "required"
    ca_file: PlainPath | None = None
    username: str | None = None
    password: SecretStr | None = None
    password_file: PlainPath | None = None
    sender: MailAddress
    to: tuple[MailAddress, ...] = Field(min_length=1)
    timezone: ZoneName = "UTC"
    timeout_s: float = Field(25.0, gt=0, le=50)
    concurrency: int = Field(2, ge=1, le=16)

    @model_validator(mode="after")
    def _can_be_used(self) -> Self:
        self.trust()
        if self.username is None:
            return self
        if self.tls not in {"required", "implicit"}:
            raise ValueError("username needs tls: required or implicit, or the password travels in the clear")
        self.secret()
        return self

    @property
    def dialled_port(self) -> int:
        """The port, or the usual one of the way to encrypt."""
        return self.port or {"required": 587, "implicit": 465}.get(self.tls, 25)

    def trust(self) -> ssl.SSLContext:
        """Whom to believe; raises ValueError for a `ca_file` that cannot be used."""
        context = ssl.create_default_context()
        if self.ca_file is not None:
            try:
                context.load_verify_locations(self.ca_file)
            except OSError as error:  # which ssl.SSLError is too
                raise ValueError(f"{self.ca_file}: no certificates: {error.strerror}") from error
        if self.tls == "opportunistic":
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context

    def secret(self) -> str:
        """The password; read when the sink is made."""
        if self.password_file is not None:
            try:
                return self.password_file.read_text().strip()
            except (OSError, UnicodeDecodeError) as error:
                raise ValueError(f"{self.password_file}: cannot be read: {type(error).__name__}") from error
        return self.password.get_secret_value() if self.password else ""


class EmailSink:
    """Mails each alert to all recipients at once.

    When some recipients are refused for now, the next attempt writes to those alone; after a restart it
    writes to all again, under the same Message-ID.
    """

    def __init__(self, name: str, config: EmailConfig, renderer: Renderer) -> None:
        self.name = name
        self._config = config
        self._envelope = Envelope(read_mailbox(config.sender), tuple(map(read_mailbox, config.to)))
        self._renderer = renderer.in_zone(ZoneInfo(config.timezone))
        self._secret = config.secret() if config.username else ""
        self._trust = config.trust()
        self._waiting: dict[str, tuple[str, ...]] = {}

    async def send(self, alert: Alert, key: str, attempt: int) -> Outcome:
        """Mail it once. A connection lost after the text was sent is `connection`: sent again, same id."""
        del attempt
        mail = message(alert, key, self._envelope, self._renderer)
        if isinstance(mail, Altered):
            return Refused("unsafe", mail.detail)
        client = self._client()
        try:
            async with asyncio.timeout(self._config.timeout_s):
                return await self._converse(client, mail, key)
        except Exception as error:  # noqa: BLE001 # aiosmtplib also lets OSError, ssl and ValueErrors through
            return self._failure(error)
        finally:
            await _leave(client)

    async def _converse(self, client: SMTP, mail: bytes, key: str) -> Outcome:
        if (obstacle := await self._greet(client)) is not None:
            return obstacle
        recipients = list(self._waiting.get(key, self._envelope.recipients))
        options = ["SMTPUTF8"] if self._envelope.needs_utf8 else []
        errors, answer = await client.sendmail(
            self._envelope.sender.address, recipients, mail, mail_options=options
        )
        return self._judge(key, {who: response.code for who, response in errors.items()}, answer)

    def _client(self) -> SMTP:
        config = self._config
        return SMTP(
            hostname=config.host,
            port=config.dialled_port,
            local_hostname=self._envelope.domain,
            timeout=config.timeout_s,
            use_tls=config.tls == "implicit",
            start_tls=False,  # done by hand below, so that each failure is known for what it is
            tls_context=self._trust if config.tls == "implicit" else None,
        )

    async def _greet(self, client: SMTP) -> RetryLater | None:
        """Connect, encrypt, log in; a value when that is where it ends.

        Whatever goes wrong here is about the server and not about the alert, which therefore waits.
        """
        try:
            await client.connect()
            await client.ehlo()
            if not await self._encrypt(client):
                return RetryLater(None, "tls", "the server offers no STARTTLS")
            if self._config.username is not None:
                await client.login(self._config.username, self._secret)
        except SMTPAuthenticationError as error:
            return RetryLater(None, "auth", self._clean(f"{error.code} {error.message}"))
        except SMTPResponseException as error:
            return RetryLater(None, "server_error", self._clean(f"{error.code} {error.message}"))
        return None

    async def _encrypt(self, client: SMTP) -> bool:
        """Whether the connection is now as private as the configuration wants it."""
        tls = self._config.tls
        if tls in {"required", "opportunistic"} and client.supports_extension("starttls"):
            await client.starttls(tls_context=self._trust)
            return True
        return tls != "required"

    def _judge(self, key: str, refused: dict[str, int], answer: str) -> Outcome:
        waiting = tuple(who for who, code in refused.items() if code < 500)
        self._waiting.pop(key, None)
        if waiting:
            if len(self._waiting) < _REMEMBERED:
                self._waiting[key] = waiting
            return RetryLater(None, "temporary", f"{len(waiting)} recipients refused for now")
        lost = f" ({len(refused)} recipients refused for good)" if refused else ""
        return Delivered(self._clean(answer) + lost)

    def _failure(self, error: Exception) -> Outcome:
        match error:
            case aiosmtplib.SMTPRecipientsRefused():
                outcome = self._all_refused(error)
            case SMTPResponseException():
                outcome = self._answered(error.code, error.message)
            case SMTPNotSupported():
                outcome = Refused("unsupported", self._clean(error.message))
            case TimeoutError():
                outcome = RetryLater(None, "timeout", f"no answer in {self._config.timeout_s:g} s")
            case OSError() | aiosmtplib.SMTPException():
                outcome = RetryLater(None, _deeper(error), self._said(error))
            case _:
                outcome = RetryLater(None, "sink_error", type(error).__name__)
        return outcome

    def _said(self, error: Exception) -> str:
        return in_words(error, f"{self._config.host}:{self._config.port}")

    def _all_refused(self, error: aiosmtplib.SMTPRecipientsRefused) -> Outcome:
        # One of them to come later is enough to try again; those refused for good are refused again.
        first = min(error.recipients, key=lambda refused: refused.code)
        return self._answered(first.code, first.message)

    def _answered(self, code: int, text: str) -> Outcome:
        detail = self._clean(f"{code} {text}")
        if 500 <= code < 600:
            return Refused("rejected", detail)
        return RetryLater(None, "throttled" if code == 421 else "temporary", detail)

    def _clean(self, text: str) -> str:
        return one_line(scrub(text, (self._secret,)), _DETAIL_CHARS)

    async def close(self) -> None:
        """Nothing stays open between messages."""


async def _leave(client: SMTP) -> None:
    """Say goodbye if that is quick; nothing that goes wrong now changes what happened.

    Then hang up for good: a TLS connection that is closed politely waits for the other side's farewell.
    """
    transport = client.transport
    try:
        with contextlib.suppress(Exception):
            async with asyncio.timeout(_GOODBYE_S):
                await client.quit()
    finally:  # whoever cancels us during the farewell must not leave the socket open either
        client.close()
        if isinstance(transport, asyncio.WriteTransport):
            transport.abort()
    await asyncio.sleep(0)  # the loop closes the socket in its next turn


def _deeper(error: Exception) -> Literal["tls", "connection"]:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return "tls"
        cause = cause.__cause__ or cause.__context__
    return "connection"
