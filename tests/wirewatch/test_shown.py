import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from wirewatch.shown import shown, shown_line


@given(st.text(st.characters(), max_size=200))
def test_given_any_text_when_shown_then_nothing_is_left_that_acts_on_a_terminal(text: str) -> None:
    assert not any(
        unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} for char in shown_line(text) if char != "\t"
    )
    assert shown(text).count("\n") == text.count("\n")
    shown(text).encode()


def test_given_plain_text_in_any_script_when_shown_then_it_is_as_it_was() -> None:
    text = "ایران می\u200cخواهد\t和平 👩\u200d👧"

    assert shown_line(text) == text


def test_given_an_escape_when_shown_then_it_can_be_read_what_it_was() -> None:
    assert shown_line("a\x1b[2J\n\x9b\u202e") == r"a\x1b[2J\n\x9b\u202e"
