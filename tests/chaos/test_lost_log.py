from pathlib import Path

import pytest

from tests.chaos.hooked import configure
from tests.chaos.lost_log import LOSSES, ORDERS, Round, plan, torment
from tests.support.daemon import Site

SHORT = (
    Round("removed", "alerts late"),
    Round("ingest put back", "alerts first"),
    Round("removed", "alerts stay"),
    Round("ingest put back", "alerts late"),
    Round("ingest put back", "ingest stays"),
)


@pytest.mark.timeout(300)
def test_given_split_roles_when_the_log_is_lost_or_put_back_in_any_order_then_every_article_is_matched_once(
    tmp_path: Path,
) -> None:
    site = Site(tmp_path)
    configure(site, None)

    assert torment(site, SHORT) == []


def test_given_the_long_run_when_planned_then_every_loss_happens_in_every_order() -> None:
    planned = plan()

    assert {one.loss for one in planned} == set(LOSSES)
    assert {one.order for one in planned} == set(ORDERS)
    assert len(set(planned)) == len(planned) == 18
