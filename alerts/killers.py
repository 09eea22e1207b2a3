"""Find the records that kill a matcher: in a program of its own, which forks and lets the forks die."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import msgspec

from alerts.batch import Matcher, match_event
from alerts.watchlist.clauses import Rule
from stream.errors import BadEventError
from stream.event import decode
from stream.forked import Bounds, Tell, run_forked

Compile = Callable[[Sequence[Rule]], Matcher]

_BOUNDS = Bounds(cpu_s=60, wall_s=180, memory_mb=4096)


class Killer(msgspec.Struct, frozen=True):
    """A record, by its number, that ended a matcher: how, and the rule without which it does not.

    No rule: it does so with none at all, or not again.
    """

    number: int
    ending: str
    rule: str = ""


def find_killers(values: Sequence[bytes], rules: Sequence[Rule], compile_rules: Compile) -> Iterator[Killer]:
    """Match each record as the service does, and give those that end the process, as they are found.

    One fork matches until it dies, the next goes on behind the record that was under way. Call from a
    process of one thread.
    """
    matcher = compile_rules(rules)
    first, named = 0, ""
    while first < len(values):
        ending = run_forked(partial(_match_all, values[first:], matcher), _BOUNDS)
        if not ending.reason:
            return
        number = min(first + len(ending.told), len(values) - 1)
        suspects = [rule for rule in rules if rule.id == named]
        named = _rule(values[number], suspects, compile_rules) or _rule(values[number], rules, compile_rules)
        yield Killer(number, ending.detail, named)
        first = number + 1


def _match_all(values: Sequence[bytes], matcher: Matcher, tell: Tell) -> None:
    """Tell a byte after each record that could be matched, or failed as it may."""
    for value in values:
        _match(value, matcher)
        tell(b".")


def _match(value: bytes, matcher: Matcher) -> None:
    try:
        match_event(decode(value), matcher)
    except MemoryError:
        raise
    except (BadEventError, Exception):  # noqa: BLE001, S110 - a dead letter of another reason, and no harm
        pass


def _rule(value: bytes, rules: Sequence[Rule], compile_rules: Compile) -> str:
    """The rule that is one too many: with those before it the record kills, without it it does not."""

    def kills(chosen: Sequence[Rule]) -> bool:
        return bool(run_forked(lambda _tell: _match(value, compile_rules(chosen)), _BOUNDS).reason)

    if not rules or kills(()) or not kills(rules):
        return ""
    sound, failing = 0, len(rules)
    while failing - sound > 1:
        middle = (sound + failing) // 2
        sound, failing = (sound, middle) if kills(rules[:middle]) else (middle, failing)
    return rules[failing - 1].id
