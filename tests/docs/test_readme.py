"""README.md is true: its commands run, and print what it says they print."""

import json
from pathlib import Path
from shutil import copytree

import pytest

from alerts.alert import Alert, alert_id
from alerts.sinks.console import block_of, line_of
from ingest.annotating import load_annotate
from ingest.item import RawItem, Rejected
from ingest.normalise import normalise_safely
from stream.timing import utc_now
from tests.docs.blocks import README, ROOT, blocks, calls
from tests.docs.config_of_blocks import new_config
from tests.support.command import Ran, spawn
from wirewatch.configuration import load_rulebook
from wirewatch.live import compile_rulebook


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working directory as the README has it, once its first watchlist is written."""
    folder = tmp_path_factory.mktemp("checkout")
    (watchlist,) = blocks(README, "yaml watchlist")
    new_config(folder, **{"watchlists/mine": watchlist.text})
    copytree(ROOT / "seeds", folder / "seeds")
    return folder


def command(checkout: Path, *beginning: str, stdin: bytes = b"") -> Ran:
    """Run the README's command that begins with these words, `*` written out as a shell would."""
    (found,) = [
        call
        for block in blocks(README, "sh")
        for call in calls(block)
        if call[: len(beginning)] == [*beginning]
    ]
    written_out = [
        name for word in found for name in (sorted(map(str, checkout.glob(word))) if "*" in word else [word])
    ]
    return spawn(*written_out, cwd=checkout, stdin=stdin)


def sample_alert() -> Alert:
    """What the shipped rules raise for the scraped page among the samples."""
    page = (ROOT / "seeds" / "articles" / "ankara-talks.txt").read_text(encoding="utf-8")
    event = normalise_safely(RawItem(source="seeds", found_at=utc_now(), page_text=page), load_annotate())
    compiled = compile_rulebook(load_rulebook(ROOT / "config")).value
    assert not isinstance(event, Rejected)
    assert compiled is not None
    (match,) = compiled.matcher.match(event)
    return Alert(alert_id(match.rule, event.event_id), match, utc_now())


def test_given_the_sample_page_when_it_alerts_then_the_console_shows_what_the_readme_shows() -> None:
    (shown,) = blocks(README, "text")

    alert = sample_alert()

    assert block_of(alert, color=False).strip() == shown.text.strip()
    assert line_of(alert).startswith("ALERT | [HIGH] ")


def test_given_the_first_watchlist_when_everything_is_checked_then_nothing_is_wrong(checkout: Path) -> None:
    ran = command(checkout, "check")

    assert (ran.code, ran.err) == (0, "")


def test_given_the_first_watchlist_when_its_tests_are_run_then_they_pass(checkout: Path) -> None:
    ran = command(checkout, "rules", "test")

    assert ran.code == 0, ran.text
    assert ran.text.strip().endswith(" 0 failed")


def test_given_the_first_rule_when_explained_then_every_clause_holds(checkout: Path) -> None:
    ran = command(checkout, "rules", "explain")

    assert ran.code == 0, ran.err
    assert "✓ when.countries" in ran.text
    assert "✗" not in ran.text


def test_given_the_sample_page_when_it_goes_through_the_filters_then_one_rule_matches(checkout: Path) -> None:
    normalised = command(checkout, "normalise")

    matched = command(checkout, "match", stdin=normalised.out)

    assert (normalised.code, matched.code) == (0, 0), normalised.err + matched.err
    assert [json.loads(line)["rule"] for line in matched.out.splitlines()] == ["ir-tr-military-cooperation"]


def test_given_the_links_of_the_documents_when_followed_then_files_and_headings_are_there() -> None:
    for path in (README, *sorted((ROOT / "docs").rglob("*.md"))):
        for target in _local_links(path):
            name, _, heading = target.partition("#")
            file = path.parent / name if name else path
            assert file.exists(), f"{path.name}: {target}"
            assert not heading or heading in _anchors(file), f"{path.name}: {target}"


def _local_links(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8").replace("\n", " ")
    return [part.partition(")")[0] for part in text.split("](")[1:] if not part.startswith("http")]


def _anchors(path: Path) -> set[str]:
    """The headings as GitHub names them in links."""
    headings = [
        line.lstrip("# ").lower()
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.startswith("#")
    ]
    return {
        "".join(char for char in heading if char.isalnum() or char in " -_").replace(" ", "-")
        for heading in headings
    }
