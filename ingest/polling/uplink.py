"""Whether it is our own network that is lost, and not the sources. Pure: outcomes in, what to do out.

One host that cannot be reached is that host's trouble. When eight hosts that were not known to be dead (or
all there are) fail in a row with network errors, and none answers in between, the network is ours to blame.
After three of them others are asked at once, so that the verdict need not wait until enough polls are due.
"""

from collections.abc import Callable, Iterable
from typing import Literal

from ingest.sources import Source

HOSTS_WANTED = 8
CANARIES = 3
CANARIES_EVERY_S = 15.0
RETURN_SPREAD_S = 60.0

_ASK_FROM = 3
_NEVER_S = float("-inf")

Step = Literal["", "ask", "lost", "back"]
"""What follows from an outcome: nothing, ask one more host now, stop polling all, poll all again."""


class Uplink:
    """What hosts said lately. For the event loop of the schedule; `lost_for_s` is for any thread."""

    def __init__(self, elapsed_s: Callable[[], float]) -> None:
        self._elapsed_s = elapsed_s
        self._failing: set[str] = set()  # since the last answer of any host
        self._dead: set[str] = set()  # failing while others answered
        self._answered_s: dict[str, float] = {}
        self._asked_s: dict[str, float] = {}
        self._canaries: set[str] = set()
        self._lost_at_s: float | None = None
        self._back_at_s = _NEVER_S
        self._round_at_s = _NEVER_S

    @property
    def is_lost(self) -> bool:
        """Whether no host at all can be reached."""
        return self._lost_at_s is not None

    @property
    def is_suspect(self) -> bool:
        """Whether some host has failed since one last answered: the verdict is not in yet."""
        return bool(self._failing)

    def lost_for_s(self) -> float | None:
        """For how long no host has been reached; None: some host was. From any thread."""
        at_s = self._lost_at_s
        return None if at_s is None else self._elapsed_s() - at_s

    def may_poll(self, source: Source) -> bool:
        """Whether a source is to be polled now: while the network is lost, folders and canaries only."""
        return not self.is_lost or source.host is None or source.id in self._canaries

    def answered(self, host: str) -> Step:
        """A host was reached, whatever it said."""
        self._answered_s[host] = self._elapsed_s()
        if self.is_lost:
            self._lost_at_s, self._back_at_s = None, self._elapsed_s()
            self._failing.clear()
            self._canaries.clear()
            return "back"
        self._dead |= self._failing
        self._dead.discard(host)
        self._failing.clear()
        return ""

    def failed(self, host: str, began_s: float, hosts: int) -> Step:
        """A host was not reached, in a poll that began at `began_s`, one of so many hosts."""
        if self.is_lost or host in self._dead or began_s < self._back_at_s:
            return ""
        self._failing.add(host)
        wanted = min(HOSTS_WANTED, hosts - len(self._dead))
        if wanted < 2:
            return ""  # one host cannot say whose trouble it is
        if len(self._failing) >= wanted:
            self._lost_at_s = self._round_at_s = self._elapsed_s()
            self._asked_s.clear()
            return "lost"
        return "ask" if len(self._failing) >= min(_ASK_FROM, wanted - 1) else ""

    def next_to_ask(self, sources: Iterable[Source]) -> Source | None:
        """Another host to ask before the verdict, the one that answered last; None when all have failed."""
        others = (one for one in sources if one.host and one.host not in self._failing | self._dead)
        return max(others, key=lambda one: self._answered_s.get(one.host or "", _NEVER_S), default=None)

    def due_canaries(self, sources: Iterable[Source]) -> list[Source]:
        """Whom to ask now whether the network is back: a few hosts in turn, by who answered last."""
        now_s = self._elapsed_s()
        if not self.is_lost or now_s - self._round_at_s < CANARIES_EVERY_S:
            return []
        by_host = {source.host: source for source in sources if source.host is not None}
        chosen = sorted(by_host.values(), key=self._turn)[:CANARIES]
        self._round_at_s = now_s
        self._asked_s.update({source.host: now_s for source in chosen if source.host is not None})
        self._canaries = {source.id for source in chosen}
        return chosen

    def _turn(self, source: Source) -> tuple[float, float]:
        host = source.host or ""
        return self._asked_s.get(host, _NEVER_S), -self._answered_s.get(host, _NEVER_S)
