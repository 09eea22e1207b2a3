import asyncio
import errno
import json
import os
from pathlib import Path

import pytest

from alerts.sinks import Delivered, Outcome, RetryLater
from alerts.sinks.file import FileSink
from tests.support.alerting import make_alert, make_event


def send(path: Path, *names: str) -> list[Outcome]:
    sink = FileSink("file", path)

    async def send_all() -> list[Outcome]:
        try:
            return [await sink.send(make_alert(make_event(name)), f"key-{name}", 1) for name in names]
        finally:
            await sink.close()

    return asyncio.run(send_all())


def keys(path: Path) -> list[str]:
    return [json.loads(line)["delivery_key"] for line in path.read_text().splitlines()]


def test_given_alerts_when_written_then_each_is_one_line_of_json(tmp_path: Path) -> None:
    path = tmp_path / "alerts.jsonl"

    outcomes = send(path, "a", "b")

    assert outcomes == [Delivered("written")] * 2
    assert keys(path) == ["key-a", "key-b"]
    assert json.loads(path.read_text().splitlines()[0])["data"]["rule"]["id"] == "pact"
    assert path.stat().st_mode & 0o777 == 0o600


def test_given_a_rotation_when_written_then_the_next_line_is_in_a_new_file(tmp_path: Path) -> None:
    path = tmp_path / "alerts.jsonl"
    send(path, "a")

    path.rename(tmp_path / "alerts.jsonl.1")
    send(path, "b")

    assert keys(tmp_path / "alerts.jsonl.1") == ["key-a"]
    assert keys(path) == ["key-b"]


def test_given_a_line_a_crash_cut_short_when_written_then_the_next_alert_has_its_own_line(
    tmp_path: Path,
) -> None:
    path = tmp_path / "alerts.jsonl"
    path.write_text('{"delivery_key":"key-a"')

    send(path, "b")

    assert json.loads(path.read_text().splitlines()[1])["delivery_key"] == "key-b"


def test_given_a_disk_that_takes_half_a_line_when_written_then_the_half_is_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "alerts.jsonl"
    send(path, "a")
    whole = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, line: whole(descriptor, line[: len(line) // 2]))

    (outcome,) = send(path, "b")

    assert outcome == RetryLater(None, "io_error", os.strerror(errno.ENOSPC))
    assert keys(path) == ["key-a"]


def test_given_a_folder_that_is_missing_when_written_then_the_alert_waits(tmp_path: Path) -> None:
    assert send(tmp_path / "no" / "alerts.jsonl", "a") == [
        RetryLater(None, "io_error", "No such file or directory")
    ]
