"""What each character folds to: a table per character, without context, so that it can be precomputed.

One folding class for all languages. A rule's term and an article's text are folded alike, so merging two
letters costs a rare confusion, while keeping them apart costs every reader who types without accents:

- compatibility forms, width and case go (NFKD, full case folding: ß is ss, ς is σ);
- Latin, Greek, Cyrillic, Hebrew and Arabic marks go, also where they make a letter (Erdoğan/Erdogan,
  ё/е, й/и, harakat, hamza seats): foreign newsrooms, keyboards and decomposed text drop them;
- all four Turkish i's are one i, so that İran, Iran, ıran and IRAN meet whatever the text's language;
- Arabic, Persian and Urdu forms of one letter are one letter; tatweel and joiners go;
- in every other script marks are vowels and stay; only the Devanagari nukta, often left out, goes;
- scripts without spaces (Han, Hiragana, Thai, Lao, Khmer, Burmese) fold to one word a character, so that
  a term is found anywhere among them and never inside a Latin or Katakana word;
- everything that is no letter, digit or mark, and every apostrophe, parts words.

Kana and Hangul are expected composed (NFC), as `normalise` delivers them.
"""

import unicodedata

_LETTERS = str.maketrans({
    "ı": "i", "ø": "o", "đ": "d", "ł": "l", "ħ": "h", "ŧ": "t", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d",
    "ə": "e", "ŋ": "n",
    "ى": "ي", "ی": "ي", "ې": "ي", "ک": "ك", "ڪ": "ك", "ة": "ه", "ہ": "ه", "ھ": "ه", "ە": "ه", "ۃ": "ه",
    "ٱ": "ا",
})  # fmt: skip
_APOSTROPHES = frozenset("ʹʻʼʽˈ`´")  # letters or marks to Unicode, quotes to writers
_DROPPED = frozenset("\u00ad\u0640\u200c\u200d\u200e\u200f\u2060\u061c\ufeff") | frozenset(
    map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A)))
)
_DROPPED_MARKS = (
    (0x0300, 0x036F),  # Latin, Greek, Cyrillic
    (0x0483, 0x0487),  # Old Cyrillic
    (0x0591, 0x05C7),  # Hebrew points
    (0x0610, 0x061A),  # Arabic
    (0x064B, 0x065F),  # harakat, hamza above and below
    (0x0670, 0x0670),
    (0x06D6, 0x06ED),
    (0x093C, 0x093C),  # nukta
    (0x1AB0, 0x1AFF),
    (0x1DC0, 0x1DFF),
    (0x20D0, 0x20FF),
    (0xFE00, 0xFE0F),  # variation selectors
    (0xFE20, 0xFE2F),
    (0xE0100, 0xE01EF),
)
_UNSPACED = (
    (0x0E00, 0x0EFF),  # Thai, Lao
    (0x1000, 0x109F),  # Burmese
    (0x1780, 0x17FF),  # Khmer
    (0x3005, 0x3007),  # Han iteration mark, closing mark, zero
    (0x3041, 0x309F),  # Hiragana
    (0x3400, 0x9FFF),  # Han
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)
_COMPOSED = ((0x3041, 0x30FF), (0xAC00, 0xD7A3))  # kana, Hangul: a mark or jamo is part of the letter
_TABLE_ENTRIES = 30_000  # bounds the memory that odd texts can make the table take


def fold_char(char: str) -> str:
    """Fold one character: "" where it is dropped, " " where it parts words, else letters and digits.

    A character of a script without spaces comes with a space on either side.
    """
    if unicodedata.category(char)[0] not in "LNM":
        return _fold_part(char)  # symbols have compatibility forms too: ™ must not become "tm"
    decomposed = char if _is_in(char, _COMPOSED) else unicodedata.normalize("NFKD", char)
    folded = unicodedata.normalize("NFKD" if decomposed is not char else "NFC", decomposed.casefold())
    return "".join(map(_fold_part, folded.translate(_LETTERS))).replace("  ", " ")


def _fold_part(part: str) -> str:
    """Fold one character of a decomposed one."""
    if part in _DROPPED or _is_in(part, _DROPPED_MARKS):
        return ""
    category = unicodedata.category(part)[0]
    if category not in "LNM" or part in _APOSTROPHES:
        return " "
    digit = unicodedata.digit(part, None)
    if digit is not None:
        return str(digit)
    return f" {part} " if _is_in(part, _UNSPACED) else part


def _is_in(char: str, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(first <= ord(char) <= last for first, last in ranges)


class FoldTable(dict[int, str]):
    """Code point → what it folds to, for `str.translate`; filled as characters are met, and bounded."""

    def __missing__(self, code: int) -> str:
        folded = fold_char(chr(code))
        if len(self) < _TABLE_ENTRIES:
            self[code] = folded
        return folded
