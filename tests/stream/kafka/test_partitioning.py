from hypothesis import given
from hypothesis import strategies as st
from kafka.partitioner import murmur2 as theirs

from stream.kafka.partitioning import murmur2


@given(st.binary(max_size=64))
def test_given_any_key_when_hashed_then_it_is_what_other_clients_say(key: bytes) -> None:
    assert murmur2(key) & 0xFFFFFFFF == theirs(key) & 0xFFFFFFFF
