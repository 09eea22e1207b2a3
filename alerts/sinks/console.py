"""The console: a block for people on a terminal, one plain line for pipes and files.

A line off the terminal, and not JSON: `file` writes JSON, and who pipes standard output into grep or a
log wants one alert to be one line that reads by itself.
"""

from dataclasses import replace
from typing import Literal, TextIO

from pydantic import BaseModel, ConfigDict

from alerts.alert import Alert
from alerts.highlight import Passage, passages
from alerts.plain import one_line
from alerts.render import dated, marked, origin, subject
from alerts.sinks import Delivered, Outcome, RetryLater
from alerts.sinks.own_thread import OwnThread

_BOLD, _PLAIN = "\x1b[1m", "\x1b[0m"
_OPEN, _CLOSE = "\ue000", "\ue001"
_NO_MARKS = {ord(_OPEN): None, ord(_CLOSE): None}
_LINE_CHARS = 600
_MAX_PASSAGES = 3


class ConsoleConfig(BaseModel):
    """A sink on standard output."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["console"]


class ConsoleSink:
    """Prints alerts. No control character of an article reaches the terminal."""

    def __init__(self, name: str, stream: TextIO, *, block: bool, color: bool) -> None:
        """`block`: the stream is a terminal; `color`: it is, and NO_COLOR is not set."""
        self.name = name
        self._stream = stream
        self._block = block
        self._color = color
        self._thread = OwnThread(f"sink-{name}")

    async def send(self, alert: Alert, key: str, attempt: int) -> Outcome:
        """Print it; a pipe nobody reads any more is an `io_error`, and one that is full waits."""
        del key, attempt
        try:
            text = block_of(alert, color=self._color) if self._block else line_of(alert)
            await self._thread.run(lambda: self._print(text))
        except (OSError, ValueError) as error:  # ValueError: the stream was closed
            return RetryLater(None, "io_error", type(error).__name__)
        return Delivered("printed")

    def _print(self, text: str) -> None:
        encoding = self._stream.encoding or "utf-8"
        self._stream.write(text.encode(encoding, "replace").decode(encoding) + "\n")
        self._stream.flush()

    async def close(self) -> None:
        """End the thread; the stream is its owner's to close."""
        self._thread.close()


def line_of(alert: Alert) -> str:
    """One line: subject, the proving sentence with its evidence between asterisks, source, URL."""
    found = passages(alert.match)
    sentence = f'"{one_line(marked(found[0]), _LINE_CHARS)}"' if found else ""
    event = alert.match.event
    about = f"{origin(event)}, {dated(event) or 'undated'}"
    parts = ["ALERT", subject(alert), sentence, about, one_line(event.url or "", _LINE_CHARS)]
    return " | ".join(filter(None, parts))


def block_of(alert: Alert, *, color: bool) -> str:
    """A few lines: what, why, where from."""
    match, event = alert.match, alert.match.event
    lines = [_bold(subject(alert), color=color)]
    lines += ["  " + _marked_line(passage, color=color) for passage in passages(match)[:_MAX_PASSAGES]]
    about = ", ".join(filter(None, (*match.countries, match.theme, *match.labels)))
    lines.append(
        "  "
        + one_line(f"{about} — {origin(event)}, {dated(event) or 'undated'}, rule {match.rule}", _LINE_CHARS)
    )
    lines.append("  " + one_line(event.url or "", _LINE_CHARS))
    return "\n".join(line for line in lines if line.strip()) + "\n"


def _marked_line(passage: Passage, *, color: bool) -> str:
    # Cleaning would take our own escapes out, so that private-use characters hold their place; an article's
    # own are taken out first, or they would be escapes too.
    bare = replace(
        passage, segments=tuple(replace(s, text=s.text.translate(_NO_MARKS)) for s in passage.segments)
    )
    clean = one_line(marked(bare, _OPEN, _CLOSE), _LINE_CHARS)
    before, after = (_BOLD, _PLAIN) if color else ("*", "*")
    # Cut off before the closing mark, the line would leave the terminal bold.
    unclosed = after if clean.count(_OPEN) > clean.count(_CLOSE) else ""
    return clean.replace(_OPEN, before).replace(_CLOSE, after) + unclosed


def _bold(text: str, *, color: bool) -> str:
    return f"{_BOLD}{text}{_PLAIN}" if color else text
