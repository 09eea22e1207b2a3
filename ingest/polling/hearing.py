"""What polls tell of the network: it decides by `Uplink`, says so once, and shows it in the metrics."""

from collections.abc import Callable, Collection

from ingest.metrics import IngestMetrics
from ingest.polling.failure_log import PollFailureLog
from ingest.polling.pace import NETWORK_REASONS
from ingest.polling.report import PollReport
from ingest.polling.uplink import Step, Uplink
from ingest.sources import Source

_SAY_NOTHING_OF_IT = frozenset({"bad_url", "forbidden_address"})  # failures of ours, before any network


class Hearing:
    """Listens to all reports. For the event loop of the schedule."""

    def __init__(self, elapsed_s: Callable[[], float], metrics: IngestMetrics) -> None:
        self.uplink = Uplink(elapsed_s)
        self._failures = PollFailureLog(elapsed_s)
        self._metrics = metrics

    def note(self, source: Source, report: PollReport, began_s: float, sources: Collection[Source]) -> Step:
        """Learn from a report of a poll that began at `began_s`; says what is to be done."""
        lost_s = self.uplink.lost_for_s()
        step = self._judge(source, report, began_s, sources)
        if step == "lost":
            self._failures.lost(_hosts(sources))
        elif step == "back":
            self._failures.back(lost_s or 0.0, len(sources))
        self._metrics.set_network_lost(is_lost=self.uplink.is_lost)
        if step == "lost" or self.uplink.is_lost:
            return step
        if not self.uplink.is_suspect:
            self._failures.settle()
        if report.end == "failed":
            is_in_doubt = report.reason in NETWORK_REASONS and self.uplink.is_suspect
            self._failures.failed(report, is_in_doubt=is_in_doubt and _hosts(sources) > 1)
        return step

    def keep_time(self, sources: Collection[Source]) -> list[Source]:
        """Call it every few seconds; gives whom to ask now whether the network is back."""
        self._failures.keep_time()
        return self.uplink.due_canaries(sources)

    def _judge(self, source: Source, report: PollReport, began_s: float, sources: Collection[Source]) -> Step:
        if source.host is None or report.end in ("held", "crashed") or report.reason in _SAY_NOTHING_OF_IT:
            return ""
        if report.end == "failed" and report.reason in NETWORK_REASONS:
            return self.uplink.failed(source.host, began_s, _hosts(sources))
        return self.uplink.answered(source.host)


def _hosts(sources: Collection[Source]) -> int:
    return len({source.host for source in sources if source.host is not None})
