"""The pauses that hosts asked for (Retry-After): all sources of the host wait."""

from collections.abc import Callable

from ingest.polling.pace import RETRY_AFTER_MAX_S


class HostPauses:
    """Which host wants to be left alone for how long, in seconds that nobody can set."""

    def __init__(self, elapsed_s: Callable[[], float]) -> None:
        self._elapsed_s = elapsed_s
        self._until_s: dict[str, float] = {}

    def ask(self, host: str | None, pause_s: float | None) -> None:
        """A host asked for a pause, of which up to 8 hours count; None: it did not, or there is no host."""
        if host is not None and pause_s:
            self._until_s[host] = self._elapsed_s() + min(pause_s, RETRY_AFTER_MAX_S)

    def left_s(self, host: str | None) -> float:
        """Seconds until a host may be asked again; 0 or less: now."""
        return self._until_s.get(host or "", 0.0) - self._elapsed_s()
