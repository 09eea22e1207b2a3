import gzip
import tracemalloc

import pytest

from wirewatch.web.encoding import BrokenBodyError, TooLongError, coding, gunzip

LIMIT = 1_000


@pytest.mark.parametrize("size", [0, 1, LIMIT])
def test_given_a_body_up_to_the_limit_when_unpacked_then_it_is_what_was_packed(size: int) -> None:
    assert gunzip(gzip.compress(b"a" * size), LIMIT) == b"a" * size


def test_given_members_behind_each_other_when_unpacked_then_they_are_one_body() -> None:
    assert gunzip(gzip.compress(b"[1,") + gzip.compress(b"") + gzip.compress(b"2]"), LIMIT) == b"[1,2]"


@pytest.mark.parametrize("size", [LIMIT + 1, 50_000_000])
def test_given_a_body_over_the_limit_when_unpacked_then_it_stops_there(size: int) -> None:
    packed = gzip.compress(b"a" * size)

    tracemalloc.start()
    try:
        with pytest.raises(TooLongError):
            gunzip(packed, LIMIT)
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak_bytes < 500_000


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"\x1f\x8b",
        gzip.compress(b"abc")[:-4],
        gzip.compress(b"abc")[:-4] + b"0000",
        gzip.compress(b"abc") + b"{}",
        gzip.compress(b"") * 101,
    ],
    ids=["empty", "plain", "header", "broken off", "wrong length", "rest", "many members"],
)
def test_given_what_is_no_gzip_when_unpacked_then_it_is_broken(body: bytes) -> None:
    with pytest.raises(BrokenBodyError):
        gunzip(body, LIMIT)


def test_given_names_of_codings_when_read_then_gzip_and_none_are_known() -> None:
    assert [coding(name) for name in ("", "identity", " GZIP ", "x-gzip", "br", "gzip, gzip")] == [
        "identity",
        "identity",
        "gzip",
        "gzip",
        None,
        None,
    ]
