import pycountry
import pytest

from stream.geo import countries


def test_given_the_iso_list_when_compared_then_our_codes_are_it_and_kosovo() -> None:
    iso = {country.alpha_2 for country in pycountry.countries}

    ours = set(countries.codes())

    assert ours == iso | {"XK"}


def test_given_all_codes_when_named_then_every_name_is_of_one_country_only() -> None:
    names = [countries.name(code) for code in countries.codes()]

    assert len(set(names)) == len(names)
    assert all(name.strip() == name and name for name in names)


@pytest.mark.parametrize(
    ("code", "expected"), [("TR", True), ("XK", True), ("tr", False), ("EU", False), ("", False)]
)
def test_given_a_code_when_asked_then_only_exact_codes_are_countries(code: str, expected: bool) -> None:
    assert countries.is_country(code) is expected


def test_given_news_usage_when_named_then_the_short_english_name_is_returned() -> None:
    assert countries.name("TR") == "Turkey"
    assert countries.name("KR") == "South Korea"
    with pytest.raises(KeyError):
        countries.name("EU")
