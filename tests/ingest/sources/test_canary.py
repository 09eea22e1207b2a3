import asyncio
from datetime import UTC, datetime, timedelta

from ingest.sources import Polled, PollOutcome
from ingest.sources.canary import CanarySource, CanarySourceConfig

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def sing(source: CanarySource, at: datetime) -> PollOutcome:
    return asyncio.run(source.poll({"kept": "1"}, at))


def test_given_two_polls_when_compared_then_each_hands_over_an_article_of_its_own() -> None:
    source = CanarySource(CanarySourceConfig(id="canary"))

    first, second = sing(source, NOON), sing(source, NOON + timedelta(seconds=1))

    assert isinstance(first, Polled)
    assert isinstance(second, Polled)
    (one,), (other,) = first.items, second.items
    assert first.cursor == {"kept": "1"}
    assert (one.identity, one.source, one.published) == ("guid", "canary", "2026-11-24T12:00:00.000Z")
    assert one.guid != other.guid
    assert one.title != other.title
