"""The password file: who may sign in, with which role.

A line `session-key:HEX`, then one `NAME:ROLE:HASH` for each user, the hash as argon2 writes it (RFC 9106).
Lines that begin with # are remarks. Whoever can read the file can guess passwords and make up sessions: it is
a secret.
"""

import logging
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Literal, get_args

import argon2
from argon2.exceptions import InvalidHashError, VerificationError

logger = logging.getLogger(__name__)

UserRole = Literal["viewer", "editor"]
ROLES: tuple[str, ...] = get_args(UserRole)
MIN_PASSWORD_CHARS = 12
MAX_PASSWORD_BYTES = 1024

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9._@-]{0,62}[a-z0-9])?")
_KEY = "session-key"
_KEY_BYTES = 32
_MAX_FILE_BYTES = 1024 * 1024
_HASHER = argon2.PasswordHasher()


class UsersFileError(Exception):
    """The file cannot be used; the message says why, and in which line."""


@dataclass(frozen=True, slots=True)
class User:
    """One who may sign in."""

    name: str
    role: UserRole
    password_hash: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Users:
    """Everybody who may sign in, and the key that their sessions are signed with."""

    key: bytes = field(repr=False)
    by_name: Mapping[str, User]

    def with_user(self, user: User) -> "Users":
        """The same with one more, or with another password or role of this one."""
        return replace(self, by_name={**self.by_name, user.name: user})

    def without(self, name: str) -> "Users":
        """The same without one."""
        return replace(self, by_name={key: user for key, user in self.by_name.items() if key != name})


def nobody() -> Users:
    """No user, and a new key."""
    return Users(secrets.token_bytes(_KEY_BYTES), {})


def is_user_name(text: str) -> bool:
    """Whether a text can be the name of a user: small letters, digits, and `._@-` between them."""
    return _NAME.fullmatch(text) is not None


def hashed(password: str) -> str:
    """Hash a password with a salt of its own; takes some 50 ms and 64 MiB, as it should."""
    return _HASHER.hash(password)


def verifies(password_hash: str, password: str) -> bool:
    """Whether it is this password; takes as long for a wrong one."""
    try:
        return _HASHER.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


@lru_cache(maxsize=1)
def nobodys_hash() -> str:
    """What the password of an unknown name is compared with, so that it takes as long as a known one's."""
    return hashed(secrets.token_urlsafe())


def read_users(path: Path) -> Users:
    """Read the file; raises UsersFileError, and FileNotFoundError where there is none."""
    try:
        with path.open("rb") as file:
            text = file.read(_MAX_FILE_BYTES).decode()
    except FileNotFoundError:
        raise
    except OSError as error:
        raise UsersFileError(f"{path} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise UsersFileError(f"{path} is no UTF-8 text") from error
    key, users = b"", {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        if line.startswith(f"{_KEY}:"):
            key = _key(line.partition(":")[2], f"{path}:{number}")
            continue
        user = _user(line, f"{path}:{number}")
        users[user.name] = user
    if not key:
        raise UsersFileError(f"{path} has no line {_KEY}: make it with `wirewatch web passwd NAME`")
    return Users(key, users)


def write_users(path: Path, users: Users) -> None:
    """Replace the file, whole or not at all, readable by this user only (mode 0600)."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    lines = ["# Who may sign in: wirewatch web passwd NAME. A secret.", f"{_KEY}:{users.key.hex()}"]
    lines += [f"{user.name}:{user.role}:{user.password_hash}" for user in users.by_name.values()]
    partial = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    partial.unlink(missing_ok=True)
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write("\n".join([*lines, ""]))
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def _key(text: str, place: str) -> bytes:
    try:
        key = bytes.fromhex(text)
    except ValueError as error:
        raise UsersFileError(f"{place}: the session key is {2 * _KEY_BYTES} hexadecimal digits") from error
    if len(key) < _KEY_BYTES:
        raise UsersFileError(f"{place}: the session key is {2 * _KEY_BYTES} hexadecimal digits")
    return key


def _user(line: str, place: str) -> User:
    name, _, rest = line.partition(":")
    role, _, password_hash = rest.partition(":")
    if not is_user_name(name) or role not in ROLES:
        raise UsersFileError(f"{place}: wanted NAME:ROLE:HASH, the role one of {', '.join(ROLES)}")
    try:
        argon2.extract_parameters(password_hash)
    except InvalidHashError as error:
        raise UsersFileError(f"{place}: {name} has no argon2 hash") from error
    return User(name, "editor" if role == "editor" else "viewer", password_hash)


class UsersFile:
    """The users as the file has them now, read again when it changes; for one event loop.

    A file that is gone or broken lets nobody in, and is logged once.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, int, int] | None = None
        self._users = nobody()

    def users(self) -> Users:
        """Everybody who may sign in at this moment."""
        seen = self._look()
        if seen != self._seen:
            self._seen = seen
            self._users = self._read()
        return self._users

    def _look(self) -> tuple[int, int, int] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_ino, found.st_size

    def _read(self) -> Users:
        try:
            return read_users(self._path)
        except FileNotFoundError:
            logger.warning("nobody can sign in", extra={"reason": f"{self._path} is not there"})
        except UsersFileError as error:
            logger.warning("nobody can sign in", extra={"reason": str(error)})
        return nobody()
