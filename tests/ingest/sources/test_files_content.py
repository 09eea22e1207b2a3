import json
import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from ingest.article import EventItem
from ingest.sources import PollFailed
from ingest.sources.files import FilesSourceConfig
from stream.event import ArticleEvent, encode
from tests.ingest.sources.watching import Watched, put
from tests.ingest.world import START, world


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
