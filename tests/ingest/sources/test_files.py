import asyncio
from datetime import timedelta
from pathlib import Path

from ingest.sources import Polled, Unchanged
from tests.ingest.sources.watching import Watched, put
from tests.ingest.world import START, world


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
