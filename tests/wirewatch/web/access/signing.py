"""A browser without scripts: keeps cookies, sends forms."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

from tests.wirewatch.web.asking import BROWSER, Answer, ask
from tests.wirewatch.web.scene import Scene, serving
from wirewatch.web.access.authenticator import Authenticator
from wirewatch.web.access.guard import Access
from wirewatch.web.access.users import User, Users, UsersFile, hashed, nobody, write_users
from wirewatch.web.push import Door

PASSWORD = "correct horse battery"
READ_TOKEN = "a-token-for-reading"
LIFETIME = timedelta(hours=12)
_FORM = {"content-type": "application/x-www-form-urlencoded"}
_HIDDEN = re.compile(r'<input type="hidden" name="form" value="([0-9a-f]{64})">')
HASHED = hashed(PASSWORD)  # once: it takes as long as it should


def with_anna(role: str = "viewer") -> Users:
    return nobody().with_user(User("anna", "editor" if role == "editor" else "viewer", HASHED))


@contextmanager
def guarded(
    stage: Scene,
    path: Path,
    *,
    door: Door | None = None,
    token: str | None = None,
    open_metrics: bool = False,
    has_pages: bool = True,
) -> Iterator[str]:
    """The application as it is beyond loopback, with the users of a file."""
    desk = Authenticator(UsersFile(path), LIFETIME, stage.clock) if has_pages else None
    access = Access(desk, READ_TOKEN, open_metrics)
    with serving(stage.sight, door=door, token=token, has_pages=has_pages, access=access) as origin:
        yield origin


@dataclass
class Visitor:
    """One browser."""

    origin: str
    headers: dict[str, str] = field(default_factory=lambda: dict(BROWSER))
    cookies: dict[str, str] = field(default_factory=dict)
    set: SimpleCookie = field(default_factory=SimpleCookie)

    def get(self, path: str) -> Answer:
        return self._keep(ask(self.origin, path, headers=self._sent()))

    def post(self, path: str, fields: dict[str, str], **headers: str) -> Answer:
        body = urlencode(fields).encode()
        return self._keep(
            ask(self.origin, path, "POST", body=body, headers={**self._sent(), **_FORM, **headers})
        )

    def sign_in(self, name: str = "anna", password: str = PASSWORD, to: str = "/", **headers: str) -> Answer:
        mark = self.mark("/login")
        return self.post("/login", {"form": mark, "name": name, "password": password, "next": to}, **headers)

    def mark(self, path: str) -> str:
        found = _HIDDEN.search(self.get(path).text)
        assert found is not None
        return found[1]

    def _sent(self) -> dict[str, str]:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {**self.headers, **({"cookie": cookies} if cookies else {})}

    def _keep(self, answer: Answer) -> Answer:
        self.set = SimpleCookie(answer.headers.get("set-cookie", ""))
        for name, morsel in self.set.items():
            if morsel["max-age"] == "0":
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = morsel.value
        return answer


def write_anna(folder: Path) -> Path:
    path = folder / "web-users"
    write_users(path, with_anna())
    return path
