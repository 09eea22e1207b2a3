"""Kill the real process at every place with a name, and count what arrived."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

from alerts.alert import alert_id, delivery_key
from alerts.store.database import open_sqlite
from stream.failpoint import Failpoint
from tests.support.alerting import make_event
from tests.support.house import SINKS, open_house_log

PLACES = [name for name in Failpoint if name.startswith(("match.", "deliver."))]


def run_house(folder: Path, failpoint: str) -> int:
    environment = {**os.environ, "WIREWATCH_FAILPOINT": failpoint}
    command = [sys.executable, "-m", "tests.support.house", str(folder)]
    return subprocess.run(command, env=environment, timeout=100, check=False).returncode


def keys(path: Path) -> Counter[str]:
    lines = path.read_text().splitlines()
    return Counter(json.loads(line)["delivery_key"] for line in lines)


def test_given_kills_at_every_named_place_when_run_to_the_end_then_nothing_is_lost_and_no_key_is_extra(
    tmp_path: Path,
) -> None:
    events = [make_event(f"{number:02}") for number in range(8 * len(PLACES))]
    codes = {}
    for turn, place in enumerate(PLACES):
        database, log = open_house_log(tmp_path)
        log.producer().append(events[8 * turn : 8 * turn + 8])
        database.close()
        codes[place] = run_house(tmp_path, f"{place}:2")

    assert run_house(tmp_path, "") == 0

    assert codes == dict.fromkeys(PLACES, -signal.SIGKILL)
    for sink in SINKS:
        arrived = keys(tmp_path / f"{sink}.jsonl")
        assert set(arrived) == {delivery_key(alert_id("Freedonia", event.event_id), sink) for event in events}
        assert arrived.total() - len(arrived) <= 2 * len(PLACES)  # two were in flight at each kill
    alerts = open_sqlite(tmp_path / "alerts.db")
    with alerts.read() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
    alerts.close()
