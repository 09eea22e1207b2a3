"""Logs: one line an occurrence on stderr, human on a terminal, JSON elsewhere, never with a secret."""

import logging
import sys
from collections.abc import Iterable, Mapping, MutableMapping
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from wirewatch.shown import shown, shown_line

MASK = "[secret]"
_OF_MANY_LINES = frozenset({"exception", "stack"})


def set_up(level: str, form: str, secrets: Iterable[str] = (), stream: TextIO | None = None) -> None:
    """Send every logger's records to `stream` (stderr), as `form`: `auto`, `human` or `json`.

    `auto` is human on a terminal. Every string of a record that contains one of `secrets` is masked, in
    tracebacks too, so that a library that quotes its input cannot leak one.
    """
    out = stream or sys.stderr
    is_human = form == "human" or (form == "auto" and out.isatty())
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.stdlib.ExtraAdder(),
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.processors.format_exc_info,
            ],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _Masker(secrets),
                _spelled_on_lines if is_human else _spelled,
                *_renderers(is_human=is_human, out=out),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for noisy in ("alembic", "apscheduler", "aiohttp.access", "uvicorn", "htmldate", "trafilatura"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def _renderers(*, is_human: bool, out: TextIO) -> list[Processor]:
    if is_human:
        return [structlog.dev.ConsoleRenderer(colors=_wants_color(out), pad_event_to=28)]
    return [structlog.processors.JSONRenderer(ensure_ascii=False, default=str)]


def _wants_color(out: TextIO) -> bool:
    from rich.console import Console

    return Console(file=out).color_system is not None


class _Masker:
    """Masks known secrets in every string value of a record."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._secrets = tuple(s for s in secrets if len(s) >= 4)

    def __call__(self, _logger: WrappedLogger, _method: str, record: EventDict) -> EventDict:
        if self._secrets:
            _mask_in(record, self._secrets)
        return record


def _mask_in(record: MutableMapping[str, Any], secrets: tuple[str, ...]) -> None:
    for name, value in record.items():
        text = value if isinstance(value, str) else str(value)
        if any(secret in text for secret in secrets):
            for secret in secrets:
                text = text.replace(secret, MASK)
            record[name] = text


def _spelled(_logger: WrappedLogger, _method: str, record: EventDict) -> EventDict:
    """Spell out what would act on a terminal that a log is read on; JSON itself only does so for C0."""
    return {name: _shown_in(value) for name, value in record.items()}


def _spelled_on_lines(_logger: WrappedLogger, _method: str, record: EventDict) -> EventDict:
    """The same where people read: a line break of a message begins no line that looks like another record."""
    return {name: _on_lines(name, value) for name, value in record.items()}


def _on_lines(name: str, value: Any) -> Any:
    if isinstance(value, str) and name in _OF_MANY_LINES:
        return shown(value).replace("\n", "\n  ")
    return shown_line(value) if isinstance(value, str) else _shown_in(value)


def _shown_in(value: Any) -> Any:
    if isinstance(value, str):
        return shown(value)
    if isinstance(value, Mapping):
        return {name: _shown_in(held) for name, held in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_shown_in(held) for held in value]
    return value if value is None or isinstance(value, bool | int | float) else shown(str(value))
