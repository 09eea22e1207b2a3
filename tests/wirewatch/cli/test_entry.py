"""How commands end: exit codes, colours, help, bugs, secrets."""

import os
import pty
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from stream.errors import LogFullError, StateError, StreamError
from tests.support.command import clean_environment, installed, spawn
from tests.wirewatch.cli.conftest import Call
from wirewatch.cli import diagnosis
from wirewatch.cli.exits import code_of
from wirewatch.cli.output import Progress, show
from wirewatch.cli.session import Session

CANARY = "canary-5ecret-value"
# A command that breaks with a secret in its message.
_BROKEN = """\
import sys
from wirewatch.cli import entry

def fail(arguments, session):
    session.settings()
    raise RuntimeError("broke on " + sys.argv[1])

entry._call = fail
sys.exit(entry.run(["check"]))
"""
COMMANDS = [
    "run",
    "normalise",
    "annotate",
    "match",
    "check",
    "doctor",
    "feed parse",
    "rules check",
    "rules test",
    "rules explain",
    "rules schema",
    "sources list",
    "sources health",
    "sources probe",
    "alerts list",
    "alerts show",
    "outbox list",
    "outbox retry",
    "dead-letters list",
    "dead-letters show",
    "dead-letters retry",
    "sink test",
    "sink list",
    "sink enable",
    "schema event",
    "schema alert",
    "schema asyncapi",
    "schema watchlist",
    "schema settings",
]


@pytest.mark.parametrize("name", COMMANDS)
def test_given_any_command_when_help_is_asked_for_then_it_has_examples_and_the_global_flags(
    call: Call, name: str
) -> None:
    ran = call(*name.split(), "--help")

    assert ran.code == 0
    assert "Examples:" in ran.text
    assert f"wirewatch {name}" in ran.text
    assert "--config DIR" in ran.text
    assert "--state-dir DIR" in ran.text


def test_given_no_command_when_called_then_help_and_version_are_there(call: Call) -> None:
    assert "Examples:" in call("--help").text
    assert call("--version").text.startswith("wirewatch 0.")


@pytest.mark.parametrize(
    "arguments",
    [["frobnicate"], ["match"], ["normalise", "--as", "pdf"], ["run", "--role", "cook"], ["alerts", "show"]],
)
def test_given_wrong_arguments_when_called_then_it_exits_2_on_stderr(
    call: Call, arguments: list[str]
) -> None:
    ran = call(*arguments)

    assert (ran.code, ran.out) == (2, b"")
    assert "Usage:" in ran.err


def test_given_every_failure_when_it_ends_a_command_then_the_shell_is_told_what_to_do() -> None:
    taken = StateError("taken")
    taken.__cause__ = OSError(98, "Address already in use")

    assert code_of(taken) == 75
    assert code_of(LogFullError("full")) == 75
    assert code_of(StateError("corrupt")) == 78
    assert code_of(StreamError("broken")) == 70


def test_given_a_bug_when_it_ends_a_command_then_it_exits_70_with_a_log_and_no_secret(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    ended = subprocess.run(
        [sys.executable, "-c", _BROKEN, CANARY],
        capture_output=True,
        cwd=tmp_path,
        env=clean_environment({"WIREWATCH_WEB__TOKEN": CANARY}),
        timeout=30,
        check=False,
    )

    said = ended.stderr.decode()
    assert ended.returncode == 70
    assert "RuntimeError" in said
    assert "this is a bug" in said
    assert CANARY not in said


def test_given_a_secret_in_every_place_when_commands_are_called_then_it_is_in_no_output(
    call: Call, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WIREWATCH_WEB__TOKEN", CANARY)
    (config / "routes.yaml").write_text(
        f"sinks:\n  hook: {{kind: webhook, url: 'https://127.0.0.1:9/{CANARY}', secrets: [{CANARY}]}}\n"
        f"  mail: {{kind: email, host: a, password: {CANARY}, sender: x, to: 3}}\ndefault: [hook]\n"
    )
    (config / "sources.yaml").write_text(
        "sources:\n"
        f"  - {{id: a, kind: feed, url: 'https://127.0.0.1:9/', headers: {{Authorization: {CANARY}}}}}"
    )

    outputs = [
        call(*arguments)
        for arguments in (
            ["check", "--show-origin"],
            ["check", "--show-origin", "-o", "json"],
            ["sources", "list", "-o", "json"],
            ["sources", "probe"],
            ["sink", "test", "hook"],
            ["schema", "settings"],
            ["doctor"],
        )
    ]

    assert all(CANARY not in ran.text + ran.err for ran in outputs)
    assert {ran.code for ran in outputs} >= {78, 0}


def test_given_a_terminal_when_no_color_is_set_then_help_and_tables_are_plain(tmp_path: Path) -> None:
    reading, writing = pty.openpty()
    subprocess.run(
        [*installed(), "doctor"],
        stdin=writing,
        stdout=writing,
        stderr=writing,
        cwd=tmp_path,
        env=clean_environment({"NO_COLOR": "1", "TERM": "xterm"}),
        timeout=60,
        check=False,
    )
    os.close(writing)

    said = b""
    while chunk := _read(reading):
        said += chunk
    os.close(reading)

    assert b"python" in said
    assert b"\x1b[3" not in said


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 65_536)
    except OSError:  # how a pseudo-terminal says that its other end is closed
        return b""


def test_given_no_terminal_when_progress_is_made_then_nothing_is_drawn(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with Progress("done", 2) as progress:
        progress.step()

    assert capsys.readouterr() == ("", "")


def test_given_rows_with_markup_when_shown_then_it_is_text(capsys: pytest.CaptureFixture[str]) -> None:
    show([{"a": "[red]x[/red]", "b": None, "c": ("1", "2")}], ("a", "b", "c"), "table", "nothing")
    show([], ("a",), "table", "nothing")

    said = capsys.readouterr()
    assert "[red]x[/red]" in said.out
    assert "1, 2" in said.out
    assert said.err == "nothing\n"


def test_given_a_machine_that_is_not_fit_when_looked_at_then_each_check_says_why(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    old, new = datetime(2020, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)

    assert diagnosis.sqlite_version((3, 40, 1)).status == "bad"
    assert diagnosis.clock(old, new).status == "bad"
    assert diagnosis.clock(new, old).status == "ok"
    assert diagnosis.state_dir(tmp_path / "file").status == "bad"
    assert diagnosis.state_dir(tmp_path / "new" / "er").status == "ok"


def test_given_broken_settings_when_the_machine_is_looked_at_then_the_rest_is_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("WIREWATCH_WEB__PORT", "x")

    found = dict(diagnosis.diagnose(Session()))

    assert list(found) == ["python", "sqlite", "settings"]
    assert "WIREWATCH_WEB__PORT" in found["settings"].detail


def test_given_the_installed_command_when_called_then_it_starts(tmp_path: Path) -> None:
    assert spawn("--version", cwd=tmp_path).code == 0
