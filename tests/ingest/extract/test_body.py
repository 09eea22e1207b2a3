import pytest

from ingest.extract.body import Body, extract_body
from ingest.extract.page import Page, parse_page
from tests.ingest.pages import ARABIC, ENGLISH, GREEK, JAPANESE, news_page

TITLE = "Council votes to rebuild the northern pier"


def body_of(markup: str, *, title: str = TITLE, declared: str | None = None, quick: bool = False) -> Body:
    page = parse_page(markup)
    assert isinstance(page, Page)
    return extract_body(page, title=title, declared=declared, quick=quick)


@pytest.mark.parametrize("paragraphs", [ENGLISH, GREEK, ARABIC, JAPANESE])
@pytest.mark.parametrize("quick", [False, True])
def test_given_a_page_in_any_script_when_extracted_then_its_paragraphs_without_the_furniture(
    paragraphs: tuple[str, ...], quick: bool
) -> None:
    body = body_of(news_page(paragraphs=paragraphs), quick=quick)

    assert body.text == "\n".join(paragraphs)
    assert body.method == ("resiliparse" if quick else "trafilatura")
    assert body.version


def test_given_a_cookie_wall_when_extracted_then_it_is_labelled_and_kept() -> None:
    wall = "We and our partners store cookies on your device. Choose whether you accept or refuse them."

    body = body_of(news_page(title="Pier vote today", paragraphs=(wall,)), title="Pier vote today")

    assert wall in body.text
    assert body.warnings == ("body_short", "body_off_title")


def test_given_a_body_only_in_json_ld_when_extracted_then_it_is_the_fallback() -> None:
    declared = " ".join(ENGLISH) * 2

    body = body_of("<html><body><h1>Pier</h1><div id='app'></div></body></html>", declared=declared)

    assert (body.text, body.method) == (declared, "jsonld")


def test_given_a_teaser_in_json_ld_when_the_page_has_the_article_then_the_page_wins() -> None:
    body = body_of(news_page(), declared=ENGLISH[0])

    assert body.text == "\n".join(ENGLISH)


def test_given_an_empty_page_when_extracted_then_no_text_and_no_error() -> None:
    assert body_of("<html><body></body></html>").text == ""


@pytest.mark.parametrize("quick", [False, True])
@pytest.mark.parametrize("bomb", ["<div>", "<b><i><p>x ", "<table><tr><td>", "<svg><g>"])
def test_given_a_hundred_thousand_nested_elements_when_extracted_then_it_ends_soon(
    bomb: str, quick: bool
) -> None:
    page = parse_page(news_page().replace("</main>", "</main>" + bomb * (100_000 // len(bomb))))
    assert page is not None

    body = extract_body(page, title=TITLE, declared=None, quick=quick)

    assert ENGLISH[0] in body.text


def test_given_elements_nested_too_deep_when_parsed_then_the_cut_is_known() -> None:
    deep, shallow = parse_page("<div>" * 1000 + "x"), parse_page("<div>" * 100 + "x")

    assert deep is not None
    assert shallow is not None
    assert not deep.is_whole
    assert shallow.is_whole
    assert deep.safe_markup.count("<div>") < 300
    assert parse_page(" \n") is None
