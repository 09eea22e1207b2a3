from pathlib import Path

import pytest
from ruamel.yaml import YAML

from ingest.annotate import Annotator
from ingest.annotate.languages import shipped_codes

HERE = Path(__file__).parent
CAPITALS: dict[str, list[str]] = YAML(typ="safe").load((HERE / "capitals.yaml").read_text(encoding="utf-8"))
CODES = ["US", "TR", "CN", "RU", "PK", "VN", "UA", "KP", "IR", "FR", "DE"]


def test_given_the_languages_we_ship_when_listed_then_each_has_its_capitals_here() -> None:
    assert set(CAPITALS) == shipped_codes() - {"en"}


@pytest.mark.parametrize("language", CAPITALS)
def test_given_a_seat_of_government_when_a_language_names_it_then_it_stands_for_its_state(
    annotator: Annotator, language: str
) -> None:
    found = {
        city: {mention.country for mention in annotator.annotate("", city, language).mentions}
        for city in CAPITALS[language]
    }

    assert found == {city: {code} for city, code in zip(CAPITALS[language], CODES, strict=True)}


@pytest.mark.parametrize(
    ("language", "text", "codes"),
    [
        ("nl", "Amerikaanse, Russische en Oekraïense troepen", ["US", "RU", "UA"]),
        ("sv", "amerikanska, ryska och ukrainska soldater", ["US", "RU", "UA"]),
        ("cs", "ruští a ukrajinské vojáky, amerického, tureckých", ["RU", "UA", "US", "TR"]),
        ("sk", "ruskí a ukrajinských vojakov, americkej, čínsky", ["RU", "UA", "US", "CN"]),
        ("sl", "ruskega in ukrajinskih vojakov, ameriški, turške", ["RU", "UA", "US", "TR"]),
        ("hr", "ruskih i ukrajinskim vojnicima, američkog, kineske", ["RU", "UA", "US", "CN"]),
        ("sr", "руских и украјинским војницима, američkog, kineske", ["RU", "UA", "US", "CN"]),
        ("bg", "руските и украинските войници, американския, турска", ["RU", "UA", "US", "TR"]),
        ("ro", "rușii, ucrainenii, americană și chineze", ["RU", "UA", "US", "CN"]),
        ("hu", "orosz és ukrán katonák, amerikaiak, törökök", ["RU", "UA", "US", "TR"]),
        ("el", "ρωσικών και ουκρανικά, Αμερικανοί, Τούρκου υπουργού", ["RU", "UA", "US", "TR"]),
        ("az", "rusiyalı və ukraynalı əsgərlər, amerikalılar, çinli", ["RU", "UA", "US", "CN"]),
        ("ur", "امریکی اور روسی فوجی، یوکرینی، ایرانی", ["US", "RU", "UA", "IR"]),
        ("bn", "মার্কিন ও রুশ সেনা, ইরানি, চীনা", ["US", "RU", "IR", "CN"]),
    ],
)
def test_given_adjectives_and_peoples_when_inflected_then_they_name_their_states(
    annotator: Annotator, language: str, text: str, codes: list[str]
) -> None:
    assert [mention.country for mention in annotator.annotate("", text, language).mentions] == codes


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("nl", "een Zuid-Amerikaanse kust aan de Indische Oceaan"),
        ("cs", "loď v Indickém oceánu a Mexickém zálivu"),
        ("hr", "brod u Indijskom oceanu"),
        ("bg", "кораб в Индийския океан"),
        ("ro", "un roman sud-american"),
        ("hu", "dél-amerikai hajó az Indiai-óceánon"),
        ("de", "Sofia singt im Chor"),
    ],
)
def test_given_names_of_seas_and_parts_of_the_world_when_read_then_they_name_no_state(
    annotator: Annotator, language: str, text: str
) -> None:
    assert annotator.annotate("", text, language).mentions == ()
