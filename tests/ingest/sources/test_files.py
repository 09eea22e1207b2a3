import asyncio
import json
import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from ingest.article import EventItem
from ingest.item import RawItem
from ingest.polling.poll import PollReport
from ingest.sources import Polled, PollFailed, PollOutcome, Unchanged
from ingest.sources.files import FilesSource, FilesSourceConfig
from stream.event import ArticleEvent, encode
from tests.ingest.world import START, World, world

OLD = START.timestamp() - 60


def put(folder: Path, name: str, content: str | bytes, modified: float = OLD) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    os.utime(path, (modified, modified))
    return path


class Watched:
    """A folder, its source and what a poller would keep of it."""

    def __init__(self, tmp_path: Path, here: World, **settings: object) -> None:
        self.folder = tmp_path / "inbox"
        self.folder.mkdir(exist_ok=True)
        self.here = here
        config = {"id": "inbox", "path": "inbox", **settings}
        self.config = FilesSourceConfig.model_validate(config)
        self.source = FilesSource(self.config, self.folder, here.store)
        self.cursor: dict[str, str] = {}

    def poll(self, now: datetime = START) -> PollOutcome:
        """Poll, and keep the cursor as if what came was stored."""
        outcome = asyncio.run(self.source.poll(self.cursor, now))
        if isinstance(outcome, Polled | Unchanged):
            self.cursor = outcome.cursor
        return outcome

    def read(self, now: datetime = START) -> tuple[list[RawItem], list[tuple[str, str]]]:
        """Poll until nothing more comes."""
        items: list[RawItem] = []
        rejected: list[tuple[str, str]] = []
        while isinstance(outcome := self.poll(now), Polled):
            items += outcome.items
            rejected += [(each.reason, each.locator) for each in outcome.rejected]
        assert isinstance(outcome, Unchanged)
        return items, rejected

    def run(self, polls: int) -> list[PollReport]:
        """Poll for real, through intake and store."""
        return [asyncio.run(self.here.poller.poll(self.source)) for _ in range(polls)]


def test_given_files_of_each_kind_when_polled_then_each_is_an_item_with_what_the_configuration_adds(
    tmp_path: Path,
) -> None:
    with world(tmp_path) as here:
        watched = Watched(tmp_path, here, publisher="The Desk", language="en", tags=["desk"])
        put(watched.folder, "a.txt", "Headline\n\nBody of the page.")
        put(watched.folder, "b.html", b"<html><body>\xe9</body></html>")
        put(watched.folder, "c.jsonl", '{"title": "T", "publisher": "Own", "lang": "tr"}\n\n{"title": "U"}')
        put(watched.folder, "d.pdf", "left alone")

        items, rejected = watched.read()

        text, page, first, second = items
        assert (text.page_text, text.html, text.locator) == ("Headline\n\nBody of the page.", None, "a.txt")
        assert (page.html, page.page_text, page.locator) == (
            b"<html><body>\xe9</body></html>",
            None,
            "b.html",
        )
        assert (first.title, first.publisher, first.language, first.locator) == (
            "T",
            "Own",
            "tr",
            "c.jsonl:1",
        )
        assert (second.title, second.publisher, second.language, second.locator) == (
            "U",
            "The Desk",
            "en",
            "c.jsonl:3",
        )
        assert {each.tags for each in items} == {("desk",)}
        assert rejected == []


def test_given_a_file_that_is_done_when_polled_again_then_it_is_not_read_until_it_changes(
    tmp_path: Path,
) -> None:
    with world(tmp_path) as here:
        watched = Watched(tmp_path, here)
        put(watched.folder, "a.txt", "One")
        watched.read()

        again, _ = watched.read()
        put(watched.folder, "a.txt", "Two")
        changed, _ = watched.read()

        assert again == []
        assert [each.page_text for each in changed] == ["Two"]


def test_given_a_new_file_while_watching_when_polled_then_it_is_noticed(tmp_path: Path) -> None:
    with world(tmp_path) as here:
        watched = Watched(tmp_path, here)
        watched.read()
        put(watched.folder, "late.txt", "Late")

        items, _ = watched.read()

        assert [each.page_text for each in items] == ["Late"]


def test_given_a_file_still_being_written_when_polled_then_it_is_left_for_the_next_look(
    tmp_path: Path,
) -> None:
    with world(tmp_path) as here:
        watched = Watched(tmp_path, here)
        put(watched.folder, "a.txt", "Half", START.timestamp() - 0.5)
        for name in (".hidden.txt", "b.txt.tmp", "c.txt.part", "d.tmp"):
            put(watched.folder, name, "not yet")

        now, _ = watched.read()
        later, _ = watched.read(START + timedelta(seconds=1))

        assert now == []
        assert [each.locator for each in later] == ["a.txt"]


