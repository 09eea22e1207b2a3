"""Tell by its letters and neighbours whether a hit of the automaton is the term that was meant."""

import re

from ingest.annotate.gazetteer import Meaning

_WORD_BEFORE = re.compile(r"([\w’'.-]+)[ \u00a0]$")
_WORD_AFTER = re.compile(r"[ \u00a0]([\w’'-]+)")
_LANGUAGE_OF = frozenset({"語", "语"})  # after a country's name they make its language
NEVER_AFTER = frozenset({"$"}) | _LANGUAGE_OF
"""What never stands right after a country's name."""
_REACH_CHARS = 30
_MAX_HEADLINE_CHARS = 160
# In a text all in capitals, words that take the pronoun "us".
_TAKE_PRONOUN = frozenset(
    (
        "TELL",
        "LET",
        "GIVE",
        "HELP",
        "JOIN",
        "OF",
        "FOR",
        "CONTACT",
        "ABOUT",
        "LETS",
        "MAKES",
        "MAKE",
        "BETWEEN",
    )
)


def is_written(meaning: Meaning, written: str, text: str, start: int, end: int) -> bool:
    """Tell whether `text[start:end]`, which is `written`, has the shape that the term's flags ask for."""
    flags = meaning.flags
    after = text[end : end + 1]
    if after == "$" or (meaning.kind == "G" and (after == "-" or text[start - 1 : start] == "-")):
        return False
    if after in _LANGUAGE_OF or ("h" in flags and after not in {"-", "–"}):
        return False
    if "u" in flags:
        return written.isupper()
    return "t" not in flags or not written[0].islower()


def may_be_country(text: str, start: int, end: int) -> bool:
    """Judge "US" in a text all in capitals: the pronoun ends the text or follows a verb that takes it."""
    return end < len(text) and word_before(text, start) not in _TAKE_PRONOUN


def word_before(text: str, start: int) -> str:
    """The word right before a place, one space away; empty where there is none."""
    found = _WORD_BEFORE.search(text, max(0, start - _REACH_CHARS), start)
    return found.group(1).rstrip(".") if found else ""


def word_after(text: str, end: int) -> str:
    """The word right after a place, one space away; empty where there is none."""
    found = _WORD_AFTER.match(text, end)
    return found.group(1) if found else ""


def is_inside(text: str, place: int) -> bool:
    """Tell whether a place is inside a sentence rather than at its start."""
    before = text[max(0, place - 3) : place].rstrip()
    return bool(before) and before[-1] not in '.!?:\n“"‘('


def is_headline(text: str) -> bool:
    """Tell whether most longer words of a short text have a capital, so that a capital says nothing."""
    if len(text) > _MAX_HEADLINE_CHARS:
        return False
    words = [word for word in text.split() if len(word) > 3]
    return sum(word[0].isupper() for word in words) > len(words) * 0.7
