"""The system's Prometheus: `promtool` run on files, and a real server that scrapes what a test runs."""

import json
import os
import re
import shutil
import socket
import subprocess
import urllib.parse
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.docs.config_of_blocks import mapping_of
from tests.support.command import ROOT
from tests.support.waiting import wait_for

RULES = ROOT / "config" / "prometheus" / "rules"
PAGES = ROOT / "config" / "grafana" / "dashboards"


def require_prometheus() -> None:
    """Asked for at the top of a module: all its tests need `prometheus` and `promtool`.

    Without them they are skipped, in one line, and fail where CI promises them.
    """
    missing = [name for name in ("prometheus", "promtool") if shutil.which(name) is None]
    if missing and os.environ.get("CI"):
        raise RuntimeError(f"no {missing[0]}, which CI promises (Debian, Ubuntu: apt install prometheus)")
    if missing:
        pytest.skip(f"no {missing[0]} (Debian, Ubuntu: apt install prometheus)", allow_module_level=True)


def promtool(*arguments: str | Path) -> None:
    """Run promtool; fails the test with what it said unless all was well."""
    ended = subprocess.run(
        ["promtool", *map(str, arguments)], capture_output=True, text=True, timeout=100, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr


def rules(kind: str) -> Iterator[dict[str, Any]]:
    """The shipped rules of a kind: `alert` or `record`."""
    for file in sorted(RULES.glob("*.yml")):
        document: Any = mapping_of(file)
        yield from (rule for group in document["groups"] for rule in group["rules"] if kind in rule)


def panels() -> Iterator[dict[str, Any]]:
    """The panels of all shipped pages."""
    for file in sorted(PAGES.glob("*.json")):
        yield from (one for one in json.loads(file.read_text())["panels"] if one["type"] != "row")


def selectors(expression: str) -> set[str]:
    """Every metric of ours in an expression, with its matchers: `wirewatch_ready{check="log"}`."""
    return set(re.findall(r"(?<![\w:])(?:\w+:)?wirewatch[_:][\w:]*(?:\{[^}]*\})?", expression))


def name_of(selector: str) -> str:
    return selector.partition("{")[0]


def base_of(name: str) -> str:
    """The metric a series belongs to: a histogram's has three names."""
    return re.sub(r"_(bucket|sum|count)$", "", name)


@dataclass(frozen=True)
class Prometheus:
    """A running server."""

    origin: str

    def ask(self, expression: str) -> list[dict[str, Any]]:
        """The samples an instant query gives now."""
        query = urllib.parse.urlencode({"query": expression})
        with urllib.request.urlopen(f"{self.origin}/api/v1/query?{query}", timeout=10) as answer:
            return list(json.load(answer)["data"]["result"])

    def has(self, expression: str) -> bool:
        """Whether a query gives anything now."""
        return bool(self.ask(expression))

    def health(self) -> dict[str, str]:
        """How the last evaluation of each rule went, by its name."""
        with urllib.request.urlopen(f"{self.origin}/api/v1/rules", timeout=10) as answer:
            groups = json.load(answer)["data"]["groups"]
        return {rule["name"]: rule["health"] for group in groups for rule in group["rules"]}


@contextmanager
def scraping(folder: Path, target: str, rules: Iterable[Path]) -> Iterator[Prometheus]:
    """Run Prometheus on a target and our rules, every second, until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    config = folder / "prometheus.yml"
    files = "\n".join(f"  - {path}" for path in rules)
    config.write_text(
        "global: {scrape_interval: 1s, evaluation_interval: 1s}\n"
        f"rule_files:\n{files}\n"
        f'scrape_configs: [{{job_name: wirewatch, static_configs: [{{targets: ["{target}"]}}]}}]\n'
    )
    said = (folder / "prometheus.log").open("w")
    process = subprocess.Popen(
        [
            "prometheus",
            f"--config.file={config}",
            f"--storage.tsdb.path={folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{port}",
        ],
        stdout=said,
        stderr=said,
    )
    server = Prometheus(f"http://127.0.0.1:{port}")
    try:
        wait_for(lambda: process.poll() is not None or _is_ready(server), 30)
        assert process.poll() is None, (folder / "prometheus.log").read_text()[-3000:]
        yield server
    finally:
        process.terminate()
        process.wait(20)
        said.close()


def _is_ready(server: Prometheus) -> bool:
    try:
        with urllib.request.urlopen(f"{server.origin}/-/ready", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