def test_given_a_batch_that_was_not_stored_when_polled_again_then_it_comes_again(tmp_path: Path) -> None:
    with world(tmp_path) as here:
        watched = Watched(tmp_path, here)
        put(watched.folder, "a.txt", "One")
        before = dict(watched.cursor)
        watched.poll()
        watched.cursor = before

        again = watched.poll()

        assert isinstance(again, Polled)
        assert [each.page_text for each in again.items] == ["One"]


def test_given_a_restart_before_a_file_was_marked_when_polled_then_its_items_are_recognised(
    tmp_path: Path,
) -> None:
    with world(tmp_path) as here:
        first = Watched(tmp_path, here)
        put(first.folder, "a.jsonl", '{"title": "One"}\n{"title": "Two"}')
        first.run(polls=1)

        restarted = Watched(tmp_path, here)
        reports = restarted.run(polls=2)

        assert [event.title for event in here.events()] == ["One", "Two"]
        assert [report.tally.duplicate for report in reports] == [2, 0]
        assert here.plain.worked_on == ["One", "Two"]


def test_given_a_restart_after_a_file_was_marked_when_polled_then_it_is_not_read(tmp_path: Path) -> None:
    with world(tmp_path) as here:
        first = Watched(tmp_path, here)
        put(first.folder, "a.txt", "One")
        first.run(polls=2)

        restarted = Watched(tmp_path, here)
        outcome = asyncio.run(restarted.source.poll(here.store.progress("inbox").cursor, START))

        assert isinstance(outcome, Unchanged)


def test_given_a_long_file_of_lines_when_polled_then_it_comes_in_parts_and_a_restart_goes_on_from_there(
    tmp_path: Path,
) -> None:
    with world(tmp_path) as here:
        watched = Watched(tmp_path, here, limits={"batch_items": 10})
        put(watched.folder, "big.jsonl", "".join(f'{{"title": "T{n}"}}\n' for n in range(35)))
        first = watched.poll()
        second = watched.poll()

        restarted = Watched(tmp_path, here, limits={"batch_items": 10})
        restarted.cursor = watched.cursor
        rest, _ = restarted.read()

        assert isinstance(first, Polled)
        assert isinstance(second, Polled)
        assert first.next_after_s == 0
        assert [each.title for each in (*first.items, *second.items, *rest)] == [f"T{n}" for n in range(35)]
        assert rest[0].locator == "big.jsonl:21"


def test_given_new_pages_while_a_long_file_is_read_when_polled_then_they_need_not_wait(
    tmp_path: Path,
) -> None:
    with world(tmp_path) as here:
        watched = Watched(tmp_path, here, limits={"batch_items": 10})
        put(watched.folder, "big.jsonl", "".join(f'{{"title": "T{n}"}}\n' for n in range(30)))
        watched.poll()
        put(watched.folder, "a.jsonl", '{"title": "other lines wait"}')
        for n in range(12):
            put(watched.folder, f"page{n:02}.txt", f"Page {n}")

        items, _ = watched.read()

        assert [each.locator for each in items[:12]] == [f"page{n:02}.txt" for n in range(12)]
        assert [each.title for each in items[12:32]] == [f"T{n}" for n in range(10, 30)]
        assert items[-1].title == "other lines wait"


def test_given_a_file_of_lines_that_changes_while_it_is_read_when_polled_then_it_is_read_from_its_start(
    tmp_path: Path,
) -> None:
    with world(tmp_path) as here:
        watched = Watched(tmp_path, here, limits={"batch_items": 2})
        put(watched.folder, "a.jsonl", '{"title": "1"}\n{"title": "2"}\n{"title": "3"}\n')
        watched.poll()
        put(watched.folder, "a.jsonl", '{"title": "A"}\n{"title": "B"}\n{"title": "C"}\n')

        items, _ = watched.read()

        assert [each.title for each in items] == ["A", "B", "C"]


def test_given_bad_lines_when_polled_then_each_is_rejected_by_file_and_line_and_the_rest_goes_on(
    tmp_path: Path,
) -> None:
    with world(tmp_path) as here:
        watched = Watched(tmp_path, here, limits={"line_bytes": 1_000})
        long = json.dumps({"text": "x" * 5_000})
        put(watched.folder, "a.jsonl", f'\ufeff{{"title": "1"}}\nnot json\n{long}\r\n{{"title": "4"}}')

        items, rejected = watched.read()

        assert [(each.title, each.locator) for each in items] == [("1", "a.jsonl:1"), ("4", "a.jsonl:4")]
        assert rejected == [("invalid", "a.jsonl:2"), ("too_large", "a.jsonl:3")]


