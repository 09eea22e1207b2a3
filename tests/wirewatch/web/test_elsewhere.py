"""Pages of a process that has no log and reads no source: they show the alerts, and claim nothing else."""

import urllib.request
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.alerting import make_match
from tests.wirewatch.web.scene import scene, serving
from wirewatch.web.elsewhere import Elsewhere


@pytest.mark.parametrize("page", ["/", "/alerts", "/sources", "/sources/wire", "/rules", "/dead-letters"])
def test_given_no_log_here_when_a_page_is_asked_for_then_it_answers(tmp_path: Path, page: str) -> None:
    with scene(tmp_path) as opened:
        (alert,) = opened.raise_alerts(make_match())
        elsewhere = Elsewhere()
        sight = replace(opened.sight, store=elsewhere, log=elsewhere, progress=elsewhere.all_progress)
        with serving(sight) as address, urllib.request.urlopen(f"{address}{page}", timeout=10) as answer:
            text = answer.read().decode()

    assert answer.status == 200
    assert page != "/alerts" or alert.alert_id in text
