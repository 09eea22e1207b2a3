"""Wiring of who may see what: nothing beyond this machine is served to everybody."""

from datetime import timedelta
from pathlib import Path

from stream.config.problem import ConfigError, ConfigProblem
from stream.timing import Clock
from wirewatch.environment import variable_of
from wirewatch.settings import LOOPBACK, Settings
from wirewatch.variables import setting_problem
from wirewatch.web.access.authenticator import Authenticator
from wirewatch.web.access.guard import Access
from wirewatch.web.access.users import UsersFile, UsersFileError, read_users

_USERS = "web-users"


def users_file(settings: Settings) -> Path:
    """Where `wirewatch web passwd` keeps users: the file that is named, or one in the state folder."""
    return settings.web.users_file or settings.state_dir / _USERS


def users_problem(settings: Settings) -> ConfigProblem | None:
    """Why nobody could sign in, though a file of users is named."""
    path = settings.web.users_file
    if path is None:
        return None
    try:
        said = "" if read_users(path).by_name else f"{path} has no user"
    except FileNotFoundError:
        said = f"{path} is not there"
    except UsersFileError as error:
        said = str(error)
    if not said:
        return None
    suggestion = "`wirewatch web passwd NAME` adds one"
    return setting_problem(variable_of(("web", "users_file")), said, suggestion=suggestion)


def access_of(settings: Settings, clock: Clock, *, has_pages: bool) -> Access | None:
    """Build it; None where everybody is somebody of this machine.

    Raises ConfigError where nobody could sign in at pages for which users are named.
    """
    web = settings.web
    if web.host in LOOPBACK and web.users_file is None:
        return None
    authenticator = None
    if has_pages:
        if found := users_problem(settings):
            raise ConfigError((found,))
        authenticator = Authenticator(
            UsersFile(users_file(settings)), timedelta(hours=web.session_hours), clock
        )
    read_token = web.read_token.get_secret_value() if web.read_token else None
    return Access(authenticator, read_token, web.open_metrics)
