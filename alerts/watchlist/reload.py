"""Swap the rules when their files change, and keep the old ones when the new ones are broken.

The caller drives it: `check` every two seconds or so, `reload` on SIGHUP. What is current is one reference,
replaced only after the new value was built whole, so readers see the old or the new and nothing between.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from stream.config.problem import ConfigError, ConfigProblem

logger = logging.getLogger(__name__)

T = TypeVar("T")
Fingerprint = tuple[tuple[str, int, int], ...]
_SUFFIXES = frozenset({".yaml", ".yml"})


class ReloadMetrics(Protocol):
    """Feeds `wirewatch_config_last_reload_successful` and `…_last_reload_success_timestamp_seconds`."""

    def reloaded(self, at: datetime, *, is_successful: bool) -> None:
        """Note how the last attempt ended."""
        ...


@dataclass(frozen=True, slots=True)
class Built(Generic[T]):
    """What a build gave: a value, or None when one of the problems is an error.

    `is_waiting`: nothing yet, build again later; what is current stays without a word.
    """

    value: T | None
    problems: tuple[ConfigProblem, ...] = ()
    is_waiting: bool = False


@dataclass(frozen=True, slots=True)
class ReloadState(Generic[T]):
    """What runs now: the value, since when, and what the last attempt complained of."""

    value: T
    loaded_at: datetime
    problems: tuple[ConfigProblem, ...] = ()
    is_current: bool = True  # False: the files are broken and `value` is from before


def fingerprint(paths: Iterable[Path]) -> Fingerprint:
    """Name, modification time (ns) and size of every YAML file at the paths, folders one level deep.

    A path or file that is not there, or goes while we look, has no entry.
    """
    found = [file for path in paths for file in _files(path)]
    return tuple(sorted(entry for file in found if (entry := _entry(file))))


class Reloader(Generic[T]):
    """Holds the current value of some configuration files; not for use from several threads but `state`."""

    def __init__(
        self, paths: Sequence[Path], build: Callable[[], Built[T]], metrics: ReloadMetrics, now: datetime
    ) -> None:
        """Build for the first time. Raises ConfigError on broken files: there is nothing to keep yet."""
        self._paths = tuple(paths)
        self._build = build
        self._metrics = metrics
        self._seen = fingerprint(self._paths)
        built = build()
        metrics.reloaded(now, is_successful=built.value is not None)
        if built.value is None:
            raise ConfigError(built.problems)
        self._state = ReloadState(built.value, now, built.problems)

    @property
    def state(self) -> ReloadState[T]:
        """What runs now; may be read from any thread."""
        return self._state

    def check(self, now: datetime) -> bool:
        """Reload if a file has changed since the last attempt; says whether the value was replaced."""
        if fingerprint(self._paths) == self._seen:
            return False
        return self.reload(now)

    def reload(self, now: datetime) -> bool:
        """Build anew and swap; on an error keep the old value. Says whether the value was replaced."""
        # 1. Look before building: a file saved while we build is then seen as a change at the next check.
        self._seen = fingerprint(self._paths)
        built = self._build()
        if built.is_waiting:
            return False
        # 2. Swap as one reference.
        if built.value is None:
            self._state = ReloadState(
                self._state.value, self._state.loaded_at, built.problems, is_current=False
            )
        else:
            self._state = ReloadState(built.value, now, built.problems)
        self._report(built, now)
        return built.value is not None

    def _report(self, built: Built[T], now: datetime) -> None:
        self._metrics.reloaded(now, is_successful=built.value is not None)
        errors = [problem for problem in built.problems if problem.is_error]
        if built.value is not None:
            logger.info("configuration reloaded", extra={"warnings": len(built.problems)})
            return
        first = errors[0] if errors else None
        where = f"{first.file}:{first.line}:{first.column}" if first else ""
        fields = {"errors": len(errors), "where": where, "reason": first.message if first else ""}
        logger.warning("configuration is broken, the old one stays", extra=fields)


def _files(path: Path) -> list[Path]:
    try:
        return [file for file in path.iterdir() if file.suffix in _SUFFIXES] if path.is_dir() else [path]
    except OSError:
        return []


def _entry(file: Path) -> tuple[str, int, int] | None:
    try:
        stat = file.stat()
    except OSError:
        return None
    return str(file), stat.st_mtime_ns, stat.st_size
