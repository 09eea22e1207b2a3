"""What keeps the tree readable: sizes, places, and names that nobody else may claim."""

import ast
import subprocess
from importlib.metadata import distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("ingest", "stream", "alerts", "wirewatch")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
FORBIDDEN_NAMES = {"utils", "helpers", "common", "manager", "base"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_given_a_module_when_measured_then_it_is_one_idea_of_bounded_size(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").count("\n")

    assert lines <= 300
    assert path.stem not in FORBIDDEN_NAMES


def test_given_the_tests_and_benchmarks_when_measured_then_each_file_is_one_idea_too() -> None:
    files = [path for folder in ("tests", "bench", "scripts") for path in (ROOT / folder).rglob("*.py")]

    assert len(files) > 200
    assert [path for path in files if path.read_text(encoding="utf-8").count("\n") > 300] == []


@pytest.mark.parametrize("folder", ["config", "seeds", "schemas"])
def test_given_a_folder_of_data_when_searched_then_it_holds_no_python(folder: str) -> None:
    assert not list((ROOT / folder).rglob("*.py"))


def test_given_the_tests_when_searched_then_none_is_a_package() -> None:
    assert not list((ROOT / "tests").rglob("__init__.py"))


def test_given_every_installed_distribution_when_asked_then_none_but_ours_claims_our_names() -> None:
    claims = {
        (distribution.metadata["Name"], str(file))
        for distribution in distributions()
        if distribution.metadata["Name"] != "wirewatch"
        for file in distribution.files or ()
        if file.parts and file.parts[0] in PACKAGES and file.suffix == ".py"
    }

    assert claims == set()


def test_given_the_files_in_git_when_measured_then_none_is_large_and_none_names_an_index() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    files = [ROOT / name for name in listed.stdout.decode().split("\0") if name]

    large = [file.name for file in files if file.is_file() and file.stat().st_size > 1_000_000]
    pins = "".join(file.read_text() for file in (ROOT / "requirements").glob("*.txt"))

    assert large == []
    assert "://" not in pins
    assert "--index-url" not in pins


def test_given_public_functions_when_measured_then_nearly_all_are_short() -> None:
    lengths = [
        (node.end_lineno or node.lineno) - node.lineno + 1
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    lengths.sort()

    assert lengths[len(lengths) // 2] <= 12
    assert lengths[int(len(lengths) * 0.9)] <= 35


# What reads the text of strangers and raises what it likes, with the one module that may call it.
DOORS = {
    "urlsplit": "stream/untrusted/addresses.py",
    "urlparse": "stream/untrusted/addresses.py",
    "urljoin": "stream/untrusted/addresses.py",
    "URL": "stream/untrusted/addresses.py",
    "ip_address": "stream/untrusted/addresses.py",
    "ip_network": "stream/untrusted/addresses.py",
    "parsedate_to_datetime": "stream/untrusted/times.py",
    "parsedate_tz": "stream/untrusted/times.py",
    "parsedate": "stream/untrusted/times.py",
    "find_date": "ingest/extract/day.py",
    "dateutil": "ingest/dates.py",
}


def _calls_and_imports(tree: ast.Module) -> set[str]:
    """Names that are called, and modules that are imported; a name in an annotation is neither."""
    called = {node.func for node in ast.walk(tree) if isinstance(node, ast.Call)}
    names = {func.id for func in called if isinstance(func, ast.Name)}
    names |= {func.attr for func in called if isinstance(func, ast.Attribute)}
    imported = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    names |= {(node.module or "").partition(".")[0] for node in imported}
    return names | {alias.name for node in imported for alias in node.names if alias.name == "find_date"}


def test_given_a_parser_that_raises_what_it_likes_when_searched_for_then_only_its_door_calls_it() -> None:
    found = {
        (name, str(path.relative_to(ROOT)))
        for path in MODULES
        for name in DOORS.keys() & _calls_and_imports(ast.parse(path.read_text(encoding="utf-8")))
    }

    used = {name for name, _ in found}
    assert found == {(name, DOORS[name]) for name in used}
    assert {"URL", "urlsplit", "ip_address", "parsedate_to_datetime", "find_date", "dateutil"} <= used
