import pytest

from alerts.match.proclitics import with_proclitics
from bench.evaluate.product import Product

PRODUCT = Product()


@pytest.mark.parametrize(
    ("language", "text", "theme"),
    [
        ("he", "לטביה האשימה את רוסיה ובריגול", "espionage"),
        ("he", "יוון ואיטליה דנו בהסכם השקעות", "economic_cooperation"),
        ("ar", "إيران وبريطانيا مستعدتان للمحادثات النووية", "nuclear"),
        ("ar", "اليونان وإيطاليا وتعاون اقتصادي جديد", "economic_cooperation"),
    ],
)
def test_given_a_trigger_with_a_small_word_glued_to_it_when_sought_then_it_is_found(
    language: str, text: str, theme: str
) -> None:
    assert theme in PRODUCT.find_themes(text, language)


def test_given_other_languages_when_phrases_are_read_then_they_stay_as_they_are() -> None:
    assert with_proclitics("trade", "en") == ["trade"]
    assert with_proclitics("تجارت", "fa") == ["تجارت"]


def test_given_an_arabic_article_after_to_when_written_then_it_loses_a_letter() -> None:
    assert "للتجارة" in with_proclitics("التجارة", "ar-EG")
