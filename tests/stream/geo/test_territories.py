from stream.geo import countries
from stream.geo.territories import sovereigns


def test_given_the_table_when_read_then_each_territory_is_under_one_state_that_is_under_none() -> None:
    table = sovereigns()

    assert all(countries.is_country(code) for pair in table.items() for code in pair)
    assert table.keys().isdisjoint(table.values())
    assert (table["HK"], table["GL"], table["PR"]) == ("CN", "DK", "US")


def test_given_territories_that_another_state_claims_when_asked_then_they_are_under_none() -> None:
    assert sovereigns().keys().isdisjoint({"EH", "FK", "GS", "PS", "TW", "XK"})
