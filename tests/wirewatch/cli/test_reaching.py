"""The commands that reach out: `sources probe` and `sink test`, against real servers on loopback."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer
from werkzeug.wrappers import Response

from tests.support.http import Receiver
from tests.wirewatch.cli.conftest import Call

FEED = (
    '<rss version="2.0"><channel><title>T</title>'
    "<item><guid>1</guid><title>One</title><pubDate>Mon, 02 Mar 2026 10:00:00 GMT</pubDate></item>"
    "<item><guid>2</guid><title>Two</title><pubDate>Tue, 03 Mar 2026 10:00:00 GMT</pubDate></item>"
    "</channel></rss>"
)
CANARY = "canary-5ecret-value"
Sources = Callable[[dict[str, str]], None]


@pytest.fixture(autouse=True)
def _loopback_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WIREWATCH_NET__ALLOW", "127.0.0.1,localhost")
    monkeypatch.setenv("WIREWATCH_INGEST__WORKERS__SIZE", "1")


@pytest.fixture
def feeds(httpserver: HTTPServer) -> HTTPServer:
    httpserver.expect_request("/good").respond_with_data(FEED, content_type="application/rss+xml")
    httpserver.expect_request("/page").respond_with_data("<html><body>no</body></html>")
    httpserver.expect_request("/gone").respond_with_data("", status=410)
    return httpserver


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with HTTPServer(host="127.0.0.1") as server:
        yield Receiver(server)


def configure(config: Path, feeds: HTTPServer, names: list[str]) -> None:
    entries = [f"  - {{id: {name}, kind: feed, url: '{feeds.url_for(f'/{name}')}'}}" for name in names]
    off = "  - {id: off, kind: feed, enabled: false, url: 'http://127.0.0.1:9/'}"
    (config / "sources.yaml").write_text("\n".join(["sources:", *entries, off]) + "\n")


def test_given_feeds_when_probed_then_each_says_what_it_answers_and_no_state_is_touched(
    call: Call, config: Path, feeds: HTTPServer, tmp_path: Path
) -> None:
    configure(config, feeds, ["page", "good", "gone"])

    ran = call("sources", "probe", "-o", "json")

    assert ran.code == 0
    assert ran.err == "1 of 3 feeds answer\n"
    by_source = {row["source"]: row for row in ran.rows}
    assert list(by_source) == ["page", "good", "gone"]
    assert (by_source["good"]["entries"], by_source["good"]["newest"]) == (2, "2026-03-03T10:00:00.000Z")
    assert (by_source["page"]["answers"], by_source["page"]["reason"]) == (False, "not_a_feed")
    assert by_source["gone"]["reason"] == "gone"
    assert not (tmp_path / "var").exists()


def test_given_no_feed_that_answers_when_probed_then_it_exits_69(
    call: Call, config: Path, feeds: HTTPServer
) -> None:
    configure(config, feeds, ["good", "gone"])

    ran = call("sources", "probe", "gone", "off")
    unknown = call("sources", "probe", "goood")

    assert (ran.code, unknown.code) == (69, 2)
    assert "0 of 2 feeds answer" in ran.err
    assert 'did you mean "good"?' in unknown.err


def test_given_sources_when_listed_then_every_one_is_there(
    call: Call, config: Path, feeds: HTTPServer
) -> None:
    configure(config, feeds, ["good"])

    rows = call("sources", "list", "-o", "json").rows

    assert [(row["id"], row["kind"], row["enabled"]) for row in rows] == [
        ("good", "feed", True),
        ("off", "feed", False),
    ]


@pytest.mark.parametrize(
    ("status", "code", "said"), [(204, 0, "delivered"), (500, 69, "server_error"), (410, 69, "gone")]
)
def test_given_a_webhook_when_tested_then_the_remotes_answer_is_told(
    call: Call, config: Path, receiver: Receiver, status: int, code: int, said: str
) -> None:
    receiver.answers.append(Response(status=status))
    hook = f"{{kind: webhook, url: '{receiver.url()}?key={CANARY}'}}"
    (config / "routes.yaml").write_text(f"sinks:\n  hook: {hook}\ndefault: [hook]\n")

    ran = call("sink", "test", "hook")

    assert ran.code == code
    assert said in ran.err
    assert CANARY not in ran.err + ran.text
    assert b"[TEST]" in receiver.bodies[0]


def test_given_a_mail_server_that_is_not_there_when_tested_then_it_exits_69(call: Call, config: Path) -> None:
    mail = "{kind: email, host: 127.0.0.1, port: 9, tls: none, sender: a@example.org, to: [b@example.org]}"
    (config / "routes.yaml").write_text(f"sinks:\n  mail: {mail}\ndefault: [mail]\n")

    ran = call("sink", "test", "mail")

    assert ran.code == 69
    assert ran.err.startswith("mail: not delivered (connection")


def test_given_sinks_of_ours_when_tested_then_the_alert_is_there(
    call: Call, config: Path, tmp_path: Path
) -> None:
    del config

    printed, written = call("sink", "test", "console"), call("sink", "test", "file")
    unknown = call("sink", "test", "fiel")

    assert (printed.code, written.code, unknown.code) == (0, 0, 2)
    assert "[TEST]" in printed.text
    assert "[TEST]" in (tmp_path / "alerts.jsonl").read_text()
    assert 'did you mean "file"?' in unknown.err
