"""How much work the rules may make of one event."""

from stream.errors import StreamError

MAX_EFFORT = 1_000_000
"""Places of clauses and words that all rules together look at in one event: some two seconds.

With ten thousand rules of the benchmark the most in an ordinary article is four.
"""


class TooMuchWorkError(StreamError):
    """An event that is made to hold up the matcher: it becomes a dead letter, the others go on."""

    def __init__(self) -> None:
        super().__init__(f"the rules would look at more than {MAX_EFFORT:,} places and words of this event")


class Effort:
    """What the rules have looked at so far in one event."""

    __slots__ = ("_left",)

    def __init__(self) -> None:
        self._left = MAX_EFFORT

    def spend(self, looked_at: int) -> None:
        """Count; raises TooMuchWorkError past the most."""
        self._left -= looked_at
        if self._left < 0:
            raise TooMuchWorkError
