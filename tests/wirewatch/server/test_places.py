from dataclasses import dataclass

from wirewatch.server.limits import RESERVED, ConnectionLimits
from wirewatch.server.places import ConnectionPlaces
from wirewatch.server.repeats import Repeats

LIMITS = ConnectionLimits(connections=8, per_client=4)


@dataclass(eq=False)
class Connection:
    address: str = "192.0.2.1"
    waiting_since_s: float | None = None


def places() -> ConnectionPlaces:
    return ConnectionPlaces(LIMITS, lambda address: address == "127.0.0.1")


def fill(
    held: ConnectionPlaces, count: int, address: str = "", waiting_since_s: float | None = None
) -> list[Connection]:
    """So many connections, each from an address of its own unless one is given."""
    made = [Connection(address or f"198.51.100.{number}", waiting_since_s) for number in range(count)]
    for one in made:
        assert held.admit(one).refused is None
    return made


def test_given_places_taken_by_those_who_wait_when_one_comes_then_the_slowest_goes() -> None:
    held = places()
    fill(held, 7, waiting_since_s=20.0)
    (slowest,) = fill(held, 1, "203.0.113.9", waiting_since_s=10.0)

    admission = held.admit(Connection())

    assert admission.evicted is slowest
    assert not admission.is_reserved
    assert len(held) == 8


def test_given_an_address_with_most_connections_when_one_comes_then_it_loses_one_first() -> None:
    held = places()
    fill(held, 5, waiting_since_s=1.0)
    greedy = fill(held, 3, "203.0.113.9", waiting_since_s=50.0)

    assert held.admit(Connection()).evicted in greedy


def test_given_all_that_are_there_are_answered_when_one_comes_then_it_has_a_place_for_health_alone() -> None:
    held = places()
    fill(held, 8)

    admissions = [held.admit(Connection(f"192.0.2.{number}")) for number in range(RESERVED + 1)]

    assert all(one.is_reserved and one.evicted is None for one in admissions[:-1])
    assert admissions[-1].refused == "full"


def test_given_an_address_at_its_bound_when_it_comes_again_then_only_its_own_are_touched() -> None:
    held = places()
    fill(held, 4, "203.0.113.9")

    assert held.admit(Connection("203.0.113.9")).refused == "per_client"
    assert held.admit(Connection("203.0.113.10")).refused is None


def test_given_an_address_at_its_bound_that_sends_nothing_when_it_comes_again_then_its_slowest_goes() -> None:
    held = places()
    slow = fill(held, 4, "203.0.113.9", waiting_since_s=5.0)

    assert held.admit(Connection("203.0.113.9")).evicted in slow
    assert len(held) == 4


def test_given_a_proxy_when_it_stands_for_many_then_the_bound_of_one_address_is_not_its() -> None:
    held = places()
    fill(held, 8, "127.0.0.1")

    assert len(held) == 8


def test_given_a_place_left_when_left_again_then_it_is_counted_once() -> None:
    held = places()
    (one,) = fill(held, 1)

    held.leave(one)
    held.leave(one)

    assert len(held) == 0


def test_given_few_files_when_bounded_then_three_quarters_are_left_to_the_rest() -> None:
    assert ConnectionLimits(connections=200).within(65_536).connections == 200
    few = ConnectionLimits(connections=200).within(256).connections
    assert few + RESERVED <= 256 / 4
    assert ConnectionLimits(connections=200).within(8).connections >= 1


def test_given_a_flood_when_noted_then_it_is_told_once_a_minute_with_its_count() -> None:
    now_s = 0.0
    repeats = Repeats(lambda: now_s)

    told = [repeats.note("flood") for _ in range(1_000)]
    now_s = 61.0

    assert told == [1, *[0] * 999]
    assert repeats.note("another") == 1
    assert repeats.note("flood") == 1_000
