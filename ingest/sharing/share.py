"""Which ingester reads which source: rendezvous hashing, decided alike by all without a word. Pure.

Of all live ingesters the one whose hash with the source is highest has it (Thaler and Ravishankar, 1998).
Who leaves gives its sources to the others and moves no other; who joins takes its share and moves no other.
"""

import hashlib
from collections.abc import Collection, Iterable


def owner(source: str, members: Collection[str]) -> str:
    """The member that a source belongs to; `members` is not empty."""
    return max(members, key=lambda member: (_weight(source, member), member))


def shares(sources: Iterable[str], members: Collection[str], me: str) -> frozenset[str]:
    """The sources that are mine; all of them while nobody else is known to live."""
    if not members:
        return frozenset(sources)
    return frozenset(source for source in sources if owner(source, members) == me)


def _weight(source: str, member: str) -> bytes:
    return hashlib.sha256(f"{source}\n{member}".encode()).digest()
