from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.fetch.headers import fresh_s, user_agent

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Cache-Control": "public, max-age=600"}, 600.0),
        ({"Cache-Control": 'Max-Age="600"'}, 600.0),
        ({"Cache-Control": "max-age=600", "Age": "100"}, 500.0),
        ({"Cache-Control": "max-age=60", "Age": "100"}, 0.0),
        ({"Cache-Control": "s-maxage=900"}, None),
        ({"Cache-Control": "no-cache, max-age=600"}, None),
        ({"Expires": "Tue, 24 Nov 2026 09:30:00 GMT"}, 1800.0),
        (
            {"Expires": "Tue, 24 Nov 2026 12:30:00 GMT", "Date": "Tue, 24 Nov 2026 12:00:00 GMT"},
            1800.0,
        ),
        ({"Cache-Control": "max-age=60", "Expires": "Tue, 24 Nov 2026 09:30:00 GMT"}, 60.0),
        ({"Expires": "0"}, None),
        ({"Expires": "-1"}, None),
        ({}, None),
    ],
)
def test_given_caching_headers_when_they_are_read_then_freshness_is_in_seconds(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert fresh_s(headers, NOW) == seconds


@given(st.text(max_size=60))
def test_given_any_header_text_when_it_is_read_then_nothing_raises(text: str) -> None:
    assert (fresh_s({"Cache-Control": text, "Expires": text, "Age": text, "Date": text}, NOW) or 0.0) >= 0


def test_given_a_contact_when_the_user_agent_is_written_then_it_names_us_and_no_browser() -> None:
    assert user_agent("1.2", "https://example.org/bot") == "Wirewatch/1.2 (+https://example.org/bot)"
    assert user_agent("1.2", None) == "Wirewatch/1.2"
