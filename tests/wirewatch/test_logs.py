"""Logs: one line an occurrence, for people or for machines, and no secret in any."""

import io
import json
import logging
from collections.abc import Iterator

import pytest

from wirewatch import logs

CANARY = "canary-5ecret-value"


@pytest.fixture(autouse=True)
def _root_logger() -> Iterator[None]:
    """Give the root logger back as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers = handlers
    root.setLevel(level)


def set_up(form: str, *secrets: str, level: str = "info") -> io.StringIO:
    stream = io.StringIO()
    logs.set_up(level, form, secrets, stream)
    return stream


def test_given_no_terminal_when_logged_then_a_line_is_one_json_object_with_its_fields() -> None:
    stream = set_up("auto")

    logging.getLogger("a.b").info("polled", extra={"source": "tass", "items": 3})
    logging.getLogger("a.b").debug("not at this level")

    (record,) = map(json.loads, stream.getvalue().splitlines())
    assert {name: record[name] for name in ("event", "level", "logger", "source", "items")} == {
        "event": "polled",
        "level": "info",
        "logger": "a.b",
        "source": "tass",
        "items": 3,
    }
    assert record["timestamp"].endswith("Z")


def test_given_line_ends_and_escapes_when_logged_as_json_then_the_line_stays_one() -> None:
    stream = set_up("json")

    logging.getLogger().warning("x\ny\x1b[31m", extra={"title": "a\r\nb"})

    assert len(stream.getvalue().splitlines()) == 1
    assert "\x1b" not in stream.getvalue()


@pytest.mark.parametrize("form", ["json", "human"])
def test_given_a_secret_anywhere_in_a_record_when_logged_then_it_is_masked(form: str) -> None:
    stream = set_up(form, CANARY, "")
    logger = logging.getLogger("a")

    logger.warning("token %s", CANARY, extra={"url": f"https://a/{CANARY}", "list": ["x", CANARY]})
    try:
        int(CANARY)
    except ValueError:
        logger.exception("failed")

    assert stream.getvalue().count(logs.MASK) >= 3
    assert "ValueError" in stream.getvalue()
    assert CANARY not in stream.getvalue()


def test_given_talkative_libraries_when_logged_then_only_their_warnings_are_kept() -> None:
    stream = set_up("json")

    logging.getLogger("apscheduler.scheduler").info("added job")
    logging.getLogger("uvicorn.error").info("started")
    logging.getLogger("apscheduler.scheduler").warning("missed")

    assert [json.loads(line)["event"] for line in stream.getvalue().splitlines()] == ["missed"]


@pytest.mark.parametrize("form", ["json", "human"])
def test_given_text_that_acts_on_a_terminal_when_logged_then_it_is_spelled_out(form: str) -> None:
    hostile = "a\x1b[2J\x9b31m\u202eb\u2028c\x00"
    stream = set_up(form)
    try:
        _fail(hostile)
    except ValueError:
        logging.getLogger().exception("failed %s", hostile, extra={"title": hostile, "list": [hostile]})

    said = stream.getvalue()
    assert not set(said) & set("\x1b\x9b\u202e\u2028\x00")
    assert said.count(r"\u202eb" if form == "human" else r"\\u202eb") >= 3


def test_given_lines_in_a_message_or_an_error_when_logged_for_people_then_none_looks_like_a_record() -> None:
    hostile = "x\n2026-11-24T09:00:00Z [info] forged"
    stream = set_up("human")
    try:
        _fail(hostile)
    except ValueError:
        logging.getLogger().exception("failed %s", hostile, extra={"title": hostile})

    assert not any(line.startswith("2026-11-24T09") for line in stream.getvalue().splitlines())


def _fail(message: str) -> None:
    raise ValueError(message)
