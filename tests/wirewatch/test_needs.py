import pytest

from wirewatch.needs import Shared, needs_of
from wirewatch.roles import ROLES

LOCAL, BOTH = Shared(), Shared(log=True, alerts=True)


@pytest.mark.parametrize(
    ("roles", "shared", "opens", "locks"),
    [
        (ROLES, LOCAL, (True, True), ROLES),
        (ROLES, BOTH, (True, True), ("ingest",)),
        (("ingest",), LOCAL, (True, False), ("ingest",)),
        (("ingest",), BOTH, (True, False), ("ingest",)),
        (("alerts",), LOCAL, (True, True), ("alerts",)),
        (("alerts",), Shared(alerts=True), (True, True), ("alerts",)),
        (("alerts",), Shared(log=True), (False, True), ("alerts",)),
        (("alerts",), BOTH, (False, True), ()),
        (("deliver",), LOCAL, (False, True), ("deliver",)),
        (("deliver",), Shared(alerts=True), (False, True), ()),
        (("web",), LOCAL, (True, True), ("web",)),
        (("web",), BOTH, (False, True), ()),
    ],
)
def test_given_roles_when_asked_then_only_what_they_need_is_opened_and_locked(
    roles: tuple[str, ...], shared: Shared, opens: tuple[bool, bool], locks: tuple[str, ...]
) -> None:
    needs = needs_of(roles, shared)

    assert (needs.log, needs.alerts) == opens
    assert needs.locks == locks


def test_given_a_reader_of_the_embedded_log_when_asked_then_it_is_known_whether_it_writes_it_too() -> None:
    apart, together = needs_of(("alerts",), LOCAL), needs_of(("ingest", "alerts"), LOCAL)

    assert (apart.reads_log, apart.writes_log) == (True, False)
    assert (together.reads_log, together.writes_log) == (True, True)
    assert not needs_of(("alerts",), BOTH).reads_log
