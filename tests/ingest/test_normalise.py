import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.content import MAX_BODY_BYTES
from ingest.item import RawItem, Rejected
from ingest.normalise import MAX_TEXT_BYTES, normalise, normalise_safely
from stream.event import ArticleEvent, content_hash, decode, encode
from tests.ingest.pages import ARABIC, ENGLISH, FOUND_AT, GREEK, JAPANESE, event_of, news_page, no_countries

URL = "https://www.harbourpost.example/news/pier"
TITLE = "Council votes to rebuild the northern pier"
FEED_ITEM = RawItem(
    source="harbour-post",
    found_at=FOUND_AT,
    url=f"{URL}?utm_source=feed#top",
    guid="77",
    title="Council votes to rebuild the northern pier",
    summary="<p>Fourteen months of <b>work</b>.</p>",
    published="Fri, 20 Nov 2026 08:30:00 GMT",
)


def test_given_a_feed_item_when_normalised_then_every_field_is_in_its_place() -> None:
    event = event_of(replace(FEED_ITEM, publisher="Harbour Post", publisher_country="NO"))

    assert (event.title, event.text, event.lead) == (
        TITLE,
        "Fourteen months of work.",
        "Fourteen months of work.",
    )
    assert (event.body_kind, event.language, event.publisher) == ("summary", "en", "Harbour Post")
    assert (event.url, event.url_found) == (URL, f"{URL}?utm_source=feed#top")
    assert event.published_at == datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
    assert (event.published_precision, event.published_source) == ("second", "source")
    assert (event.first_seen_at, event.fetched_at, event.revision, event.backlog) == (
        FOUND_AT,
        FOUND_AT,
        1,
        False,
    )
    assert event.content_hash == content_hash(event.title, event.text)
    assert decode(encode(event)) == event


def test_given_a_feed_item_with_its_page_when_normalised_then_the_feed_wins_and_the_page_fills_in() -> None:
    described = {
        "@type": "NewsArticle",
        "headline": "Another headline about the pier",
        "datePublished": "2026-11-19T10:00:00Z",
        "author": {"name": "Ada Moor"},
    }
    head = f"<script type='application/ld+json'>{json.dumps(described)}</script>"

    event = event_of(replace(FEED_ITEM, html=news_page(head=head).encode()))

    assert (event.title, event.authors) == (TITLE, ("Ada Moor",))
    assert event.published_at == datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
    assert event.text == "\n".join(ENGLISH)
    assert (event.body_kind, event.lead) == ("full", "Fourteen months of work.")
    assert event.extraction is not None
    assert event.extraction.method == "trafilatura"
    assert event.event_id == event_of(FEED_ITEM).event_id


@pytest.mark.parametrize(
    ("title", "paragraphs", "language"),
    [
        ("Εγκρίθηκε η προβλήτα", GREEK, "el"),
        ("إعادة بناء الرصيف", ARABIC, "ar"),
        ("北桟橋を再建へ", JAPANESE, "ja"),
    ],
)
def test_given_a_page_alone_when_normalised_then_it_tells_all(
    title: str, paragraphs: tuple[str, ...], language: str
) -> None:
    page = news_page(title, paragraphs, language="en", head=f"<link rel=canonical href='{URL}'>")

    event = event_of(RawItem(source="files", found_at=FOUND_AT, html=page.encode()))

    assert (event.title, event.text, event.language) == (title, "\n".join(paragraphs), language)
    assert (event.url, event.url_found, event.publisher) == (URL, None, "harbourpost.example")
    assert (event.published_at, event.published_precision) == (FOUND_AT, "inferred")


def test_given_a_page_in_another_charset_when_normalised_then_its_letters_are_right() -> None:
    paragraph = (
        "Совет порта во вторник решил восстановить северный причал, который разрушил зимний шторм. " * 4
    )
    page = news_page("Северный причал восстановят", (paragraph.strip(),), language="ru")

    event = event_of(
        RawItem(source="files", found_at=FOUND_AT, html=page.encode("windows-1251"), charset="windows-1251")
    )

    assert event.text == paragraph.strip()
    assert event.language == "ru"


def test_given_only_a_title_when_normalised_then_a_rule_can_tell() -> None:
    event = event_of(RawItem(source="push", found_at=FOUND_AT, title=TITLE))

    assert (event.body_kind, event.text, event.url) == ("none", "", None)


def test_given_only_a_text_when_normalised_then_its_first_sentence_is_the_title() -> None:
    event = event_of(RawItem(source="push", found_at=FOUND_AT, text="\n".join(ENGLISH)))

    assert event.title.startswith("The harbour council voted on Tuesday")
    assert len(event.title) <= 150
    assert event.text == "\n".join(ENGLISH)
    assert event.extraction is not None
    assert "title_made" in event.extraction.warnings


def test_given_a_fragment_that_is_a_teaser_when_normalised_then_it_is_a_summary() -> None:
    whole = event_of(replace(FEED_ITEM, html=f"<p>{ENGLISH[0]}</p><p>{ENGLISH[1]}</p>"))
    teaser = event_of(replace(FEED_ITEM, html="<p>The harbour council voted on Tuesday to [...]</p>"))
    same = event_of(replace(FEED_ITEM, html="<p>Fourteen months of work.</p>"))

    assert (whole.body_kind, whole.text) == ("full", f"{ENGLISH[0]}\n{ENGLISH[1]}")
    assert (teaser.body_kind, same.body_kind) == ("summary", "summary")


def test_given_an_aggregators_title_when_normalised_then_the_publisher_is_cut() -> None:
    event = event_of(replace(FEED_ITEM, title=f"{TITLE} - Harbour Post", publisher="Harbour Post"))

    assert event.title == TITLE


