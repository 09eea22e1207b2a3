from pathlib import Path

import pytest
from ruamel.yaml import YAML

from ingest.annotate import Annotator
from ingest.annotate.languages import shipped_codes

HERE = Path(__file__).parent
COUNTRIES: dict[str, tuple[str, list[str]]] = YAML(typ="safe").load(
    (HERE / "countries.yaml").read_text(encoding="utf-8")
)


def test_given_the_languages_we_ship_when_listed_then_each_has_its_sentence_here() -> None:
    assert set(COUNTRIES) == shipped_codes() - {"en"}


@pytest.mark.parametrize("language", COUNTRIES)
def test_given_names_as_newspapers_write_them_when_read_then_each_is_its_country(
    annotator: Annotator, language: str
) -> None:
    text, codes = COUNTRIES[language]

    assert [mention.country for mention in annotator.annotate("", text, language).mentions] == codes


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "Le Congo et sa capitale, Brazzaville"),
        ("de", "Im Kongo, dessen Hauptstadt Brazzaville ist"),
        ("ru", "Конго и его столица Браззавиль"),
    ],
)
def test_given_congo_when_the_text_names_brazzaville_then_it_is_the_lesser_one(
    annotator: Annotator, language: str, text: str
) -> None:
    assert {mention.country for mention in annotator.annotate("", text, language).mentions} == {"CG"}
