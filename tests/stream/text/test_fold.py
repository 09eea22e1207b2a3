import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from stream.text.fold import Folded, fold, fold_term, fold_terms
from stream.text.letters import fold_char

_WRITINGS = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("aIİıß’' .,-\u0301\u0640\u064e\u200c\u00adéæ½﷽ไก็가イﾄ伊朗トひ\x1e🇹🇷"),
    ),
    max_size=60,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("İran", "Iran"),
        ("IRAN", "ıran"),
        ("Türkiye'nin", "TURKIYE’NIN"),
        ("Erdoğan", "Erdog\u0306an"),
        ("Straße", "STRASSE"),
        ("Οδυσσεύς", "ΟΔΥΣΣΕΥΣ"),
        ("Королёв", "КОРОЛЕВ"),
        ("об'єднання", "обʼєднання"),
        ("إيران", "ايـران"),
        ("إِيرَان", "ایران"),
        ("أنقرة", "انقره"),
        ("می‌خواهد", "میخواهد"),
        ("क़तर", "कतर"),
        ("Ｉｒａｎ", "iran"),
        ("ﾄﾙｺ", "トルコ"),
        ("٢٠٢٤", "2024"),
        ("St. Petersburg", "st petersburg"),
        ("co\u00adoperation", "cooperation"),
        ("“Iran,\n Turkey”", "Iran Turkey"),
    ],
)
def test_given_two_writings_of_one_name_when_folded_then_they_are_equal(one: str, other: str) -> None:
    assert fold_term(one) == fold_term(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Brand™", "Brandtm"), ("がん", "かん"), ("निर्यात", "नर्यत"), ("ไก่", "ไก")]
)
def test_given_two_words_that_differ_when_folded_then_they_stay_apart(one: str, other: str) -> None:
    assert fold_term(one) != fold_term(other)


def test_given_a_starred_term_when_folded_then_its_right_end_is_open() -> None:
    folded = [fold_term(term) for term in ("Cooperat*", "military cooperat* ", "*", "…")]

    assert folded == [b" cooperat", b" military cooperat", b" ", b" "]


@given(st.lists(st.one_of(_WRITINGS, _WRITINGS.map("{}*".format)), max_size=8))
@example(["Iran\n", "\n*", "", "e\u0301 *", "\ud800"])
def test_given_many_terms_when_folded_at_once_then_each_is_as_alone(terms: list[str]) -> None:
    assert fold_terms(terms) == [fold_term(term) for term in terms]


@given(_WRITINGS)
def test_given_any_text_when_folded_then_it_is_its_folded_characters_with_single_spaces(text: str) -> None:
    folded = fold(text)

    words = "".join(map(fold_char, text)).split()
    assert folded.data == (f" {' '.join(words)} " if words else " ").encode()


@given(_WRITINGS)
@example("½ß﷽e\u0301 ")
@example("«Ah» -  '")
def test_given_any_text_when_a_word_is_mapped_back_then_that_span_of_the_source_folds_to_it(
    text: str,
) -> None:
    folded = fold(text)

    spans = [(word, folded.span(start, end)) for word, start, end in words_of(folded)]

    for word, (start, end) in spans:
        assert 0 <= start < end <= len(text)
        assert word in fold(text[start:end]).data.split()
    assert [span for _, span in spans] == sorted(span for _, span in spans)


@given(_WRITINGS, st.data())
def test_given_a_run_of_words_when_mapped_back_then_the_span_folds_to_the_run_and_is_tight(
    text: str, data: st.DataObject
) -> None:
    words = words_of(folded := fold(text))
    first = data.draw(st.integers(0, max(len(words) - 1, 0)))
    run = words[first : first + data.draw(st.integers(1, 4))]
    if not run:
        return

    start, end = folded.span(run[0][1], run[-1][2])

    inside = fold(text[start:end]).data.split()
    assert b" ".join(word for word, _, _ in run) in b" ".join(inside)
    assert fold_char(text[start]).strip()


def test_given_a_decomposed_accent_when_mapped_back_then_the_span_takes_it_in() -> None:
    folded = fold("un cafe\u0301!")

    span = folded.span(folded.data.index(b"cafe"), folded.data.index(b"cafe") + 4)

    assert span == (3, 8)


def test_given_a_megabyte_without_words_when_folded_then_it_is_one_space() -> None:
    folded = fold(" .,\n" * 250_000)

    assert folded.data == b" "


def words_of(folded: Folded) -> list[tuple[bytes, int, int]]:
    """Words of folded text with their byte spans."""
    words, at = [], 1
    for word in folded.data.split():
        words.append((word, at, at + len(word)))
        at += len(word) + 1
    return words