@pytest.mark.parametrize(
    "body", [{}, {"title": " \u200b", "text": "\n\x00"}, {"html": b"<html><body></body></html>"}]
)
def test_given_neither_title_nor_text_when_normalised_then_it_is_rejected(body: dict[str, str]) -> None:
    item = RawItem(source="push", found_at=FOUND_AT, locator="in.jsonl:7", **body)  # type: ignore[arg-type]  # the parameters are of different kinds

    outcome = normalise(item, no_countries)

    assert isinstance(outcome, Rejected)
    assert (outcome.reason, outcome.source, outcome.locator) == ("empty", "push", "in.jsonl:7")


def test_given_bytes_without_markup_when_normalised_then_they_are_text() -> None:
    assert event_of(RawItem(source="files", found_at=FOUND_AT, html=ENGLISH[0].encode())).text == ENGLISH[0]


@pytest.mark.parametrize("field", ["html", "text", "page_text"])
def test_given_twenty_megabytes_when_normalised_then_it_is_too_large(field: str) -> None:
    huge = "x" * (2 * MAX_BODY_BYTES)
    item = replace(FEED_ITEM, **{field: huge})  # type: ignore[arg-type]  # one of three text fields

    outcome = normalise(item, no_countries)

    assert isinstance(outcome, Rejected)
    assert outcome.reason == "too_large"


def test_given_a_long_text_when_normalised_then_it_is_cut_and_says_so() -> None:
    event = event_of(replace(FEED_ITEM, text="港湾評議会。" * 100_000))

    assert MAX_TEXT_BYTES - 4 < len(event.text.encode()) <= MAX_TEXT_BYTES
    assert event.extraction is not None
    assert "text_truncated" in event.extraction.warnings


def test_given_nested_elements_without_end_when_normalised_then_the_article_before_them_is_read() -> None:
    page = news_page().replace("</main>", "</main>" + "<div>" * 100_000)

    event = event_of(RawItem(source="files", found_at=FOUND_AT, html=page.encode()))

    assert event.text == "\n".join(ENGLISH)
    assert event.extraction is not None
    assert "page_cut" in event.extraction.warnings


def test_given_a_paywall_that_is_declared_when_normalised_then_it_is_labelled() -> None:
    described = {"@type": "NewsArticle", "headline": TITLE, "isAccessibleForFree": "False"}
    page = news_page(head=f"<script type='application/ld+json'>{json.dumps(described)}</script>")

    event = event_of(RawItem(source="files", found_at=FOUND_AT, html=page.encode()))

    assert event.extraction is not None
    assert "paywalled" in event.extraction.warnings


def test_given_the_front_page_when_normalised_then_a_date_on_it_is_not_its_own() -> None:
    page = news_page().replace("<h1>", "<p class='date'>November 20, 2026</p><h1>").encode()
    item = RawItem(source="files", found_at=FOUND_AT, html=page, url="https://www.harbourpost.example/")

    assert event_of(item).published_precision == "inferred"
    assert event_of(replace(item, url=URL)).published_precision == "day"


def test_given_the_same_item_when_normalised_twice_then_the_events_are_equal() -> None:
    assert event_of(FEED_ITEM) == event_of(FEED_ITEM)


TEXT_FIELDS = (
    *("title", "summary", "html", "text", "url", "guid", "published", "modified"),
    *("language", "publisher", "publisher_country", "section", "locator"),
)
HOSTILE = st.text(max_size=60) | st.sampled_from(["<p>x</p>", "\ud800", "http://[", "2026-99-99", "\x00"])


@given(HOSTILE, st.fixed_dictionaries({}, optional=dict.fromkeys(TEXT_FIELDS, HOSTILE)))
def test_given_any_item_when_normalised_then_an_event_that_can_be_written_or_a_reason(
    source: str, fields: dict[str, str]
) -> None:
    outcome = normalise(RawItem(source=source, found_at=FOUND_AT, **fields), no_countries)  # type: ignore[arg-type]  # only text fields are drawn

    if isinstance(outcome, ArticleEvent):
        assert decode(encode(outcome)) == outcome
    else:
        assert outcome.reason in {"empty", "undecodable"}


def test_given_an_annotator_that_raises_when_normalised_safely_then_it_is_a_rejection() -> None:
    def broken(*_: object, **__: object) -> object:
        raise LookupError("no table for this")

    outcome = normalise_safely(FEED_ITEM, broken)  # type: ignore[arg-type]  # an annotator as broken as this has no type

    assert isinstance(outcome, Rejected)
    assert (outcome.reason, outcome.detail) == ("extraction_failed", "LookupError: no table for this")


@pytest.mark.parametrize(
    "url", ["http://[x]@/", "http://[::ffff:127.0.0.1]@[:::80/x", "http://a:99999/", "http://a\u2100b/"]
)
def test_given_a_url_that_cannot_be_read_when_normalised_then_the_article_is_kept_without_it(
    url: str,
) -> None:
    page = news_page(TITLE, ENGLISH, language="en", head=f"<link rel=canonical href='{url}'>")

    event = event_of(RawItem(source="push", found_at=FOUND_AT, url=url, guid="g7", html=page.encode()))

    assert (event.url, event.guid, event.title) == (None, "g7", TITLE)
    assert event.extraction is not None
    assert "url_unreadable" in event.extraction.warnings


def test_given_a_date_of_absurd_numbers_when_normalised_then_the_article_is_kept_undated() -> None:
    absurd = "2026-11-24T09:3" + "9" * 200

    event = event_of(RawItem(source="push", found_at=FOUND_AT, title=TITLE, published=absurd))

    assert (event.published_at, event.published_precision) == (FOUND_AT, "inferred")
