"""Roles in processes of their own: on one state folder, and with the alerts on PostgreSQL."""

import json
import signal
from contextlib import ExitStack
from pathlib import Path

import pytest

from stream.server import Server
from tests.acceptance.conftest import MISS, OTHER, STORY
from tests.support.command import spawn
from tests.support.daemon import Site
from tests.support.postgres import cluster
from tests.support.waiting import wait_for

CANARY = "canary-database-4711"
FILE_ROUTES = "sinks:\n  desk: {kind: file, path: %s}\ndefault: [desk]\n"


@pytest.fixture
def desk(site: Site) -> Path:
    """Where alerts go, whichever process delivers them."""
    path = site.folder / "desk" / "alerts.jsonl"
    site.write("routes.yaml", FILE_ROUTES % path)
    return path


def urls(desk: Path) -> list[str]:
    lines = desk.read_text().splitlines() if desk.exists() else []
    return sorted(json.loads(line)["data"]["article"]["url"] for line in lines)


def with_password(server: Server) -> str:
    """The server trusts us: any password will do, and this one is looked for."""
    return f"{server.url}&password={CANARY}"


def test_given_roles_in_processes_of_their_own_when_an_article_comes_then_its_alert_is_delivered(
    site: Site, desk: Path
) -> None:
    with site.running("ingest") as ingest:
        ingest.wait_until_ready()
        with site.running("alerts") as alerts, site.running("deliver") as deliver:
            for daemon in (alerts, deliver):
                daemon.wait_until_ready()

            assert ingest.push([STORY, MISS]).status == 202
            wait_for(lambda: urls(desk) == [STORY["url"]])

            assert [one.end() for one in (alerts, deliver)] == [0, 0]


def test_given_an_alerts_role_where_no_log_was_ever_written_when_started_then_it_says_what_to_do(
    site: Site, empty_postgres: Server
) -> None:
    with site.running("alerts", WIREWATCH_DATABASE__URL=empty_postgres.url) as daemon:
        code = daemon.wait()

    assert code == 75, "a service manager starts it again, until there is one"
    for wanted in ("ingest.db is not there", "--role ingest", "WIREWATCH_STATE_DIR", "kafka"):
        assert wanted in daemon.err.text()
    assert not site.state.exists()


def test_given_three_deliverers_on_postgres_when_alerts_come_then_each_is_delivered_once(
    site: Site, desk: Path, empty_postgres: Server
) -> None:
    database = {"WIREWATCH_DATABASE__URL": empty_postgres.url}
    articles = [{**STORY, "url": f"https://news.example.org/pact/{number}"} for number in range(40)]
    with ExitStack() as running:
        raising = running.enter_context(site.running("ingest", "alerts", **database))
        delivering = [running.enter_context(site.running("deliver", **database)) for _ in range(3)]
        for daemon in (raising, *delivering):
            daemon.wait_until_ready()

        for article in articles:
            assert raising.push(article).status == 202
        wait_for(lambda: len(urls(desk)) >= len(articles))

        assert urls(desk) == sorted(article["url"] for article in articles)
        assert [daemon.end() for daemon in (raising, *delivering)] == [0, 0, 0, 0]
    assert not (site.state / "alerts.db").exists()


def test_given_a_new_database_when_doctor_looks_then_it_is_fit_and_stays_as_it_is(
    site: Site, empty_postgres: Server
) -> None:
    environment = {
        "WIREWATCH_CONFIG_DIR": str(site.config),
        "WIREWATCH_STATE_DIR": str(site.state),
        "WIREWATCH_DATABASE__URL": with_password(empty_postgres),
        "WIREWATCH_WEB__PORT": "0",
    }

    looked = [spawn("doctor", "-o", "json", cwd=site.folder, env=environment) for _ in range(2)]
    gone = spawn(
        "doctor",
        cwd=site.folder,
        env={**environment, "WIREWATCH_DATABASE__URL": f"postgresql://me:{CANARY}@127.0.0.1:1/x"},
    )

    for ran in looked:
        (found,) = [row for row in ran.rows if row["check"] == "database"]
        assert (ran.code, found["status"]) == (0, "ok")
        assert "the first start makes the tables" in found["detail"]
    assert gone.code == 1
    assert "127.0.0.1:1/x" in gone.text
    assert CANARY not in gone.text + gone.err


