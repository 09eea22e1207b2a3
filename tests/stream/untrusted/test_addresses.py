import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from stream.untrusted.addresses import join_text, join_url, read_url, split_url
from stream.untrusted.numbers import whole_number

BASE = URL("https://news.example.org/feed")
BROKEN = (
    "http://[x]@/",
    "http://[::ffff:127.0.0.1]@[:::80/x",
    "http://[::1",
    "http://a:99999/",
    "http://a:b/",
    "http://\ud800/",
    "http://xn--/",
    "http://a\u2100b/",
)
_piece = st.sampled_from(
    ["http", "://", "[", "]", "@", ":", "::", "/", "%", "xn--", "..", "\ud800", "a", "1", "#"]
)
_urls = st.lists(_piece | st.text(st.characters(), max_size=3), max_size=12).map("".join)


@pytest.mark.parametrize("text", BROKEN)
def test_given_a_url_that_breaks_its_parser_when_read_then_it_is_none(text: str) -> None:
    assert read_url(text) is None
    assert join_url(BASE, text) is None


@given(_urls)
def test_given_any_text_when_read_as_a_url_then_it_is_one_or_none(text: str) -> None:
    url, parts = read_url(text), split_url(text)

    assert url is None or str(read_url(str(url))) == str(url)
    assert parts is None or parts.port is None or 0 <= parts.port <= 65_535
    joined = join_url(BASE, text)
    assert joined is None or joined.is_absolute()
    assert join_text(str(BASE), text) != ""


@pytest.mark.parametrize(
    "text",
    ["https://news.example.org/a%20b?q=%2F&ü=ä#x", "http://EXAMPLE.org:80/%7euser", "http://[::1]:8080/"],
)
def test_given_a_usual_url_when_read_then_it_is_as_yarl_reads_it(text: str) -> None:
    assert read_url(text) == URL(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("42", 42), ("43", None), ("-1", None), ("٤", None), ("4_2", None), (" 4", None), ("", None)],
)
def test_given_digits_when_read_then_they_are_a_number_within_its_limit(
    text: str, number: int | None
) -> None:
    assert whole_number(text, 42) == number
    assert whole_number("9" * 5_000) is None
