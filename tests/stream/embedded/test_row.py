from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from crc32c import crc32c
from hypothesis import assume, given
from hypothesis import strategies as st

from stream.embedded.row import RowCodec
from stream.errors import BadEventError
from stream.event import MAX_EVENT_BYTES, decode, encode
from stream.sqlite.driver import Row
from tests.stream.articles import BEGINNING, article

CODEC = RowCodec("articles")


def stored(text: str, *, offset: int = 5) -> Row:
    """A row as the table hands it over: texts as bytes."""
    packed = CODEC.pack(article("oslo", text=text), BEGINNING)
    return (offset, *(value.encode() if isinstance(value, str) else value for value in packed.values))


@pytest.mark.parametrize("text", ["", "short", "The harbour was closed. " * 200, "港は閉鎖された。" * 300])
def test_given_an_event_when_packed_and_unpacked_then_it_is_the_same(text: str) -> None:
    record = CODEC.unpack(stored(text))

    assert decode(record.value) == article("oslo", text=text)
    assert (record.offset, record.appended_at, record.damage) == (5, BEGINNING, None)


def test_given_a_long_article_when_packed_then_it_takes_less_room() -> None:
    event = article("oslo", text="The harbour was closed. " * 200)

    assert CODEC.pack(event, BEGINNING).stored_bytes < len(encode(event)) / 5


@given(at=st.integers(min_value=0, max_value=10_000), bit=st.integers(0, 7), long=st.booleans())
def test_given_a_flipped_bit_in_a_text_or_value_when_unpacked_then_it_is_damage_and_no_crash(
    at: int,
    bit: int,
    *,
    long: bool,
) -> None:
    row = list(stored("wave " * (200 if long else 1)))
    places = [(column, index) for column in (2, 4, 6) for index in range(len(row[column]))]
    column, index = places[at % len(places)]
    flipped = bytearray(row[column])
    flipped[index] ^= 1 << bit
    row[column] = bytes(flipped)

    record = CODEC.unpack(tuple(row))

    assert record.damage == "checksum"
    assert record.value == row[6]


@given(
    column=st.integers(1, 8),
    value=st.none() | st.integers(-(2**63), 2**63 - 1) | st.floats() | st.binary(max_size=20),
)
def test_given_any_other_value_in_a_column_when_unpacked_then_it_is_damage_and_no_crash(
    column: int,
    value: object,
) -> None:
    row = list(stored("short"))
    assume(row[column] != value)
    row[column] = value

    record = CODEC.unpack(tuple(row))

    assert record.damage == "checksum"
    assert record.appended_at.tzinfo is not None


@given(st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(9000, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001  hypothesis wants naive bounds
def test_given_any_instant_when_packed_and_unpacked_then_it_is_exact(now: datetime) -> None:
    packed = CODEC.pack(article("oslo"), now)
    row = (1, *(value.encode() if isinstance(value, str) else value for value in packed.values))

    assert abs(CODEC.unpack(row).appended_at - now) < timedelta(microseconds=1)


def test_given_the_largest_event_when_packed_then_it_fits_and_one_more_byte_does_not() -> None:
    room = MAX_EVENT_BYTES - len(encode(article("oslo", text="")))
    room -= len(',"text":""')

    assert len(CODEC.unpack(stored("x" * room)).value) == MAX_EVENT_BYTES
    with pytest.raises(BadEventError, match="1048577 bytes, at most 1048576") as refused:
        CODEC.pack(article("oslo", text="x" * (room + 1)), BEGINNING)
    assert refused.value.reason == "too_large"


def test_given_a_lone_surrogate_when_packed_then_the_event_is_refused() -> None:
    with pytest.raises(BadEventError) as refused:
        CODEC.pack(msgspec.structs.replace(article("oslo"), text="torn \ud83d emoji"), BEGINNING)

    assert refused.value.reason == "invalid_event"


def test_given_a_row_of_a_log_with_several_partitions_when_unpacked_then_it_is_sound_and_of_the_one() -> None:
    event = article("oslo")
    packed = CODEC.pack(event, BEGINNING).values
    columns: list[Any] = [value.encode() if isinstance(value, str) else value for value in packed]
    head = b"%x %b %x %b %x %x" % (
        5,
        event.event_id.encode(),
        event.revision,
        columns[3],
        columns[4],
        columns[7],
    )

    record = CODEC.unpack((7, 5, *columns[1:6], crc32c(columns[5], crc32c(head)), columns[7]), "a@1")

    assert (record.damage, record.partition, record.offset, record.lineage) == (None, 0, 7, "a@1")