def test_given_a_deliverer_alone_on_postgres_when_it_runs_then_it_makes_no_state_of_its_own(
    site: Site, desk: Path, empty_postgres: Server
) -> None:
    del desk
    with site.running("deliver", WIREWATCH_DATABASE__URL=empty_postgres.url) as daemon:
        daemon.wait_until_ready()
        daemon.end()

    assert not site.state.exists() or list(site.state.iterdir()) == []


def test_given_alerts_on_postgres_when_commands_ask_then_they_need_no_state_folder(
    site: Site, desk: Path, empty_postgres: Server
) -> None:
    del desk
    url = with_password(empty_postgres)
    with site.running("ingest", "alerts", "web", WIREWATCH_DATABASE__URL=url) as daemon:
        daemon.wait_until_ready()
        daemon.push([STORY, OTHER])
        wait_for(lambda: len(daemon.get("/v1/alerts").json()["alerts"]) == 2)
        pages = [daemon.get(page) for page in ("/", "/alerts", "/sources", "/dead-letters", "/metrics")]

    def ask(*arguments: str) -> str:
        environment = {
            "WIREWATCH_CONFIG_DIR": str(site.config),
            "WIREWATCH_STATE_DIR": str(site.folder / "nowhere"),
            "WIREWATCH_DATABASE__URL": url,
        }
        ran = spawn(*arguments, cwd=site.folder, env=environment)
        assert ran.code == 0, ran.err
        return ran.text + ran.err

    listed = [json.loads(line) for line in ask("alerts", "list", "-o", "json").splitlines()]
    waiting = [json.loads(line) for line in ask("outbox", "list", "-o", "json").splitlines()]
    told = [ask("dead-letters", "list"), ask("sink", "list"), ask("doctor"), ask("check", "--show-origin")]
    told += [ask("outbox", "retry", waiting[0]["delivery_key"])]

    assert sorted(one["data"]["article"]["url"] for one in listed) == sorted([STORY["url"], OTHER["url"]])
    assert {one["state"] for one in waiting} == {"pending"}
    assert [page.status for page in pages] == [200] * len(pages)
    assert "PostgreSQL at 127.0.0.1" in told[2]
    everything = [*told, *(page.text for page in pages), daemon.err.text(), daemon.out.text()]
    assert not [text for text in everything if CANARY in text]


def test_given_no_server_when_started_then_it_ends_to_be_started_again_and_tells_no_secret(
    site: Site,
) -> None:
    url = f"postgresql://me:{CANARY}@127.0.0.1:1/news"
    with site.running("deliver", WIREWATCH_DATABASE__URL=url) as daemon:
        code = daemon.wait()

    assert code == 75
    assert "127.0.0.1:1/news" in daemon.err.text()
    assert CANARY not in daemon.err.text()
    assert "Traceback" not in daemon.err.text()


def test_given_a_server_that_restarts_when_articles_come_then_every_alert_is_delivered_once(
    site: Site, desk: Path
) -> None:
    with cluster() as server, site.running(WIREWATCH_DATABASE__URL=server.url) as daemon:
        daemon.wait_until_ready()
        articles = [{**STORY, "url": f"https://news.example.org/pact/{number}"} for number in range(60)]
        for number, article in enumerate(articles):
            assert daemon.push(article).status == 202  # the log is ours: it takes articles meanwhile
            if number in {20, 40}:
                server.restart()
        wait_for(lambda: len(set(urls(desk))) == len(articles), timeout_s=90)
        wait_for(lambda: daemon.get("/readyz").status == 200)

        assert daemon.end(signal.SIGTERM) == 0
    assert len(urls(desk)) - len(articles) <= 2 * 16  # what was in flight at each crash is sent again
