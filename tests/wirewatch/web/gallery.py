"""Screenshots of every page, to be looked at: `python -m tests.wirewatch.web.gallery`.

They go to a new temporary folder, whose name is printed; never into the repository.
"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from alerts.schedule import Settlement, SinkState
from ingest.item import Rejected
from stream.log import Record
from tests.support.alerting import make_event
from tests.support.browser import DESKTOP, PHONE, find_chromium, launched, tab
from tests.wirewatch.web.scene import Scene, scene, serving
from tests.wirewatch.web.stories import english, german, persian

_LOOKS = {
    "light": (DESKTOP, False),
    "dark": (DESKTOP, True),
    "phone": (PHONE, False),
    "phone-dark": (PHONE, True),
}


@contextmanager
def busy_scene(folder: Path) -> Iterator[Scene]:
    """Something on every page."""
    with scene(folder) as busy:
        fill(busy)
        yield busy


def fill(busy: Scene) -> dict[str, str]:
    """Put something into every table; returns the paths of pages by name."""
    rejected = [
        Rejected("empty", "no title and no text", "wire", "https://feeds.example.org/a?b=1#" + "c" * 90)
    ]
    busy.hand_over("wire", [make_event(f"w{n}", source="wire") for n in range(40)], rejected)
    busy.hand_over("wire", [make_event(f"w{n}", source="wire") for n in range(40)])
    busy.hand_over("inbox", [make_event(f"i{n}", source="inbox") for n in range(7)])
    busy.hand_over("push", [make_event("p", source="push")])
    busy.fail("gazette", "blocked", "HTTP 403 from feeds.example.org")
    _read_some(busy)
    (trial, far, near) = busy.raise_alerts(german(), persian(), english())
    busy.settle("desk", Settlement("delivered", "delivered", "written"))
    later = Settlement("pending", "server_error", "503 Service Unavailable", busy.clock.step(30))
    busy.settle("hook", later, limit=1)
    busy.settle("hook", Settlement("dead", "rejected", "550 nobody of that name here"), limit=1)
    busy.sight.sink_states.save(
        "hook", SinkState(failures=7, paused_until=busy.clock() + timedelta(minutes=5))
    )
    busy.bury("invalid_json", "unsupported_version")
    busy.clock.step(20)
    return {
        "overview": "/",
        "alerts": "/alerts",
        "alert": f"/alerts/{near.alert_id}",
        "alert-rtl": f"/alerts/{far.alert_id}",
        "alert-test": f"/alerts/{trial.alert_id}",
        "alerts-none": "/alerts?severity=medium",
        "sources": "/sources",
        "source": "/sources/wire",
        "rules": "/rules",
        "rule": "/rules/pact",
        "dead-letters": "/dead-letters",
        "missing": "/nowhere",
    }


def _read_some(busy: Scene) -> list[Record]:
    consumer = busy.log.consumer("alerts")
    records = consumer.poll(44, 1.0)
    consumer.commit({0: records[-1].offset + 1})
    consumer.close()
    return records


def main() -> None:
    """Take the pictures."""
    path = find_chromium()
    if path is None:
        sys.exit("no Chromium (Debian, Ubuntu: apt install chromium)")
    target = Path(tempfile.mkdtemp(prefix="wirewatch-gallery-"))
    with tempfile.TemporaryDirectory() as folder, scene(Path(folder)) as busy, launched(path) as browser:
        pages = fill(busy)
        with serving(busy.sight) as origin:
            busy.hand_over("wire", [make_event(f"late{n}", source="wire") for n in range(9)])
            busy.clock.step(100)
            for look, (size, is_dark) in _LOOKS.items():
                with tab(browser, size, is_dark=is_dark) as one:
                    for name, address in pages.items():
                        one.page.goto(origin + address)
                        one.page.screenshot(path=target / f"{name}-{look}.png", full_page=True)
    print(target)  # noqa: T201 - a script


if __name__ == "__main__":
    main()
