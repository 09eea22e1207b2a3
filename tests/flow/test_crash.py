"""The process ends between any two numbered steps; the next one finds its way from what it left."""

import pytest

from stream.failpoint import Failpoint
from tests.flow.conftest import World
from tests.flow.line import Line, opened
from tests.support.crashing import Crash, crash_at
from tests.support.ledger import audit

SINKS = ("hook", "mail")


class BrokenError(Exception):
    """Ends a transaction in the writer's thread, where nothing but an exception can."""


DEATHS = (BrokenError, Crash, BaseExceptionGroup)


def break_at(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Raise at a failpoint of ingest the first time it is reached: what was under way is undone."""

    def reach(place: str) -> None:
        if place == name:
            raise BrokenError(name)

    for module in ("intake", "polling.poll", "store.ingest_store"):
        monkeypatch.setattr(f"ingest.{module}.reach", reach)


def run(line: Line) -> None:
    line.poll()
    line.match()
    line.deliverer().run()


ALONE = [place for place in Failpoint if not place.needs_company]


@pytest.mark.parametrize("place", ALONE)
def test_given_a_crash_after_any_step_when_started_again_then_nothing_is_lost_and_nothing_extra(
    world: World, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    if place.startswith("ingest."):
        break_at(monkeypatch, place)
    else:
        crash_at(monkeypatch, place)
    with opened(world.site, world.clock) as line, pytest.raises(DEATHS):
        run(line)
    monkeypatch.undo()
    before = world.received(life=1)

    with opened(world.site, world.clock) as line:
        line.poll()
        line.match()
        line.deliver(until_settled=SINKS)

    after = world.received(life=2)
    received = {sink: [*before[sink], *after[sink][len(before[sink]) :]] for sink in SINKS}
    assert audit(world.site.state, world.expected(), received).violations == []
