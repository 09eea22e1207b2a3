"""What the embedded log promises beyond the contract: no event twice, retention that waits for readers."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.stream.articles import article
from tests.stream.logs import EmbeddedLog, names, take


def test_given_an_event_in_the_log_when_appended_again_then_it_keeps_its_place(embedded: EmbeddedLog) -> None:
    first = embedded.producer().append([article("oslo"), article("bergen")])

    again = embedded.producer().append([article("bergen"), article("tromso"), article("tromso")])

    assert [place.is_new for place in first] == [True, True]
    assert [place.is_new for place in again] == [False, True, False]
    assert again[0].offset == first[1].offset
    assert again[1].offset == again[2].offset
    assert names(take(embedded.consumer("alerts"), 3)) == ["oslo", "bergen", "tromso"]


def test_given_many_threads_when_they_append_then_every_event_stands_once(tmp_path: Path) -> None:
    log = EmbeddedLog(tmp_path / "log.db")
    batches = [[article(f"port{(n * 7 + k) % 60}") for k in range(20)] for n in range(12)]

    with ThreadPoolExecutor(4) as pool:
        places = [place for batch in pool.map(log.producer().append, batches) for place in batch]

    assert sum(place.is_new for place in places) == 60
    assert sorted(names(take(log.consumer("alerts"), 60))) == sorted(f"port{n}" for n in range(60))
    log.close()


def test_given_records_that_a_group_has_not_read_when_retention_runs_then_they_stay(
    embedded: EmbeddedLog,
) -> None:
    places = embedded.producer().append([article(f"port{n}") for n in range(10)])
    fast, slow = embedded.consumer("fast"), embedded.consumer("slow")
    fast.commit({0: places[9].offset + 1})
    slow.commit({0: places[3].offset})

    removed = embedded.retain_nothing_that_was_read()

    assert removed == 3
    assert names(take(slow, 7)) == [f"port{n}" for n in range(3, 10)]


def test_given_a_group_that_never_committed_when_retention_runs_then_all_stays(embedded: EmbeddedLog) -> None:
    places = embedded.producer().append([article(f"port{n}") for n in range(10)])
    embedded.consumer("fast").commit({0: places[9].offset + 1})
    idle = embedded.consumer("idle")

    removed = embedded.retain_nothing_that_was_read()

    assert removed == 0
    assert len(take(idle, 10)) == 10


def test_given_no_group_when_retention_runs_then_all_stays(embedded: EmbeddedLog) -> None:
    embedded.producer().append([article("oslo")])

    assert embedded.retain_nothing_that_was_read() == 0
    assert names(take(embedded.consumer("alerts"), 1)) == ["oslo"]


def test_given_a_log_that_retention_emptied_when_appended_then_no_offset_is_used_again(
    embedded: EmbeddedLog,
) -> None:
    (old,) = embedded.producer().append([article("oslo")])
    consumer = embedded.consumer("alerts")
    consumer.commit({0: old.offset + 1})
    embedded.retain_nothing_that_was_read()

    (new,) = embedded.producer().append([article("bergen")])

    assert new.offset > old.offset
    consumer.seek(0, old.offset)
    assert names(take(consumer, 1)) == ["bergen"]
