"""Readiness: whether this process does its work now, with the reason when it does not."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass


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
        self._is_draining = False

    def add(self, name: str, check: Check) -> None:
        """Ask `check` from now on."""
        self._checks[name] = check

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
