from hypothesis import given
from hypothesis import strategies as st

from ingest.extract.characters import cut_bytes, one_line, paragraphs, plain_title, shorten, strip_invisible


@given(st.text())
def test_given_any_text_when_cleaned_then_it_can_be_encoded_and_cleaning_again_changes_nothing(
    text: str,
) -> None:
    cleaned = paragraphs(text)

    cleaned.encode()
    assert paragraphs(cleaned) == cleaned
    assert "\n\n" not in cleaned
    assert one_line(text, 50) == one_line(one_line(text, 50), 50)


def test_given_unseen_characters_when_cleaned_then_words_are_whole_and_joiners_stay() -> None:
    assert strip_invisible("Tur\u00adkey\u200b\u202e \x00met\ud800") == "Turkey met"
    assert strip_invisible("می\u200cخواهم") == "می\u200cخواهم"


def test_given_line_breaks_of_all_kinds_when_cleaned_then_paragraphs_are_lines() -> None:
    assert paragraphs("one \t two\r\n\r\n three\u2028four\x85") == "one two\nthree\nfour"


def test_given_a_title_escaped_twice_with_markup_when_cleaned_then_a_reader_can_read_it() -> None:
    assert plain_title("Fish &amp;amp; <b>ships</b>", 100) == "Fish & ships"
    assert plain_title("&lt;i&gt;Quay&lt;/i&gt; 3 &lt; 4", 100) == "Quay 3 < 4"
    assert plain_title("a" * 5000, 1000) == "a" * 1000


@given(st.text(), st.integers(0, 40))
def test_given_any_text_when_cut_to_bytes_then_it_is_a_start_of_it_and_fits(text: str, limit: int) -> None:
    text = strip_invisible(text)

    cut = cut_bytes(text, limit)

    assert text.startswith(cut)
    assert len(cut.encode()) <= limit


@given(st.text(), st.integers(1, 60))
def test_given_any_text_when_shortened_then_it_fits(text: str, limit: int) -> None:
    assert len(shorten(text, limit)) <= limit


def test_given_paragraphs_when_shortened_then_the_cut_is_between_words() -> None:
    assert shorten("The council voted on Tuesday", 20) == "The council voted on"
    assert shorten("The council voted on Tuesday", 19) == "The council voted"
