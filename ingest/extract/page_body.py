"""Where the article stands on a page of lines: the stretch of lines that together weigh most.

Every line has a weight: its length less a toll, with a ceiling so that no single line decides. Lines below
the toll are losses: small where they end like a sentence, and growing with each further one in a row, as
in a menu. The run of consecutive lines with the largest sum is the article: menus cannot enter, one long
line of a footer cannot drag the footer in, and a short paragraph survives because its neighbours pay for it.

The numbers were set on 307 scraped pages in 25 languages: 4-gram F1 .924 and .918 (English) against .867
without the growing loss and the marks.
"""

from collections.abc import Sequence

from ingest.extract.page_lines import Line
from ingest.extract.page_marks import is_box, is_caption, is_consent, is_end

TOLL_CHARS = 60
CEILING_CHARS = 300
UNFINISHED_SHARE = 0.3
CAPTION_LOSS = 20.0
SENTENCE_LOSS = 10.0
SHORT_LOSS = 35.0
LOSS_GROWTH = 0.7
LARGEST_LOSS = 250.0
BOX_LOSS = 50.0
END_LOSS = 250.0


def find_body(lines: Sequence[Line]) -> tuple[int, int]:
    """The article's first line and the one after its last, by place; (0, 0) when no line looks like text."""
    return heaviest_run(_weights(lines))


def belongs(line: Line) -> bool:
    """Whether a line inside the run is part of the article: no caption, no box, no other heading."""
    return not (is_caption(line.text) or is_box(line.text) or is_end(line.text))


def heaviest_run(weights: Sequence[float]) -> tuple[int, int]:
    """The run of largest sum, as start and end (Kadane's algorithm); (0, 0) when nothing is positive."""
    best, best_run, total, start = 0.0, (0, 0), 0.0, 0
    for place, one in enumerate(weights):
        if total <= 0:
            total, start = 0.0, place
        total += one
        if total > best:
            best, best_run = total, (start, place + 1)
    return best_run


def _weights(lines: Sequence[Line]) -> list[float]:
    weights: list[float] = []
    short_ones = 0  # in a row
    for line in lines:
        weight, short_ones = _weight(line, short_ones)
        weights.append(weight)
    return weights


def _weight(line: Line, short_ones: int) -> tuple[float, int]:
    if is_end(line.text):
        return -END_LOSS, short_ones + 1
    if is_box(line.text) or is_consent(line.text):
        return -BOX_LOSS, short_ones + 1
    if is_caption(line.text):
        return -CAPTION_LOSS, short_ones
    if line.weight_chars >= TOLL_CHARS:
        gain = min(line.weight_chars, CEILING_CHARS) - TOLL_CHARS
        return gain if line.ends_sentence else gain * UNFINISHED_SHARE, 0
    if line.ends_sentence:
        return -SENTENCE_LOSS, max(0, short_ones - 1)
    return -min(LARGEST_LOSS, SHORT_LOSS * (1 + LOSS_GROWTH * short_ones)), short_ones + 1
