"""The Alertmanager of docker-compose.yml, checked by the real amtool."""

import os
import shutil
import subprocess

import pytest

from tests.support.command import ROOT
from tests.support.prometheus import rules

if shutil.which("amtool") is None:
    if os.environ.get("CI"):
        raise RuntimeError(
            "no amtool, which CI promises (Debian, Ubuntu: apt install prometheus-alertmanager)"
        )
    pytest.skip("no amtool (Debian, Ubuntu: apt install prometheus-alertmanager)", allow_module_level=True)

CONFIG = ROOT / "deploy" / "compose" / "alertmanager.yml"


def amtool(*arguments: str) -> str:
    ended = subprocess.run(["amtool", *arguments], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def test_given_the_configuration_when_checked_then_it_is_sound() -> None:
    assert "SUCCESS" in amtool("check-config", str(CONFIG))


def test_given_every_alert_when_routed_then_operators_hear_of_it() -> None:
    for rule in rules("alert"):
        labels = [f"alertname={rule['alert']}", f"severity={rule['labels']['severity']}"]
        assert amtool("config", "routes", "test", f"--config.file={CONFIG}", *labels).strip() == "operators"


def test_given_what_is_inhibited_when_looked_up_then_those_alerts_are_there() -> None:
    text, known = CONFIG.read_text(), {str(rule["alert"]) for rule in rules("alert")}

    named = {
        word for word in text.replace('"', " ").replace("|", " ").split() if word.startswith("Wirewatch")
    }
    assert named
    assert named <= known
