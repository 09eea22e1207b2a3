"""Every language but English: CLDR's names of countries, cities and languages, ISO's names, our tables, inflected."""

import gettext
import re
from functools import cache
from typing import Any

import pycountry
from babel import Locale
from ruamel.yaml import YAML

from scripts.gazetteer.inflect import forms
from scripts.gazetteer.rows import BLOCKED, TABLES, Row, is_acronym, names, read_table, to_text
from stream.geo import countries

LANGUAGES = (
    "fr es pt it de nl sv pl cs sk sl hr sr bg ru uk ro hu el tr az ar fa he hi ur bn id ms vi th zh ja ko sw"
).split()
WORLD = TABLES / "world"
_COLUMNS = "fr es pt it de pl ru uk tr fa".split()
# Languages of one country, whose CLDR name is that country's adjective in these languages.
_ADJECTIVE_LIKE = frozenset("fr es pt it pl cs sk sl hr sr bg ru uk ro nl sv".split())
_OF_LANGUAGE = {
    "tr": "TR", "ru": "RU", "zh": "CN", "ja": "JP", "fr": "FR", "de": "DE", "it": "IT", "pl": "PL", "uk": "UA",
    "hu": "HU", "ro": "RO", "bg": "BG", "cs": "CZ", "sk": "SK", "sl": "SI", "hr": "HR", "sr": "RS", "sq": "AL",
    "mk": "MK", "el": "GR", "hy": "AM", "ka": "GE", "az": "AZ", "kk": "KZ", "uz": "UZ", "ky": "KG", "mn": "MN",
    "vi": "VN", "th": "TH", "id": "ID", "da": "DK", "sv": "SE", "fi": "FI", "et": "EE", "lv": "LV", "lt": "LT",
    "nl": "NL", "is": "IS", "mt": "MT", "ga": "IE", "be": "BY", "nb": "NO",
}  # fmt: skip
# Time zones whose city is a seat of government (CLDR names the city in every language).
_CAPITALS = {
    "Asia/Tehran": "IR", "Asia/Baghdad": "IQ", "Asia/Damascus": "SY", "Asia/Beirut": "LB", "Asia/Amman": "JO",
    "Asia/Jerusalem": "IL", "Asia/Riyadh": "SA", "Africa/Cairo": "EG", "Europe/Moscow": "RU", "Europe/Kiev": "UA",
    "Europe/London": "GB", "Europe/Paris": "FR", "Europe/Berlin": "DE", "Europe/Rome": "IT", "Europe/Madrid": "ES",
    "Europe/Warsaw": "PL", "Europe/Athens": "GR", "Asia/Tokyo": "JP", "Asia/Seoul": "KR", "Asia/Pyongyang": "KP",
    "Asia/Kabul": "AF", "Asia/Dhaka": "BD", "Asia/Baku": "AZ", "Asia/Yerevan": "AM", "Asia/Tbilisi": "GE",
    "Europe/Minsk": "BY", "Europe/Vienna": "AT", "Europe/Brussels": "BE", "Europe/Stockholm": "SE",
    "Europe/Oslo": "NO", "Europe/Copenhagen": "DK", "Europe/Helsinki": "FI", "Europe/Dublin": "IE",
    "Europe/Lisbon": "PT", "Europe/Prague": "CZ", "Europe/Budapest": "HU", "Europe/Bucharest": "RO",
    "Europe/Sofia": "BG", "Europe/Belgrade": "RS", "Europe/Zagreb": "HR", "Europe/Sarajevo": "BA",
    "Europe/Riga": "LV", "Europe/Vilnius": "LT", "Europe/Tallinn": "EE", "Asia/Taipei": "TW", "Asia/Manila": "PH",
    "Asia/Jakarta": "ID", "Asia/Bangkok": "TH", "Africa/Tripoli": "LY", "Africa/Tunis": "TN",
    "Africa/Khartoum": "SD", "Africa/Addis_Ababa": "ET", "Africa/Nairobi": "KE", "America/Caracas": "VE",
    "America/Bogota": "CO", "America/Lima": "PE", "America/Havana": "CU", "America/Mexico_City": "MX",
    "America/Buenos_Aires": "AR", "Asia/Tashkent": "UZ", "Asia/Bishkek": "KG", "Asia/Qatar": "QA",
}  # fmt: skip
_NOT_IN_NEWS = frozenset({"QO", "EU", "EZ", "UN", "ZZ", "XA", "XB"})


def build_all() -> dict[str, str]:
    """The data files by name, one a language."""
    return {f"{language}.tsv": to_text(_inflected(language)) for language in LANGUAGES}


def _inflected(language: str) -> list[Row]:
    rules = _rules().get(language) or {}
    glued = {True: "g", "left": "l"}.get(rules.get("glued", False), "")
    rows: list[Row] = []
    for row in [*_territories(language), *_cities(language), *_adjectives(language), *_table(language)]:
        made = [row.term] if glued or is_acronym(row.term) else forms(row.term, row.kind, rules)
        rows += [
            Row(form, row.kind, row.code, _flags(form, row.kind) + glued) for form in made if len(form) > 1
        ]
    return rows


@cache
def _rules() -> dict[str, Any]:
    rules: dict[str, Any] = YAML(typ="safe").load((WORLD / "inflections.yaml").read_text(encoding="utf-8"))
    return rules


def _territories(language: str) -> list[Row]:
    territories = Locale.parse(language).territories
    iso = gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=[language], fallback=True)
    rows: list[Row] = []
    for code in countries.codes():
        written = set(_short(territories.get(code, "")))
        country = pycountry.countries.get(alpha_2=code)
        for field in ("name", "common_name", "official_name") if country else ():
            english = getattr(country, field, "")
            translated = iso.gettext(english) if english else ""
            if translated != english:
                written.update(_short(translated))
        rows += [Row(name, "N", code) for name in sorted(written)]
    return rows


def _short(name: str) -> list[str]:
    """A name without brackets or what follows a comma; nothing for a name with no letters."""
    plain = re.sub(r"\s*[（(\[].*?[)）\]]", "", name).strip()
    return [plain] if len(plain) > 1 and "," not in plain and "،" not in plain else []


def _cities(language: str) -> list[Row]:
    zones = Locale.parse(language).time_zones
    named = ((zones.get(zone, {}).get("city"), code) for zone, code in _CAPITALS.items())
    return [Row(city, "C", code) for city, code in named if city]


def _adjectives(language: str) -> list[Row]:
    rows: list[Row] = []
    if language in _COLUMNS:
        for code, *cells in read_table(WORLD / "adjectives.tsv"):
            rows += [Row(name, "A", code) for name in names(cells[_COLUMNS.index(language)])]
    if language in _ADJECTIVE_LIKE:
        named = Locale.parse(language).languages
        rows += [
            Row(named[tag], "A", code) for tag, code in _OF_LANGUAGE.items() if " " not in named.get(tag, " ")
        ]
    if language in _DERIVED:
        rows += [
            Row(_DERIVED[language](row.term), "A", row.code)
            for row in _territories(language)
            if " " not in row.term
        ]
    return rows


def _arabic(name: str) -> str:
    """ "تركيا" gives "تركي": the ending of the name gives way to ي."""
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
        if tag == language:
            rows += [Row(name, kind, BLOCKED if kind == "X" else code) for name in names(cell)]
    return rows


def _flags(form: str, kind: str) -> str:
    if is_acronym(form):
        return "u"
    return "t" if form[0].isupper() and kind != "A" else ""
