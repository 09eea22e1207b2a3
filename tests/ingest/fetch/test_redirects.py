import pytest
from yarl import URL

from ingest.fetch import FetchFailed
from ingest.fetch.redirects import kept_headers, target_of

HEADERS = {"Authorization": "Bearer s3cret", "user-agent": "Special/1"}


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("/new", "https://news.example/new"),
        ("new?a=b#part", "https://news.example/feeds/new?a=b"),
        ("//cdn.example/x", "https://cdn.example/x"),
        (" https://cdn.example/a b ", "https://cdn.example/a%20b"),
        ("http://news.example/plain", "http://news.example/plain"),
    ],
)
def test_given_a_location_when_it_is_followed_then_it_is_resolved(location: str, target: str) -> None:
    assert target_of(URL("https://news.example/feeds/old"), location) == URL(target)


@pytest.mark.parametrize(
    "location", ["", "  ", "ftp://news.example/", "mailto:a@news.example", "http://[::1", "/" + "a" * 5000]
)
def test_given_a_location_that_leads_nowhere_when_it_is_followed_then_it_is_refused(location: str) -> None:
    target = target_of(URL("https://news.example/"), location)

    assert isinstance(target, FetchFailed)
    assert target.reason == "bad_redirect"


@pytest.mark.parametrize(
    ("home", "url", "is_kept"),
    [
        ("https://news.example/a", "https://news.example/b", True),
        ("http://news.example/a", "https://news.example/a", True),  # the usual upgrade
        ("https://news.example/a", "http://news.example/a", False),
        ("http://news.example:8080/a", "https://news.example/a", False),
        ("https://news.example/a", "https://news.example:8443/a", False),
        ("https://news.example/a", "https://evil.example/a", False),
        ("https://news.example/a", "https://feeds.news.example/a", False),
    ],
)
def test_given_credentials_when_a_redirect_leaves_home_then_only_the_user_agent_goes_along(
    home: str, url: str, is_kept: bool
) -> None:
    kept = kept_headers(HEADERS, URL(home), URL(url))

    assert kept == (HEADERS if is_kept else {"user-agent": "Special/1"})
