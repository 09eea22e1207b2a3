"""Sources and a log that other processes have, on other machines: nothing of them is known here."""

from ingest.progress import Progress
from ingest.store.ledger import Ledger, RejectedItem
from stream.embedded.records import LogSize


class Elsewhere:
    """Stands where the file of ingest would, for pages of a process that has none."""

    def ledgers(self) -> dict[str, Ledger]:
        """No item came in here."""
        return {}

    def all_progress(self) -> dict[str, Progress]:
        """No source is read here."""
        return {}

    def rejected(self, limit: int = 100, source: str | None = None) -> list[RejectedItem]:
        """Nothing was rejected here."""
        del limit, source
        return []

    def size(self) -> LogSize:
        """The log here holds nothing."""
        return LogSize(0, 0, 0, 0, None, 0, 0)

    def lags(self) -> dict[tuple[str, int], int]:
        """Nobody reads here."""
        return {}
