from hypothesis import given
from hypothesis import strategies as st

from ingest.extract.fragment import fragment_text, is_page


def test_given_a_feed_fragment_when_read_then_blocks_are_lines_and_scripts_are_gone() -> None:
    markup = (
        "<p>The <b>nor</b>thern\npier</p><script>x()</script><ul><li>one<li>two</ul>after<br>all &amp; more"
    )

    assert fragment_text(markup) == "The northern pier\none\ntwo\nafter\nall & more"


def test_given_escaped_markup_when_read_then_it_is_unescaped_once() -> None:
    assert fragment_text("&lt;p&gt;The pier&lt;/p&gt;&lt;p&gt;The quay&lt;/p&gt;") == "The pier\nThe quay"


def test_given_plain_text_when_read_then_comparisons_are_no_markup() -> None:
    assert fragment_text("Tides: 3 < 4 and 5 > 4\nnext line") == "Tides: 3 < 4 and 5 > 4\nnext line"


def test_given_a_hundred_thousand_nested_elements_when_read_then_it_ends() -> None:
    assert fragment_text("<p>Start</p>" + "<div>" * 100_000 + "end") == "Start"


@given(st.text(alphabet="<>/&;ab pdiv\n\x00'\"=", max_size=80))
def test_given_any_markup_when_read_then_nothing_raises(markup: str) -> None:
    assert "\x00" not in fragment_text(markup)


def test_given_markup_when_asked_then_a_page_is_told_from_a_fragment() -> None:
    assert is_page("\n<!-- saved --><!DOCTYPE html><p>x")
    assert is_page("<HTML lang=en>")
    assert not is_page("<p>The <header>pier</header></p>")
