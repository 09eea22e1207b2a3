"""`wirewatch web`: who may sign in to the pages."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wirewatch.cli.command import command, new_group
from wirewatch.cli.exits import BAD_CONFIG, BAD_DATA, USAGE, CommandError
from wirewatch.cli.output import complain
from wirewatch.cli.session import Session
from wirewatch.environment import variable_of

if TYPE_CHECKING:
    from wirewatch.web.access.users import UserRole, Users


class UserRoleName(StrEnum):
    """What a user may do."""

    VIEWER = "viewer"
    EDITOR = "editor"


Name = Annotated[
    str, typer.Argument(metavar="NAME", help="Small letters and digits, and `._@-` between them.")
]
Role = Annotated[UserRoleName | None, typer.Option("--role", help="Default: as before, or viewer.")]
Remove = Annotated[bool, typer.Option("--remove", help="Take the user away; their sessions end.")]

app = new_group("web", "Who may sign in to the pages.", "wirewatch web passwd anna --role editor")


@command(app, "wirewatch web passwd anna", "wirewatch web passwd anna --role editor < password.txt")
def passwd(session: Session, name: Name, role: Role = None, is_removed: Remove = False) -> None:
    """Add a user, or set another password; asked for on a terminal, else the first line of stdin.

    The file is that of web.users_file, or web-users in the state folder, readable by this user only. A daemon
    takes it up at once. Exits with 65 for a password that is too short.
    """
    from wirewatch.wiring.access import users_file

    settings = session.settings()
    path = users_file(settings)
    users = _known(path)
    if is_removed:
        changed, done = _without(users, name), "removed"
    else:
        changed, done = _with(users, name, role.value if role else None)
    _write(path, changed)
    complain(f"{name}: {done} ({path})")
    if settings.web.users_file is None:
        complain(f"set {variable_of(('web', 'users_file'))}={path.absolute()} and the pages ask who it is")


def _known(path: Path) -> "Users":
    from wirewatch.web.access.users import UsersFileError, nobody, read_users

    try:
        return read_users(path)
    except FileNotFoundError:
        return nobody()
    except UsersFileError as error:
        raise CommandError(BAD_CONFIG, str(error)) from error


def _with(users: "Users", name: str, role: "UserRole | None") -> "tuple[Users, str]":
    from wirewatch.web.access.users import User, hashed, is_user_name

    if not is_user_name(name):
        raise CommandError(USAGE, f"{name!r} is no name: small letters and digits, and ._@- between them")
    known = users.by_name.get(name)
    new_role = role or (known.role if known else "viewer")
    changed = users.with_user(User(name, new_role, hashed(_new_password())))
    return changed, f"{new_role}, {'password changed' if known else 'added'}"


def _without(users: "Users", name: str) -> "Users":
    if name not in users.by_name:
        raise CommandError(USAGE, f"there is no user {name}")
    return users.without(name)


def _write(path: Path, users: "Users") -> None:
    from wirewatch.web.access.users import write_users

    try:
        write_users(path, users)
    except OSError as error:
        raise CommandError(BAD_CONFIG, f"{path} cannot be written: {error.strerror}") from error


def _new_password() -> str:
    """Read it without showing it."""
    from wirewatch.web.access.users import MAX_PASSWORD_BYTES, MIN_PASSWORD_CHARS

    password = _typed() if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
    if len(password) < MIN_PASSWORD_CHARS:
        raise CommandError(BAD_DATA, f"the password has fewer than {MIN_PASSWORD_CHARS} characters")
    if len(password.encode(errors="replace")) > MAX_PASSWORD_BYTES:
        raise CommandError(BAD_DATA, f"the password has more than {MAX_PASSWORD_BYTES} bytes")
    return password


def _typed() -> str:
    import getpass

    password = getpass.getpass("Password: ")
    if getpass.getpass("Once more: ") != password:
        raise CommandError(BAD_DATA, "the two are not the same")
    return password
