"""Signing in: passwords checked one at a time, sessions given out and taken back."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from stream.timing import Clock
from wirewatch.web.access import sessions
from wirewatch.web.access.attempts import Attempts, network_of
from wirewatch.web.access.sessions import Login
from wirewatch.web.access.users import MAX_PASSWORD_BYTES, UsersFile, nobodys_hash, verifies

_MOST_WAITING = 8


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The cookie to give."""

    cookie: str


@dataclass(frozen=True, slots=True)
class WrongPassword:
    """The name or the password is not right; which of them is not told."""


@dataclass(frozen=True, slots=True)
class TooOften:
    """Try again after so many seconds."""

    after_s: float


class Authenticator:
    """Belongs to the event loop of the server."""

    def __init__(
        self,
        file: UsersFile,
        lifetime: timedelta,
        clock: Clock,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.lifetime = lifetime
        self._file = file
        self._clock = clock
        self._monotonic = monotonic
        # One hash at a time: each takes 64 MiB, and a core while it lasts.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="passwords")
        self._waiting = 0
        self._by_client = Attempts(burst=10, every_s=6)
        self._by_name = Attempts(burst=10, every_s=30)
        self._by_all = Attempts(burst=60, every_s=0.5)
        nobodys_hash()  # made now: the first wrong name must not take longer than the next
        self._ended: dict[str, datetime] = {}

    @property
    def has_users(self) -> bool:
        """Whether anybody can sign in."""
        return bool(self._file.users().by_name)

    async def sign_in(self, name: str, password: str, client: str) -> SignedIn | WrongPassword | TooOften:
        """Check a password; takes as long for a name that is unknown."""
        if wait_s := self._must_wait(name, client):
            return TooOften(wait_s)
        users = self._file.users()
        user = users.by_name.get(name)
        password_hash = user.password_hash if user else nobodys_hash()
        is_right = await self._verify(password_hash, password)
        if user is None or not is_right:
            return WrongPassword()
        self._by_name.forget(name)
        return SignedIn(sessions.issue(users, user, self._clock(), self.lifetime))

    def session(self, cookie: str | None) -> Login | None:
        """Whose session a cookie is; None where it is none, or one that was ended."""
        found = sessions.read(self._file.users(), cookie, self._clock()) if cookie else None
        return None if found is None or found.session_id in self._ended else found

    def sign_out(self, session: Login) -> None:
        """End a session in this process, whoever has a copy of its cookie."""
        now = self._clock()
        self._ended = {one: ends_at for one, ends_at in self._ended.items() if ends_at > now}
        self._ended[session.session_id] = session.ends_at

    def _must_wait(self, name: str, client: str) -> float:
        now_s = self._monotonic()
        if self._waiting >= _MOST_WAITING:
            return 1.0
        return (
            self._by_client.take(network_of(client), now_s)
            or self._by_name.take(name[:64], now_s)
            or self._by_all.take("", now_s)
        )

    async def _verify(self, password_hash: str, password: str) -> bool:
        if len(password.encode()) > MAX_PASSWORD_BYTES:
            password = ""
        self._waiting += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._thread, verifies, password_hash, password)
        finally:
            self._waiting -= 1
