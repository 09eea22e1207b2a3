import pytest

from ingest.language import detect_language, language_code
from tests.ingest.pages import ARABIC, ENGLISH, GREEK, JAPANESE


@pytest.mark.parametrize(
    ("title", "text", "language"),
    [
        ("Council votes to rebuild the northern pier", ENGLISH[0], "en"),
        ("Εγκρίθηκε η ανακατασκευή της προβλήτας", GREEK[0], "el"),
        ("إعادة بناء الرصيف الشمالي", ARABIC[0], "ar"),
        ("北桟橋を再建へ", JAPANESE[0], "ja"),
        ("Rat stimmt für den Wiederaufbau der Mole", "", "de"),
        ("Liman konseyi kuzey iskelesini yeniden inşa edecek", "", "tr"),
    ],
)
def test_given_a_title_and_start_when_detected_then_its_language(
    title: str, text: str, language: str
) -> None:
    assert detect_language(title, text) == language


@pytest.mark.parametrize("title", ["", "123", "!!!", "Kia", "asdf qwer zxcv"])
def test_given_too_little_to_tell_when_detected_then_undetermined(title: str) -> None:
    assert detect_language(title, "") == "und"


def test_given_too_little_to_tell_when_the_source_says_then_it_is_believed() -> None:
    assert detect_language("Kia", "", "pt-BR") == "pt"
    assert detect_language("2 : 1", "", "de") == "de"


def test_given_a_clear_text_when_the_source_says_otherwise_then_the_text_decides() -> None:
    assert detect_language("Rat stimmt für den Wiederaufbau der nördlichen Mole im Hafen", "", "en") == "de"


@pytest.mark.parametrize(
    ("title", "language"),
    [("আত্মঘাতী হামলায় নিহত পাঁচ", "bn"), ("वायु रक्षा प्रणाली सौंपी", "hi"), ("ایران اور ترکی", "ur")],
)
def test_given_a_few_words_that_two_languages_share_when_the_source_says_then_it_is_believed(
    title: str, language: str
) -> None:
    assert detect_language(title, "", language) == language


def test_given_a_neighbour_language_when_the_source_says_then_it_is_believed() -> None:
    title = "Vlada je danas donela odluku o obnovi luke, saopštio je ministar"

    assert detect_language(title, "", "sr") == "sr"
    assert detect_language(title, "", "bs") == "bs"


@pytest.mark.parametrize(
    ("tag", "code"),
    [("en-GB", "en"), ("pt_BR", "pt"), ("nb", "no"), ("iw", "he"), ("und", None), ("", None), (None, None)],
)
def test_given_a_language_tag_when_read_then_its_primary_code(tag: str | None, code: str | None) -> None:
    assert language_code(tag) == code
