"""A page rendered to text, as lines that mean something: one paragraph, one menu entry, one heading each."""

import re
from dataclasses import dataclass

from ingest.extract.characters import composed

MAX_LINES = 50_000

# Scripts written without spaces say twice as much per character (Han, kana, Thai, Lao, Khmer, Burmese).
_SPACELESS = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_BREAK = re.compile(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_SENTENCE_END = re.compile(r"(?<=[.!?…。！？])[\"'”’»)]*\s+(?=[\"'“‘«(]?\w)")
_WRAP_MIN_CHARS, _WRAP_MAX_CHARS = 45, 110
_ONE_LINE_CHARS = 1_500


@dataclass(frozen=True, slots=True)
class Line:
    """One line: `weight_chars` is its length with characters of spaceless scripts counted twice.

    `number` is its place among the lines that are not blank; `after_blank` whether a blank one came before.
    """

    text: str
    number: int
    weight_chars: int
    after_blank: bool = True

    @property
    def ends_sentence(self) -> bool:
        """Whether it ends as running text does, a closing quotation mark or bracket aside."""
        return ends_sentence(self.text)


def ends_sentence(text: str) -> bool:
    """Whether a text ends with a full stop, a question mark or their like in any script."""
    bare = text.rstrip("\"'”’»)]）」』 ")
    return bare[-1:] in _FULL_STOPS or text[-1:] in "”»」』"


_FULL_STOPS = frozenset(".!?…。！？｡؟۔।॥։።፧")


def read_lines(page: str) -> list[Line]:
    """Split a page into lines: hard wraps undone, a page in one line cut at its sentences."""
    raw = [_collapse(line) for line in _BREAK.split(page)[:MAX_LINES]]
    texts = _unwrap(raw) if _is_wrapped(raw) else raw
    filled = [text for text in texts if text]
    if len(filled) <= max(3, len(page) // 2_000) and max(map(len, filled), default=0) > _ONE_LINE_CHARS:
        texts = [part for text in filled for part in _SENTENCE_END.split(text)]
    return _number(texts)


def _collapse(line: str) -> str:
    return " ".join(composed(line).replace("\u200b", "").split())


def _number(texts: list[str]) -> list[Line]:
    lines: list[Line] = []
    after_blank = True
    for text in texts:
        if text:
            lines.append(Line(text, len(lines), len(text) + len(_SPACELESS.findall(text)), after_blank))
        after_blank = not text
    return lines


def _is_wrapped(lines: list[str]) -> bool:
    """Whether most of the text stands in lines that were cut at one width."""
    lengths = sorted(len(line) for line in lines if line)
    if len(lengths) < 8:
        return False
    width = lengths[int(len(lengths) * 0.98)]
    if not _WRAP_MIN_CHARS <= width <= _WRAP_MAX_CHARS or lengths[-1] > 1.3 * width:
        return False
    full = sum(1 for line in lines if len(line) >= 0.75 * width and not ends_sentence(line))
    return full >= 0.3 * len(lengths)


def _unwrap(lines: list[str]) -> list[str]:
    width = max(map(len, lines))
    joined: list[str] = []
    is_open = False
    for line in lines:
        if is_open and line:
            joined[-1] += line if _SPACELESS.match(line) else f" {line}"
        else:
            joined.append(line)
        is_open = bool(line) and len(line) >= 0.7 * width
    return joined
