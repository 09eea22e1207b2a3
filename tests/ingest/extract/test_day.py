from datetime import UTC, datetime

from ingest.extract.day import find_day
from ingest.extract.page import parse_page
from tests.ingest.pages import FOUND_AT, news_page


def test_given_a_date_in_the_text_when_sought_then_its_day() -> None:
    page = parse_page(news_page(head="").replace("<h1>", "<p class='date'>November 20, 2026</p><h1>"))
    assert page is not None

    assert find_day(page.tree, None, FOUND_AT) == "2026-11-20"
    assert find_day(page.tree, None, datetime(2026, 10, 1, tzinfo=UTC)) != "2026-11-20"


def test_given_a_page_without_a_date_when_sought_then_none_and_the_tree_stays() -> None:
    page = parse_page(news_page())
    assert page is not None
    before = len(list(page.tree.iter()))

    assert find_day(page.tree, "https://harbourpost.example/pier", FOUND_AT) is None
    assert len(list(page.tree.iter())) == before
