"""Sessions as signed cookies: nothing to store, good in every process that has the same password file.

Signed with a key of the user's own, made of the file's key and the hash of the password: another password, or
the end of the user, ends all their sessions.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from wirewatch.web.access.users import User, UserRole, Users

_MAX_CHARS = 512


@dataclass(frozen=True, slots=True)
class Login:
    """Who has signed in, and until when."""

    name: str
    role: UserRole
    began_at: datetime
    ends_at: datetime
    session_id: str


def issue(users: Users, user: User, now: datetime, lifetime: timedelta) -> str:
    """Make the cookie of a new session."""
    began, ends = int(now.timestamp()), int((now + lifetime).timestamp())
    payload = f"{user.name} {began} {ends} {secrets.token_hex(16)}".encode()
    return f"{_b64(payload)}.{_b64(_sign(users, user, payload))}"


def read(users: Users, cookie: str, now: datetime) -> Login | None:
    """The session of a cookie; None where it is forged, over, or of somebody who is no user any more."""
    payload, mark = (_unb64(part) for part in _halves(cookie))
    name, *rest = payload.decode("utf-8", "replace").split(" ")
    user = users.by_name.get(name)
    if user is None or not hmac.compare_digest(mark, _sign(users, user, payload)):
        return None
    began, ends, session_id = rest
    session = Login(name, user.role, _instant(began), _instant(ends), session_id)
    # A clock that was set back by less than a session ends none of them.
    earliest = session.began_at - (session.ends_at - session.began_at)
    return session if earliest <= now < session.ends_at else None


def _halves(cookie: str) -> tuple[str, str]:
    payload, _, mark = cookie[:_MAX_CHARS].partition(".")
    return payload, mark


def _sign(users: Users, user: User, payload: bytes) -> bytes:
    own = hmac.digest(users.key, b"wirewatch session 1 " + user.password_hash.encode(), hashlib.sha256)
    return hmac.digest(own, payload, hashlib.sha256)


def _instant(seconds: str) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode("ascii").rstrip("=")


def _unb64(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return b""
