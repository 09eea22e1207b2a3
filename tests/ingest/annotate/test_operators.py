from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.annotate import load
from ingest.annotate.operators import load_names
from ingest.annotating import load_annotate
from stream.config.problem import ConfigError

SHIPPED = Path(__file__).parents[3] / "config" / "gazetteer"


def write(folder: Path, text: str, name: str = "own.yaml") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def countries(folder: Path, text: str, language: str = "en", year: int = 2026) -> list[str]:
    annotator = load((), load_names(folder).names)
    found = annotator.annotate("", text, language, published_at=datetime(year, 6, 1, tzinfo=UTC))
    return [mention.country for mention in found.mentions]


def test_given_a_name_of_the_operator_when_annotated_then_it_is_found_in_its_languages_alone(
    tmp_path: Path,
) -> None:
    write(tmp_path, "names: [{name: Vostara, kind: place, country: RU, languages: [en, de]}]")

    assert countries(tmp_path, "Turkish officers toured Vostara base.") == ["TR", "RU"]
    assert countries(tmp_path, "Besuch in Vostara am Montag.", "de") == ["RU"]
    assert countries(tmp_path, "Visite à Vostara lundi.", "fr") == []


def test_given_a_name_that_we_ship_when_the_operator_says_otherwise_then_the_operator_wins(
    tmp_path: Path,
) -> None:
    write(
        tmp_path,
        "names: [{name: Georgia Power, kind: none}, {name: Kremlin, kind: organisation, country: BY}]",
    )

    assert countries(tmp_path, "Bills of Georgia Power rose in Tbilisi.") == ["GE"]
    assert countries(tmp_path, "The Kremlin denied it.") == ["BY"]


def test_given_a_leader_with_years_when_out_of_office_then_the_surname_alone_names_nobody(
    tmp_path: Path,
) -> None:
    write(tmp_path, "names: [{name: Quorvane, kind: leader, country: NZ, since: 2001, until: 2005}]")

    assert countries(tmp_path, "President Quorvane met Norway's premier.", year=2003) == ["NZ", "NO"]
    assert countries(tmp_path, "President Quorvane met Norway's premier.", year=2026) == ["NO"]


def test_given_an_abbreviation_when_in_small_letters_then_it_is_a_word(tmp_path: Path) -> None:
    write(tmp_path, "names: [{name: SANA, kind: organisation, country: SY}]")

    assert countries(tmp_path, "SANA and Norway disagree.") == ["SY", "NO"]
    assert countries(tmp_path, "A sana recipe from Norway.") == ["NO"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("names: [{name: Vostara, kind: place, country: RX}]", "no country has this code"),
        ("names: [{name: Vostara, kind: town, country: RU}]", "kind"),
        ("names: [{name: '...', kind: place, country: RU}]", "a name needs a letter or digit"),
        ("names: [{name: Vostara, kind: place}]", "kind none has no country"),
        ("names: [{name: Vostara, kind: none, country: RU}]", "kind none has no country"),
        ("names: [{name: Vostara, kind: place, country: RU, languages: [tlh]}]", "no names are shipped"),
        ("names: [{name: Vostara, kind: place, country: RU, since: 2020}]", "only a leader has years"),
        ("names: [{name: Vostara, kind: place, country: RU, nation: RU}]", "nation"),
        ("names: [", "own.yaml"),
    ],
)
def test_given_an_unsound_file_when_read_then_each_problem_says_where_and_what(
    tmp_path: Path, text: str, wanted: str
) -> None:
    loaded = load_names(write(tmp_path, text))

    assert any(problem.is_error for problem in loaded.problems)
    assert wanted in "\n".join(problem.render() for problem in loaded.problems)


def test_given_an_unsound_file_when_the_annotator_is_loaded_then_it_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "names: [{name: Vostara, kind: place, country: RX}]")

    with pytest.raises(ConfigError, match="no country has this code"):
        load_annotate(tmp_path)


def test_given_no_folder_when_read_then_there_are_no_names(tmp_path: Path) -> None:
    assert load_names(tmp_path / "none").count == 0
    assert load_annotate(tmp_path / "none")("", "Norway", "en", published_at=None).countries == ("NO",)


def test_given_the_shipped_example_when_uncommented_then_it_is_sound(tmp_path: Path) -> None:
    lines = (SHIPPED / "own.yaml").read_text(encoding="utf-8").splitlines()
    example = [line.removeprefix("# ") for line in lines if line.startswith(("# names:", "#   - "))]
    write(tmp_path, "\n".join(line.removeprefix("#") for line in example))

    assert load_names(SHIPPED).problems == ()
    assert load_names(tmp_path).problems == ()
    assert load_names(tmp_path).count > 5
