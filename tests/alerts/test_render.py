import logging
from zoneinfo import ZoneInfo

import jinja2
import pytest
from lxml import html as lxml_html
from lxml.html import HtmlElement

from alerts.render import Renderer, direction, safe_link, subject
from tests.support.alerting import SENTENCE, make_alert, make_event


def parsed(page: str) -> HtmlElement:
    document = lxml_html.document_fromstring(page)
    assert isinstance(document, HtmlElement)
    return document


HOSTILE = '<script>alert(1)</script><img src=x onerror="alert(2)">&amp;'


def test_given_an_alert_when_rendered_as_text_then_it_proves_itself() -> None:
    text = Renderer().text(make_alert())

    assert text.splitlines()[0] == "[HIGH] Freedonia–Sylvania pact"
    assert "  *Freedonia* and *Sylvania* agreed to *train* their armies together.\n" in text
    assert "https://news.example.org/one\n" in text
    assert "The Freedonia Times (freedonia-times), published 2026-11-24T11:57:00.000Z" in text
    assert "Countries: FR, SY; theme: military_cooperation\n" in text
    assert "Rule pact of watchlist borders" in text


def test_given_an_alert_when_rendered_as_html_then_the_evidence_is_marked_in_its_sentence() -> None:
    page = parsed(Renderer().html(make_alert()))

    (quote,) = page.findall(".//blockquote")
    assert "".join(map(str, quote.itertext())) == SENTENCE
    assert [mark.text for mark in page.findall(".//mark")] == ["Freedonia", "Sylvania", "train"]
    assert [link.get("href") for link in page.findall(".//a")] == ["https://news.example.org/one"]


def test_given_mark_up_in_every_text_when_rendered_as_html_then_it_is_only_text() -> None:
    event = make_event(
        title=HOSTILE, text=HOSTILE, publisher=HOSTILE, source=HOSTILE, language='en" onload="x'
    )
    alert = make_alert(
        event, rule_title=HOSTILE, rule=HOSTILE, tags=(HOSTILE,), watchlist=HOSTILE, theme=HOSTILE
    )

    page = parsed(Renderer().html(alert))

    assert not page.findall(".//script")
    assert not page.findall(".//img")
    assert not page.xpath("//@onload")
    assert HOSTILE in page.text_content()


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//example.org", None])
def test_given_an_url_that_is_no_web_address_when_rendered_then_it_is_no_link(url: str | None) -> None:
    page = parsed(Renderer().html(make_alert(make_event(url=url))))

    assert safe_link(url) is None
    assert not page.findall(".//a")


@pytest.mark.parametrize(
    ("language", "expected"), [("fa", "rtl"), ("ar-EG", "rtl"), ("he", "rtl"), ("en", "ltr"), ("und", "ltr")]
)
def test_given_a_language_when_rendered_then_the_text_runs_its_way(language: str, expected: str) -> None:
    page = parsed(Renderer().html(make_alert(make_event(language=language))))

    assert direction(language) == expected
    assert [(quote.get("dir"), quote.get("lang")) for quote in page.findall(".//blockquote")] == [
        (expected, language)
    ]


@pytest.mark.parametrize("broken", ["{{ nonsense.at.all }}", "{% for %}", "{{ 1 / 0 }}"])
def test_given_a_broken_template_when_rendered_then_the_alert_goes_out_plainly(
    broken: str, caplog: pytest.LogCaptureFixture
) -> None:
    renderer = Renderer(jinja2.DictLoader({"alert.txt.j2": broken, "alert.html.j2": broken}))

    with caplog.at_level(logging.ERROR):
        text, page = renderer.text(make_alert()), renderer.html(make_alert(make_event(title=HOSTILE)))

    assert "*Freedonia* and *Sylvania* agreed" in text
    assert "<script>" not in page
    assert [record.message for record in caplog.records] == ["template failed, alert rendered plainly"] * 2


def test_given_a_title_of_many_lines_when_it_becomes_a_subject_then_it_is_one_short_line() -> None:
    line = subject(make_alert(make_event(title="Truce\r\nBcc: all@example.org\u2028" + "x" * 10_000)))

    assert line.startswith("[HIGH] Freedonia–Sylvania pact: Truce Bcc: all@example.org x")
    assert len(line) == 200


def test_given_a_test_alert_when_it_becomes_a_subject_then_it_says_so() -> None:
    assert subject(make_alert(is_test=True)).startswith("[TEST] [HIGH] ")


def test_given_a_lead_when_rendered_then_it_stands_below_the_title_and_only_once() -> None:
    told, lead = Renderer(), "The two armies meet <b>every</b> spring."
    beside = make_alert(make_event(lead=lead))
    within = make_alert(make_event(lead=SENTENCE))

    assert f"part one\n\n{lead}\n\n  *Freedonia*" in told.text(beside)
    assert lead in parsed(told.html(beside)).text_content()
    assert parsed(told.html(within)).text_content().count(SENTENCE) == 1


def test_given_a_public_url_when_rendered_then_text_and_page_link_to_the_alert() -> None:
    alert = make_alert()
    page = f"https://desk.example.org/ww/alerts/{alert.alert_id}"
    renderer = Renderer(public_url="https://desk.example.org/ww/")

    assert f"This alert: {page}\n" in renderer.text(alert)
    assert page in [link.get("href") for link in parsed(renderer.html(alert)).findall(".//a")]


def test_given_a_date_to_the_day_when_rendered_for_another_zone_then_no_hour_is_invented() -> None:
    alert = make_alert(make_event(published_precision="day"))

    text = Renderer(zone=ZoneInfo("Asia/Tokyo")).text(alert)

    assert "published 2026-11-24\n" in text
