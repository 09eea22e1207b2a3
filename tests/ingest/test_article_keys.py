import json

import pytest

from ingest.article import _Article
from ingest.article_keys import KEYS, key_warnings


@pytest.mark.parametrize(
    ("key", "hint"),
    [
        ("titel", 'did you mean "title"?'),
        ("Title", 'did you mean "title"?'),
        ("langauge", 'did you mean "language"?'),
        ("headline", 'did you mean "title"?'),
        ("articleBody", 'did you mean "text"?'),
        ("date_published", 'did you mean "published"?'),
        ("colour", "known are id, url, title"),
    ],
)
def test_given_a_key_that_means_nothing_when_looked_at_then_it_is_named_with_what_was_meant(
    key: str, hint: str
) -> None:
    (warning,) = key_warnings(json.dumps({"title": "a", key: "b"}).encode())

    assert warning.startswith(f'"{key}" is no key of an article and was left out: ')
    assert hint in warning


def test_given_known_keys_an_event_or_no_object_when_looked_at_then_nothing_is_said() -> None:
    quiet = [
        json.dumps(dict.fromkeys(KEYS)),
        '{"schema_version": 1, "x": 2}',
        '{"event_id": "A", "x": 2}',
        "[]",
    ]

    assert [key_warnings(data.encode()) for data in quiet] == [()] * len(quiet)
    assert set(KEYS) == set(_Article.__struct_fields__) - {"schema_version", "event_id"}


def test_given_thousands_of_such_keys_when_looked_at_then_ten_are_named_and_the_others_counted() -> None:
    found = key_warnings(json.dumps({f"k{'x' * 500}{number}": 1 for number in range(2_000)}).encode())

    assert len(found) == 11
    assert found[-1] == "and 1990 more keys were left out"
    assert all(len(one) < 250 for one in found)
