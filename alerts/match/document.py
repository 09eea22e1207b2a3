"""One event as the matcher sees it: scanned at once, located only where somebody asks."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from functools import cached_property
from itertools import accumulate
from typing import NamedTuple

from alerts.match.lexicon import Lexicon
from alerts.match.regexes import RegexHits, RegexIndex
from alerts.match.vocabulary import Pieces
from stream.event import ArticleEvent, Mention
from stream.text.fold import Folded, fold

# A place is a sentence, numbered so that the better proof comes first: the title, a lead that is no copy of
# the text's start, then the sentences of the text.
TITLE, LEAD, TEXT = 0, 1, 2
OUTSIDE = 1 << 40  # no sentence at all: the place of a filter's proof
LEAD_PLACES = frozenset({TITLE, LEAD, TEXT, TEXT + 1})  # what a reader sees first

_PART = b"\x1e"  # between title and text: no term holds it, so no term reaches across
_PART_WORDS = 1 << 40  # added to word numbers from part to part, so that no window reaches across
_BLOCK_BYTES = 512  # of folded text, whose words are counted once; a word's number is counted from its block

MAX_SENTENCE_CHARS = 5_000
"""Of a longer sentence, as a text without stops has it, evidence quotes this much around the proof."""
_CHARS_BEFORE = 500  # of these stand before it: a notification shows a sentence's first 1,200


class Spot(NamedTuple):
    """A stretch of the event: characters of `field`, and the place it begins in and the one it ends in."""

    place: int
    field: str
    start: int
    end: int
    end_place: int


class Span(NamedTuple):
    """A stretch of the folded text, in bytes and in words (`last_word` is the first word behind it)."""

    start: int
    end: int
    word: int
    last_word: int


class _Part(NamedTuple):
    field: str
    folded: Folded
    start: int


class Document:
    """An event with the hits of all terms; what is dear is computed on demand. Not shared between threads."""

    def __init__(self, event: ArticleEvent, lexicon: Lexicon, regexes: RegexIndex) -> None:
        self.event = event
        self.tongues = lexicon.tongues(event.language)
        self.lexicon = lexicon
        self._regexes = regexes
        self._title, self._text = fold(event.title), fold(event.text)
        self.data = self._title.data + _PART + self._text.data
        self.lead_chars = _copied_lead(event)
        self._lead = fold(event.lead) if event.lead and not self.lead_chars else None
        if self._lead is not None:
            self.data += _PART + self._lead.data
        self.hits: dict[int, list[int]] = {}  # term → where the automaton saw it end
        for tongue in self.tongues:
            for term, end in tongue.automaton.ends(self.data):
                self.hits.setdefault(term, []).append(end)
        self._spans: dict[int, list[Span]] = {}

    def spans(self, term: int) -> list[Span]:
        """Every occurrence of a term, in order."""
        if term not in self._spans:
            self._spans[term] = self._number_words(term) if term in self.hits else []
        return self._spans[term]

    def occurrences(self, pieces: Pieces, slop: int = 0) -> list[Span]:
        """Every way the pieces stand in order, at most `slop` words between; from each start the shortest."""
        if len(pieces) == 1:
            return self.spans(pieces[0])
        if any(piece not in self.hits for piece in pieces):
            return []
        rest = [(spans, [span.word for span in spans]) for spans in map(self.spans, pieces[1:])]
        found: list[Span] = []
        for first in self.spans(pieces[0]):
            last, between = first, 0
            for spans, words in rest:
                following = bisect_left(words, last.last_word)
                if following == len(words):
                    return found
                between += spans[following].word - last.last_word
                last = spans[following]
            if between <= slop:
                found.append(Span(first.start, last.end, first.word, last.last_word))
        return found

    def locate(self, span: Span) -> Spot:
        """Lead a span back to the characters of the event's field and to its sentence."""
        part = self._part(span.start)
        start, end = part.folded.span(span.start - part.start, span.end - part.start)
        return self.spot(part.field, start, end)

    def spot(self, field: str, start: int, end: int) -> Spot:
        """A stretch of characters of a field, with its sentence."""
        if field != "text":
            place = TITLE if field == "title" else LEAD
            return Spot(place, field, start, end, place)
        return Spot(self._sentence_at(start), field, start, end, self._sentence_at(end - 1))

    def regex(self, pattern: str) -> list[Spot]:
        """Every stretch that a pattern matches."""
        return [self.spot(field, *span) for field, found in self.regex_hits for span in found.spans(pattern)]

    @cached_property
    def regex_hits(self) -> list[tuple[str, RegexHits]]:
        """What the patterns match, by field."""
        return [(part.field, self._regexes.scan(part.folded.source)) for part in self._parts]

    def sentence(self, place: int) -> tuple[str, int, int]:
        """Field and characters of a place, without the white space around it."""
        if place < TEXT:
            field = "title" if place == TITLE else "lead"
            source, start, end = getattr(self.event, field), 0, len(getattr(self.event, field))
        else:
            field, source, starts = "text", self.event.text, self.event.sentences or (0,)
            number = min(place - TEXT, len(starts) - 1)
            start, end = starts[number], starts[number + 1] if number + 1 < len(starts) else len(source)
        sentence = source[start:end]
        lead_space = len(sentence) - len(sentence.lstrip())
        return field, start + lead_space, start + max(len(sentence.rstrip()), lead_space)

    def source(self, field: str) -> str:
        """The text of a field that can hold a place."""
        return str(getattr(self.event, field))

    def sentence_text(self, place: int, field: str = "", around: int = 0) -> str:
        """The sentence of a place, or as much of it as `field`, a lead copied from the text, has.

        Of more than MAX_SENTENCE_CHARS only so many, from shortly before the character `around`.
        """
        home, start, end = self.sentence(place)
        if end - start > MAX_SENTENCE_CHARS:
            start = min(max(start, around - _CHARS_BEFORE), end - MAX_SENTENCE_CHARS)
            end = start + MAX_SENTENCE_CHARS
        return self.source(field or home)[start:end].rstrip()

    @cached_property
    def first_mentions(self) -> Mapping[tuple[int, str], Mention]:
        """The first mention of each country in each place, a participant before one in passing."""
        found: dict[tuple[int, str], Mention] = {}
        for mention in self.event.mentions:
            key = (place_of(mention.field, mention.sentence), mention.country)
            held = found.get(key)
            if held is None or _rank(mention) < _rank(held):
                found[key] = mention
        return found

    @cached_property
    def named(self) -> Mapping[int, Mapping[str, None]]:
        """The countries that each place names, each once, in their order."""
        return _countries(self.event.mentions)

    @cached_property
    def taking_part(self) -> Mapping[int, Mapping[str, None]]:
        """Those of `named` that take part there."""
        return _countries(mention for mention in self.event.mentions if mention.role == "participant")

    def paragraph(self, place: int) -> range:
        """All places of a place's paragraph; title and lead stand alone."""
        if place < TEXT:
            return range(place, place + 1)
        paragraphs = self._paragraphs
        number = paragraphs[min(place - TEXT, len(paragraphs) - 1)]
        return range(TEXT + bisect_left(paragraphs, number), TEXT + bisect_right(paragraphs, number))

    @cached_property
    def _paragraphs(self) -> list[int]:
        """Paragraph of each sentence: parted by empty lines, or by line ends in a text without them."""
        text = self.event.text
        mark = "\n\n" if "\n\n" in text else "\n"
        numbers, at, number = [], 0, 0
        for start in self.event.sentences or (0,):
            number += text.count(mark, at, start)
            numbers.append(number)
            at = start
        return numbers

    @cached_property
    def _parts(self) -> tuple[_Part, ...]:
        text_start = len(self._title.data) + len(_PART)
        parts = (_Part("title", self._title, 0), _Part("text", self._text, text_start))
        if self._lead is None:
            return parts
        return (*parts, _Part("lead", self._lead, text_start + len(self._text.data) + len(_PART)))

    def _part(self, byte: int) -> _Part:
        parts = self._parts
        return parts[0] if byte < parts[1].start else parts[1] if byte < parts[-1].start else parts[-1]

    def _sentence_at(self, char: int) -> int:
        return TEXT + max(bisect_right(self.event.sentences, char) - 1, 0)

    def _number_words(self, term: int) -> list[Span]:
        """Spans of a term with their word numbers."""
        data, blocks, spans = self.data, self._words_before, []
        text, lead = self._parts[1].start, self._parts[-1].start
        for start, end in sorted(self.lexicon.bounds(term, end, data) for end in self.hits[term]):
            block = start // _BLOCK_BYTES
            word = blocks[block] + data.count(b" ", block * _BLOCK_BYTES, start)
            word += _PART_WORDS * ((start >= text) + (start >= lead > text))
            spans.append(Span(start, end, word, word + data.count(b" ", start, end) + 1))
        return spans

    @cached_property
    def _words_before(self) -> list[int]:
        """How many words end before each block of the folded text: no term counts the whole text again."""
        data = self.data
        counts = (data.count(b" ", at, at + _BLOCK_BYTES) for at in range(0, len(data), _BLOCK_BYTES))
        return list(accumulate(counts, initial=0))


def place_of(field: str, sentence: int) -> int:
    """The place of a sentence of the event; the title is one sentence."""
    return TITLE if field == "title" else TEXT + max(sentence, 0)


def _countries(mentions: Iterable[Mention]) -> dict[int, dict[str, None]]:
    found: dict[int, dict[str, None]] = {}
    for mention in mentions:
        found.setdefault(place_of(mention.field, mention.sentence), {})[mention.country] = None
    return found


def _rank(mention: Mention) -> tuple[bool, int]:
    return mention.role != "participant", mention.start


def _copied_lead(event: ArticleEvent) -> int:
    """Characters of a lead that is the start of the text, as it mostly is and then no text of its own."""
    lead = event.lead.rstrip("….").rstrip()
    is_copy = event.text.startswith(lead) and not event.text[len(lead) : len(lead) + 1].isalnum()
    return len(lead) if is_copy else 0
