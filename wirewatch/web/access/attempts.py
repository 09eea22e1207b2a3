"""How often somebody may try a password: some at once, then one every so often. Pure."""

from collections import OrderedDict

from stream.untrusted.addresses import read_ip, read_network

_MOST_KEYS = 10_000


class Attempts:
    """A bucket for each key: `burst` attempts at once, one more every `every_s`; the oldest are forgotten."""

    def __init__(self, burst: int, every_s: float) -> None:
        self._burst = burst
        self._every_s = every_s
        self._free_at: OrderedDict[str, float] = OrderedDict()

    def take(self, key: str, now_s: float) -> float:
        """Take one; returns 0, or the seconds to wait where there is none; `now_s` is monotonic."""
        begins_at = max(self._free_at.get(key, now_s), now_s)
        wait_s = begins_at + self._every_s - now_s - self._burst * self._every_s
        if wait_s > 0:
            return wait_s
        self._free_at[key] = begins_at + self._every_s
        self._free_at.move_to_end(key)
        if len(self._free_at) > _MOST_KEYS:
            self._free_at.popitem(last=False)
        return 0.0

    def forget(self, key: str) -> None:
        """Begin anew, as after a success."""
        self._free_at.pop(key, None)


def network_of(address: str) -> str:
    """What counts as one client: an IPv4 address, or the /64 that an IPv6 one is of."""
    found = read_ip(address)
    if found is None:
        return address
    return str(found) if found.version == 4 else str(read_network(f"{found}/64"))
