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
    log = open_log(StreamOptions(topic="wire", partitions=4), database)

    assert log.consumer("alerts").assignment() == {0, 1, 2, 3}
    with pytest.raises(StateError):
        open_log(StreamOptions(topic="wire", partitions=8), database)


@pytest.mark.parametrize(
    "options",
    [
        {"partitions": 0},
        {"partitions": 65},
        {"topic": ""},
        {"topic": "no spaces"},
        {"retention_days": 0},
        {"retention_bytes": 0},
        {"lease_s": 0},
        {"no_such_option": 1},
        {"kafka": {"servers": ""}},
    ],
)
def test_given_a_value_out_of_bounds_when_the_options_are_read_then_they_are_refused(
    options: dict[str, object],
) -> None:
    with pytest.raises(ValidationError):
        StreamOptions.model_validate(options)
