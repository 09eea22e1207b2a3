"""Every language but English: names of CLDR and ISO, and our tables, inflected."""

import gettext
import re
from collections.abc import Iterable
from functools import cache
from typing import Any

import pycountry
from babel import Locale
from ruamel.yaml import YAML

from scripts.gazetteer import compounds, glued
from scripts.gazetteer.inflect import forms
from scripts.gazetteer.rows import BLOCKED, TABLES, Row, is_acronym, names, read_table, to_text
from stream.geo import countries

WORLD = TABLES / "world"


def build_all() -> dict[str, str]:
    """The data files by name, one a language."""
    return {f"{language}.tsv": to_text(_inflected(language)) for language in _sources()["languages"]}


def _inflected(language: str) -> list[Row]:
    rules = _rules().get(language) or {}
    names = [*_territories(language), *_cities(language), *_table(language), *_pairs(language)]
    names += _leaders(language)
    names += _prefixed(names, rules.get("compound") or ())
    rows: list[Row] = []
    for row in [*names, *_adjectives(language)]:
        made = [row.term] if is_acronym(row.term) else forms(row.term, row.kind, rules)
        rows += [row._replace(term=form, flags=_flags(form, row.kind)) for form in made if len(form) > 1]
    if "glued" in rules:
        known = {
            code for code, *_ in read_table(WORLD / "adjectives.tsv")
        }  # no islands: their names are words
        whole = [row for row in names if row.kind in "NC" and row.code in known]
        rows += glued.rows(whole, [row for row in rows if row.kind == "A"], rules["glued"])
    return rows


def _prefixed(names: list[Row], parts: Iterable[str]) -> list[Row]:
    """Parts of countries in one word, as German writes them ("Nordmexiko"); none that names another one."""
    taken = {row.term for row in names}
    made = [
        Row(part + row.term.lower(), "N", row.code)
        for row in names
        for part in parts
        if row.kind == "N" and row.term.isalpha() and not is_acronym(row.term)
    ]
    return [row for row in made if row.term not in taken]


def _pairs(language: str) -> list[Row]:
    table = _read("compounds.yaml").get(language)
    return compounds.rows(table) if table else []


@cache
def _rules() -> dict[str, Any]:
    return _read("inflections.yaml")


@cache
def _sources() -> dict[str, Any]:
    return _read("sources.yaml")


def _read(name: str) -> dict[str, Any]:
    table: dict[str, Any] = YAML(typ="safe").load((WORLD / name).read_text(encoding="utf-8"))
    return table


def _territories(language: str) -> list[Row]:
    """Names of CLDR and ISO; where ISO's translators gave a country another's name, it is the other's."""
    locales = [Locale.parse(tag) for tag in (language, *_sources()["scripts"].get(language, ()))]
    named = {
        code: {name for locale in locales for name in _short(locale.territories.get(code, ""))}
        for code in countries.codes()
    }
    named_in_table = {
        name: code
        for tag, code, kind, cell in read_table(WORLD / "names.tsv")
        if tag == language and kind == "N"
        for name in names(cell)
    }
    for code, english in _english().items():
        if language in _sources()["also_english"] and code not in _sources()["not_english"]:
            named[code].add(english)
    owner = named_in_table | {name: code for code, written in named.items() for name in written}
    rows = [Row(name, "N", "CD") for name in _congo(language) if owner.get(name, "CD") == "CD"]
    for code, written in named.items():
        iso = {name for name in _translated(language, code) if owner.get(name, code) == code}
        rows += [Row(name, "N", code) for name in sorted(written | iso)]
    return rows


@cache
def _english() -> dict[str, str]:
    """What English calls the countries, where that is one name without brackets."""
    territories = Locale.parse("en").territories
    return {code: name for code in countries.codes() for name in _short(territories.get(code, ""))}


def _congo(language: str) -> set[str]:
    """ISO's short name of the other Congo, without Brazzaville: newspapers mean the greater one by it."""
    iso = gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=[language], fallback=True)
    return {iso.gettext("Congo")} - ({"Congo"} if language not in _sources()["latin"] else set())


def _translated(language: str, code: str) -> set[str]:
    """What ISO 3166-1 calls a country in a language."""
    iso = gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=[language], fallback=True)
    country = pycountry.countries.get(alpha_2=code)
    written: set[str] = set()
    for field in ("name", "common_name", "official_name") if country else ():
        english = getattr(country, field, "")
        translated = iso.gettext(english) if english else ""
        if english not in {translated, "Congo"}:
            written.update(_short(translated))
    return written


def _short(name: str) -> list[str]:
    """A name without brackets or what follows a comma; nothing for a name with no letters."""
    plain = re.sub(r"\s*[（(\[].*?[)）\]]", "", name).strip()
    return [plain] if len(plain) > 1 and "," not in plain and "،" not in plain else []


def _cities(language: str) -> list[Row]:
    zones = Locale.parse(language).time_zones
    unfit = _sources()["not_places"].get(language, ())
    capitals = [(zone, code) for zone, code in _sources()["capitals"].items() if zone not in unfit]
    is_latin = language in _sources()["latin"]
    named = (
        (zones.get(zone, {}).get("city") or (is_latin and _city_of(zone)), code) for zone, code in capitals
    )
    return [Row(city, "C", code) for city, code in named if city]


def _city_of(zone: str) -> str:
    """The city that a time zone is named after: CLDR leaves out what a language writes the same way."""
    return zone.rpartition("/")[2].replace("_", " ")


def _adjectives(language: str) -> list[Row]:
    rows: list[Row] = []
    columns = _sources()["columns"]
    if language in columns:
        for code, *cells in read_table(WORLD / "adjectives.tsv"):
            rows += [Row(name, "A", code) for name in names(cells[columns.index(language)])]
    if language in _sources()["adjective_like"]:
        named = Locale.parse(language).languages
        rows += [
            Row(named[tag], "A", code)
            for tag, code in _sources()["of_language"].items()
            if " " not in named.get(tag, " ")
        ]
    if language in _DERIVED:
        irregular = _sources()["not_derived"][language]
        rows += [
            Row(_DERIVED[language](row.term), "A", row.code)
            for row in _territories(language)
            if " " not in row.term and row.code not in irregular
        ]
    return rows


def _arabic(name: str) -> str:
    """Make "تركي" of "تركيا": the ending of the name gives way to ي."""
    stem = name.removeprefix("ال")
    while stem[-1:] in {"ا", "ة", "ه", "ى"} and len(stem) > 3:
        stem = stem[:-1]
    return stem.rstrip("ي") + "ي"


def _hebrew(name: str) -> str:
    stem = name.removesuffix("יה").removesuffix("ה")
    return stem + "י"


def _hindi(name: str) -> str:
    return name.removesuffix("ा") + "ी"


_DERIVED = {"ar": _arabic, "he": _hebrew, "hi": _hindi}


def _table(language: str) -> list[Row]:
    rows: list[Row] = []
    for tag, code, kind, cell in read_table(WORLD / "names.tsv"):
        if tag == language or (tag == "latin" and language in _sources()["latin"]):
            rows += [Row(name, kind, BLOCKED if kind == "X" else code) for name in names(cell)]
    return rows


def _leaders(language: str) -> list[Row]:
    rows: list[Row] = []
    for tag, code, years, cell in read_table(WORLD / "leaders.tsv"):
        if tag == language or (tag == "latin" and language in _sources()["latin"]):
            rows += [Row(name, "L", code, years=years) for name in names(cell)]
    return rows


def _flags(form: str, kind: str) -> str:
    if is_acronym(form):
        return "u"
    return "t" if form[0].isupper() and kind != "A" else ""
