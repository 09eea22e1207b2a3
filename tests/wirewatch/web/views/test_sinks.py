from datetime import timedelta

import pytest

from alerts.metrics import SinkBacklog
from alerts.schedule import SinkState
from alerts.store.archive import Lately
from tests.support.alerting import NOON, make_event, make_match
from tests.wirewatch.web.scene import ROUTES, Scene
from wirewatch.web.views.sinks import judge_sink, sink_rows

IDLE = SinkBacklog("hook", 0, None)
WAITING = SinkBacklog("hook", 3, NOON - timedelta(minutes=20))
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("state", "backlog", "status", "sentence"),
    [
        (SinkState(), IDLE, "ok", "takes what it is sent"),
        (SinkState(), SinkBacklog("hook", 1, NOON), "ok", "deliveries are under way"),
        (SinkState(), WAITING, "behind", "the oldest delivery has waited for 20 min"),
        (SinkState(failures=1, failing_since=NOON), IDLE, "failing", "1 failure so far"),
        (SinkState(failures=4), WAITING, "failing", "4 failures in a row so far"),
        (
            SinkState(failures=6, paused_until=NOON + 2 * MINUTE),
            WAITING,
            "paused",
            "left alone after 6 failures in a row, tried again in 2 min",
        ),
        (SinkState(failures=6, paused_until=NOON), WAITING, "failing", "6 failures in a row so far"),
        (
            SinkState(disabled_at=NOON, disabled_detail="410 Gone"),
            WAITING,
            "disabled",
            "it said it is gone for good (410 Gone); nothing is sent until somebody enables it",
        ),
    ],
)
def test_given_how_a_sink_stands_when_judged_then_it_is_a_word_and_a_sentence(
    state: SinkState, backlog: SinkBacklog, status: str, sentence: str
) -> None:
    assert judge_sink(state, backlog, NOON, is_configured=True) == (status, sentence)


def test_given_a_sink_that_left_the_routes_when_deliveries_wait_then_it_is_still_listed(stage: Scene) -> None:
    stage.raise_alerts(make_match(make_event("a")), sinks=("desk", "attic"))

    rows = sink_rows(stage.sight, Lately({}, {("desk", "delivered"): 7, ("desk", "dead"): 2}), stage.clock())

    assert [(row.name, row.kind, row.status, row.pending, row.delivered, row.dead) for row in rows] == [
        ("desk", "file", "ok", 1, 7, 2),
        ("hook", "console", "ok", 0, 0, 0),
        ("attic", "?", "unconfigured", 1, 0, 0),
    ]
    assert "attic" not in ROUTES
