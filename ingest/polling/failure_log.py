"""The log lines about polls that failed: held back while it may be our own network that is lost.

A line for each of 84 sources says less than one line about the network, and hides what else there is to read.
"""

import logging
from collections.abc import Callable

from ingest.polling.report import PollReport

logger = logging.getLogger(__name__)

PATIENCE_S = 30.0


class PollFailureLog:
    """Says which polls failed, or that none can succeed."""

    def __init__(self, elapsed_s: Callable[[], float]) -> None:
        self._elapsed_s = elapsed_s
        self._held: list[tuple[float, PollReport]] = []

    def failed(self, report: PollReport, *, is_in_doubt: bool) -> None:
        """Say that a poll failed: at once, or, in doubt, when it is clear whose trouble it is."""
        if is_in_doubt:
            self._held.append((self._elapsed_s(), report))
        else:
            _say(report)

    def settle(self) -> None:
        """Say what was held back: the network is there."""
        held, self._held = self._held, []
        for _, report in held:
            _say(report)

    def keep_time(self) -> None:
        """Say what was held back for long enough."""
        if self._held and self._elapsed_s() - self._held[0][0] > PATIENCE_S:
            self.settle()

    def lost(self, hosts: int) -> None:
        """Say once that no source can be reached, in place of what was held back."""
        self._held.clear()
        logger.warning(
            "no source can be reached",
            extra={
                "hosts": hosts,
                "detail": "this machine's own network seems to be down; polls wait until a host answers",
            },
        )

    def back(self, after_s: float, sources: int) -> None:
        """Say that sources are reached again."""
        logger.warning(
            "the network is back",
            extra={"after_s": round(after_s), "sources": sources},
        )


def _say(report: PollReport) -> None:
    failure = report.failure
    if failure is None:
        return
    extra = {"source": report.source, "reason": failure.reason, "detail": failure.detail}
    logger.warning(
        "poll failed", extra={**extra, "attempt": failure.attempt, "pause_s": round(failure.pause_s)}
    )
