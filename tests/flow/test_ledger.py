"""The oracle of the fault tests sees each kind of fault it is there for."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.flow.conftest import URL, World
from tests.flow.line import opened
from tests.support.ledger import Expected, Reception, audit

Received = dict[str, list[Reception]]


def more_articles(expected: Expected, _received: Received) -> Expected:
    return replace(expected, urls=[*expected.urls, URL + "lost"])


def fewer_alerts(expected: Expected, _received: Received) -> Expected:
    return replace(expected, alerts=set(expected.alerts) - {("grain", URL + "grain")})


def more_alerts(expected: Expected, _received: Received) -> Expected:
    return replace(expected, alerts={*expected.alerts, ("grain", URL + "pact")})


def one_unsent(expected: Expected, received: Received) -> Expected:
    received["hook"].pop()
    return expected


def one_unasked(expected: Expected, received: Received) -> Expected:
    received["hook"].append(Reception("k", "grain", URL + "birds", 1))
    return expected


def one_again(expected: Expected, received: Received) -> Expected:
    received["hook"].append(received["hook"][0])
    return expected


def one_by_another_key(expected: Expected, received: Received) -> Expected:
    received["hook"].append(replace(received["hook"][0], key="another", life=2))
    return expected


def all_again(expected: Expected, received: Received) -> Expected:
    received["mail"] += [replace(one, life=2) for one in received["mail"]]
    return expected


@pytest.mark.parametrize(
    ("fault", "named"),
    [
        (more_articles, "articles lost"),
        (fewer_alerts, "alerts not expected"),
        (more_alerts, "alerts lost"),
        (one_unsent, "hook: never received"),
        (one_unasked, "hook: not expected"),
        (one_again, "hook: sent again for no reason"),
        (one_by_another_key, "hook: with several keys"),
        (all_again, "mail: more sent again than was in flight"),
    ],
)
def test_given_books_with_a_fault_when_audited_then_it_is_named(
    world: World, fault: Callable[[Expected, Received], Expected], named: str
) -> None:
    with opened(world.site, world.clock) as line:
        line.poll()
        line.match()
        line.deliver(until_settled=("hook", "mail"))
    received = world.received()

    verdict = audit(world.site.state, fault(world.expected(), received), received)

    assert any(violation.startswith(named) for violation in verdict.violations)