def test_given_finished_events_in_a_file_when_polled_then_they_are_carried_as_they_are(
    tmp_path: Path,
) -> None:
    event = ArticleEvent(event_id="A" * 26, source="s", title="T", first_seen_at=START, content_hash="h")
    with world(tmp_path) as here:
        watched = Watched(tmp_path, here)
        put(watched.folder, "a.jsonl", encode(event) + b"\n")

        (carried,), _ = watched.read()

        assert isinstance(carried, EventItem)
        assert carried.event == event


def test_given_traps_in_the_folder_when_polled_then_none_is_opened_and_each_is_told_once(
    tmp_path: Path,
) -> None:
    secret = put(tmp_path, "secret.txt", "secret")
    with world(tmp_path) as here:
        watched = Watched(tmp_path, here, recursive=True)
        (watched.folder / "link.txt").symlink_to(secret)
        (watched.folder / "up").symlink_to(tmp_path, target_is_directory=True)
        (watched.folder / "folder.txt").mkdir()
        os.mkfifo(watched.folder / "pipe.txt")

        items, rejected = watched.read()
        again = watched.read()

        assert items == []
        assert sorted(rejected) == [
            ("unsafe_path", "link.txt"),
            ("unsafe_path", "pipe.txt"),
            ("unsafe_path", "up"),
        ]
        assert again == ([], [])


def test_given_folders_below_when_watched_recursively_then_they_are_read_and_otherwise_not(
    tmp_path: Path,
) -> None:
    with world(tmp_path) as here:
        put(tmp_path / "inbox", "below/deep/a.txt", "Deep")

        flat, _ = Watched(tmp_path, here).read()
        deep, _ = Watched(tmp_path, here, recursive=True).read()

        assert flat == []
        assert [each.locator for each in deep] == ["below/deep/a.txt"]


def test_given_a_name_that_is_no_text_when_polled_then_the_file_is_read_all_the_same(tmp_path: Path) -> None:
    with world(tmp_path) as here:
        watched = Watched(tmp_path, here)
        put(watched.folder, os.fsdecode(b"caf\xe9.txt"), "Coffee")

        items, _ = watched.read()
        again, _ = watched.read()

        assert [each.locator for each in items] == ["caf\\xe9.txt"]
        assert again == []


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"\xef\xbb\xbfBOM", "BOM"),
        ("Türkiye".encode("utf-16"), "Türkiye"),
        (b"caf\xe9 \x93quoted\x94", "café “quoted”"),
    ],
)
def test_given_a_text_in_another_encoding_when_polled_then_it_is_decoded(
    tmp_path: Path, content: bytes, text: str
) -> None:
    with world(tmp_path) as here:
        watched = Watched(tmp_path, here)
        put(watched.folder, "a.txt", content)

        items, _ = watched.read()

        assert [each.page_text for each in items] == [text]


def test_given_files_that_are_no_text_or_too_large_when_polled_then_they_are_rejected(tmp_path: Path) -> None:
    with world(tmp_path) as here:
        watched = Watched(tmp_path, here, limits={"page_bytes": 1_000, "lines_file_bytes": 2_000})
        put(watched.folder, "binary.txt", b"PK\x03\x04\0\0")
        put(watched.folder, "large.html", b"x" * 1_001)
        put(watched.folder, "large.jsonl", b"x" * 2_001)

        items, rejected = watched.read()

        assert items == []
        assert rejected == [
            ("undecodable", "binary.txt"),
            ("too_large", "large.html"),
            ("too_large", "large.jsonl"),
        ]


def test_given_no_folder_when_polled_then_the_poll_fails_as_missing(tmp_path: Path) -> None:
    with world(tmp_path) as here:
        watched = Watched(tmp_path, here)
        watched.folder.rmdir()

        outcome = watched.poll()

        assert isinstance(outcome, PollFailed)
        assert outcome.reason == "missing"


def test_given_a_file_that_was_removed_when_it_comes_back_then_it_is_read_again(tmp_path: Path) -> None:
    with world(tmp_path) as here:
        watched = Watched(tmp_path, here)
        path = put(watched.folder, "a.txt", "One")
        watched.read()
        path.unlink()
        watched.read()
        remembered = here.store.stamps("inbox")
        put(watched.folder, "a.txt", "One")

        items, _ = watched.read()

        assert remembered == {}
        assert len(items) == 1


def test_given_a_path_with_a_nul_when_configured_then_it_is_refused() -> None:
    with pytest.raises(ValidationError, match="NUL"):
        FilesSourceConfig(id="inbox", path="in\0box")
