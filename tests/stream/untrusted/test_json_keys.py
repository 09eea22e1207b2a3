import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.untrusted.json_keys import RepeatedKey, repeated_key

_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=12,
)


@given(_values, st.booleans())
def test_given_json_whose_keys_differ_when_looked_at_then_none_is_repeated(
    value: object, ascii_: bool
) -> None:
    assert repeated_key(json.dumps(value, ensure_ascii=ascii_).encode()) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a": 1, "a": 2}', RepeatedKey("a", 1, 10, 1)),
        ('{"a": 1,\n "b": {"a": 2},\n "\\u0061": 3}', RepeatedKey("a", 3, 2, 1)),
        ('{"é": "x", "é": "é"}', RepeatedKey("é", 1, 12, 1)),
        ('[{"a": "{\\"a\\":"}, {"b": [], "c": {"d": 1, "d": 1}}]', RepeatedKey("d", 1, 44, 1)),
        ('{"a": [{"a": "a"}, "a", "a"], "b": "a", "a": 0}', RepeatedKey("a", 1, 41, 1)),
        ('{"n": ' + "9" * 5_000 + ', "n": 1e999}', RepeatedKey("n", 1, 5_009, 1)),
    ],
)
def test_given_a_key_twice_in_one_object_when_looked_at_then_it_is_found_with_its_place(
    text: str, expected: RepeatedKey
) -> None:
    assert repeated_key(text.encode()) == expected


def test_given_what_stands_before_when_looked_at_then_the_place_is_in_the_whole() -> None:
    found = repeated_key(b'{"a": 1, "a": 2}', b"[\n ")

    assert found == RepeatedKey("a", 2, 11, 2)
    assert str(found) == 'line 2, column 11: the key "a" stands here a second time, first on line 2'
