"""A real SMTP server on loopback that does what a test needs of it."""

import asyncio
import ssl
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any, cast

from aiosmtpd.smtp import SMTP, AuthResult

CERTIFICATE = Path(__file__).with_name("localhost.pem")
"""Of localhost and 127.0.0.1, self-signed, with its key; valid until 2126 and trusted by nobody."""


def server_tls() -> ssl.SSLContext:
    """What a server needs to encrypt."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


@dataclass
class MailServer:
    """What the server answers, and what it got. Answers in `data` are given in turn, then 250.

    An answer of "drop" takes the message and closes the connection without a word; "hang" says nothing
    until the server stops. With `hangs_up` false the farewell is never answered; `left` tells it was said.
    """

    port: int = 0
    data: deque[str] = field(default_factory=deque)
    mail: str = ""
    recipients: dict[str, deque[str]] = field(default_factory=dict)
    messages: list[EmailMessage] = field(default_factory=list)
    envelopes: list[list[str]] = field(default_factory=list)
    logins: list[tuple[str, str]] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    password: str | None = None
    hangs_up: bool = True
    left: threading.Event = field(default_factory=threading.Event)

    async def handle_QUIT(self, server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802 # aiosmtpd's
        del server, session, envelope
        self.left.set()
        if not self.hangs_up:
            await asyncio.Event().wait()
        return "221 Bye"

    async def handle_MAIL(  # noqa: N802 # aiosmtpd's name
        self, server: SMTP, _session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        del server, options
        if self.mail:
            return self.mail
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 # aiosmtpd's name
        self, server: SMTP, _session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        del server, options
        answers = self.recipients.get(address)
        if answers and not (answer := answers.popleft()).startswith("250"):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802 # aiosmtpd's
        self.messages.append(message_from_bytes(envelope.content, _class=EmailMessage, policy=default))
        self.envelopes.append(list(envelope.rcpt_tos))
        self.encrypted.append(session.ssl is not None)
        answer = self.data.popleft() if self.data else "250 queued as 7"
        if answer == "drop":
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
        if answer == "hang":
            await asyncio.Event().wait()
        return answer

    def authenticate(
        self, _server: Any, _session: Any, _envelope: Any, mechanism: str, data: Any
    ) -> AuthResult:
        """Take the one password; says back what was tried, as careless servers do."""
        del mechanism
        login, password = data.login.decode(), data.password.decode()
        self.logins.append((login, password))
        if password == self.password:
            return AuthResult(success=True)
        return AuthResult(success=False, handled=False, message=f"535 no entry for {login} with {password}")


@contextmanager
def running(server: MailServer, *, starttls: bool = False, implicit: bool = False) -> Iterator[MailServer]:
    """Serve until the block ends, on a free port."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        listening = asyncio.run_coroutine_threadsafe(
            _listen(server, server_tls() if starttls else None, server_tls() if implicit else None), loop
        ).result(timeout=20)
        server.port = listening.sockets[0].getsockname()[1]
        yield server
        asyncio.run_coroutine_threadsafe(_close(listening), loop).result(timeout=20)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(timeout=20)
        loop.close()


async def _listen(
    server: MailServer, tls: ssl.SSLContext | None, implicit: ssl.SSLContext | None
) -> asyncio.Server:
    def protocol() -> asyncio.Protocol:
        smtp = SMTP(
            server,
            hostname="mail.test",
            tls_context=tls,
            authenticator=server.authenticate,
            auth_required=False,
            auth_require_tls=implicit is None,
        )
        return cast("asyncio.Protocol", smtp)

    factory: Callable[[], asyncio.Protocol] = protocol
    return await asyncio.get_running_loop().create_server(factory, "127.0.0.1", 0, ssl=implicit)


async def _close(listening: asyncio.Server) -> None:
    listening.close()
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
