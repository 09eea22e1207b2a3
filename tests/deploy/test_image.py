"""The Dockerfile: linted by hadolint, and what it copies is there and reaches the builder."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

from tests.deploy.known import context_of
from tests.support.command import ROOT

DOCKERFILE = ROOT / "Dockerfile"
TEXT = DOCKERFILE.read_text(encoding="utf-8")


def copied() -> list[str]:
    """What is copied from the repository."""
    lines = re.findall(r"^COPY (?!--from)(.+)$", TEXT, re.MULTILINE)
    return [source for line in lines for source in line.split()[:-1]]


def test_given_the_dockerfile_when_linted_then_there_is_nothing_to_say() -> None:
    hadolint = Path(sys.executable).with_name("hadolint")
    ended = subprocess.run([hadolint, DOCKERFILE], capture_output=True, text=True, check=False)

    assert (ended.returncode, ended.stdout) == (0, "")


def test_given_what_is_copied_when_looked_for_then_it_is_there_and_not_ignored() -> None:
    context = context_of(ROOT / ".dockerignore")

    for source in copied():
        assert (ROOT / source).exists(), source
        assert source.partition("/")[0] in context, source


def test_given_the_packages_of_the_wheel_when_compared_then_the_builder_gets_all_of_them() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    packages = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]

    assert set(packages) <= set(copied())


def test_given_the_bases_when_read_then_they_are_pinned_and_the_process_is_nobody_special() -> None:
    bases = re.findall(r"^FROM (\S+)", TEXT, re.MULTILINE)

    assert len(bases) == 2
    assert all(re.fullmatch(r"python:3\.\d+\.\d+-slim-\w+", base) for base in bases)
    assert re.findall(r"^USER (\S+)", TEXT, re.MULTILINE) == ["10001:10001"]
    assert TEXT.count("--no-deps --require-hashes") == 2


def test_given_what_builds_the_wheel_when_compared_then_it_is_pinned_as_for_developers() -> None:
    pins = dict(re.findall(r"^([\w-]+)==(\S+)", (ROOT / "requirements/dev.txt").read_text(), re.MULTILINE))
    build = dict(re.findall(r"^([\w-]+)==(\S+)", (ROOT / "requirements/build.txt").read_text(), re.MULTILINE))

    assert "hatchling" in build
    assert build.items() <= pins.items()
