import asyncio
import io
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.sinks import Delivered, Outcome, RetryLater
from alerts.sinks.console import ConsoleSink
from stream.event import ArticleEvent
from tests.support.alerting import SENTENCE, make_alert, make_event

HOSTILE = "Truce\x1b]0;owned\x07\x1b[2J\r\nfake line\x9b31m\u202eevil"


async def send(sink: ConsoleSink, event: ArticleEvent) -> Outcome:
    try:
        return await sink.send(make_alert(event), "key1", 1)
    finally:
        await sink.close()


def printed(alert_title: str | None = None, *, block: bool, color: bool = False) -> str:
    stream = io.StringIO()
    sink = ConsoleSink("console", stream, block=block, color=color)
    event = make_event() if alert_title is None else make_event(title=alert_title, text=alert_title)

    outcome = asyncio.run(send(sink, event))

    assert outcome == Delivered("printed")
    return stream.getvalue()


def test_given_a_terminal_when_printed_then_it_is_a_block_with_the_evidence_in_bold() -> None:
    lines = printed(block=True, color=True).splitlines()

    title = "[HIGH] Freedonia–Sylvania pact: Freedonia and Sylvania train together, part one"
    assert lines[0] == f"\x1b[1m{title}\x1b[0m"
    assert lines[1].startswith("  \x1b[1mFreedonia\x1b[0m and \x1b[1mSylvania\x1b[0m agreed to ")
    origin = "The Freedonia Times (freedonia-times), 2026-11-24T11:57:00.000Z"
    assert lines[2] == f"  FR, SY, military_cooperation — {origin}, rule pact"
    assert lines[3] == "  https://news.example.org/one"


def test_given_no_color_when_printed_then_there_is_no_escape() -> None:
    text = printed(block=True)

    assert "\x1b" not in text
    assert "  *Freedonia* and *Sylvania* agreed" in text


def test_given_a_pipe_when_printed_then_an_alert_is_one_line_with_its_proof() -> None:
    text = printed(block=False)

    assert text.count("\n") == 1
    assert text.startswith("ALERT | [HIGH] Freedonia–Sylvania pact: ")
    assert SENTENCE in text.replace("*", "")
    assert text.endswith("| https://news.example.org/one\n")


@pytest.mark.parametrize("block", [True, False])
def test_given_escapes_in_an_article_when_printed_then_none_reaches_the_terminal(block: bool) -> None:
    text = printed(HOSTILE, block=block)

    assert not set(text) & set("\x1b\x07\x9b\r\u202e")
    assert "\nfake line" not in text


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=900))
def test_given_any_article_when_printed_in_colour_then_the_only_escapes_are_ours_and_closed(
    title: str,
) -> None:
    text = printed(title, block=True, color=True)

    rest = text.replace("\x1b[1m", "").replace("\x1b[0m", "")
    assert not any(ord(char) < 32 or 0x7F <= ord(char) < 0xA0 for char in rest.replace("\n", ""))
    for line in text.splitlines():
        assert line.rfind("\x1b[1m") <= line.rfind("\x1b[0m")


def test_given_an_old_terminal_encoding_when_printed_then_what_it_lacks_is_replaced() -> None:
    raw = io.BytesIO()
    sink = ConsoleSink("console", io.TextIOWrapper(raw, encoding="ascii"), block=False, color=False)

    asyncio.run(send(sink, make_event()))

    assert b"Freedonia?Sylvania pact" in raw.getvalue()


def test_given_a_pipe_nobody_reads_when_printed_then_the_alert_waits() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    stream = os.fdopen(writing, "w", buffering=1)
    sink = ConsoleSink("console", stream, block=False, color=False)

    outcome = asyncio.run(send(sink, make_event()))

    assert outcome == RetryLater(None, "io_error", "BrokenPipeError")
    with pytest.raises(BrokenPipeError):
        stream.close()


@pytest.mark.parametrize("block", [True, False])
def test_given_a_finished_event_hostile_in_every_field_when_printed_then_nothing_acts_on_the_terminal(
    block: bool,
) -> None:
    stream = io.StringIO()
    event = make_event(
        title=HOSTILE, text=HOSTILE, source=HOSTILE, publisher=HOSTILE, url=f"https://a/{HOSTILE}"
    )

    asyncio.run(send(ConsoleSink("console", stream, block=block, color=False), event))

    assert not set(stream.getvalue()) & set("\x1b\x07\x9b\r\u202e")
