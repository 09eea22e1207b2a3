"""A page as text: the article is found, the rest of the page is not in it, and nothing is worked too hard."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.extract.dateline import split_credit, split_dateline
from ingest.extract.page_body import heaviest_run
from ingest.extract.page_lines import read_lines
from ingest.extract.page_text import clean_page

PARAGRAPHS = (
    (
        "LISBON: The ports of Lisbon and Tangier agreed on Monday to let ferries sail twice a day, "
        "officials of both cities said at a ceremony on the quay."
    ),
    (
        "The first ship leaves on the first of March and needs nine hours to cross, two fewer than the "
        "freighters that carried passengers until last year."
    ),
    "“We waited long for this,” he said.",
    (
        "Shipping companies of both countries had asked for it since the old line closed for want of a "
        "licence, and hauliers expect to save a day on the way to the markets of the south."
    ),
)
PAGE = "\n".join(
    (
        "Skip to content",
        "Home",
        "World",
        "Sport",
        "Newsletters",
        "Last updated: 3 minutes ago",
        "You are here: Home > World",
        "",
        "Lisbon and Tangier agree on a daily ferry",
        "",
        "By Ana Example",
        "A ferry is loaded in the harbour of Tangier. (Reuters)",
        *PARAGRAPHS,
        "",
        "MORE FROM World",
        "A bridge is closed for a year",
        "The longest tunnel of the north is open at last",
        "All rights reserved by the publisher of this newspaper and its many licensors around the world.",
    )
)


def test_given_a_scraped_page_when_cleaned_then_title_dateline_credit_and_body_are_right() -> None:
    page = clean_page(PAGE)

    assert page.title == "Lisbon and Tangier agree on a daily ferry"
    assert page.dateline == "LISBON"
    assert page.credit == "Reuters"
    assert page.caption == "A ferry is loaded in the harbour of Tangier."
    assert page.text.split("\n") == [PARAGRAPHS[0].removeprefix("LISBON: "), *PARAGRAPHS[1:]]
    assert page.warnings == ()


def test_given_more_about_cookies_than_about_the_news_when_cleaned_then_the_news_is_it() -> None:
    more = "as the long list below says, with what each of them is for, how long it stays and who may read it"
    more = f"{more}; whoever would rather not can say so there, once and for all, or come back another day"
    consent = (
        f"When you visit our pages, our partners use cookies to measure who reads them, {more}.",
        f"You may change your privacy choices at any time; most works without them, {more}.",
        f"These cookies are set once you say yes, and gone when you empty your browser, {more}.",
        f"Wir verwenden dafür Cookies und ähnliche Verfahren, auch solche von Dritten, {more}.",
    )
    page = clean_page("\n".join([*PAGE.split("\n"), *consent]))

    assert page.text.split("\n") == [PARAGRAPHS[0].removeprefix("LISBON: "), *PARAGRAPHS[1:]]


def test_given_a_ranked_list_and_a_path_when_cleaned_then_the_title_is_neither() -> None:
    title = "Lisbon and Tangier agree on a daily ferry"
    path = PAGE.replace("You are here: Home > World", f"You are here: Home > World > {title}")
    ranked = PAGE.replace(f"\n{title}\n", "\n").replace("Last updated", f"3. {title}\nLast updated")

    found = [clean_page(page).title for page in (path, ranked)]

    assert found == [title, title]


def test_given_two_headings_when_one_stands_over_a_byline_then_it_is_the_title() -> None:
    title, deck = (
        "Lisbon and Tangier agree on a daily ferry",
        "Officials of Lisbon and Tangier met on Monday",
    )
    signed = PAGE.replace("By Ana Example", f"By Ana Example\n\n\nShare\n\nListen\n\n{deck}")

    found = [clean_page(page).title for page in (signed, signed.replace("By Ana Example", "Listen"))]

    assert found == [title, deck]


@pytest.mark.parametrize(
    ("entry", "title"),
    [
        (
            "Ferries: Lisbon and Tangier agree on a daily ferry",
            "Ferries: Lisbon and Tangier agree on a daily ferry",
        ),
        ("agree on a daily ferry", "agree on a daily ferry"),
        ("a daily ferry", "Lisbon and Tangier agree on a daily ferry"),
        ("Lisbon and Tangier agree on a daily ferry at last", "Lisbon and Tangier agree on a daily ferry"),
    ],
)
def test_given_a_trail_of_sections_when_it_ends_with_the_title_then_it_tells_how_that_is_spelled(
    entry: str, title: str
) -> None:
    trail = f"1. Home\n2. World\n\n3. {entry}\n"
    page = PAGE.replace("You are here: Home > World", trail)

    assert clean_page(page).title == title


def test_given_a_deck_under_the_title_when_cleaned_then_the_line_above_is_the_title() -> None:
    deck = "Ships may sail twice a day after years without a passenger line across the strait"
    page = PAGE.replace("daily ferry\n", f"daily ferry\n{deck}\n")

    assert clean_page(page).title == "Lisbon and Tangier agree on a daily ferry"


def test_given_a_hard_wrapped_page_when_cleaned_then_paragraphs_are_whole_again() -> None:
    words = " ".join(PARAGRAPHS[1:2] * 4).split()
    wrapped, line = [], ""
    for word in words:
        if len(line) + len(word) > 72:
            wrapped.append(line.strip())
            line = ""
        line += f" {word}"

    page = clean_page("\n".join(["Menu", "", *wrapped, line.strip(), "", "Imprint"]))

    assert " ".join(words) in page.text


def test_given_a_page_in_one_line_when_cleaned_then_its_sentences_are_kept() -> None:
    page = clean_page(" ".join(PARAGRAPHS * 5))

    assert PARAGRAPHS[1] in page.text.replace("\n", " ")


def test_given_a_menu_only_when_cleaned_then_there_is_no_body() -> None:
    page = clean_page("\n".join(["Home", "World", "Sport", "Contact"] * 20))

    assert page.text == ""
    assert "no_body" in page.warnings


def test_given_a_chinese_page_when_cleaned_then_short_looking_paragraphs_count_double() -> None:
    body = "两国国防部长星期一在首都举行会谈，同意扩大联合训练的规模，并在明年春天举行演习，以加强合作。"

    page = clean_page("\n".join(["首页", "国际", "体育", body, body.replace("星期一", "星期二"), "版权所有"]))

    assert page.text.count("\n") == 1
    assert "首页" not in page.text


def test_given_datelines_of_agencies_when_split_then_place_and_credit_are_parted() -> None:
    cases = {
        "PARIS (Reuters) - The ministers met.": ("PARIS", "Reuters", "The ministers met."),
        "KYIV, Ukraine, Nov 24 (AP) — A man spoke.": ("KYIV", "AP", "A man spoke."),
        "Москва (Интерфакс) - При этом.": ("Москва", "Интерфакс", "При этом."),
        "WASHINGTON — The talks go on.": ("WASHINGTON", None, "The talks go on."),
    }

    split = {text: tuple(split_dateline(text)) for text in cases}

    assert split == cases


def test_given_a_quote_or_a_label_when_split_then_it_is_no_dateline() -> None:
    texts = (
        "Minister: we will go on.",
        "UPDATE: the road is open.",
        "NATO: the alliance grows.",
        "He said - no.",
    )

    assert [split_dateline(text) for text in texts] == [(None, None, text) for text in texts]


def test_given_captions_when_split_then_the_credit_is_parted() -> None:
    assert split_credit("The quay at night. (Reuters)") == ("The quay at night.", "Reuters")
    assert split_credit("The quay at night. Photo: AFP") == ("The quay at night.", "AFP")
    assert split_credit("The quay at night.") == ("The quay at night.", None)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=2_000))
def test_given_any_text_when_cleaned_then_nothing_is_invented(page: str) -> None:
    cleaned = clean_page(page)

    words = "".join("".join(line.text for line in read_lines(page)).split())
    assert "".join(cleaned.text.split()) in words or all(
        "".join(part.split()) in words for part in cleaned.text.split("\n")
    )


@given(st.lists(st.integers(-50, 50), max_size=40))
def test_given_any_weights_when_searched_then_no_run_is_heavier(weights: list[int]) -> None:
    start, end = heaviest_run([float(one) for one in weights])

    best = max(
        (sum(weights[i:j]) for i in range(len(weights)) for j in range(i + 1, len(weights) + 1)), default=0
    )
    assert sum(weights[start:end]) == max(0, best)


def test_given_a_megabyte_in_one_line_when_cleaned_then_it_returns() -> None:
    page = clean_page("word " * 200_000)

    assert len(page.text) <= 1_000_000
