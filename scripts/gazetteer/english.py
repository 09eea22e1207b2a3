"""English: names of CLDR and ISO, and our tables of nations, leaders, places and blocked phrases."""

import re

import pycountry
from babel import Locale

from scripts.gazetteer.rows import BLOCKED, TABLES, Row, is_acronym, names, read_table, to_text, words
from stream.geo import countries

ENGLISH = TABLES / "en"
_PERSON = re.compile(r"^(?P<names>.*?)\s*(?P<weak>~?)\s*(?P<years>\d{4}-(?:\d{4})?(?:,\d{4}-(?:\d{4})?)*)$")
# What CLDR and ISO add that no newspaper means by the word.
_NOT_NAMES = frozenset({"Réunion", "Jersey", "Norfolk Island", "Palestine, State of"})


def build() -> str:
    """The text of data/en.tsv."""
    return to_text([*_official(), *_nations(), *_leaders(), *_places(), *_blocked()])


def _official() -> list[Row]:
    territories = Locale.parse("en").territories
    rows: list[Row] = []
    for code in countries.codes():
        country = pycountry.countries.get(alpha_2=code)
        written = {countries.name(code), territories[code], territories[code].replace("St. ", "Saint ")}
        if country is not None:
            written |= {
                country.name,
                getattr(country, "official_name", ""),
                getattr(country, "common_name", ""),
            }
        rows += [
            _row(name, "N", code) for name in sorted(written) if name and "," not in name and "(" not in name
        ]
    return [row for row in rows if row.term not in _NOT_NAMES]


def _nations() -> list[Row]:
    rows: list[Row] = []
    for code, *cells in read_table(ENGLISH / "nations.tsv"):
        for kind, cell in zip("NAPCO", cells, strict=True):
            rows += [_row(name, kind, code) for name in names(cell)]
    return rows


def _leaders() -> list[Row]:
    rows: list[Row] = []
    for code, _office, people in read_table(ENGLISH / "leaders.tsv"):
        for person in names(people):
            rows += _person(code, person)
    return rows


def _person(code: str, text: str) -> list[Row]:
    """A person's forms; the bare surname (a form of one word, given or last of the first) is weak after ~."""
    found = _PERSON.match(text)
    if found is None:
        raise ValueError(f"leaders.tsv: {code}: {text!r} has no years")
    forms = [form.strip() for form in found["names"].split("=")]
    surname = forms[0].split()[-1]
    if not any(" " not in form for form in forms) and _is_surname(forms[0], surname):
        forms.append(surname)
    weak = found["weak"] == "~" or surname in words("common_surnames")
    return [_row(form, "L", code, "w" if weak and " " not in form else "", found["years"]) for form in forms]


def _is_surname(name: str, last: str) -> bool:
    """Tell whether the last word of a name is used alone: no numeral, no "Jr.", no forename."""
    plain = last.isalpha() or "-" in last or "'" in last
    is_patronymic = any(
        part in name.split() for part in ("bin", "al", "ibn", "of", "King", "Queen", "Prince", "Sheikh")
    )
    return (
        " " in name
        and plain
        and len(last) > 2
        and last not in words("forenames")
        and not is_patronymic
        and last[1:] != last[1:].upper()
    )


def _places() -> list[Row]:
    rows: list[Row] = []
    for table, kind in (("regions.tsv", "G"), ("cities.tsv", "G"), ("shared.tsv", "N")):
        for code, cell in read_table(ENGLISH / table):
            rows += [_row(name, kind, code) for name in names(cell)]
    return rows


def _blocked() -> list[Row]:
    rows: list[Row] = []
    for _topic, cell in read_table(ENGLISH / "blocked.tsv"):
        rows += [Row(name, "X", BLOCKED) for name in names(cell)]
    return rows


def _row(term: str, kind: str, code: str, flags: str = "", years: str = "") -> Row:
    if term.endswith("-"):
        return Row(term[:-1], kind, code, flags + "ht", years)
    shape = "u" if is_acronym(term) else "t" if term[0].isupper() else ""
    return Row(term, kind, code, flags + shape, years)
