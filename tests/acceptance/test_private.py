"""What a daemon keeps is its owner's alone, and a state folder that cannot be used is said in one line."""

import os
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.conftest import STORY
from tests.support.command import clean_environment, installed, spawn
from tests.support.daemon import Site
from tests.support.waiting import wait_for

ROUTES = """
sinks:
  console: {kind: console}
  book: {kind: file, path: kept/alerts.jsonl}
default: [console, book]
"""


@pytest.fixture(params=[0o000, 0o022, 0o077])
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def modes(folder: Path) -> dict[str, int]:
    """The mode of a folder and of everything in it."""
    found = [folder, *folder.rglob("*")]
    return {str(path.relative_to(folder.parent)): stat.S_IMODE(path.stat().st_mode) for path in found}


@pytest.mark.usefixtures("umask")
def test_given_any_umask_when_a_daemon_keeps_state_then_it_is_its_owners_alone(site: Site) -> None:
    site.write("routes.yaml", ROUTES)

    with site.running() as daemon:
        assert daemon.push(STORY).status == 202
        daemon.out.wait(lambda line: "/pact" in line)
        wait_for((site.folder / "kept/alerts.jsonl").exists)
        backed_up = spawn("backup", "copies/today", "--state-dir", str(site.state), cwd=site.folder)
        found = {**modes(site.state), **modes(site.folder / "kept"), **modes(site.folder / "copies")}

    assert backed_up.code == 0
    assert {"state/ingest.db", "state/ingest.db-wal", "state/alerts.db-shm", "state/lock.ingest"} <= set(
        found
    )
    assert {"kept/alerts.jsonl", "copies/today/alerts.db"} <= set(found)
    too_open = {name: oct(mode) for name, mode in found.items() if mode & 0o077}
    assert too_open == {}


def test_given_state_of_an_older_version_when_doctor_looks_then_it_says_the_command_that_closes_it(
    site: Site,
) -> None:
    site.state.mkdir(mode=0o755)
    site.state.chmod(0o755)
    (site.state / "ingest.db").touch()
    (site.state / "ingest.db").chmod(0o644)

    rows = spawn("doctor", "-o", "json", cwd=site.folder, env=own(site)).rows

    (found,) = [row for row in rows if row["check"] == "privacy"]
    assert found["status"] == "warn"
    command = found["detail"].partition("chmod ")[2]
    assert command == f"go= {site.state} {site.state / 'ingest.db'}"
    subprocess.run(["chmod", *command.split()], check=True)
    rows = spawn("doctor", "-o", "json", cwd=site.folder, env=own(site)).rows
    assert next(row for row in rows if row["check"] == "privacy")["status"] == "ok"


def test_given_a_place_where_no_folder_can_be_made_when_started_then_it_says_so_and_ends_with_73(
    site: Site,
) -> None:
    with site.running(WIREWATCH_STATE_DIR="/proc/no-state") as daemon:
        code = daemon.wait()

    assert code == 73
    assert "/proc/no-state" in daemon.err.text()
    assert is_one_clear_line(daemon.err.text())


def test_given_a_state_folder_that_is_a_file_when_started_then_it_says_so_and_ends_with_73(
    site: Site,
) -> None:
    site.state.touch()

    with site.running() as daemon:
        code = daemon.wait()

    assert code == 73
    assert str(site.state) in daemon.err.text()
    assert is_one_clear_line(daemon.err.text())


@pytest.mark.parametrize("had_state", [False, True])
def test_given_a_read_only_state_folder_when_started_or_asked_then_it_says_so_and_ends_with_73(
    site: Site, had_state: bool
) -> None:
    if had_state:
        with site.running() as daemon:
            daemon.push(STORY)
            daemon.end()
    site.state.mkdir(exist_ok=True)
    mounted(site.state, "--bind", str(site.state))
    try:
        mounted(site.state, "-o", "remount,bind,ro")
        with site.running() as daemon:
            code = daemon.wait()
        asked = spawn("sources", "health", cwd=site.folder, env=own(site))
    finally:
        subprocess.run(["umount", str(site.state)], check=True)

    assert code == 73
    assert str(site.state) in daemon.err.text()
    assert is_one_clear_line(daemon.err.text())
    assert asked.code == (73 if had_state else 69)
    assert is_one_clear_line(asked.err)


@pytest.mark.parametrize("size", ["4k", "128k"])
def test_given_a_full_state_folder_when_started_then_it_says_so_and_ends_with_75(
    site: Site, size: str
) -> None:
    site.state.mkdir()
    mounted(site.state, "-t", "tmpfs", "-o", f"size={size}", "none")
    try:
        (site.state / "ballast").write_bytes(bytes(4096))
        with site.running() as daemon:
            code = daemon.wait()
    finally:
        subprocess.run(["umount", str(site.state)], check=True)

    assert code == 75
    assert "bug" not in daemon.err.text()
    assert "Traceback" not in daemon.err.text()


def test_given_an_output_that_is_full_when_a_command_writes_then_it_says_so_and_ends_with_75(
    site: Site,
) -> None:
    with Path("/dev/full").open("wb") as full:
        ended = subprocess.run(
            [*installed(), "schema", "settings"],
            stdout=full,
            stderr=subprocess.PIPE,
            cwd=site.folder,
            env=clean_environment(own(site)),
            check=False,
        )

    assert ended.returncode == 75
    assert is_one_clear_line(ended.stderr.decode())


def own(site: Site) -> dict[str, str]:
    return {"WIREWATCH_CONFIG_DIR": str(site.config), "WIREWATCH_STATE_DIR": str(site.state)}


def mounted(folder: Path, *options: str) -> None:
    """Mount something at a folder; only root may."""
    ended = subprocess.run(["mount", *options, str(folder)], check=False, capture_output=True)
    if ended.returncode != 0:
        pytest.skip("needs root to mount a file system")


def is_one_clear_line(said: str) -> bool:
    return "bug" not in said and "Traceback" not in said and len(said.splitlines()) == 1
