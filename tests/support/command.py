"""The command line under test: as a process of its own, or called here, where a process adds nothing."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Ran:
    """How a call ended, and what it said."""

    code: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        return self.out.decode()

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


def installed() -> list[str]:
    """The console script of this environment, or what it would run."""
    script = Path(sys.executable).with_name("wirewatch")
    return (
        [str(script)] if script.exists() else [sys.executable, "-c", "from wirewatch.cli import main; main()"]
    )


def clean_environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """This process's environment without settings, and with this tree first on the path."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("WIREWATCH_")}
    return {**inherited, "PYTHONPATH": str(ROOT), **(more or {})}


def spawn(
    *arguments: str,
    cwd: Path,
    stdin: bytes = b"",
    env: Mapping[str, str] | None = None,
    timeout_s: float = 60,
) -> Ran:
    """Run the installed command to its end."""
    ended = subprocess.run(
        [*installed(), *arguments],
        input=stdin,
        capture_output=True,
        cwd=cwd,
        env=clean_environment(env),
        timeout=timeout_s,
        check=False,
    )
    return Ran(ended.returncode, ended.stdout, ended.stderr.decode())


def start(*arguments: str, cwd: Path, env: Mapping[str, str] | None = None) -> "subprocess.Popen[bytes]":
    """Start the installed command with pipes to all three of its streams."""
    return subprocess.Popen(
        [*installed(), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=cwd,
        env=clean_environment(env),
    )
