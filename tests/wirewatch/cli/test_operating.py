"""The daemon and the commands on its state: while it runs, when it does not, and when there is none."""

import json
import os
import shutil
import signal
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.command import spawn, start
from tests.support.waiting import wait_for
from tests.wirewatch.cli.conftest import ROUTES, SOURCES, THEME, WATCHLIST, Call

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator

ARTICLES = [
    {"title": "Iran and Turkey sign an arms pact", "url": "https://a.example/1", "publisher": "A Wire"},
    {"title": "Turkey and the United States sign a trade deal", "url": "https://a.example/2"},
    {"title": "Rain in Norway", "url": "https://a.example/3"},
]
STATE_COMMANDS = [
    ["alerts", "list"],
    ["alerts", "show", "x"],
    ["outbox", "list"],
    ["outbox", "retry", "x"],
    ["dead-letters", "list"],
    ["dead-letters", "show", "1"],
    ["dead-letters", "retry", "1"],
    ["sources", "health"],
    ["sink", "list"],
]


@dataclass(frozen=True, slots=True)
class Site:
    """A folder with a configuration, and the state that a daemon left in it."""

    folder: Path
    daemon: "subprocess.Popen[bytes]"
    call: Call


def furnish(folder: Path) -> None:
    for name, text in {
        "routes.yaml": ROUTES,
        "sources.yaml": SOURCES,
        "watchlists/desk.yaml": WATCHLIST,
        "themes/arms.yaml": THEME,
    }.items():
        file = folder / "config" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    inbox = folder / "inbox"
    inbox.mkdir()
    (inbox / "in.jsonl").write_text("".join(f"{json.dumps(article)}\n" for article in ARTICLES) + "garbage\n")
    os.utime(inbox / "in.jsonl", (1_700_000_000, 1_700_000_000))


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[tuple[Path, subprocess.Popen[bytes]]]":
    """A daemon that has raised its two alerts and still runs."""
    folder = tmp_path_factory.mktemp("site")
    furnish(folder)
    with start("run", cwd=folder, env={"WIREWATCH_WEB__PORT": "0"}) as daemon:
        log = folder / "alerts.jsonl"
        wait_for(lambda: log.exists() and log.read_bytes().count(b"\n") == 2, 60)
        yield folder, daemon
        if daemon.poll() is None:
            daemon.kill()


@pytest.fixture
def site(
    running: "tuple[Path, subprocess.Popen[bytes]]", call: Call, monkeypatch: pytest.MonkeyPatch
) -> Site:
    """The running daemon, with its folder as the working directory."""
    folder, daemon = running
    monkeypatch.chdir(folder)
    monkeypatch.setenv("WIREWATCH_WEB__PORT", "0")
    return Site(folder, daemon, call)


pytestmark = pytest.mark.xdist_group("site")


def test_given_a_running_daemon_when_alerts_are_asked_for_then_they_are_shown_with_their_way(
    site: Site,
) -> None:
    rows = site.call("alerts", "list", "-o", "json").rows
    table = site.call("alerts", "list", "--rule", "ir-tr")
    shown = site.call("alerts", "show", rows[0]["data"]["alert_id"], "-o", "json").rows[0]
    for_people = site.call("alerts", "show", shown["data"]["alert_id"])

    assert {row["data"]["rule"]["id"] for row in rows} == {"ir-tr", "tr-us"}
    assert "Iran and Turkey sign an arms pact" in table.text
    assert "trade deal" not in table.text
    assert {one["sink"]: one["state"] for one in shown["deliveries"]} == dict.fromkeys(
        ("console", "file"), "delivered"
    )
    assert "delivered" in for_people.text


def test_given_flags_that_narrow_when_alerts_are_listed_then_only_those_meant_come_and_others_are_refused(
    site: Site,
) -> None:
    narrowed = site.call(
        "alerts", "list", "--since", "1h", "--country", "turkey", "--publisher", "wire", "-q", "ARMS pac*"
    )
    nothing = site.call("alerts", "list", "--until", "1h", "--watchlist", "desk", "--language", "en")
    refused = site.call("alerts", "list", "--country", "Atlantis")

    assert "Iran and Turkey sign an arms pact" in narrowed.text
    assert "trade deal" not in narrowed.text
    assert (nothing.code, "no alert is like that" in nothing.text + nothing.err) == (0, True)
    assert (refused.code, "country is the code or the English name" in refused.err) == (2, True)


def test_given_an_article_of_the_store_when_explained_by_any_of_its_names_then_it_is_the_same(
    site: Site,
) -> None:
    (alert,) = site.call("alerts", "list", "--rule", "ir-tr", "-o", "json").rows
    names = (
        alert["data"]["alert_id"],
        alert["data"]["article"]["event_id"],
        "http://www.a.example/1?utm_id=1",
    )

    ran = [site.call("rules", "explain", "tr-us", name, "-o", "json") for name in names]
    assert not any(one.err for one in ran), ran
    told = [one.rows[0] for one in ran]

    assert {one["event_id"] for one in told} == {names[1]}
    assert not told[0]["holds"]
    silent = site.call("rules", "explain", "ir-tr", "https://a.example/3")
    assert "neither title nor text names IR nor TR" in silent.text
    unknown = site.call("rules", "explain", "ir-tr", "https://a.example/9")
    assert (unknown.code, unknown.out) == (1, b"")
    assert "no article https://a.example/9 is stored here" in unknown.err


