from pathlib import Path

import pytest

from alerts.watchlist.themes import LabelWords, NearWords, ThemeTest, ThemeWords, load_themes

TRADE = """\
theme: trade
description: Goods that cross borders.
languages:
  en:
    triggers: ["trade deal*", tariff*]
    near: [{all: [[export*, import*], [ban, quota]], words: 6}]
    exclude: ["trade wind"]
  no: {triggers: [handelsavtale]}
tests:
  - {article: "They signed a trade deal", expect: match, language: en}
"""


def test_given_a_theme_when_loaded_then_its_words_are_there_by_language(tmp_path: Path) -> None:
    (tmp_path / "trade.yaml").write_text(TRADE)

    loaded = load_themes(tmp_path)

    assert loaded.problems == ()
    theme = loaded.themes["trade"]
    assert theme.languages == {
        "en": ThemeWords(
            ("trade deal*", "tariff*"),
            (NearWords((("export*", "import*"), ("ban", "quota")), 6),),
            ("trade wind",),
        ),
        "no": ThemeWords(("handelsavtale",)),
    }
    assert theme.tests == (
        ThemeTest("trade", "They signed a trade deal", "en", "match", f"{tmp_path}/trade.yaml:10"),
    )


def test_given_labels_when_loaded_then_their_phrases_are_there_by_language(tmp_path: Path) -> None:
    (tmp_path / "labels.yaml").write_text("labels: {en: {denied: [denies, denied], past: [in 1979]}}")

    loaded = load_themes(tmp_path)

    assert loaded.labels == LabelWords({"en": {"denied": ("denies", "denied"), "past": ("in 1979",)}})
    assert loaded.themes == {}


def test_given_a_theme_in_two_files_when_loaded_then_it_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(TRADE)
    (tmp_path / "b.yaml").write_text(TRADE)

    (problem,) = load_themes(tmp_path).problems

    assert problem.file.endswith("b.yaml")
    assert (problem.line, problem.column) == (1, 8)
    assert problem.message == 'the theme "trade" is defined in another file too'


def test_given_a_theme_that_ignores_labels_when_loaded_then_it_says_which(tmp_path: Path) -> None:
    (tmp_path / "trade.yaml").write_text(TRADE.replace("languages:", "ignores: [suspended]\nlanguages:"))

    assert load_themes(tmp_path).themes["trade"].ignores == {"suspended"}


@pytest.mark.parametrize(
    ("old", "new", "place", "message"),
    [
        ("tariff*", '"*tariff"', (5, 31), "* stands only at the end of a word"),
        ("tariff*", '"*"', (5, 31), "a phrase needs a letter or digit"),
        ("tariff*", '"- -"', (5, 31), "a phrase needs a letter or digit"),
        ("words: 6", "words: 1", (6, 61), "words is too small"),
        ("[ban, quota]", "[]", (6, 39), "too few entries"),
        ("  en:", "  EN:", (4, 3), '"EN" is no key that may stand here'),
        ("triggers: [h", "trigers: [h", (8, 8), 'the key "trigers" is not known here'),
        ("expect: match", "expect: yes", (10, 51), "expect is none of the words it may be"),
        ("theme: trade", "theme: Trade deals", (1, 8), "theme is not written as it must be"),
        ("languages:", "ignores: [halted]\nlanguages:", (3, 11), "ignores[0] is none of the words it may be"),
    ],
)
def test_given_a_mistake_in_a_theme_when_loaded_then_its_place_is_exact(
    tmp_path: Path, old: str, new: str, place: tuple[int, int], message: str
) -> None:
    (tmp_path / "trade.yaml").write_text(TRADE.replace(old, new))

    loaded = load_themes(tmp_path)

    (problem,) = loaded.problems
    assert (problem.line, problem.column) == place
    assert message in problem.message
    assert loaded.themes == {}


def test_given_an_unknown_label_when_loaded_then_the_known_one_is_suggested(tmp_path: Path) -> None:
    (tmp_path / "labels.yaml").write_text("labels:\n  en:\n    hypotetical: [may]\n")

    (problem,) = load_themes(tmp_path).problems

    assert (problem.line, problem.column) == (3, 5)
    assert problem.suggestion == 'did you mean "hypothetical"?'


def test_given_an_unreadable_theme_beside_a_sound_one_when_loaded_then_both_are_told_of(
    tmp_path: Path,
) -> None:
    (tmp_path / "a.yaml").write_text("theme: [")
    (tmp_path / "trade.yaml").write_text(TRADE)

    loaded = load_themes(tmp_path)

    assert list(loaded.themes) == ["trade"]
    assert [problem.file for problem in loaded.problems] == [str(tmp_path / "a.yaml")]
