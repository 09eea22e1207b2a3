from hypothesis import given
from hypothesis import strategies as st

from wirewatch.web.views.paging import slice_after


@given(st.lists(st.text("abc", min_size=1, max_size=3), unique=True), st.integers(1, 5))
def test_given_a_list_when_walked_in_slices_then_each_row_comes_once_in_order(
    rows: list[str], limit: int
) -> None:
    seen: list[str] = []
    after: str | None = ""
    while after is not None:
        part = slice_after(rows, str, after, limit)
        assert len(part.rows) <= limit
        seen += part.rows
        after = part.next_after

    assert seen == rows


def test_given_a_key_that_is_gone_when_sliced_then_the_list_begins_anew() -> None:
    assert slice_after(["a", "b"], str, "gone", 5).rows == ("a", "b")
