from datetime import date

import pytest

from stream.geo import countries, groups


@pytest.mark.parametrize("group", groups.GROUPS)
def test_given_a_group_when_expanded_then_its_members_are_countries_in_order(group: str) -> None:
    members = groups.members(group)

    assert len(members) >= 2
    assert list(members) == sorted(set(members))
    assert all(countries.is_country(code) for code in members)
    assert groups.full_name(group)


@pytest.mark.parametrize(
    ("group", "code", "on", "expected"),
    [
        ("NATO", "FI", date(2023, 4, 3), False),
        ("NATO", "FI", date(2023, 4, 4), True),
        ("NATO", "SE", None, True),
        ("EU", "GB", date(2020, 1, 31), True),
        ("EU", "GB", date(2020, 2, 1), False),
        ("EU", "GB", None, False),
        ("ECOWAS", "ML", None, False),
        ("AU", "MA", date(2000, 1, 1), False),
        ("AU", "MA", date(2020, 1, 1), True),
        ("BRICS", "IR", date(2023, 12, 31), False),
        ("BRICS", "IR", date(2024, 1, 1), True),
    ],
)
def test_given_a_day_when_expanded_then_membership_follows_joining_and_leaving(
    group: str, code: str, on: date | None, expected: bool
) -> None:
    assert (code in groups.members(group, on)) is expected


def test_given_todays_groups_when_counted_then_the_sizes_are_the_known_ones() -> None:
    sizes = {
        name: len(groups.members(name)) for name in ("NATO", "EU", "GCC", "ASEAN", "AU", "G7", "SCO", "OIC")
    }

    assert sizes == {"NATO": 32, "EU": 27, "GCC": 6, "ASEAN": 11, "AU": 55, "G7": 7, "SCO": 10, "OIC": 57}


def test_given_an_unknown_group_when_expanded_then_it_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        groups.members("Warsaw Pact")
