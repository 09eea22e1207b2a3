"""Articles as lists of words, and phrases found in them by trying everything: for the brute force."""

import re
from collections.abc import Iterator
from itertools import pairwise, product
from typing import NamedTuple

from stream.event import ArticleEvent
from stream.text.fold import fold

Place = tuple[str, int]


class Word(NamedTuple):
    folded: str
    place: Place
    break_before: bool  # a ; or : stands between this word and the one before


class Run(NamedTuple):
    """Words `first` to `last` of one field."""

    words: tuple[Word, ...]
    first: int
    last: int

    @property
    def place(self) -> Place:
        return self.words[self.first].place

    @property
    def end_place(self) -> Place:
        return self.words[self.last].place


def places_of(event: ArticleEvent) -> list[Place | None]:
    return [None, ("title", 0), ("lead", 0), *(("text", i) for i in range(len(event.sentences) or 1))]


def fields_of(event: ArticleEvent) -> dict[str, tuple[Word, ...]]:
    starts = [*(event.sentences or (0,)), len(event.text)]
    words: list[Word] = []
    for number, (start, end) in enumerate(pairwise(starts)):
        words += words_of(event.text[start:end], ("text", number))
    fields = {"title": tuple(words_of(event.title, ("title", 0))), "text": tuple(words)}
    if event.lead and not is_lead_copied(event):
        fields["lead"] = tuple(words_of(event.lead, ("lead", 0)))
    return fields


def words_of(text: str, place: Place) -> Iterator[Word]:
    has_break = False
    for stretch in re.findall(r"[;:]|[^;:]+", text):
        if stretch in ";:":
            has_break = True
            continue
        for folded in fold(stretch).data.decode().split():
            yield Word(folded, place, has_break)
            has_break = False


def is_lead_copied(event: ArticleEvent) -> bool:
    return event.text.startswith(event.lead) and not event.text[len(event.lead) :][:1].isalnum()


def phrase_runs(phrase: str, slop: int, words: tuple[Word, ...]) -> list[Run]:
    """Every way the words of a phrase stand in order; each gap within a written word must be nothing."""
    pieces = [fold(written).data.decode().split() for written in phrase.split()]
    starred = [written.endswith("*") for written in phrase.split()]
    found = []
    for starts in product(
        *(
            [i for i in range(len(words)) if is_at(words, i, p, s)]
            for p, s in zip(pieces, starred, strict=True)
        )
    ):
        ends = [start + len(piece) for start, piece in zip(starts, pieces, strict=True)]
        gaps = [start - end for end, start in zip(ends, starts[1:], strict=False)]
        if all(gap >= 0 for gap in gaps) and sum(gaps) <= slop:
            found.append(Run(words, starts[0], ends[-1] - 1))
    return found


def is_at(words: tuple[Word, ...], start: int, piece: list[str], is_starred: bool) -> bool:
    there = [word.folded for word in words[start : start + len(piece)]]
    if there == piece:
        return True
    return (
        is_starred
        and len(there) == len(piece)
        and there[:-1] == piece[:-1]
        and there[-1].startswith(piece[-1])
    )


def windows(phrases: tuple[str, ...], width: int, words: tuple[Word, ...], covers: list[Run]) -> list[Run]:
    sides = [[r for r in phrase_runs(phrase, 0, words) if not is_covered(r, covers)] for phrase in phrases]
    runs = []
    for chosen in product(*sides):
        first, last = min(r.first for r in chosen), max(r.last for r in chosen)
        if last - first + 1 <= width:
            runs.append(Run(words, first, last))
    return runs


def is_covered(run: Run, covers: list[Run]) -> bool:
    return any(
        c.words is run.words or c.words == run.words
        for c in covers
        if c.first <= run.first and run.last <= c.last
    )


def is_inside(run: Run, other: Run) -> bool:
    is_same = run.words == other.words and (run.first, run.last) != (other.first, other.last)
    return is_same and other.first <= run.first and run.last <= other.last
