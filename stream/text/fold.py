"""Fold text once, so that one automaton finds terms in any case, width or accent, at word boundaries.

Folded text is UTF-8 with a space at either end and every character that is no letter, digit or mark
turned into a space; a term is looked for with a space on both sides of it. Every character of the source
folds to exactly one character, so offsets carry over without a map: only UTF-8 widths need counting.
"""

import unicodedata
from dataclasses import dataclass, field

_ASCII = bytes(ord(chr(i).lower()) if chr(i).isalnum() else ord(" ") if i < 128 else i for i in range(256))
_TURKIC = frozenset({"tr", "az"})
_KEEP_ACCENTS = frozenset({"tr", "az"})


@dataclass(frozen=True, slots=True)
class Folded:
    """Text folded for scanning; offsets of hits in `data` are bytes, spans of the source characters."""

    data: bytes
    is_ascii: bool = field(default=True)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Map a byte span of `data` (without the padding spaces of a term) to characters of the source."""
        if self.is_ascii:
            return start - 1, end - 1
        first = len(self.data[:start].decode())
        return first - 1, first - 1 + len(self.data[start:end].decode())


def fold(text: str, language: str = "und") -> Folded:
    """Fold a text in `language` (BCP 47; decides Turkish dotted and dotless i)."""
    if text.isascii() and language[:2] not in _TURKIC:
        return Folded(b" " + text.encode().translate(_ASCII) + b" ")
    folded = "".join([_fold_char(c, language[:2] in _TURKIC) for c in text])
    data = folded.encode()
    return Folded(b" " + data + b" ", is_ascii=len(data) == len(text))


def fold_term(term: str, language: str = "und") -> bytes:
    """Fold a term the same way, with single spaces inside and one on either side."""
    return b" " + b" ".join(fold(term, language).data.split()) + b" "


def _fold_char(char: str, is_turkic: bool) -> str:
    """Fold one character to exactly one: compatibility form, lower case, no accent; marks stay."""
    if is_turkic and char in "Iİ":
        return "ı" if char == "I" else "i"
    lowered = unicodedata.normalize("NFKD", char).lower()
    first = lowered[0] if lowered else " "
    return first if first.isalnum() or unicodedata.category(first).startswith("M") else " "
