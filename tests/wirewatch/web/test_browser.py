"""What a browser makes of the pages: a real one, over real state."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from alerts.alert import Evidence, Match
from ingest.item import Rejected
from tests.support.alerting import make_event, make_match
from tests.support.browser import DESKTOP, PHONE, Tab, launched, require_chromium, tab
from tests.wirewatch.web.gallery import fill
from tests.wirewatch.web.looking import CONTRASTS, FOREIGN, MARKS
from tests.wirewatch.web.payloads import PAYLOADS
from tests.wirewatch.web.scene import Scene, evidence, scene, serving
from tests.wirewatch.web.stories import ENGLISH_TEXT, PERSIAN_TITLE

pytestmark = pytest.mark.xdist_group("browser")  # one Chromium for all of them

CHROMIUM = require_chromium()
_READABLE = 4.5  # WCAG 2.2, success criterion 1.4.3


@dataclass
class Site:
    """The served pages, by name."""

    stage: Scene
    origin: str
    pages: dict[str, str]

    @property
    def found(self) -> dict[str, str]:
        """Those that are there."""
        return {name: path for name, path in self.pages.items() if name != "missing"}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched(CHROMIUM) as opened:
        yield opened


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with scene(tmp_path_factory.mktemp("site")) as stage:
        pages = fill(stage)
        with serving(stage.sight) as origin:
            yield Site(stage, origin, pages)


@pytest.fixture
def desk(browser: Browser) -> Iterator[Tab]:
    with tab(browser, DESKTOP) as opened:
        yield opened


def show(page: Page, site: Site, match: Match) -> None:
    (alert,) = site.stage.raise_alerts(match)
    page.goto(f"{site.origin}/alerts/{alert.alert_id}")


def marks(page: Page, selector: str) -> tuple[str, list[tuple[int, int]]]:
    """The whole text of an element and the character spans marked in it."""
    element = page.locator(selector)
    spans: list[Any] = element.evaluate(MARKS)
    return element.text_content() or "", [tuple(span) for span in spans]


def test_given_evidence_when_shown_then_exactly_its_characters_are_marked(desk: Tab, site: Site) -> None:
    desk.page.goto(site.origin + site.pages["alert"])

    text, spans = marks(desk.page, ".field-text")

    assert text == ENGLISH_TEXT
    assert [text[start:end] for start, end in spans] == ["Iran", "Turkey", "a pact on Tuesday"]
    assert marks(desk.page, ".field-title")[1] == [(25, 29)]
    assert marks(desk.page, ".field-lead")[1] == [(41, 46)]
    assert [one.text_content() for one in desk.page.locator(".proving mark").all()] == [
        "Iran",
        "Turkey",
        "a pact on Tuesday",
    ]


def test_given_characters_of_every_width_when_shown_then_the_marks_still_stand_right(
    desk: Tab, site: Site
) -> None:
    text = " \u202e😀 e\u0301té — \u200fمرز\u200f  two  spaces\t👩\u200d👧 port & <b>Iran</b>\n\n\nlast"
    event = make_event("scripts", title="wide", text=text, language="und")
    spans = [(2, 3), (2, 5), (text.index("Iran"), text.index("Iran") + 4), (len(text) - 4, len(text) + 9)]
    proofs = tuple(Evidence("when.text", "text", text, start, end) for start, end in spans)

    show(desk.page, site, make_match(event, evidence=proofs))

    shown, marked = marks(desk.page, ".field-text")
    assert shown == text
    assert marked == [(2, 5), (text.index("Iran"), text.index("Iran") + 4), (len(text) - 4, len(text))]
    assert desk.page.locator(".field-text").get_attribute("dir") == "auto"


@pytest.mark.parametrize(("width", "is_dark"), [(DESKTOP, False), (DESKTOP, True), (PHONE, False)])
def test_given_every_page_when_opened_then_the_console_is_quiet_and_nothing_leaves_the_origin(
    browser: Browser, site: Site, width: tuple[int, int], is_dark: bool
) -> None:
    with tab(browser, width, is_dark=is_dark) as one:
        for path in site.found.values():
            one.page.goto(site.origin + path)

        assert one.console == []
        assert one.foreign_requests(site.origin) == []
        assert len(one.requests) > len(site.found)


def test_given_a_phone_when_every_page_is_opened_then_none_is_wider_than_it(
    browser: Browser, site: Site
) -> None:
    event = make_event(
        "wide",
        title="W" * 300,
        lead="L" * 400,
        text="T" * 3_000,
        url=f"https://example.org/{'u' * 1_500}",
        publisher="P" * 200,
        dateline="D" * 200,
    )
    proofs = (Evidence("when.all[3].any[2].text.any[17]", "title", "W" * 300, 0, 250),)
    stage = site.stage
    (alert,) = stage.raise_alerts(make_match(event, rule_title="R" * 200, tags=("t" * 64,), evidence=proofs))
    stage.hand_over("wire", rejected=[Rejected("invalid", "d" * 400, "wire", "l" * 400)])
    stage.bury("r" * 60)
    pages = {**site.pages, "wide": f"/alerts/{alert.alert_id}"}

    with tab(browser, PHONE) as one:
        widths = {}
        for name, path in pages.items():
            one.page.goto(site.origin + path)
            widths[name] = one.page.evaluate("document.documentElement.scrollWidth")

    assert widths == dict.fromkeys(pages, PHONE[0])


@pytest.mark.parametrize("is_dark", [False, True])
def test_given_either_scheme_when_every_page_is_measured_then_all_text_can_be_read(
    browser: Browser, site: Site, is_dark: bool
) -> None:
    with tab(browser, is_dark=is_dark) as one:
        for path in site.pages.values():
            one.page.goto(site.origin + path)
            measured = one.page.evaluate(CONTRASTS)
            assert len(measured) > 10
            assert [(path, what) for ratio, what in measured if ratio < _READABLE] == []


def test_given_a_dark_room_when_opened_then_the_colours_are_others(browser: Browser, site: Site) -> None:
    def colours(*, is_dark: bool) -> list[str]:
        with tab(browser, is_dark=is_dark) as one:
            one.page.goto(site.origin + site.pages["alert"])
            read = "e => [getComputedStyle(e).color, getComputedStyle(e).backgroundColor]"
            return [*one.page.locator("body").evaluate(read), *one.page.locator("mark").first.evaluate(read)]

    light, dark = colours(is_dark=False), colours(is_dark=True)

    assert all(one != other for one, other in zip(light, dark, strict=True))


def test_given_a_persian_article_when_shown_then_it_runs_from_right_to_left_and_the_page_does_not(
    desk: Tab, site: Site
) -> None:
    desk.page.goto(site.origin + site.pages["alert-rtl"])

    for selector in (".field-title", ".field-text", ".proving"):
        element = desk.page.locator(selector)
        assert (element.get_attribute("dir"), element.get_attribute("lang")) == ("rtl", "fa")
        assert element.evaluate("e => getComputedStyle(e).direction") == "rtl"
    assert desk.page.locator(".field-title").text_content() == PERSIAN_TITLE
    assert desk.page.locator("html").evaluate("e => getComputedStyle(e).direction") == "ltr"
    title = desk.page.locator(".field-title").evaluate(
        "e => { const r = document.createRange(); r.selectNodeContents(e);"
        " return [e.getBoundingClientRect().right, r.getBoundingClientRect().right]; }"
    )
    assert title[0] == pytest.approx(title[1], abs=1)


def test_given_payloads_in_every_field_when_shown_then_they_are_text_and_nothing_runs(
    desk: Tab, site: Site
) -> None:
    page = desk.page
    for number, payload in enumerate(PAYLOADS):
        event = make_event(
            f"payload-{number}",
            title=payload,
            lead=payload,
            text=f"{payload} and more",
            url=payload,
            language=payload if number % 7 == 0 else "en",
            publisher=payload,
            dateline=payload,
            credit=payload,
            source=payload if number % 5 == 0 else "wire",
        )
        proofs = evidence(event, ("when.text", payload[1:4]), ("when.text", payload))
        match = make_match(
            event, rule_title=payload, theme=payload, labels=(payload,), tags=(payload,), evidence=proofs
        )

        show(page, site, match)

        shown, _ = marks(page, ".field-text")
        assert shown == f"{payload} and more"
        assert page.locator(".field-title").text_content() == payload
        assert _foreign(page) == []
    for path in ("/", "/alerts", "/rules/pact"):
        page.goto(site.origin + path)
        assert _foreign(page) == []

    assert (desk.dialogs, desk.console) == ([], [])
    assert desk.foreign_requests(site.origin) == []
    assert len(PAYLOADS) >= 60


def _foreign(page: Page) -> list[str]:
    found: list[str] = page.evaluate(FOREIGN)
    return found


def test_given_no_scripts_when_opened_then_every_page_is_whole(browser: Browser, site: Site) -> None:
    with tab(browser, has_scripts=False) as one:
        for name, path in site.pages.items():
            one.page.goto(site.origin + path)
            assert one.page.locator("main h1").count() == 1, name
        one.page.goto(f"{site.origin}/alerts")
        one.page.select_option("select[name=severity]", "critical")
        one.page.get_by_label("Words").fill("ايران")  # with the Arabic yeh
        one.page.get_by_label("Country").fill("turkey")
        one.page.get_by_label("Language").fill("fa")
        one.page.get_by_role("button", name="Show").click()

        assert "severity=critical" in one.page.url
        assert one.page.get_by_label("Country").input_value() == "turkey"
        assert [title.text_content() for title in one.page.locator(".alert-title").all()] == [PERSIAN_TITLE]


def test_given_a_keyboard_when_tabbing_then_the_first_stop_skips_to_the_content_and_every_stop_shows(
    desk: Tab, site: Site
) -> None:
    desk.page.goto(site.origin + "/alerts")
    desk.page.keyboard.press("Tab")
    skip = desk.page.locator(".skip").bounding_box()
    outlines = []
    for _ in range(10):
        outlines.append(desk.page.evaluate("getComputedStyle(document.activeElement).outlineStyle"))
        desk.page.keyboard.press("Tab")
    desk.page.locator(".skip").focus()
    desk.page.keyboard.press("Enter")

    assert skip
    assert skip["y"] >= 0
    assert set(outlines) == {"solid"}
    assert desk.page.evaluate("document.activeElement.id") == "main"


def test_given_every_page_when_read_by_structure_then_landmarks_headings_and_labels_are_there(
    desk: Tab, site: Site
) -> None:
    for name, path in site.pages.items():
        desk.page.goto(site.origin + path)
        count = desk.page.locator

        assert [count(each).count() for each in ("header", "main", "footer", "h1")] == [1, 1, 1, 1], name
        assert count("nav[aria-label]").count() == count("nav").count(), name
        levels: list[int] = desk.page.evaluate(
            "[...document.querySelectorAll('h1, h2, h3')].map(h => Number(h.tagName[1]))"
        )
        assert all(below - above <= 1 for above, below in pairwise(levels)), name
        assert count("label :is(select, input)").count() == count(":is(select, input)").count(), name
        ids: list[str] = desk.page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
        assert len(ids) == len(set(ids)), name


def test_given_a_browser_that_has_the_sheet_when_it_goes_on_then_it_is_not_asked_for_again(
    desk: Tab, site: Site
) -> None:
    for path in ("/alerts", "/rules", "/sources"):
        desk.page.goto(site.origin + path)

    transferred = desk.page.evaluate(
        "performance.getEntriesByType('resource').filter(r => /css/.test(r.name)).map(r => r.transferSize)"
    )
    assert transferred == [0]
