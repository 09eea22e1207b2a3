"""The unit: systemd's own tools verify it and rate how little it may do."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.deploy.known import unknown_variables
from tests.support.command import ROOT

if shutil.which("systemd-analyze") is None:
    if os.environ.get("CI"):
        raise RuntimeError("no systemd-analyze, which CI promises (Debian, Ubuntu: apt install systemd)")
    pytest.skip("no systemd-analyze (Debian, Ubuntu: apt install systemd)", allow_module_level=True)

UNIT = ROOT / "deploy" / "systemd" / "wirewatch.service"
TEXT = UNIT.read_text(encoding="utf-8")
EXPOSURE = 15  # tenths: systemd rates from 0 (safe) to 100; 50 and more is called medium


def version() -> int:
    said = subprocess.run(["systemd-analyze", "--version"], capture_output=True, text=True, check=True)
    return int(re.findall(r"systemd (\d+)", said.stdout)[0])


@pytest.fixture
def unit(tmp_path: Path) -> Path:
    """The unit with a program that is there; before systemd 253 as its comment says."""
    program = tmp_path / "wirewatch"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    text = TEXT.replace("/opt/wirewatch/bin/wirewatch", str(program))
    if version() < 253:
        text = text.replace("Type=notify-reload", "Type=notify")
    path = tmp_path / "wirewatch.service"
    path.write_text(text)
    return path


def analyze(*arguments: str | Path) -> tuple[int, str]:
    ended = subprocess.run(
        ["systemd-analyze", *map(str, arguments)], capture_output=True, text=True, check=False
    )
    return ended.returncode, ended.stdout + ended.stderr


def test_given_the_unit_when_verified_then_there_is_nothing_to_say(unit: Path) -> None:
    assert analyze("verify", "--man=no", unit) == (0, "")


def test_given_the_unit_when_rated_then_it_may_do_little(unit: Path) -> None:
    code, said = analyze("security", "--offline=yes", f"--threshold={EXPOSURE}", unit)

    assert code == 0, said


def test_given_its_variables_when_read_then_they_are_ones_there_are() -> None:
    named = set(re.findall(r"^#?Environment=(WIREWATCH_\w+)=", TEXT, re.MULTILINE))

    assert len(named) == 5
    assert unknown_variables(named - {"WIREWATCH_CONFIG_DIR"}) == set()


def test_given_a_broken_configuration_when_it_exits_then_systemd_does_not_try_again() -> None:
    from wirewatch.cli.exits import BAD_CONFIG

    assert f"RestartPreventExitStatus={BAD_CONFIG}\n" in TEXT


def test_given_the_unit_when_read_then_it_may_open_files_enough_for_everything_beside_the_server() -> None:
    assert re.search(r"^LimitNOFILE=65536$", TEXT, re.MULTILINE)
