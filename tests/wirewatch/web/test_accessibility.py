"""axe-core on every page, as a desk and a phone have it, by day and by night: WCAG 2.2 AA, nothing left."""

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.support.browser import DESKTOP, PHONE, launched, require_chromium, tab
from tests.wirewatch.web.access.signing import PASSWORD, guarded, write_anna
from tests.wirewatch.web.gallery import fill
from tests.wirewatch.web.scene import Scene, scene, serving

pytestmark = pytest.mark.xdist_group("browser")  # one Chromium for all of them

CHROMIUM = require_chromium()
AA = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice")
LOOKS = [(DESKTOP, False), (DESKTOP, True), (PHONE, False), (PHONE, True)]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched(CHROMIUM) as opened:
        yield opened


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with scene(tmp_path_factory.mktemp("site")) as opened:
        yield opened


@pytest.fixture(scope="module")
def pages(stage: Scene) -> dict[str, str]:
    found = fill(stage)
    return {**found, "search": "/alerts?q=iran&country=Iran&since=7d", "refused": "/alerts?sevrity=low"}


def violations(page: Page) -> list[str]:
    """What axe finds, in a line each: the rule, the element, and why."""
    run: dict[str, Any] = Axe().run(page, options={"runOnly": {"type": "tag", "values": list(AA)}}).response
    assert len(run["passes"]) > 10
    return [
        f"{one['id']} ({one['impact']}): {node['html'][:120]} {node['failureSummary'][:200]}"
        for one in run["violations"]
        for node in one["nodes"]
    ]


@pytest.mark.parametrize(("size", "is_dark"), LOOKS)
def test_given_every_page_when_axe_looks_at_it_then_it_finds_nothing(
    browser: Browser, stage: Scene, pages: dict[str, str], size: tuple[int, int], is_dark: bool
) -> None:
    with serving(stage.sight) as origin, tab(browser, size, is_dark=is_dark) as one:
        found = []
        for name, path in pages.items():
            one.page.goto(origin + path)
            found += [f"{name}: {fault}" for fault in violations(one.page)]

    assert found == []


def test_given_broken_files_when_axe_looks_at_the_pages_then_it_finds_nothing(
    browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with scene(tmp_path_factory.mktemp("broken")) as broken, serving(broken.sight) as origin:
        empty = ["/", "/alerts", "/dead-letters"]
        with tab(browser) as one:
            found = [violations(one.page) for path in empty if one.page.goto(origin + path)]
            broken.break_config()
            broken.sight.readiness.drain()
            found += [violations(one.page) for path in ("/", "/rules") if one.page.goto(origin + path)]

    assert found == [[]] * 5


@pytest.mark.parametrize(("size", "is_dark"), LOOKS)
def test_given_the_log_in_and_the_account_when_axe_looks_at_them_then_it_finds_nothing(
    browser: Browser,
    tmp_path_factory: pytest.TempPathFactory,
    size: tuple[int, int],
    is_dark: bool,
) -> None:
    folder = tmp_path_factory.mktemp("login")
    with (
        scene(folder) as stage,
        guarded(stage, write_anna(folder)) as origin,
        tab(browser, size, is_dark=is_dark) as one,
    ):
        page = one.page
        page.goto(f"{origin}/account")
        found = violations(page)
        page.keyboard.type("anna")
        page.keyboard.press("Tab")
        page.keyboard.type("not it")
        page.keyboard.press("Enter")
        page.wait_for_selector("[role=alert]")
        found += violations(page)
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/account")
        found += violations(page)

    assert found == []