def test_given_a_running_daemon_when_health_is_asked_for_then_the_sums_agree(site: Site) -> None:
    (row,) = site.call("sources", "health", "-o", "json").rows

    assert (row["source"], row["in"], row["new"], row["rejected"]) == ("wire", 4, 3, 1)
    assert row["rejected_by_reason"] == {"invalid": 1}
    assert row["balanced"] is True
    assert "wire" in site.call("sources", "health").text


def test_given_a_running_daemon_when_the_outbox_is_listed_then_filters_hold(site: Site) -> None:
    rows = site.call("outbox", "list", "--sink", "file", "-o", "json").rows
    none = site.call("outbox", "list", "--state", "dead")

    assert [(row["sink"], row["state"], row["attempt"]) for row in rows] == [("file", "delivered", 1)] * 2
    assert (none.code, none.err) == (0, "no delivery\n")


def test_given_a_running_daemon_when_another_starts_on_its_state_then_it_is_told_who_holds_it(
    site: Site,
) -> None:
    second = spawn("run", "--role", "alerts", cwd=site.folder, env={"WIREWATCH_WEB__PORT": "0"})

    assert second.code == 75
    assert "is in use: process " in second.err
    assert "Traceback" not in second.err


def test_given_keys_that_are_none_when_shown_or_retried_then_it_says_so(site: Site) -> None:
    for arguments in (["alerts", "show", "x"], ["outbox", "retry", "x"], ["dead-letters", "show", "9"]):
        ran = site.call(*arguments)

        assert (ran.code, ran.out) == (1, b"")
        assert ran.err


def test_given_a_running_daemon_when_the_machine_is_looked_at_then_all_is_well(site: Site) -> None:
    rows = site.call("doctor", "-o", "json").rows

    assert {row["check"]: row["status"] for row in rows} == {
        "python": "ok",
        "sqlite": "ok",
        "configuration": "ok",
        "state": "ok",
        "privacy": "ok",
        "space": "ok",
        "port": "ok",
        "clock": "ok",
    }


def test_given_a_copy_of_a_state_when_no_daemon_runs_on_it_then_it_answers_as_before(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(site.folder, copy)
    monkeypatch.chdir(copy)

    ran = site.call("alerts", "list", "-o", "json")

    assert len(ran.rows) == 2


def test_given_a_daemon_when_told_to_stop_then_it_drains_and_exits_0(tmp_path: Path) -> None:
    furnish(tmp_path)
    with start("run", cwd=tmp_path, env={"WIREWATCH_WEB__PORT": "0"}) as daemon:
        log = tmp_path / "alerts.jsonl"
        wait_for(lambda: log.exists() and log.read_bytes().count(b"\n") == 2, 60)

        daemon.send_signal(signal.SIGTERM)

        assert daemon.wait(20) == 0


@pytest.mark.parametrize("arguments", STATE_COMMANDS, ids=" ".join)
def test_given_no_state_when_asked_for_then_it_says_so_and_makes_none(
    call: Call, arguments: list[str], tmp_path: Path
) -> None:
    furnish(tmp_path)

    ran = call(*arguments)

    assert (ran.code, ran.out) == (69, b"")
    assert ran.err.startswith("there is no state in var: start `wirewatch run` there first")
    assert not (tmp_path / "var").exists()


def test_given_a_state_that_is_no_database_when_opened_then_it_is_refused_and_kept(
    call: Call, tmp_path: Path
) -> None:
    furnish(tmp_path)
    (tmp_path / "var").mkdir()
    for name in ("ingest.db", "alerts.db"):
        (tmp_path / "var" / name).write_bytes(b"no database " * 100)

    ran = call("alerts", "list")

    assert ran.code == 78
    assert "is corrupt" in ran.err
    assert (tmp_path / "var" / "ingest.db").read_bytes() == b"no database " * 100


def test_given_an_address_that_is_taken_when_run_then_it_exits_75(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    furnish(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])

        ran = spawn("run", "--port", port, cwd=tmp_path)
        monkeypatch.setenv("WIREWATCH_WEB__PORT", port)
        looked = call("doctor", "-o", "json")

    assert ran.code == 75
    assert f"cannot listen on 127.0.0.1:{port}" in ran.err
    assert looked.code == 1
    assert {row["check"]: row["status"] for row in looked.rows}["port"] == "bad"


def test_given_a_broken_configuration_when_run_then_it_exits_78_with_every_problem(tmp_path: Path) -> None:
    furnish(tmp_path)
    (tmp_path / "config" / "watchlists" / "desk.yaml").write_text(
        "rules: [{id: a, when: {theme: nothing}}]\n"
    )

    ran = spawn("run", cwd=tmp_path, env={"WIREWATCH_WEB__PORT": "0"})

    assert ran.code == 78
    assert "config/watchlists/desk.yaml:1:31" in ran.err
    assert "Traceback" not in ran.err
