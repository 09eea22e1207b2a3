"""Fold text once, so that one automaton finds terms in any case, width, accent or script.

Folded text is UTF-8: words of folded letters (letters.py) with one space between them and one at either
end, whatever stood between them in the source. A term is folded the same way and looked for with its
spaces, so it is found at word boundaries only, and the same way over "St. Petersburg" and "St Petersburg".

Words are folded once and remembered: news has few that were not met before, and looking one up costs a
twentieth of folding it. Measured on 2.4 KB: ASCII 6 µs, English with curly quotes 12 µs, Russian 15 µs of
known words and 75 µs of new ones, Chinese 60 µs.
"""

import codecs
from collections.abc import Sequence

from stream.text.letters import FoldTable
from stream.text.offsets import ByteMap, OffsetMap, ShapeTable, WordMap, cut, is_run

_TABLE = FoldTable()  # memos of pure functions, shared by all threads
_SHAPES = ShapeTable(_TABLE)
_WORD_ENTRIES = 40_000  # about 8 MB
_LONGEST_WORD = 40
_ASCII = bytes(ord(_TABLE[i]) if i < 128 else i for i in range(256))

# One byte a character for what European newsrooms write: encoding is one pass in C, and so is folding.
_WESTERN = (
    "".join(map(chr, range(128)))
    + "\u00a0¡£§©\u00ad®°·»«¿"
    + "".join(map(chr, (*range(0xC0, 0xD7), *range(0xD8, 0xF7), *range(0xF8, 0x100))))
    + "‘’‚“”„–—…•€™ğĞışŞİœŒšŠžŽčČćĆđĐłŁńŃśŚęĘąĄżŻźŹőűěřůățș"
).ljust(256, "\ufffe")
_TO_WESTERN = codecs.charmap_build(_WESTERN)
_FOLD_WESTERN = bytes(
    ord(_TABLE[ord(char)]) if len(_TABLE[ord(char)]) == 1 else byte for byte, char in enumerate(_WESTERN)
)
_DROP_WESTERN = bytes(byte for byte, char in enumerate(_WESTERN) if not _TABLE[ord(char)])
_EXPAND_WESTERN = [
    (bytes([byte]), _TABLE[ord(char)].encode())
    for byte, char in enumerate(_WESTERN)
    if len(_TABLE[ord(char)]) > 1
]


class Folded:
    """Text folded for scanning: hits in `data` are bytes, `span` leads back to the source's characters."""

    __slots__ = ("_offsets", "_words", "data", "source")

    def __init__(self, data: bytes, source: str, words: Sequence[bytes] | None = None) -> None:
        """`words` are what each piece of the source (`cut`) folded to, where that is known."""
        self.data = data
        self.source = source
        self._words = words
        self._offsets: OffsetMap | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Map a byte span of `data` (without the padding spaces of a term) to characters of the source.

        The first call walks the text (5 µs for ASCII, 30 µs for words of other scripts); a character that
        folds to several is taken whole, with the marks that follow it.
        """
        if self._offsets is None:
            letters = None if self._words is not None else _fold_bytewise(self.source)
            if letters is not None:
                self._offsets = ByteMap(self.source, letters)
            else:
                self._offsets = WordMap(self.source, self._words or _fold_pieces(self.source), _SHAPES)
        return self._offsets.span(start, end)


def fold(text: str, _language: str = "und") -> Folded:
    """Fold a text; all languages fold alike (letters.py says why), so its language changes nothing."""
    letters = _fold_western(text)
    if letters is not None:
        return Folded(_pad(_collapse(letters)), text)
    words = _fold_pieces(text)
    return Folded(b" " + b"".join(words), text, words)


def fold_term(term: str, _language: str = "und") -> bytes:
    """Fold a term, with a space at either end; a last word ending in `*` stands for all that begin so.

    Blank (one space) when the term holds no letter or digit.
    """
    folded = fold(term).data
    return folded[:-1] if len(folded) > 1 and term.rstrip().endswith("*") else folded


def _fold_pieces(text: str) -> list[bytes]:
    """Fold each piece of a text, with a space after each word."""
    pieces, is_spaced = cut(text)
    if is_spaced:
        return list(map(_WORDS.__getitem__, pieces))
    return [f"{' '.join(piece)} ".encode() if is_run(piece) else _WORDS[piece] for piece in pieces]


def _pad(words: bytes) -> bytes:
    return b" " + words + b" " if words else b" "


def _collapse(letters: bytes) -> bytes:
    """Leave one space of each run, none at the ends."""
    pieces = letters.split(b"  ")
    return b" ".join(filter(None, map(bytes.strip, pieces)))  # half the cost of splitting into words


def _fold_bytewise(text: str) -> bytes | None:
    """Fold each character to one byte; None where one does not fold so."""
    letters = text.encode().translate(_ASCII) if text.isascii() else _encode_western(text)
    return letters if letters is not None and len(letters) == len(text) and letters.isascii() else None


def _fold_western(text: str) -> bytes | None:
    """Fold each character of a text in which all are ASCII or `_WESTERN`; None for other texts."""
    if text.isascii():
        return text.encode().translate(_ASCII)
    letters = _encode_western(text)
    if letters is None or letters.isascii():
        return letters
    for byte, expansion in _EXPAND_WESTERN:
        letters = letters.replace(byte, expansion)
    return letters


def _encode_western(text: str) -> bytes | None:
    """One byte for each character that is not dropped; those that fold to several keep their own."""
    try:
        western, _ = codecs.charmap_encode(text, "strict", _TO_WESTERN)
    except UnicodeEncodeError:
        return None
    return western.translate(_FOLD_WESTERN, _DROP_WESTERN)


class _WordTable(dict[str, bytes]):
    """What each word folds to, with a space after it; filled as words are met, and bounded."""

    def __missing__(self, word: str) -> bytes:
        letters = word.translate(_TABLE).encode()
        words = _collapse(letters.replace(b"  ", b" "))  # between any two characters of an unspaced script
        folded = words + b" " if words else b""
        if len(word) <= _LONGEST_WORD:
            if len(self) >= _WORD_ENTRIES:
                self.clear()  # fills again with what is read now
            self[word] = folded
        return folded


_WORDS = _WordTable()
