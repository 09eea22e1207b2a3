r"""Which regular expressions a rule may use: those that Vectorscan runs in time linear in the text.

Back references and look-around need backtracking, which lets one pattern stall everything; they are refused
when the file is loaded. Repeats are capped because a pattern's compile time grows with them (measured:
12 s for three nested `{90,100}`, 4 s for two `\w{1,10}` with Unicode classes).
"""

import math
import re

import hyperscan

MOST_CHARACTERS = 300
MOST_REPEATS = 100
MOST_REPEATS_UNICODE = 5
_REPEAT = re.compile(r"\{(\d+)(?:,(\d*))?\}")
_BOUNDARY = re.compile(r"(?<!\\)(?:\\\\)*\\[bB]")
_FAR_APART = "use near or slop for words far apart"
_ADVICE = {
    "Back-references": ("back references (\\1) are not supported", "write the words out with |"),
    "Zero-width assertions": ("look-around ((?=…), (?!…), (?<…)) is not supported", "use all, any and none"),
    "empty buffer": ("the pattern matches nothing at all too, so it would match everything", "use + for *"),
    "an empty buffer": ("the pattern matches the empty text, so it would match everything", "use + for *"),
    "too large": ("the pattern is too large to compile", _FAR_APART),
    "Bounded repeat": ("a repeat count is too large", _FAR_APART),
}


class PatternError(ValueError):
    """A pattern that cannot be used; `advice` says what to write instead, or is empty."""

    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(message)
        self.advice = advice


def pattern_flags(pattern: str) -> int:
    r"""Give the Vectorscan flags with which a pattern compiles; raises PatternError where none will do.

    Always caseless and UTF-8. A pattern with letters beyond ASCII gets Unicode classes and case (UCP), which
    rule out `\b`. The start of a match is reported (SOM_LEFTMOST) except for patterns with repeats too large
    for it: of these only the end of a match is known.
    """
    _check_shape(pattern)
    flags = hyperscan.HS_FLAG_CASELESS | hyperscan.HS_FLAG_UTF8
    if not pattern.isascii():
        flags |= hyperscan.HS_FLAG_UCP
    if _compiles(pattern, flags | hyperscan.HS_FLAG_SOM_LEFTMOST):
        return flags | hyperscan.HS_FLAG_SOM_LEFTMOST
    if _compiles(pattern, flags):
        return flags
    raise PatternError(*_ADVICE["too large"])


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


def _compiles(pattern: str, flags: int) -> bool:
    """Whether it compiles; False when it is only too large, PatternError when it never will."""
    try:
        database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        database.compile(expressions=[pattern.encode()], ids=[0], elements=1, flags=flags)
    except hyperscan.error as error:
        reason = str(error)
        if "large" in reason:
            return False
        known = next((said for words, said in _ADVICE.items() if words in reason), None)
        raise PatternError(*(known or (f"the pattern cannot be read: {reason.rstrip('.')}",))) from error
    return True
