"""Cut a text into sentences: start offsets only, one pass, linear time."""

import re
from functools import cache
from importlib.resources import files

_STOPS = ".!?…。！？｡।॥؟۔։።፧។\n"  # a line's end too
_TAIL_CHARS = 3


def _stop(stops: str) -> re.Pattern[str]:
    """A stop, what closes it, and the white space after it; the group is there after a long word.

    Then a full stop, a space and a letter follow each other, and hardly anything is left to decide.
    """
    plain = rf"(?<=\.)(?<=[^\W\d_]{{{_TAIL_CHARS}}}.)( )(?=[^\W\d_])"
    return re.compile(rf"[{stops}](?:{plain}|[.!?…。！？\"'”’»)\]」』）]*\s*)")


_ANY_STOP = _stop(_STOPS)
_FULL_STOP = _stop(".")  # one character is searched for three times faster than a set
_SPACELESS = frozenset("。！？｡।॥؟۔։።፧។")
_REACH_CHARS = 24
_MAX_ORDINAL_DIGITS = 2
_OPENING = "([\"'“‘«\u00a0\n\t"
# Words that open a sentence even after an abbreviation that may end one: "in the U.S. The talks".
_OPENERS = frozenset(
    ("The", "A", "An", "In", "On", "It", "He", "She", "They", "But", "This", "That", "We", "At")
)
_COUNTRY_ABBREVIATIONS = frozenset(
    ("u.s", "u.k", "u.n", "e.u", "u.s.a", "d.c", "p.m", "a.m", "inc", "ltd", "co", "corp", "jr", "sr")
)
# Languages that write ordinals with a stop: "am 3. Oktober".
_STOP_ORDINALS = frozenset(
    ("de", "cs", "sk", "sl", "hr", "sr", "hu", "da", "nb", "no", "fi", "et", "lv", "tr", "pl")
)


def sentence_starts(text: str, language: str = "und") -> tuple[int, ...]:
    """Return where each sentence of `text` starts; sentence i ends where i + 1 starts, the first starts at 0.

    A line's end ends a sentence. Abbreviations, initials, decimals and a small letter after a full stop
    do not; nor does "U.S." unless a word follows that opens sentences. Ordinals ("3. Oktober") follow the
    `language` (BCP 47). Empty text has one sentence.
    """
    has_ordinals = language[:2] in _STOP_ORDINALS
    short_tails = _short_tails()
    length = len(text)
    starts = [0]
    is_plain = not any(map(text.__contains__, _STOPS[1:]))
    for found in (_FULL_STOP if is_plain else _ANY_STOP).finditer(text):
        start, end = found.span()
        if found.lastindex and text[start - _TAIL_CHARS : start].lower() not in short_tails:
            if not text[end].islower():  # the word is longer than any that ends in no sentence
                starts.append(end)
        elif end < length and _is_end(text, start, end, has_ordinals=has_ordinals):
            starts.append(end)
    return tuple(starts)


def _is_end(text: str, start: int, end: int, *, has_ordinals: bool) -> bool:
    """Decide whether the stop and what is behind it, `text[start:end]`, end the sentence."""
    stop = text[start:end]
    if "\n" in stop or stop[0] in _SPACELESS:
        return True
    if not stop[-1].isspace():
        return False
    following = text[end]
    if following.islower() or following in ",;":
        return False
    if stop[0] != "." or not stop[1].isspace():
        return True
    return not _is_abbreviation(_word_before(text, start), text[end : end + 12], has_ordinals=has_ordinals)


def _word_before(text: str, place: int) -> str:
    return text[max(0, place - _REACH_CHARS) : place].rpartition(" ")[2]


def _is_abbreviation(word: str, following: str, *, has_ordinals: bool) -> bool:
    word = word.rpartition("\n")[2].lstrip(_OPENING)
    if len(word) == 1 and word.isupper():
        return True
    if word.isdigit():
        return has_ordinals and len(word) <= _MAX_ORDINAL_DIGITS
    lowered = word.lower()
    if lowered in _COUNTRY_ABBREVIATIONS:
        return following.split(maxsplit=1)[0] not in _OPENERS
    return lowered in _short_words()


@cache
def _short_words() -> frozenset[str]:
    """Every word whose stop may end no sentence."""
    text = files("ingest.annotate").joinpath("data/abbreviations.txt").read_text(encoding="utf-8")
    return _COUNTRY_ABBREVIATIONS | frozenset(text.split())


@cache
def _short_tails() -> frozenset[str]:
    """How those of them end that have as many letters as a tail."""
    return frozenset(word[-_TAIL_CHARS:] for word in _short_words() if len(word) >= _TAIL_CHARS)
