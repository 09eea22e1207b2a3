"""Whether this Wirewatch hears its sources: shown, measured, and told to the operator when it changes."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from alerts.notice import Notice, Notices
from ingest.coverage import Coverage
from stream.errors import StreamError
from stream.timing import Clock

LOOK_EVERY = timedelta(seconds=15)
DEAF_FOR_S = 300.0
HEARS_FOR_S = 600.0

SUBJECT = "sources"


class CoverageCollector(Collector):
    """How much is heard, read when Prometheus asks; missing while the store cannot be read."""

    def __init__(self, coverage: Callable[[], Coverage]) -> None:
        self._coverage = coverage

    def describe(self) -> Iterable[Metric]:
        """Nothing, so that registering reads no database."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """The gauges, as of now."""
        try:
            found = self._coverage()
        except StreamError:
            return
        sources = GaugeMetricFamily("wirewatch_sources", "Sources that are read, by state", labels=["state"])
        for state, number in (("heard", found.heard), ("unheard", found.unheard), ("waiting", found.waiting)):
            sources.add_metric([state], number)
        yield sources
        yield GaugeMetricFamily(
            "wirewatch_sources_with_news", "Sources that had news within the last hour", value=found.spoke
        )
        yield GaugeMetricFamily(
            "wirewatch_sources_with_news_usually",
            "How many usually have news within an hour",
            value=found.usual,
        )


def as_json(found: Coverage) -> Mapping[str, Any]:
    """The coverage for programs."""
    return {
        "level": found.level,
        "sentence": found.sentence,
        "total": found.total,
        "heard": found.heard,
        "unheard": found.unheard,
        "waiting": found.waiting,
        "with_news_last_hour": found.spoke,
        "with_news_usually": round(found.usual, 1),
    }


class HearingWatch:
    """Tells the operator when we have become deaf, and when we hear again; call `look` every few seconds.

    A state counts once it has lasted: deaf for five minutes, hearing for ten. What is in between (fewer
    sources than usual) changes nothing, so that no source that comes and goes makes a flood.
    """

    def __init__(
        self,
        coverage: Callable[[], Coverage],
        notices: Notices,
        clock: Clock,
        elapsed_s: Callable[[], float],
        on_told: Callable[[], object],
    ) -> None:
        self._coverage = coverage
        self._notices = notices
        self._clock = clock
        self._elapsed_s = elapsed_s
        self._on_told = on_told
        self._state = ""
        self._since_s = elapsed_s()

    def look(self) -> None:
        """Look once; tells at most one notice."""
        found = self._coverage()
        state = {"deaf": "deaf", "well": "hearing"}.get(found.level, "")
        if state != self._state:
            self._state, self._since_s = state, self._elapsed_s()
        lasted_s = self._elapsed_s() - self._since_s
        if not state or lasted_s < (DEAF_FOR_S if state == "deaf" else HEARS_FOR_S):
            return
        if state == "hearing" and self._notices.told(SUBJECT) is None:
            return  # never deaf: nothing to take back
        if self._notices.tell(_notice(found, state), self._clock()):
            self._on_told()


def _notice(found: Coverage, state: str) -> Notice:
    if state == "deaf":
        title = f"Wirewatch is deaf: {found.heard} of {found.total} sources are heard"
        return Notice(SUBJECT, state, "critical", title, f"{found.sentence} Stories may be missed meanwhile.")
    title = f"Wirewatch hears again: {found.heard} of {found.total} sources"
    return Notice(SUBJECT, state, "informational", title, found.sentence)
