"""Scores against their floors: the whole gate, where the development sets are."""

from pathlib import Path

import pytest

from bench.evaluate import detection, gate
from bench.evaluate.gate import Measured
from bench.evaluate.names import score_names
from bench.evaluate.product import Product
from bench.evaluate.rows import Row
from bench.evaluate.themes import recall

NOTHING: frozenset[str] = frozenset()
NOTHING_PAIRS: frozenset[tuple[str, str]] = frozenset()
LANGUAGES = ("de", "es", "fr", "it")


def test_given_the_development_sets_when_scored_then_nothing_is_below_its_floor() -> None:
    folder = detection.shared() / "eval"
    if not folder.is_dir():
        pytest.skip("the development sets are not on this machine")

    scores = gate.measure(folder, Product())

    assert gate.fallen(scores, gate.read_floors()) == []


def test_given_a_score_that_fell_when_compared_then_only_more_than_noise_is_told() -> None:
    floors = {"a": Measured(0.9, 0.02), "b": Measured(1, 0, less=True), "c": Measured(0.5, 0.1)}
    scores = {"a": Measured(0.885, 0.02), "b": Measured(2, 0, less=True), "d": Measured(0.1, 0)}

    lines = gate.fallen(scores, floors)

    assert lines == ["b: 2.000, the floor is 1.000 ± 0.000", "c: not scored, the floor is 0.500"]


def test_given_scores_when_stored_then_they_come_back(tmp_path: Path) -> None:
    scores = {"a.f1": Measured(0.93, 0.014), "b.cyber": Measured(1, 0, less=True)}

    gate.write_floors(scores, tmp_path / "floors.json")

    assert gate.read_floors(tmp_path / "floors.json") == scores


def test_given_the_floors_in_the_repository_when_read_then_every_part_has_some() -> None:
    floors = gate.read_floors()

    assert {name.partition(".")[0] for name in floors} == {
        "dyad",
        "names",
        "wcep_background",
        "wcep_pairs",
        "wcep_theme",
    }


def test_given_a_country_that_all_translations_name_when_the_gold_lacks_it_then_it_is_a_gap() -> None:
    gold = frozenset({"NO"})
    rows = [Row(f"1-{code}", "", code, NOTHING_PAIRS, gold, gold, NOTHING, "1") for code in LANGUAGES]
    found = {"de": {"NO", "US"}, "es": {"US"}, "fr": {"NO", "US", "KE"}, "it": {"NO"}}

    scores = {one.language: one for one in score_names(rows, lambda row: frozenset(found[row.language]))}

    assert (scores["de"].recall, scores["de"].precision, scores["de"].whole) == (1.0, 0.5, 1.0)
    assert scores["es"].recall == 0.0
    assert (scores["fr"].wrong, scores["fr"].gaps, scores["fr"].whole) == (2, 1, 0.5)


def test_given_a_theme_of_the_sets_when_it_has_another_name_here_then_ours_counts() -> None:
    row = Row("1", "text", "en", NOTHING_PAIRS, NOTHING, NOTHING, frozenset({"border_conflict", "aid"}))

    found = recall([row], lambda _text, _language: {"military_conflict"})

    assert [(one.theme, one.hits, one.wanted) for one in found] == [("aid", 0, 1), ("border_conflict", 1, 1)]
