from dataclasses import replace
from datetime import timedelta

from ingest.health import health, survey
from ingest.progress import Progress, Tally, answered, failed, gone, received
from ingest.sources import SourceConfig
from tests.ingest.world import START

NEVER = Progress(source="wire")


def after_news(progress: Progress = NEVER, *, hours: float = 0.0, new: int = 3) -> Progress:
    now = START + timedelta(hours=hours)
    heard = received(progress, now=now, tally=Tally(new=new))
    due_at = now + timedelta(minutes=15)
    return answered(heard, now=now, cursor={}, due_at=due_at, interval_s=900.0)


def test_given_no_poll_yet_when_asked_then_a_source_is_new() -> None:
    assert health(None, START).status == "new"
    assert health(NEVER, START).status == "new"


def test_given_a_recent_answer_with_news_when_asked_then_it_is_ok() -> None:
    verdict = health(after_news(), START + timedelta(minutes=12))

    assert (verdict.status, verdict.sentence) == ("ok", "last new item 12 min ago")


def test_given_failures_when_asked_then_it_is_failing_and_says_how_often_why_and_since_when() -> None:
    progress = after_news()
    for _ in range(3):
        progress = failed(
            progress, now=START + timedelta(hours=2), reason="blocked", detail="HTTP 403", due_at=START
        )

    verdict = health(progress, START + timedelta(hours=2))

    assert verdict.status == "failing"
    assert verdict.sentence == "failed 3 times in a row (blocked: HTTP 403); last answer 2 h ago"


def test_given_a_failing_source_when_it_answers_again_then_it_is_ok() -> None:
    broken = failed(after_news(), now=START, reason="dns", detail="no such host", due_at=START)

    assert health(after_news(broken), START).status == "ok"


def test_given_a_source_that_said_it_is_gone_when_asked_then_it_is_gone_and_not_due() -> None:
    progress = gone(after_news(), now=START, detail="HTTP 410")

    assert health(progress, START + timedelta(days=30)).status == "gone"
    assert progress.due_at is None


def test_given_a_source_switched_off_when_asked_then_it_is_disabled_whatever_it_did() -> None:
    assert health(gone(NEVER, now=START, detail="x"), START, is_enabled=False).status == "disabled"


def test_given_a_fast_source_when_it_has_nothing_new_for_a_day_then_it_is_silent() -> None:
    progress = NEVER
    for step in range(6):
        progress = after_news(progress, hours=step / 2)
    latest = replace(progress, due_at=None)

    assert health(latest, START + timedelta(hours=26)).status == "ok"
    verdict = health(latest, START + timedelta(hours=27))
    assert verdict.status == "silent"
    assert verdict.sentence == "answers, but nothing new for 1 d, usually something every 30 min"


def test_given_a_weekly_source_when_it_rests_for_a_month_then_only_six_times_its_pause_is_silence() -> None:
    progress = NEVER
    for week in range(4):
        progress = after_news(progress, hours=168 * week)
    latest = replace(progress, due_at=None)
    last = START + timedelta(weeks=3)

    assert health(latest, last + timedelta(weeks=6)).status == "ok"
    assert health(latest, last + timedelta(weeks=6, hours=1)).status == "silent"


def test_given_a_source_that_answers_with_nothing_when_asked_then_it_says_that_the_list_is_empty() -> None:
    verdict = health(after_news(new=0), START + timedelta(minutes=1))

    assert (verdict.status, verdict.sentence) == ("silent", "answers, but with an empty list")


def test_given_a_poll_long_overdue_when_asked_then_it_is_stale() -> None:
    assert health(after_news(), START + timedelta(minutes=29)).status == "ok"
    assert health(after_news(), START + timedelta(minutes=31)).status == "stale"


def test_given_folders_and_feeds_when_surveyed_then_a_resting_folder_is_not_called_silent() -> None:
    configs = [
        SourceConfig(id="inbox", kind="files"),
        SourceConfig(id="wire", kind="feed"),
        SourceConfig(id="old", kind="feed", enabled=False),
    ]
    resting = replace(after_news(), due_at=None)
    progress = {"inbox": replace(resting, source="inbox"), "wire": resting}

    found = survey(configs, progress, START + timedelta(days=40))

    assert [(name, verdict.status) for name, (_, verdict) in found.items()] == [
        ("inbox", "ok"),
        ("wire", "silent"),
        ("old", "disabled"),
    ]
