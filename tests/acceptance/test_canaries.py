"""Canaries in every place of a configuration where a secret could stand; nothing that is said holds one."""

import re
import signal
from collections.abc import Mapping

import pytest
from pytest_httpserver import HTTPServer

from tests.acceptance.conftest import STORY
from tests.support.command import spawn
from tests.support.daemon import Site
from wirewatch.cli.entry import run

CANARY = "kanarie"  # every planted secret holds it
COMMANDS = (
    ("check",),
    ("check", "-o", "json"),
    ("check", "--show-origin"),
    ("check", "--show-origin", "-o", "json"),
    ("doctor", "-o", "json"),
    ("sources", "list"),
    ("sources", "list", "-o", "json"),
    ("sources", "health"),
    ("sink", "list"),
    ("run",),
)
PAGES = ("/", "/sources", "/sources/wire", "/rules", "/alerts", "/metrics", "/readyz", "/v1/alerts")

# One mistake each: what a person may type, and a parser or a model refuse.
SETTINGS = {
    "a misspelt key": "web:\n  tokn: kanarie-one\n",
    "a misspelt section": "databse:\n  url: postgresql://me:kanarie@db/alerts\n",
    "a key without its space": "web:\n  token:kanarie-one\n",
    "an unclosed text": 'web:\n  token: "kanarie-one\n',
    "an unclosed text of a misspelt key": 'web:\n  tokn: "kanarie-one\n  host: kanarie-two\n',
    "a second colon": "web:\n  pasword: kanarie: one\n",
    "a list": "web:\n  token: [kanarie-one, kanarie-two]\n",
    "a block list": "web:\n  token:\n    - kanarie-one\n",
    "a list under a misspelt key": "web:\n  tokens:\n  - kanarie-one\n",
    "a repeated key": "web:\n  token: kanarie-one\n  token: kanarie-two\n",
    "an anchor": "web:\n  tokn: &kanarie kanarie-one\n",
    "a tag": "web:\n  tokn: !kanarie kanarie-one\n",
    "a text for a section": "web: kanarie-one\n",
    "a text for the file": "kanarie-one\n",
    "a tab": "web:\n\ttoken: kanarie-one\n",
    "a comment": "web:\n  port: many # token: kanarie-one\n",
    "a database without scheme": "database:\n  url: me:kanarie@db/alerts\n",
    "a database with a password that is no password": "database:\n  password: {text: kanarie-one}\n",
    "flow mapping": "{web: {port: 1, tokn: kanarie-one, host: x}}\n",
    "json": '{"web": {"tokn":"kanarie-one"}}\n',
    "a broker with a user": "stream:\n  kafka:\n    bootstrap_servers: me:kanarie@kafka:1\n    a: kanarie\n",
    "sasl": "stream: {kafka: {sasl: {username: me, pasword: kanarie}}}\n",
}
SOURCE = "sources:\n  - id: wire\n    kind: feed\n    url: https://example.org/rss\n"
SOURCES = {
    "a query": SOURCE.replace("/rss", "/rss?key=kanarie") + "    intervall_s: 5\n",
    "a query beside": "sources: [{id: wire, kind: fed, url: 'https://me:kanarie@example.org/?k=kanarie'}]\n",
    "no scheme": SOURCE.replace("https://", "me:kanarie@"),
    "headers as a list": SOURCE + "    headers: ['Authorization: Bearer kanarie']\n",
    "headers as a block list": SOURCE + "    headers:\n      - 'Authorization: Bearer kanarie'\n",
    "headers as a text": SOURCE + "    headers: 'X-Key: kanarie'\n",
    "headers as one key": SOURCE + "    headers: {'Authorization: Bearer kanarie'}\n",
    "a header's name": SOURCE + "    headers: {'X Key=kanarie': x}\n",
    "a header of two lines": SOURCE + '    headers: {X-Key: "kanarie\\nkanarie"}\n',
    "a header that is a list": SOURCE + "    headers: {X-Key: [kanarie]}\n",
    "misspelt headers": SOURCE + "    hedaers: {X-Key: kanarie}\n",
    "a repeated header": SOURCE + "    headers: {X-Key: kanarie, X-Key: kanarie}\n",
}
MAIL = (
    "sinks:\n  m: {kind: email, host: a.example, sender: a@b.example, to: [a@b.example], %s}\ndefault: [m]\n"
)
HOOK = "sinks:\n  hook: {kind: webhook, %s}\ndefault: [hook]\n"
ROUTES = {
    "a misspelt password": MAIL % "username: me, pasword: kanarie",
    "a password that is a list": MAIL % "username: me, password: [kanarie]",
    "a port": MAIL % "port: 999999, password: kanarie",
    "a hook without scheme": HOOK % "url: me:kanarie@a.example/kanarie",
    "a hook's path": HOOK % "url: https://a.example/kanarie, secretz: [kanarie]",
    "a signing secret": HOOK % "url: https://a.example/x, secrets: [whsec_kanarie!]",
    "a signing secret as text": HOOK % "url: https://a.example/x, secrets: kanarie",
    "a misspelt kind": "sinks:\n  h:\n    kind: x\n    url: https://a/kanarie\n    secret:\n    - kanarie\n",
}
PLACES = [
    (f"{name}: {case}", name, text)
    for name, cases in (("settings.yaml", SETTINGS), ("sources.yaml", SOURCES), ("routes.yaml", ROUTES))
    for case, text in cases.items()
]
VARIABLES = {
    "WIREWATCH_WEB__TOKN": "kanarie-one",
    "WIREWATCH_DATABASE__URL": "me:kanarie@db/alerts",
    "WIREWATCH_DATABASE__PASWORD": "kanarie-one",
    "WIREWATCH_STREAM__KAFKA__SASL": "kanarie-one",
    "WIREWATCH_WEB__PORT": "http://me:kanarie@host:1",
    "WIREWATCH_NET__ALLOW": "http://me:kanarie@host/?k=kanarie",
}


