"""Signing in with a real browser, without scripts of ours: at a desk, on a phone, in the dark."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.support.browser import DESKTOP, PHONE, launched, require_chromium, tab
from tests.wirewatch.web.access.signing import PASSWORD, guarded, write_anna
from tests.wirewatch.web.looking import CONTRASTS
from tests.wirewatch.web.scene import scene

pytestmark = pytest.mark.xdist_group("browser")  # one Chromium for all of them

CHROMIUM = require_chromium()
_READABLE = 4.5  # WCAG 2.2, success criterion 1.4.3
_TOUCHED = 24  # CSS pixels; success criterion 2.5.8


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched(CHROMIUM) as opened:
        yield opened


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("login")
    with scene(folder) as stage, guarded(stage, write_anna(folder)) as address:
        yield address


@pytest.mark.parametrize(
    ("width", "is_dark"), [(DESKTOP, False), (DESKTOP, True), (PHONE, False), (PHONE, True)]
)
def test_given_a_link_to_a_page_when_signed_in_with_the_keyboard_then_the_page_comes_and_all_can_be_read(
    browser: Browser, origin: str, width: tuple[int, int], is_dark: bool
) -> None:
    with tab(browser, width, is_dark=is_dark) as one:
        page = one.page
        faint: list[str] = []

        def measure() -> None:
            assert page.evaluate("document.documentElement.scrollWidth") == width[0]
            faint.extend(what for ratio, what in page.evaluate(CONTRASTS) if ratio < _READABLE)

        page.goto(f"{origin}/alerts?severity=high")
        measure()
        page.keyboard.type("anna")  # the name has the focus
        page.keyboard.press("Tab")
        page.keyboard.type("not the password")
        page.keyboard.press("Enter")
        page.wait_for_selector("[role=alert]")
        measure()
        page.keyboard.type(PASSWORD)  # now the password has it
        page.keyboard.press("Enter")
        page.wait_for_url("**/alerts?severity=high")
        page.get_by_role("link", name="Account").click()
        measure()
        box = page.get_by_role("link", name="Account").bounding_box()
        page.get_by_role("button", name="Sign out").click()
        page.wait_for_url("**/login")

    assert faint == []
    assert box is not None
    assert box["height"] >= _TOUCHED
    assert one.foreign_requests(origin) == []
