import io

from hypothesis import given
from hypothesis import strategies as st

from ingest.files.lines import Place, read_lines

LINES = st.lists(
    st.binary(max_size=30).map(lambda data: data.replace(b"\n", b"").replace(b"\r", b"")), max_size=20
)


@given(LINES, st.booleans(), st.integers(0, 20), st.integers(1, 40))
def test_given_any_lines_when_read_in_two_goes_then_all_come_once_with_their_numbers(
    lines: list[bytes], ends_with_feed: bool, stop_after: int, longest: int
) -> None:
    data = b"\n".join(lines) + (b"\n" if ends_with_feed and lines else b"")
    expected = [line if len(line) <= longest else None for line in data.split(b"\n")]
    if not data or data.endswith(b"\n"):
        expected = expected[:-1]

    first = list(read_lines(io.BytesIO(data), Place(), longest))[:stop_after]
    place = first[-1].end if first else Place()
    rest = list(read_lines(io.BytesIO(data), place, longest))

    assert [line.data for line in (*first, *rest)] == expected
    assert [line.end.lines for line in (*first, *rest)] == list(range(1, len(expected) + 1))
