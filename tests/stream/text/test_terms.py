import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.text.fold import fold, fold_term
from stream.text.terms import TermIndex


def found(terms: list[str], text: str) -> list[tuple[str, str]]:
    """Terms with the stretch of the text in which each was found."""
    index, folded = TermIndex([fold_term(term) for term in terms]), fold(text)
    return [(terms[term], text[slice(*folded.span(start, end))]) for term, start, end in index.scan(folded)]


@pytest.mark.parametrize(
    ("term", "text", "stretch"),
    [
        ("iran", "«İRAN’dan» gelen", "İRAN"),
        ("military cooperation", "Military,  cooperation", "Military,  cooperation"),
        ("cooperat*", "They are co-operating and cooperating.", "cooperating"),
        ("伊朗", "与伊朗同意", "伊朗"),
        ("NATO", "与NATO的合作", "NATO"),
        ("ไทย", "ประเทศไทยและ", "ไทย"),
        ("イラン", "トルコとイランは", "イラン"),
        ("تركيا", "قالت تُرْكِيَا،", "تُرْكِيَا"),
        ("北约*", "北约秘书长", "北约"),
    ],
)
def test_given_a_term_when_scanned_then_the_stretch_of_the_source_is_exact(
    term: str, text: str, stretch: str
) -> None:
    assert found([term], text) == [(term, stretch)]


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("iran", "Iranian"),
        ("oman", "a woman"),
        ("イラン", "ブイランプ"),
        ("cooperat*", "uncooperative"),
        ("us", "U.S."),
    ],
)
def test_given_a_term_inside_another_word_when_scanned_then_it_is_not_found(term: str, text: str) -> None:
    assert found([term], text) == []


_VOCABULARY = ["iran", "iran turkey", "turk*", "伊朗", "tur", "朗 iran", "a", "a a"]


@given(
    st.lists(
        st.sampled_from(["Iran", "TURKEY", "turk", "伊朗", ", ", " ", "a", "’", "tur", "朗"]), max_size=25
    )
)
def test_given_any_text_when_scanned_then_every_occurrence_is_found_and_no_other(parts: list[str]) -> None:
    folded = fold("".join(parts))

    hits = TermIndex([fold_term(term) for term in _VOCABULARY]).scan(folded)

    assert sorted(hits) == sorted(
        (number, at + 1, folded.data.index(b" ", at + len(term) - 1))
        for number, term in enumerate(map(fold_term, _VOCABULARY))
        for at in range(len(folded.data))
        if folded.data.startswith(term, at)
    )


@pytest.mark.parametrize("terms", [[b" "], [b" a ", b" a "], [b""]])
def test_given_blank_or_repeated_terms_when_compiled_then_it_is_refused(terms: list[bytes]) -> None:
    with pytest.raises(ValueError, match="term"):
        TermIndex(terms)


def test_given_no_terms_when_scanned_then_nothing_is_found() -> None:
    assert TermIndex([]).scan(fold("anything")) == []


def test_given_many_threads_when_they_scan_at_once_then_each_finds_its_own() -> None:
    index = TermIndex([fold_term(f"word{number}") for number in range(50)])
    texts = [fold(f"word{number} and " * 200) for number in range(8)]
    barrier = threading.Barrier(len(texts), timeout=30)

    def scan(number: int) -> set[int]:
        barrier.wait()
        return {term for _ in range(20) for term, _, _ in index.scan(texts[number])}

    with ThreadPoolExecutor(len(texts)) as pool:
        terms = list(pool.map(scan, range(len(texts))))

    assert terms == [{number} for number in range(8)]
