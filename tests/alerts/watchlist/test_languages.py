"""Languages in rules and themes: known ones pass, others say what was meant."""

import pytest
from pydantic_core import PydanticCustomError

from alerts.watchlist.languages import check_language


@pytest.mark.parametrize(
    "tag",
    [
        "en",
        "fa",
        "no",
        "nb",
        "ckb",
        "zh-Hant",
        "zh-hant-tw",
        "pt-BR",
        "es-419",
        "und",
        "de-1996",
        "en-u-nu-latn",
    ],
)
def test_given_a_language_that_texts_can_have_when_checked_then_it_stands_as_written(tag: str) -> None:
    assert check_language(tag) == tag


@pytest.mark.parametrize(
    ("tag", "what", "suggestion"),
    [
        ("xx", '"xx"', None),
        ("english", '"english"', "write en (English)"),
        ("Persian", '"Persian"', "write fa (Persian)"),
        ("jp", '"jp"', "write ja (Japanese)"),
        ("ua", '"ua"', "write uk (Ukrainian)"),
        ("Portugese", '"Portugese"', "did you mean pt (Portuguese)?"),
        ("zh-Hand", '"Hand"', None),
        ("en-XX", '"XX"', None),
        ("", '""', None),
        ("en_US", '"en_US"', None),
    ],
)
def test_given_a_language_that_no_text_has_when_checked_then_what_was_meant_is_said(
    tag: str, what: str, suggestion: str | None
) -> None:
    with pytest.raises(PydanticCustomError) as raised:
        check_language(tag)

    context = raised.value.context or {}
    assert (context["what"], context["suggestion"]) == (what, suggestion)
