"""The overview renews itself, by a script of ours; a reader can hold it still, and does without it too."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.alerting import make_event, make_match
from tests.support.browser import DESKTOP, launched, require_chromium, tab
from tests.wirewatch.web.scene import Scene, serving

pytestmark = pytest.mark.xdist_group("browser")  # one Chromium for all of them

CHROMIUM = require_chromium()
_PAUSE_MS = 15_000


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched(CHROMIUM) as opened:
        yield opened


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A tab whose clock stands still until it is moved."""
    with tab(browser, DESKTOP) as one:
        one.page.clock.install()
        yield one.page


def news(stage: Scene, title: str) -> None:
    stage.raise_alerts(make_match(make_event(title, title=title)))


def test_given_the_overview_when_an_alert_comes_then_it_is_put_in_and_the_reader_keeps_the_focus(
    stage: Scene, origin: str, page: Page
) -> None:
    news(stage, "The first")
    page.goto(origin)
    page.get_by_role("link", name="The first").focus()
    page.evaluate("window.isSamePage = true")
    news(stage, "The second")

    page.clock.run_for(_PAUSE_MS)

    expect(page.get_by_role("link", name="The second")).to_be_visible()
    expect(page.get_by_role("link", name="The first")).to_be_focused()
    expect(page.get_by_role("status")).to_have_text("Renewed every 15 seconds.")
    assert page.evaluate("window.isSamePage")
    assert page.locator("main h1").count() == 1


def test_given_the_overview_when_held_still_then_it_stays_so_until_the_reader_lets_go(
    stage: Scene, origin: str, page: Page
) -> None:
    page.goto(origin)
    page.get_by_role("button", name="Hold still").click()
    expect(page.get_by_role("status")).to_have_text("Held still.")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    news(stage, "The news")

    page.clock.run_for(4 * _PAUSE_MS)
    assert asked == []
    page.reload()
    expect(page.get_by_role("status")).to_have_text("Held still.")
    page.get_by_role("button", name="Follow live").press("Enter")

    expect(page.get_by_role("link", name="The news")).to_be_visible()
    expect(page.get_by_role("button", name="Hold still")).to_be_focused()


def test_given_a_service_that_stops_when_it_should_be_renewed_then_the_page_says_so(
    stage: Scene, page: Page
) -> None:
    with serving(stage.sight) as address:
        page.goto(address)

    page.clock.run_for(_PAUSE_MS)

    expect(page.get_by_role("status")).to_contain_text("Not renewed: the service does not answer")
    assert page.locator("main h1").count() == 1


def test_given_no_scripts_when_the_overview_is_opened_then_a_link_renews_it(
    stage: Scene, origin: str, browser: Browser
) -> None:
    with tab(browser, has_scripts=False) as one:
        one.page.goto(origin)
        news(stage, "The news")
        one.page.get_by_role("link", name="Renew").click()

        expect(one.page.get_by_role("link", name="The news")).to_be_visible()
        assert one.page.locator("button").count() == 1
        expect(one.page.locator("button")).to_be_hidden()
        assert one.page.locator("meta[http-equiv]").count() == 0
