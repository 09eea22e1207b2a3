"""All regular expressions of all rules in one database without backtracking: no pattern can be slow."""

from collections.abc import Mapping

import hyperscan

_MAX_HITS = 1000  # of one pattern in one field: what a rule can use is the first


class RegexIndex:
    """An immutable database of patterns, matched against unfolded text without regard to case."""

    def __init__(self, patterns: Mapping[str, int]) -> None:
        """Compile patterns with their flags (`pattern_flags`). Raises ValueError when they are too much."""
        self._patterns = tuple(patterns)
        self._knows_start = [bool(flags & hyperscan.HS_FLAG_SOM_LEFTMOST) for flags in patterns.values()]
        self._scratches: list[hyperscan.Scratch] = []  # idle ones: two scans at once must not share one
        if not patterns:
            return
        self._database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        numbers = list(range(len(patterns)))
        expressions = [pattern.encode() for pattern in patterns]
        try:
            self._database.compile(
                expressions=expressions, ids=numbers, elements=len(numbers), flags=list(patterns.values())
            )
        except hyperscan.error as error:
            raise ValueError(f"the regexes of the rules cannot be compiled: {error}") from error

    def scan(self, text: str) -> dict[str, list[tuple[int, int]]]:
        """Characters of the text that match, by pattern: from every start the longest, in their order.

        Of a pattern too large to report where a match starts, only the last character is given.
        """
        if not self._patterns:
            return {}
        knows_start = self._knows_start
        longest: list[dict[int, int]] = [{} for _ in self._patterns]

        def on_match(pattern: int, start: int, end: int, _flags: int, _context: object) -> None:
            ends = longest[pattern]
            if not knows_start[pattern]:
                start = end - 1
                while data[start] & 0xC0 == 0x80:  # back to the first byte of its character
                    start -= 1
            if start in ends or len(ends) < _MAX_HITS:
                ends[start] = end

        data = text.encode(errors="replace")  # a lone surrogate becomes one "?"
        try:
            scratch = self._scratches.pop()
        except IndexError:
            scratch = self._database.scratch.clone()
        self._database.scan(data, match_event_handler=on_match, scratch=scratch)
        self._scratches.append(scratch)
        return {
            pattern: _characters(data, sorted(ends.items()))
            for pattern, ends in zip(self._patterns, longest, strict=True)
            if ends
        }


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
