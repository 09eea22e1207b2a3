r"""Which regular expressions a rule may use: those that RE2 runs in time linear in the text.

Back references and look-around need backtracking, which lets one pattern stall everything; they are refused
when the file is loaded. Always caseless and UTF-8. In a pattern of ASCII `\w`, `\d` and `\s` are of ASCII; in
one with other letters they are those of Unicode (as RE2 has it in `\p`), and `\b`, which knows only ASCII
letters, is refused. RE2's syntax: https://github.com/google/re2/wiki/Syntax
"""

import math
import re

import re2

MOST_CHARACTERS = 300
MOST_REPEATS = 100
MOST_REPEATS_UNICODE = 5
_REPEAT = re.compile(r"\{(\d+)(?:,(\d*))?\}")
_BOUNDARY = re.compile(r"(?<!\\)(?:\\\\)*\\[bB]")
_SAMPLES = (b"", b"a", b" a ")  # a pattern that is found empty in one of them is found everywhere
_FAR_APART = "use near or slop for words far apart"
_NO_LOOKING = ("look-around ((?=…), (?!…), (?<…)) is not supported", "use all, any and none")
_NO_REFERENCE = ("back references (\\1) are not supported", "write the words out with |")
_TOO_LARGE = ("the pattern is too large to compile", _FAR_APART)
_FOUND_EMPTY = ("the pattern matches nothing at all too, so it would match everything", "use + for *")
_NO_COMMENT = ("comments and layout ((?#…), (?x)) are not supported", "write the pattern alone")
_ADVICE = (  # how RE2's message begins, and what is said instead
    ("invalid perl operator: (?=", _NO_LOOKING),
    ("invalid perl operator: (?!", _NO_LOOKING),
    ("invalid perl operator: (?<", _NO_LOOKING),
    ("invalid perl operator: (?#", _NO_COMMENT),
    ("invalid perl operator: (?x", _NO_COMMENT),
    *((f"invalid escape sequence: \\{digit}", _NO_REFERENCE) for digit in "123456789"),
    ("invalid escape sequence: \\h", ("\\h is not known", "write [ \\t] for \\h")),
    ("invalid escape sequence: \\Z", ("\\Z is not known", "write \\z for the end of the text")),
    ("invalid escape sequence: \\b", ("\\b means nothing in a class", "write \\x08 for a backspace")),
    ("pattern too large", _TOO_LARGE),
    ("invalid repetition size", ("the repeat counts together are above 1000", _FAR_APART)),
)
_TOKEN = re.compile(r"\\.|\[\^?\]?|\]|[^\\\[\]]+", re.DOTALL)
_UNICODE = {"w": r"\p{L}\p{N}_", "d": r"\p{Nd}", "s": r"\s\x0b\p{Z}"}
_POSIX = re.compile(r"\[:\^?[a-z]+:\]")


class PatternError(ValueError):
    """A pattern that cannot be used; `advice` says what to write instead, or is empty."""

    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(message)
        self.advice = advice


def check_pattern(pattern: str) -> None:
    """Raise PatternError for a pattern that can never be used. Runs it on nothing but a few letters."""
    _check_shape(pattern)
    try:
        compiled = re2.compile(in_re2(pattern), RE2_OPTIONS)
    except re2.error as error:
        raise PatternError(*_told(error)) from error
    if any(found.start() == found.end() for text in _SAMPLES for found in compiled.finditer(text)):
        raise PatternError(*_FOUND_EMPTY)


def in_re2(pattern: str) -> str:
    """Write a pattern as RE2 reads it; raises PatternError for what it cannot say."""
    if pattern.isascii():
        return pattern
    if _POSIX.search(pattern):
        raise PatternError("[:…:] knows only ASCII and this pattern has more", r"write \p{L}, \p{Nd}, …")
    written, is_in_class = [], False
    for token in _TOKEN.findall(pattern):
        written.append(_of_unicode(token, is_in_class=is_in_class) if token[0] == "\\" else token)
        # Of what opens a class, a "]" behind it is a member.
        is_in_class = (token[0] == "\\" or token[-1] != "]") if is_in_class else token[0] == "["
    return "".join(written)


def _of_unicode(escape: str, *, is_in_class: bool) -> str:
    letters = _UNICODE.get(escape[1].lower())
    if letters is None:
        return escape
    is_negated = escape[1].isupper()
    if not is_in_class:
        return f"[{'^' if is_negated else ''}{letters}]"
    if is_negated:
        raise PatternError(f"{escape} in a class knows only ASCII", rf"write \P{{L}} or leave {escape} out")
    return letters


def _options() -> re2.Options:
    options = re2.Options()
    options.case_sensitive = False
    options.longest_match = True
    options.never_capture = True  # what a group matched is asked by nobody, and would cost ten times as much
    options.log_errors = False  # it writes a user's pattern to stderr; we say it with its place
    return options


RE2_OPTIONS = _options()
"""How every pattern is compiled."""


def _check_shape(pattern: str) -> None:
    if len(pattern) > MOST_CHARACTERS:
        raise PatternError(f"the pattern is longer than {MOST_CHARACTERS} characters")
    most = MOST_REPEATS if pattern.isascii() else MOST_REPEATS_UNICODE
    counts = [max(int(count[:9] or 0) for count in repeat) for repeat in _REPEAT.findall(pattern)]
    if max(counts, default=0) > most:
        raise PatternError(f"a repeat count is above {most}", _FAR_APART)
    if math.prod(count or 1 for count in counts) > most**2:
        raise PatternError(f"the repeat counts together are above {most**2}", _FAR_APART)
    if not pattern.isascii() and _BOUNDARY.search(pattern):
        raise PatternError("\\b knows only ASCII letters and this pattern has others", "leave \\b out")


def _told(error: re2.error) -> tuple[str, str]:
    said = error.args[0]
    reason = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
    known = next((told for begins, told in _ADVICE if reason.startswith(begins)), None)
    return known or (f"the pattern cannot be read: {reason}", "")
