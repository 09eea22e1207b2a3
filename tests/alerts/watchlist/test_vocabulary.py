import pytest
from pydantic_core import PydanticCustomError

from alerts.watchlist.parts import as_countries
from alerts.watchlist.vocabulary import _GROUPS_BY_HABIT, world
from stream.geo import groups

WORLD = world([])


@pytest.mark.parametrize(
    ("written", "advice"),
    [
        ("group:Sahel", "write group:AES (Alliance of Sahel States)"),
        ("group:baltic-states", "write group:Baltic"),
        ("group:European Union", "write group:EU"),
        ("group:the African Union", "write group:AU"),
        ("group:nato", "write group:NATO"),
        ("group:security_council", "write group:UNSC P5"),
    ],
)
def test_given_a_group_by_another_name_when_checked_then_the_right_one_is_named(
    written: str, advice: str
) -> None:
    with pytest.raises(PydanticCustomError) as raised:
        WORLD.check_country(written)

    assert raised.value.context is not None
    assert str(raised.value.context["suggestion"]).startswith(advice)


def test_given_the_other_names_of_groups_when_looked_up_then_every_group_is_known() -> None:
    assert set(_GROUPS_BY_HABIT.values()) <= set(groups.GROUPS)


def test_given_one_country_without_brackets_when_read_then_it_is_a_list_of_one() -> None:
    assert as_countries("IR") == as_countries(["IR"]) == {"all_of": ["IR"]}
