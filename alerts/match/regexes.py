"""All regular expressions of all rules, run by RE2: no pattern can be slow, and none has ended a process.

Vectorscan, which finds terms, crashes on regexes: with the start of a match asked for on one in five, without
on one in some thousands (decision 0050).
"""

from collections.abc import Collection, Iterable, Mapping

import re2

from alerts.watchlist.patterns import RE2_OPTIONS, in_re2
from stream import failpoint

_MAX_HITS = 1000  # of one pattern in one field: what a rule can use is the first
_MOST_BYTES = 64_000_000  # looked at for one pattern in one field: each hit may cost a look to the end
_SENTINEL = b"\nqzvwirewatchvzq"  # behind every text: a filter that does not see it has run out of memory


class RegexIndex:
    """An immutable set of patterns, matched against unfolded text without regard to case. Threads share it.

    A filter over the words that patterns need leaves few of them to be run: measured on 2.3 KB, 6 µs for 100
    patterns and 18 for 1,000, and 1 to 10 µs for each that is run.
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        """Compile; 1,000 take a fifth of a second. Raises ValueError for one `check_pattern` refuses."""
        self._patterns = tuple(sorted(set(patterns)))
        if not self._patterns:
            return
        self._filter = re2.Filter()
        for pattern in (*map(in_re2, self._patterns), _SENTINEL.decode().strip()):
            try:
                self._filter.Add(pattern, RE2_OPTIONS)
            except re2.error as error:
                raise ValueError(f"the regexes of the rules cannot be compiled: {error}") from error
        self._filter.Compile()
        self._compiled = [self._filter.re(number) for number in range(len(self._patterns))]

    def scan(self, text: str) -> "RegexHits":
        """Find which patterns match a text; where they do is looked for when it is asked."""
        if not self._patterns:
            return RegexHits(b"", {})
        for pattern in self._patterns if failpoint.is_armed else ():
            failpoint.meet("regex.scan", pattern)
        data = text.encode(errors="replace")  # a lone surrogate becomes one "?"
        found = {
            self._patterns[number]: self._compiled[number]
            for number in self._candidates(data)
            if self._compiled[number].search(data)
        }
        return RegexHits(data, found)

    def _candidates(self, data: bytes) -> Iterable[int]:
        """Numbers of the patterns that may match."""
        count = len(self._patterns)
        numbers = self._filter.Match(data + _SENTINEL, potential=True) or ()
        return [number for number in numbers if number < count] if count in numbers else range(count)


class RegexHits:
    """What matches one text: `patterns`, and on demand where each of them does."""

    def __init__(self, data: bytes, found: "Mapping[str, re2._Regexp]") -> None:
        self.patterns: Collection[str] = found.keys()
        self._data = data
        self._found = found
        self._spans: dict[str, list[tuple[int, int]]] = {}

    def spans(self, pattern: str) -> list[tuple[int, int]]:
        """Characters of the text that a pattern matches: leftmost, longest and apart, in their order."""
        if pattern not in self._spans:
            self._spans[pattern] = _characters(self._data, self._bytes(pattern))
        return self._spans[pattern]

    def _bytes(self, pattern: str) -> list[tuple[int, int]]:
        spans: list[tuple[int, int]] = []
        left = _MOST_BYTES
        for found in self._found[pattern].finditer(self._data) if pattern in self._found else ():
            start, end = found.span()
            left -= len(self._data) - end
            if start < end:
                spans.append((start, end))
            if left < 0 or len(spans) == _MAX_HITS:
                break
        return spans


def _characters(data: bytes, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Byte spans in order of their starts as character spans; walks the text once."""
    if data.isascii():
        return spans
    characters, at, byte = [], 0, 0
    for start, end in spans:
        at += len(data[byte:start].decode())
        byte = start
        characters.append((at, at + len(data[start:end].decode())))
    return characters
