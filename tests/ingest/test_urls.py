import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.urls import MAX_URL_CHARS, canonical_url, is_front_page, is_same_site, resolve, url_key

_PIECES = st.sampled_from(
    [
        "http://",
        "https://",
        "amp.",
        "www.",
        "ex.org",
        "münchen.de",
        ":80",
        ":443",
        "/",
        "//",
        "/amp",
        ".amp",
        ".html",
        "/a/../b",
        "/./",
        "%7e",
        "%2E%2e",
        "%",
        "?",
        "&",
        "=",
        "utm_source=x",
        "amp=1",
        "b=2",
        "a=1",
        "#x",
        "@",
        "[::1]",
        "cdn.ampproject.org/c/s/",
        "google.com/amp/s/",
        " ",
        "é",
        "\x00",
        "\ud800",
    ]
)
_NEARLY_URLS = st.lists(_PIECES, max_size=12).map("".join)


@pytest.mark.parametrize(
    ("raw", "canonical"),
    [
        ("HTTPS://News.Example.ORG:443/a#top", "https://news.example.org/a"),
        ("http://news.example.org.:8080/a", "http://news.example.org:8080/a"),
        ("https://news.example.org", "https://news.example.org/"),
        ("https://user:secret@news.example.org/a", "https://news.example.org/a"),
        ("https://news.example.org/a?utm_source=mail&b=2&fbclid=x&a=1", "https://news.example.org/a?a=1&b=2"),
        ("https://news.example.org/a?UTM_Medium=mail", "https://news.example.org/a"),
        ("https://news.example.org/a?id=7&id=3", "https://news.example.org/a?id=7&id=3"),
        ("https://news.example.org/x/./y/../z", "https://news.example.org/x/z"),
        ("https://news.example.org/../../a", "https://news.example.org/a"),
        ("https://news.example.org/%7euser/caf%c3%a9", "https://news.example.org/~user/caf%C3%A9"),
        ("https://news.example.org/café", "https://news.example.org/caf%C3%A9"),
        ("https://zürich.example.org/", "https://xn--zrich-kva.example.org/"),
        ("https://amp.example.org/a", "https://example.org/a"),
        ("https://example.org/a/amp/", "https://example.org/a"),
        ("https://example.org/a.amp.html", "https://example.org/a.html"),
        ("https://example.org/a?amp=1&outputType=amp", "https://example.org/a"),
        ("https://example-org.cdn.ampproject.org/c/s/example.org/a", "https://example.org/a"),
        ("https://www.google.com/amp/s/example.org/a/amp", "https://example.org/a"),
        ("  https://example.org/a\n", "https://example.org/a"),
    ],
)
def test_given_one_of_many_ways_to_write_a_url_when_canonical_then_it_is_the_one_form(
    raw: str, canonical: str
) -> None:
    assert canonical_url(raw) == canonical


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "a",
        "javascript:alert(1)",
        "ftp://example.org/a",
        "http://",
        "http://a b/",
        "http://x:99999/",
        "http://[x/",
        "mailto:desk@example.org",
        "https://..",
        "https://example.org/" + "a" * MAX_URL_CHARS,
    ],
)
def test_given_what_is_no_web_address_when_canonical_then_none(raw: str) -> None:
    assert canonical_url(raw) is None


@given(_NEARLY_URLS | st.text(max_size=60))
def test_given_any_string_when_canonical_twice_then_nothing_changes_and_nothing_raises(raw: str) -> None:
    once = canonical_url(raw)

    if once is not None:
        assert canonical_url(once) == once
        assert once.isascii()
        assert len(once) <= MAX_URL_CHARS
        assert url_key(once)


@pytest.mark.parametrize(
    "other",
    [
        "http://example.org/a",
        "https://www.example.org/a",
        "https://example.org/a/",
        "https://example.org/a?utm_term=x",
        "https://m.example.org/a",
        "https://mobile.example.org/a?outputType=amp",
        "https://www.m.example.org/a",
        "https://example.org/amp/a",
        "https://m.example.org/AMP/a/",
    ],
)
def test_given_ways_to_one_article_when_keyed_then_the_keys_are_equal_and_the_scheme_stays(
    other: str,
) -> None:
    canonical = canonical_url(other)

    assert canonical is not None
    assert canonical.startswith(other[:5])
    assert url_key(canonical) == url_key("https://example.org/a")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://m.co.uk/a", "https://co.uk/a"),
        ("https://mx.example.org/a", "https://example.org/a"),
        ("https://example.org/amp/", "https://example.org/"),
        ("https://example.org/amplifier/a", "https://example.org/a"),
    ],
)
def test_given_what_only_looks_like_another_form_when_keyed_then_it_is_another_page(
    one: str, other: str
) -> None:
    assert url_key(canonical_url(one) or "") != url_key(canonical_url(other) or "")


def test_given_links_of_a_page_when_resolved_then_scripts_are_refused() -> None:
    base = "https://example.org/news/a"

    assert resolve(base, "../b?utm_id=1") == "https://example.org/b"
    assert resolve(None, "https://example.org/b") == "https://example.org/b"
    assert resolve(base, "javascript:void(0)") is None
    assert resolve(base, "http://[") is None


def test_given_hosts_when_compared_then_registered_domains_decide() -> None:
    assert is_same_site("https://www.bbc.co.uk/a", "https://news.bbc.co.uk/b")
    assert not is_same_site("https://one.co.uk/a", "https://two.co.uk/a")
    assert not is_same_site("https://example.org/a", "https://example.net/a")


def test_given_a_site_without_path_when_asked_then_it_is_a_front_page() -> None:
    assert is_front_page("https://example.org/")
    assert not is_front_page("https://example.org/?p=7")
