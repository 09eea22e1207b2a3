"""Where a reader's history and the log's part; the same with real files: `test_lost_log_model`."""

import pytest

from stream.embedded.history import Chain, Epoch, new_name

LOG = Chain([Epoch("a", 1), Epoch("b", 101), Epoch("c", 151)])
END = 201


@pytest.mark.parametrize(
    ("offset", "lineage", "goes_on"),
    [
        (201, "c@151 b@101 a@1", 201),  # has read all of it
        (120, "b@101 a@1", 120),
        (101, "a@1", 101),  # just before the second epoch
        (260, "c@151 b@101 a@1", 201),  # the log was put back: it ends earlier in the same epoch
        (180, "b@101 a@1", 151),  # put back within b, and has gone on as c since
        (260, "d@181 c@151 b@101 a@1", 181),  # d happened after the copy was made
        (260, "e@240 d@181 c@151 b@101 a@1", 181),
        (140, "d@120 b@101 a@1", 120),
        (300, "y@200 x@1", 1),  # another log
        (101, "", 1),  # from before there were epochs, and this log is younger
        (1, "", 1),
        (1, "x@1", 1),
        (300, "no lineage", 1),
    ],
)
def test_given_a_reader_when_its_history_is_compared_then_it_goes_on_where_both_agree(
    offset: int, lineage: str, goes_on: int
) -> None:
    assert LOG.shared(offset, lineage, END) == goes_on


@pytest.mark.parametrize(("offset", "goes_on"), [(40, 40), (61, 61), (90, 61)])
def test_given_a_log_from_before_there_were_epochs_when_compared_then_its_readers_go_on(
    offset: int, goes_on: int
) -> None:
    assert Chain([Epoch("", 1), Epoch("b", 61)]).shared(offset, "", 80) == goes_on


def test_given_an_empty_log_when_compared_then_everybody_begins_anew() -> None:
    assert Chain([]).shared(17, "a@1", 1) == 1


def test_given_many_epochs_when_a_lineage_is_kept_then_it_is_short_and_names_the_newest() -> None:
    chain = Chain([Epoch(new_name(), 1 + 10 * number) for number in range(200)])

    lineage = chain.lineage(1_001)

    assert len(lineage) < 600
    assert len(lineage.split()) == 16
    assert lineage.split()[0].endswith("@991")
    assert chain.shared(1_001, lineage, 2_001) == 1_001
