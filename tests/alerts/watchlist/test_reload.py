import gc
import logging
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from alerts.watchlist.clauses import Rule
from alerts.watchlist.load import load_watchlists
from alerts.watchlist.reload import Built, Reloader, fingerprint
from alerts.watchlist.vocabulary import Vocabulary
from stream.config.problem import ConfigError

START = datetime(2026, 1, 1, tzinfo=UTC)
SOUND = "rules:\n- {id: one, when: {text: gas}}\n"
OTHER = "rules:\n- {id: two, when: {text: oil}}\n"
BROKEN = "rules:\n- {id: one, when: {txt: gas}}\n"

Rules = tuple[Rule, ...]


class Seen:
    """What the metrics were told."""

    def __init__(self) -> None:
        self.outcomes: list[tuple[datetime, bool]] = []

    def reloaded(self, at: datetime, *, is_successful: bool) -> None:
        self.outcomes.append((at, is_successful))


class Files:
    """A folder of watchlists whose every write is newer than the one before."""

    def __init__(self, folder: Path, vocabulary: Vocabulary) -> None:
        self.folder = folder
        self.vocabulary = vocabulary
        self.writes = 0

    def write(self, text: str, name: str = "desk.yaml") -> None:
        path = self.folder / name
        path.write_text(text)
        self.writes += 1
        os.utime(path, ns=(self.writes, self.writes))

    def build(self) -> Built[Rules]:
        loaded = load_watchlists(self.folder, self.vocabulary)
        return Built(None if loaded.errors else loaded.rules, loaded.problems)


@pytest.fixture
def files(tmp_path: Path, vocabulary: Vocabulary) -> Files:
    return Files(tmp_path, vocabulary)


@pytest.fixture
def seen() -> Seen:
    return Seen()


def reloader_of(files: Files, seen: Seen) -> Reloader[Rules]:
    return Reloader([files.folder], files.build, seen, START)


def ids(reloader: Reloader[Rules]) -> list[str]:
    return [rule.id for rule in reloader.state.value]


def test_given_no_change_when_checked_then_nothing_is_built(files: Files, seen: Seen) -> None:
    files.write(SOUND)
    reloader = reloader_of(files, seen)
    before = reloader.state

    assert not reloader.check(START + timedelta(seconds=2))

    assert reloader.state is before
    assert seen.outcomes == [(START, True)]


def test_given_a_changed_file_when_checked_then_the_rules_are_swapped_once(files: Files, seen: Seen) -> None:
    files.write(SOUND)
    reloader = reloader_of(files, seen)
    later = START + timedelta(seconds=2)
    files.write(OTHER)

    outcomes = [reloader.check(later), reloader.check(later)]

    assert outcomes == [True, False]
    assert ids(reloader) == ["two"]
    assert reloader.state.loaded_at == later
    assert seen.outcomes[1:] == [(later, True)]


def test_given_a_new_and_a_removed_file_when_checked_then_both_are_noticed(files: Files, seen: Seen) -> None:
    files.write(SOUND)
    reloader = reloader_of(files, seen)

    files.write(OTHER, "second.yaml")
    assert reloader.check(START)
    assert ids(reloader) == ["one", "two"]

    (files.folder / "desk.yaml").unlink()
    assert reloader.check(START)
    assert ids(reloader) == ["two"]


def test_given_a_broken_file_when_checked_then_the_old_rules_stay_and_the_failure_shows(
    files: Files, seen: Seen
) -> None:
    files.write(SOUND)
    reloader = reloader_of(files, seen)
    rules = reloader.state.value
    files.write(BROKEN)
    later = START + timedelta(seconds=2)

    assert not reloader.check(later)

    assert reloader.state.value is rules
    assert reloader.state.loaded_at == START
    assert not reloader.state.is_current
    assert reloader.state.problems[0].message == 'the key "txt" is not known here'
    assert seen.outcomes[-1] == (later, False)
    assert not reloader.check(later), "a file known to be broken is not read again and again"


def test_given_a_broken_file_put_right_when_checked_then_all_is_well_again(files: Files, seen: Seen) -> None:
    files.write(SOUND)
    reloader = reloader_of(files, seen)
    files.write(BROKEN)
    reloader.check(START)
    files.write(OTHER)

    assert reloader.check(START)

    assert reloader.state.is_current
    assert all(not problem.is_error for problem in reloader.state.problems)
    assert [ok for _, ok in seen.outcomes] == [True, False, True]


def test_given_a_sighup_without_a_change_when_reloaded_then_it_is_built_again(
    files: Files, seen: Seen
) -> None:
    files.write(SOUND)
    reloader = reloader_of(files, seen)

    assert reloader.reload(START + timedelta(seconds=9))

    assert reloader.state.loaded_at == START + timedelta(seconds=9)


def test_given_a_file_saved_while_it_is_built_when_checked_then_it_is_built_again(
    files: Files, seen: Seen
) -> None:
    files.write(SOUND)
    saves = [OTHER]

    def build_while_saving() -> Built[Rules]:
        built = files.build()
        if saves:
            files.write(saves.pop())
        return built

    reloader = Reloader([files.folder], build_while_saving, seen, START)

    assert ids(reloader) == ["one"]
    assert reloader.check(START)
    assert ids(reloader) == ["two"]


def test_given_broken_files_at_the_start_when_built_then_there_is_nothing_to_run(
    files: Files, seen: Seen
) -> None:
    files.write(BROKEN)

    with pytest.raises(ConfigError) as refused:
        reloader_of(files, seen)

    assert refused.value.problems[0].is_error
    assert seen.outcomes == [(START, False)]


def test_given_a_thousand_bad_reloads_when_counted_then_nothing_has_piled_up(
    files: Files, seen: Seen, caplog: pytest.LogCaptureFixture
) -> None:
    files.write(SOUND)
    reloader = reloader_of(files, seen)
    files.write("rules:\n- {id: one, when: {}, when: {text: gas}}\n")
    caplog.set_level(logging.CRITICAL, logger="alerts.watchlist.reload")  # pytest keeps what is logged
    for _ in range(20):
        reloader.reload(START)
    gc.collect()
    before = len(gc.get_objects())

    for _ in range(1000):
        reloader.reload(START)
    seen.outcomes.clear()
    gc.collect()

    assert len(gc.get_objects()) - before < 200
    assert ids(reloader) == ["one"]


def test_given_folders_files_and_what_is_not_there_when_fingerprinted_then_yaml_files_count(
    tmp_path: Path,
) -> None:
    (tmp_path / "themes").mkdir()
    (tmp_path / "themes" / "a.yaml").write_text("a")
    (tmp_path / "themes" / "a.yaml~").write_text("backup")
    (tmp_path / "routes.yaml").write_text("routes")

    found = fingerprint([tmp_path / "themes", tmp_path / "routes.yaml", tmp_path / "none.yaml"])

    assert [(Path(name).name, size) for name, _, size in found] == [("routes.yaml", 6), ("a.yaml", 1)]
