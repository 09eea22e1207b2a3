import pytest
from pydantic import ValidationError

from stream.db import Database
from stream.errors import StateError
from stream.open import StreamOptions, open_log
from tests.stream.articles import article


def test_given_default_options_when_opened_then_it_is_the_embedded_log(database: Database) -> None:
    log = open_log(StreamOptions(), database)

    log.producer().append([article("oslo")])

    (record,) = log.consumer("alerts").poll(10, timeout_s=0)
    assert (record.topic, record.partition) == ("articles", 0)


def test_given_options_when_opened_then_the_log_has_that_shape(database: Database) -> None:
    log = open_log(StreamOptions(topic="wire"), database)
    log.producer().append([article("oslo")])

    assert [record.topic for record in log.read(1, 10)] == ["wire"]
    with pytest.raises(StateError):
        open_log(StreamOptions(topic="other"), database)


@pytest.mark.parametrize(
    "options",
    [
        {"topic": ""},
        {"topic": "no spaces"},
        {"retention_days": 0},
        {"retention_bytes": 0},
        {"partitions": 4},
        {"lease_s": 10.0},
        {"no_such_option": 1},
        {"kafka": {"servers": ""}},
    ],
)
def test_given_a_value_out_of_bounds_when_the_options_are_read_then_they_are_refused(
    options: dict[str, object],
) -> None:
    with pytest.raises(ValidationError):
        StreamOptions.model_validate(options)
