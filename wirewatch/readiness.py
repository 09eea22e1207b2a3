"""Readiness: whether this process does its work now, with the reason when it does not."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one check says; `detail` is for people."""

    is_ready: bool
    detail: str


Check = Callable[[], Verdict]


class Readiness:
    """Named checks, asked anew each time; a check that raises is not ready."""

    def __init__(self) -> None:
        self._checks: dict[str, Check] = {}
        self._described: dict[str, Callable[[], Mapping[str, Any]]] = {}
        self._is_draining = False

    def add(self, name: str, check: Check) -> None:
        """Ask `check` from now on."""
        self._checks[name] = check

    def describe(self, name: str, read: Callable[[], Mapping[str, Any]]) -> None:
        """Tell of something beside the checks that makes the process neither ready nor unready."""
        self._described[name] = read

    def descriptions(self) -> Mapping[str, Mapping[str, Any]]:
        """What is told beside the checks, by name; of what cannot be read, the reason."""
        return {name: _read(read) for name, read in self._described.items()}

    def drain(self) -> None:
        """Say no from now on: the process is stopping."""
        self._is_draining = True

    @property
    def is_draining(self) -> bool:
        """Whether the process is stopping."""
        return self._is_draining

    def verdicts(self) -> Mapping[str, Verdict]:
        """Every check's answer, by name."""
        answers = {name: _ask(check) for name, check in self._checks.items()}
        if self._is_draining:
            answers["draining"] = Verdict(is_ready=False, detail="the process is stopping")
        return answers


def _ask(check: Check) -> Verdict:
    try:
        return check()
    except Exception as error:  # noqa: BLE001 - a check that fails is an answer
        return Verdict(is_ready=False, detail=f"{type(error).__name__}: {error}")


def _read(read: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any]:
    try:
        return read()
    except Exception as error:  # noqa: BLE001 - as above
        return {"level": "unknown", "sentence": f"{type(error).__name__}: {error}"}
