from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.annotate.sentences import sentence_starts


def cut(text: str, language: str = "en") -> list[str]:
    starts = (*sentence_starts(text, language), len(text))
    return [text[start:end].strip() for start, end in pairwise(starts)]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1),
        ("One sentence only", 1),
        ("One. Two! Three? Four", 4),
        ("Gen. Smith met Prof. Jones on Sept. 25 at noon. They left.", 2),
        ("Mr. and Mrs. Li arrived. Dr. Ong did not.", 2),
        ("The U.S. Treasury agreed. The rest waited.", 2),
        ("He flew to the U.S. The talks began.", 2),
        ("J. R. R. Varga spoke. A. Novak listened.", 2),
        ("Growth was 3.5 per cent. Prices rose 2.1 points.", 2),
        ("“We agree.” The minister left.", 2),
        ('He said "No." Then he left.', 2),
        ("Wait ... what happened? Nothing.", 2),
        ("First line\nSecond line\n\nThird line", 3),
        ("Prices at Acme Inc. rose. Nobody knew why.", 2),
        ("See www.example.org for more. Thanks.", 2),
    ],
)
def test_given_english_when_cut_then_abbreviations_and_numbers_do_not_end_a_sentence(
    text: str, count: int
) -> None:
    assert len(cut(text)) == count


@pytest.mark.parametrize(
    ("text", "language", "count"),
    [
        ("伊朗宣布决定。土耳其表示欢迎。「同意。」他说", "zh", 4),
        ("日本が発表した。韓国も同意した！", "ja", 2),
        ("भारत ने कहा। नेपाल सहमत है।", "hi", 2),
        ("هل وافقت مصر؟ نعم وافقت. انتهى", "ar", 3),
        ("پاکستان نے کہا۔ ایران نے مانا۔", "ur", 2),
        ("Հայաստանը համաձայն է։ Իրանը նույնպես։", "hy", 2),
        ("ኢትዮጵያ ተስማማች። ኬንያም።", "am", 2),
        ("Am 3. Oktober sprach der Minister. Danach ging er.", "de", 2),
        ("Le 3. Puis il partit. Fin.", "fr", 3),
    ],
)
def test_given_other_scripts_when_cut_then_their_own_stops_end_sentences(
    text: str, language: str, count: int
) -> None:
    assert len(cut(text, language)) == count


@given(st.text(max_size=300), st.sampled_from(["en", "de", "zh", "ar", "und"]))
@settings(max_examples=150, deadline=None)
def test_given_any_text_when_cut_then_starts_rise_from_zero_and_stay_inside(text: str, language: str) -> None:
    starts = sentence_starts(text, language)

    assert starts[0] == 0
    assert list(starts) == sorted(set(starts))
    assert all(start < len(text) for start in starts[1:])


def test_given_a_megabyte_of_stops_or_of_one_word_when_cut_then_it_is_one_pass() -> None:
    assert len(sentence_starts("." * 1_000_000)) == 1
    assert len(sentence_starts("a" * 1_000_000)) == 1
    assert len(sentence_starts("A be. " * 100_000)) == 100_000
