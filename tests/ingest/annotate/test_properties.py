import sys
from collections.abc import Callable
from types import FrameType

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ingest.annotate import Annotation, Annotator, load

ANNOTATOR = load()
PIECES = st.sampled_from(
    ["Iran", "Turkey's", "U.S.", "伊朗",
     "تركيا", "İran", "Erdoğan", "and", ", ", ". ", "\n", " in ", "between", "\u200c",
     "e\u0301", "🇹🇷", "ＩＲＡＮ", "Türkiye'nin", "ﷺ", "-", "—", "said", "the two countries", "\u202e", "  "]
)  # fmt: skip
LANGUAGES = st.sampled_from(["en", "tr", "ar", "zh", "ru", "und", "xx"])
TEXTS = st.one_of(
    st.text(max_size=200),
    st.lists(PIECES, max_size=40).map(" ".join),
    st.lists(PIECES, max_size=40).map("".join),
)


@given(TEXTS, TEXTS, LANGUAGES)
@example("", "IN/IRAN TURK", "en")  # a clause opens, and two names stand in it without a word between them
@example("", "IRAN _ Turkey _ ", "en")
@settings(max_examples=150, deadline=None)
def test_given_any_text_when_annotated_then_every_place_is_inside_its_field(
    title: str, text: str, language: str
) -> None:
    annotation = ANNOTATOR.annotate(title, text, language)

    for mention in annotation.mentions:
        field = title if mention.field == "title" else text
        assert 0 <= mention.start < mention.end <= len(field)
        assert not field[mention.start].isspace()
        assert not field[mention.end - 1].isspace()
        assert 0 <= mention.sentence < len(annotation.sentences)
        if mention.field == "text":
            assert annotation.sentences[mention.sentence] <= mention.start
    named = {mention.country for mention in annotation.mentions}
    for relation in annotation.relations:
        assert relation.countries[0] < relation.countries[1]
        assert set(relation.countries) <= named
    assert set(annotation.countries) <= named


@given(TEXTS, LANGUAGES)
@settings(max_examples=30, deadline=None)
def test_given_the_same_text_when_annotated_twice_then_the_result_is_equal(text: str, language: str) -> None:
    assert ANNOTATOR.annotate("", text, language) == ANNOTATOR.annotate("", text, language)


def _calls(work: Callable[[], object]) -> int:
    """Count the Python and C calls that `work` makes: a clock that no load disturbs."""
    count = 0

    def on_event(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(on_event)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize(
    "unit",
    [
        "Iran and Turkey met in Oman. ",
        "Iran, Turkey and ",
        "Iran ",
        "U.S. ",
        ". ",
        "Jordan ",
        "the two countries ",
        "a",
    ],
)
def test_given_twice_the_text_when_annotated_then_the_work_at_most_doubles(unit: str) -> None:
    def work(times: int) -> Callable[[], Annotation]:
        return lambda: ANNOTATOR.annotate("", unit * times, "en")

    work(10)()

    once, twice = _calls(work(400)), _calls(work(800))

    assert twice <= 2.2 * once + 200


@pytest.mark.parametrize("word", ["a", "伊", "İ", "e\u0301", "\u200d", "Iran"])
def test_given_a_megabyte_of_one_word_when_annotated_then_it_ends(word: str) -> None:
    text = word * (1_000_000 // len(word))

    annotation = ANNOTATOR.annotate("", text, "en")

    assert annotation.sentences == (0,)


def test_given_mixed_directions_and_languages_when_annotated_then_the_names_are_still_found() -> None:
    annotator: Annotator = ANNOTATOR

    found = annotator.annotate("", "وقال وزير الخارجية التركي عن إيران (Iran) إن ...", "ar")

    assert {mention.country for mention in found.mentions} >= {"TR", "IR"}
