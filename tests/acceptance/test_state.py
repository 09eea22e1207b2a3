import signal
import socket
from pathlib import Path

import pytest

from tests.acceptance.conftest import OTHER, STORY
from tests.support.daemon import Site


def test_given_a_running_daemon_when_started_again_on_its_state_then_the_second_names_the_first_and_ends(
    site: Site,
) -> None:
    with site.running() as first:
        first.wait_for_log("started")

        with site.running() as second:
            code = second.wait()

        assert code == 75
        assert str(first.pid) in second.err.text()
        assert "in use" in second.err.text()
        assert first.is_alive
        assert first.push(STORY).status == 202


def test_given_a_running_daemon_when_its_lock_files_are_deleted_then_a_second_still_ends(site: Site) -> None:
    with site.running() as first:
        first.wait_for_log("started")
        for path in site.state.glob("lock.*"):
            path.unlink()

        with site.running() as second:
            code = second.wait()

        assert code == 75
        assert "in use" in second.err.text()
        assert first.push(STORY).status == 202


def test_given_a_daemon_that_is_ready_when_pushed_then_an_extraction_process_is_warm(site: Site) -> None:
    with site.running() as daemon:
        daemon.wait_until_ready()

        said = daemon.get("/readyz").json()["checks"]["workers"]
        tasks = Path(f"/proc/{daemon.pid}/task").glob("*/children")
        children = [child for task in tasks for child in task.read_text().split()]

    assert said == {"ready": True, "detail": "articles are extracted"}
    assert children


def test_given_a_port_that_is_taken_when_started_then_it_says_which_and_what_to_set(site: Site) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        with site.running(WIREWATCH_WEB__PORT=str(port)) as daemon:
            code = daemon.wait()

    assert code == 75
    assert f"127.0.0.1:{port}" in daemon.err.text()
    assert "WIREWATCH_WEB__PORT" in daemon.err.text()
    assert "Traceback" not in daemon.err.text()


@pytest.mark.parametrize("name", ["ingest.db", "alerts.db"])
def test_given_a_state_file_that_is_damaged_when_started_then_it_refuses_and_leaves_the_file_alone(
    site: Site, name: str
) -> None:
    with site.running() as daemon:
        daemon.push(STORY)
        daemon.end()
    path = site.state / name
    damaged = path.read_bytes()[:4096] + b"\xff" * 8192 + path.read_bytes()[12288:]
    path.write_bytes(damaged)

    with site.running() as daemon:
        code = daemon.wait()

    assert code == 78
    assert name in daemon.err.text()
    assert "Traceback" not in daemon.err.text()
    assert path.read_bytes() == damaged


def test_given_a_damaged_wal_when_started_then_it_is_said_what_was_lost_and_pushing_it_again_brings_it_back(
    site: Site,
) -> None:
    articles = [{**STORY, "url": f"https://news.example.org/pact/{number}"} for number in range(12)]
    with site.running() as daemon:
        for article in articles:
            assert daemon.push(article).status == 202
        daemon.end(signal.SIGKILL)
    wal = site.state / "ingest.db-wal"
    damaged = bytearray(wal.read_bytes())
    damaged[len(damaged) // 2] ^= 0xFF
    wal.write_bytes(damaged)

    with site.running() as daemon:
        said = daemon.wait_for_log("the log has lost articles that were acknowledged")
        daemon.wait_until_ready()
        taken = [daemon.push(article).json() for article in articles]
        daemon.end()

    assert 0 < said["records"] < len(articles)
    assert said["level"] == "error"
    assert said["since"] < said["until"]
    assert "push again" in said["advice"]
    assert [answer["articles"][0]["state"] for answer in taken].count("accepted") == said["records"]


@pytest.mark.parametrize("name", ["ingest.db", "alerts.db"])
def test_given_a_state_file_that_is_removed_below_a_daemon_when_noticed_then_it_ends_to_be_started_again(
    site: Site, name: str
) -> None:
    with site.running() as daemon:
        daemon.wait_until_ready()
        assert daemon.push(STORY).status == 202
        for end in ("", "-wal", "-shm"):
            (site.state / f"{name}{end}").unlink()

        code = daemon.wait()

    assert code == 75
    assert f"{name} was removed or replaced while it was in use" in daemon.err.text()
    with site.running() as daemon:
        daemon.wait_until_ready()
        assert daemon.push(OTHER).status == 202
        daemon.out.wait(lambda line: "/drill" in line)


def test_given_a_daemon_killed_by_force_when_started_again_then_it_works(site: Site) -> None:
    with site.running() as daemon:
        daemon.wait_for_log("started")
        assert daemon.end(signal.SIGKILL) == -signal.SIGKILL

    with site.running() as daemon:
        daemon.wait_until_ready()
        assert daemon.push(STORY).status == 202
        daemon.out.wait(lambda line: "/pact" in line)


def test_given_a_broken_configuration_when_started_then_it_names_the_place_before_anything_starts(
    site: Site,
) -> None:
    path = site.write(
        "watchlists/mideast.yaml", "watchlist: mideast\nowner: desk\nrules: [{id: x, when: {}}]\n"
    )

    with site.running() as daemon:
        code = daemon.wait()

    assert code == 78
    assert f"{path}:3:" in daemon.err.text()
    assert not site.state.joinpath("ingest.db").exists()
