import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from ingest.annotate import gazetteer
from ingest.annotate.gazetteer import read_row
from ingest.annotate.languages import shipped
from stream.geo import countries

ROOT = Path(__file__).parents[3]
DATA = ROOT / "ingest" / "annotate" / "data"
LANGUAGES = sorted(path.stem for path in DATA.glob("*.tsv"))
EUROPE = "en fr es pt it de nl sv pl cs sk sl hr sr bg ru uk ro hu el"
ELSEWHERE = "tr az ar fa he hi ur bn id ms vi th zh ja ko sw"


def test_given_the_goal_when_listed_then_every_language_is_shipped() -> None:
    assert set(EUROPE.split()) | set(ELSEWHERE.split()) == set(LANGUAGES)


def test_given_english_when_checked_then_every_country_has_a_name_an_adjective_and_a_capital() -> None:
    kinds: dict[str, set[str]] = defaultdict(set)
    for line in (DATA / "en.tsv").read_text(encoding="utf-8").splitlines():
        meaning = read_row(line)
        for code in meaning.codes:
            kinds[code].add("A" if meaning.kind == "P" else meaning.kind)
    uninhabited = {"AQ", "BV", "GS", "HM", "IO", "TF", "UM"}
    city_states = {"SG", "GI", "MO", "SX", "VA", "CC", "NF"}

    lacking = {
        code: {"N", "A", "C"} - kinds[code]
        for code in countries.codes()
        if {"N", "A", "C"} - kinds[code] and code not in uninhabited | city_states
    }

    assert lacking == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_given_a_data_file_when_read_then_every_code_is_known_and_nearly_all_countries_are_named(
    language: str,
) -> None:
    meanings = [
        read_row(line) for line in (DATA / f"{language}.tsv").read_text(encoding="utf-8").splitlines()
    ]

    codes = {code for meaning in meanings if meaning.kind != "X" for code in meaning.codes}
    named = {code for meaning in meanings if meaning.kind == "N" for code in meaning.codes}

    assert all(countries.is_country(code) for code in codes)
    assert len(named) >= 235
    assert all(meaning.term.strip() == meaning.term != "" for meaning in meanings)


@pytest.mark.parametrize("path", sorted(DATA.iterdir()), ids=lambda path: path.name)
def test_given_a_data_file_when_weighed_then_it_is_under_a_megabyte(path: Path) -> None:
    assert path.stat().st_size < 1_000_000


@pytest.mark.parametrize("language", LANGUAGES)
def test_given_a_language_when_loaded_then_it_finds_iran_and_turkey_by_name(language: str) -> None:
    rows = [read_row(line) for line in (DATA / f"{language}.tsv").read_text(encoding="utf-8").splitlines()]
    finder = shipped().get(language).finder

    for code in ("IR", "TR"):
        name = next(row.term for row in rows if row.kind == "N" and row.codes == (code,))
        assert [found.code for found in finder.find([name])[0]] == [code]


def test_given_the_tables_when_built_again_then_the_bytes_are_the_same() -> None:
    done = subprocess.run(
        [sys.executable, "scripts/build_gazetteer.py", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_given_a_row_of_unknown_kind_when_read_then_it_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown kind"):
        read_row("Atlantis\tZ\tXX")


def test_given_a_language_we_lack_when_loaded_then_it_says_so() -> None:
    with pytest.raises(FileNotFoundError):
        gazetteer.load("tlh")
