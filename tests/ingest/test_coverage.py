from dataclasses import replace
from datetime import datetime, timedelta

from ingest.coverage import Coverage, coverage
from ingest.health import survey
from ingest.progress import Progress, Tally, answered, failed, received
from ingest.sources import SourceConfig
from tests.ingest.world import START

FEEDS = [SourceConfig(id=f"f{n}", kind="feed") for n in range(86)]
QUIET = [
    SourceConfig(id="inbox", kind="files"),
    SourceConfig(id="canary", kind="canary"),
    SourceConfig(id="off", kind="feed", enabled=False),
]


def speaking(source: str, at: datetime = START, gap_s: float = 1_800.0) -> Progress:
    heard = received(Progress(source=source), now=at, tally=Tally(new=1))
    well = answered(heard, now=at, cursor={}, due_at=at + timedelta(minutes=15), interval_s=900.0)
    return replace(well, gaps_s=(gap_s,) * 20)


def failing(source: str, times: int = 3) -> Progress:
    progress = speaking(source)
    for _ in range(times):
        progress = failed(progress, now=START, reason="connect", detail="refused", due_at=START)
    return progress


def of(*progress: Progress, now: datetime = START, lost_for_s: float | None = None) -> Coverage:
    configs = [*FEEDS, *QUIET]
    known = {one.source: one for one in progress}
    return coverage(configs, survey(configs, known, now), now, lost_for_s)


def test_given_all_sources_well_when_counted_then_folders_canaries_and_what_is_off_do_not_count() -> None:
    found = of(*(speaking(feed.id) for feed in FEEDS), speaking("inbox"), speaking("canary"))

    assert (found.level, found.heard, found.total) == ("well", 86, 86)
    assert found.sentence == "86 of 86 sources are heard. 86 had news in the last hour, usually about 74."


def test_given_most_sources_dead_when_a_folder_answers_then_we_are_deaf_all_the_same() -> None:
    well = [speaking(feed.id) for feed in FEEDS[:2]]
    dead = [failing(feed.id) for feed in FEEDS[2:]]

    found = of(*well, *dead, speaking("inbox"))

    assert (found.level, found.heard, found.unheard, found.silent_by) == ("deaf", 2, 84, {"failing": 84})
    assert found.sentence.startswith("Only 2 of 86 sources are heard (84 failing).")


def test_given_a_single_failed_poll_when_counted_then_a_source_is_still_heard() -> None:
    found = of(*(failing(feed.id, times=1) for feed in FEEDS))

    assert (found.level, found.heard) == ("well", 86)


def test_given_a_quarter_failing_when_counted_then_it_is_worse_and_not_deaf() -> None:
    found = of(*(failing(feed.id) for feed in FEEDS[:22]), *(speaking(feed.id) for feed in FEEDS[22:]))

    assert (found.level, found.heard) == ("worse", 64)


def test_given_sources_that_answer_when_hardly_any_has_news_then_that_is_not_their_habit() -> None:
    later = START + timedelta(hours=3)
    progress = [replace(speaking(feed.id), due_at=later) for feed in FEEDS]

    found = of(*progress, now=later)

    assert (found.level, found.heard, found.spoke) == ("worse", 86, 0)


def test_given_slow_sources_when_none_has_news_for_hours_then_that_is_their_habit() -> None:
    later = START + timedelta(hours=3)
    progress = [replace(speaking(feed.id, gap_s=7 * 86_400.0), due_at=later) for feed in FEEDS]

    assert of(*progress, now=later).level == "well"


def test_given_no_answer_yet_when_counted_then_we_are_starting() -> None:
    found = of()

    assert (found.level, found.sentence) == ("starting", "None of 86 sources has been asked yet.")


def test_given_a_lost_network_when_counted_then_it_is_called_ours() -> None:
    found = of(*(speaking(feed.id) for feed in FEEDS), lost_for_s=18 * 60.0)

    assert (found.level, found.heard) == ("deaf", 0)
    assert found.sentence == "Our own network is lost: none of 86 sources has been reached for 18 min."


def test_given_no_sources_but_folders_when_counted_then_nothing_is_missed() -> None:
    found = coverage(QUIET, survey(QUIET, {}, START), START)

    assert (found.level, found.sentence) == ("well", "No source is read from other servers.")
