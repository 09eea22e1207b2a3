"""Cut a text into sentences: start offsets only, one pass, linear time."""

import re
from functools import cache
from importlib.resources import files

# A stop or a line's end, what closes it, and the white space after it. One set of characters to search for.
_STOP = re.compile(r"[.!?…。！？｡।॥؟۔։።፧។\n][.!?…。！？\"'”’»)\]」』）]*\s*")
_SPACELESS = frozenset("。！？｡।॥؟۔։።፧។")
_REACH_CHARS = 24
_TAIL_CHARS = 5
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
    for found in _STOP.finditer(text):
        start, end = found.span()
        if end == length:
            break
        if text[start:end] != ". ":
            if _is_end(text, start, end, has_ordinals=has_ordinals):
                starts.append(end)
            continue
        following = text[end]
        if following.islower() or following in ",;":
            continue
        tail = text[start - _TAIL_CHARS : start]
        if tail.isalpha() and len(tail) == _TAIL_CHARS and tail.lower() not in short_tails:
            starts.append(end)  # the word is longer than any that ends in no sentence
        elif not _is_abbreviation(_word_before(text, start), text[end : end + 12], has_ordinals=has_ordinals):
            starts.append(end)
    return tuple(starts)


def _is_end(text: str, start: int, end: int, *, has_ordinals: bool) -> bool:
    """Decide whether a stop with more behind it than a space, `text[start:end]`, ends the sentence."""
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