def own(site: Site) -> dict[str, str]:
    return {"WIREWATCH_CONFIG_DIR": str(site.config), "WIREWATCH_STATE_DIR": str(site.state)}


def said(
    site: Site, more: Mapping[str, str] | None = None, commands: tuple[tuple[str, ...], ...] = COMMANDS
) -> str:
    """All that these commands say; those that would run on are given a configuration that they refuse."""
    env = {**own(site), **(more or {})}
    ended = [spawn(*command, cwd=site.folder, env=env) for command in commands]
    return "\n".join(f"{one.text}\n{one.err}" for one in ended)


def leaks(text: str) -> list[str]:
    return [line for line in text.splitlines() if CANARY in line]


@pytest.mark.parametrize("place", PLACES, ids=[place[0] for place in PLACES])
def test_given_a_mistake_beside_a_secret_when_checked_then_it_is_told_without_the_secret(
    site: Site,
    place: tuple[str, str, str],
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    site.write(*place[1:])
    for name, value in own(site).items():
        monkeypatch.setenv(name, value)

    codes = [run(["check", "-o", "json"]), run(["check"])]

    told = capfd.readouterr()
    assert codes == [78, 78]
    assert leaks(told.out + told.err) == []


def test_given_every_mistake_at_once_when_any_command_is_called_then_none_tells_a_secret(site: Site) -> None:
    site.write("settings.yaml", SETTINGS["a misspelt key"])
    site.write("sources.yaml", SOURCES["headers as a list"])
    site.write("routes.yaml", ROUTES["a misspelt password"])

    assert leaks(said(site)) == []


@pytest.mark.parametrize("name", VARIABLES)
def test_given_a_secret_in_a_variable_that_is_wrong_when_checked_then_it_is_not_told(
    site: Site, name: str
) -> None:
    told = said(site, {name: VARIABLES[name]}, (("check", "--show-origin"), ("check", "-o", "json")))

    assert name in told
    assert leaks(told) == []


def test_given_sound_secrets_when_listed_then_they_are_not_shown(site: Site) -> None:
    url = "https://example.org/rss?key=kanarie"
    site.write("settings.yaml", "web: {token: kanarie-one}\ndatabase: {password: kanarie-two}\n")
    site.write(
        "sources.yaml", SOURCE.replace("https://example.org/rss", url) + "    headers: {X-Key: kanarie}\n"
    )
    site.write("routes.yaml", HOOK % "url: https://a.example/kanarie")

    told = said(site, commands=COMMANDS[:-1])

    assert "https://example.org/rss?…" in told
    assert leaks(told) == []


def test_given_a_daemon_with_secrets_when_files_break_then_pages_logs_and_metrics_tell_none(
    site: Site, httpserver: HTTPServer
) -> None:
    httpserver.expect_request(re.compile(".*")).respond_with_data("no feed", status=500)
    port = httpserver.port
    feed = f"{{id: wire, kind: feed, interval_s: 5, url: 'http://127.0.0.1:{port}/rss?key=kanarie-long'}}"
    hook = f"url: 'http://127.0.0.1:{port}/kanarie'"
    site.write("sources.yaml", f"sources:\n  - {feed}\n")
    site.write("routes.yaml", HOOK % hook)

    more = {"WIREWATCH_NET__ALLOW": '["127.0.0.0/8"]', "WIREWATCH_LOG__LEVEL": "debug"}
    with site.running(WIREWATCH_WEB__TOKEN="kanarie-token", **more) as daemon:
        daemon.push(STORY, token="kanarie-token")
        daemon.wait_for_log("delivery settled")
        site.write("sources.yaml", f"sources:\n  - {feed[:-1]}, tokn: kanarie, headers: [kanarie]}}\n")
        site.write("routes.yaml", HOOK % f"{hook}, pasword: kanarie")
        daemon.send(signal.SIGHUP)
        daemon.err.wait(lambda line: "configuration is broken" in line and "tokn" in line)
        told = "\n".join(daemon.get(page).text for page in PAGES)
        assert daemon.end() == 0

    assert "tokn" in told
    assert leaks(told) == []
    assert leaks(daemon.err.text()) == []
    stored = "".join(path.read_bytes().decode("latin-1") for path in site.state.iterdir())
    assert CANARY not in stored
