"""Beyond 127.0.0.1 nothing is open: users and tokens, with the installed command."""

import stat
from http import HTTPStatus
from pathlib import Path

import pytest

from tests.support.command import Ran, spawn
from tests.support.daemon import Daemon, Site
from tests.wirewatch.web.access.signing import Visitor
from tests.wirewatch.web.asking import ask

PASSWORD = "correct horse battery"
READ_TOKEN = "a-token-for-reading"
ELSEWHERE = "127.0.0.2"  # not this machine's own address as we see it, and not the network's either


def passwd(site: Site, *arguments: str, stdin: str = f"{PASSWORD}\n", **env: str) -> Ran:
    flags = ("--config", str(site.config), "--state-dir", str(site.state))
    return spawn("web", "passwd", *arguments, *flags, cwd=site.folder, stdin=stdin.encode(), env=env)


def users_of(site: Site) -> Path:
    return site.state / "web-users"


def origin_of(daemon: Daemon) -> str:
    return daemon.url("")


def test_given_a_password_on_stdin_when_a_user_is_added_then_it_is_in_a_file_of_ours_alone(
    site: Site,
) -> None:
    added = passwd(site, "anna", "--role", "editor")
    changed = passwd(site, "anna", stdin="another good password\n")

    text = users_of(site).read_text()
    assert (added.code, changed.code) == (0, 0)
    assert "anna: editor, added" in added.err
    assert "anna: editor, password changed" in changed.err
    assert "WIREWATCH_WEB__USERS_FILE=" in added.err
    assert stat.S_IMODE(users_of(site).stat().st_mode) == 0o600
    assert PASSWORD not in added.err + added.text + text


@pytest.mark.parametrize(
    ("arguments", "stdin", "code", "said"),
    [
        (("anna",), "short\n", 65, "fewer than 12 characters"),
        (("anna",), "", 65, "fewer than 12 characters"),
        (("Anna",), f"{PASSWORD}\n", 2, "is no name"),
        (("bert", "--remove"), "", 2, "there is no user bert"),
    ],
)
def test_given_what_cannot_be_meant_when_asked_then_it_is_said_and_nothing_is_written(
    site: Site, arguments: tuple[str, ...], stdin: str, code: int, said: str
) -> None:
    ran = passwd(site, *arguments, stdin=stdin)

    assert ran.code == code
    assert said in ran.err
    assert not users_of(site).exists()


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({}, "nobody could be told from a stranger"),
        (
            {"WIREWATCH_WEB__USERS_FILE": "nowhere"},
            "nowhere is not there; `wirewatch web passwd NAME` adds one",
        ),
    ],
)
def test_given_an_address_elsewhere_and_nobody_known_when_started_then_it_is_refused_with_what_to_do(
    site: Site, variables: dict[str, str], said: str
) -> None:
    with site.running(WIREWATCH_WEB__HOST=ELSEWHERE, **variables) as daemon:
        code = daemon.wait()
        checked = spawn(
            "check",
            "--config",
            str(site.config),
            cwd=site.folder,
            env={"WIREWATCH_WEB__HOST": ELSEWHERE, **variables},
        )

    assert (code, checked.code) == (78, 78)
    assert said in daemon.err.text()
    assert said in checked.err + checked.text


def test_given_users_and_a_token_when_listening_elsewhere_then_strangers_see_health_alone(site: Site) -> None:
    assert passwd(site, "anna").code == 0
    environment = {
        "WIREWATCH_WEB__HOST": ELSEWHERE,
        "WIREWATCH_WEB__USERS_FILE": str(users_of(site)),
        "WIREWATCH_WEB__READ_TOKEN": READ_TOKEN,
    }
    with site.running(**environment) as daemon:
        origin = origin_of(daemon)
        stranger = {path: ask(origin, path).status for path in ("/healthz", "/", "/v1/alerts", "/metrics")}
        program = ask(origin, "/metrics", headers={"authorization": f"Bearer {READ_TOKEN}"})
        visitor = Visitor(origin)
        entered = visitor.sign_in("anna", PASSWORD)
        page = visitor.get("/alerts")
        removed = passwd(site, "anna", "--remove")
        gone = visitor.get("/alerts")
        said = daemon.err.text()

    assert stranger == {"/healthz": 200, "/": 401, "/v1/alerts": 401, "/metrics": 401}
    assert program.status == HTTPStatus.OK
    assert (entered.status, page.status) == (HTTPStatus.SEE_OTHER, HTTPStatus.OK)
    assert (removed.code, gone.status) == (0, HTTPStatus.SEE_OTHER)
    assert PASSWORD not in said
    assert READ_TOKEN not in said
