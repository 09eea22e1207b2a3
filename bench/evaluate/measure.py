"""What a text, a title and a rate are worth, with an interval: 4-gram overlap and the bootstrap.

The body measure is that of the article-extraction-benchmark: mean precision and mean recall over documents of
the multiset of 4-grams, and the F1 of the two means. A character of a script without spaces is a token.
"""

import html
import random
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")

_SPACELESS = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f"  # kana, Han, Hangul, Thai
_TOKEN = re.compile(rf"[{_SPACELESS}]|[^\W{_SPACELESS}]+")
_TAG = re.compile(r"<[^>]*>")
_RESAMPLES = 500


@dataclass(frozen=True, slots=True)
class Overlap:
    """One document: shares of n-grams, None where a side is empty and the share has no meaning."""

    precision: float | None
    recall: float | None
    f1: float


@dataclass(frozen=True, slots=True)
class Score:
    """A value with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float
    documents: int


def overlap(gold: str, found: str, size: int = 4) -> Overlap:
    """How much of two texts' n-grams is common; both in NFC, for how a letter is composed is no error."""
    wanted, given = _grams(gold, size), _grams(found, size)
    common, total = (wanted & given).total(), wanted.total() + given.total()
    return Overlap(
        precision=common / given.total() if given else None if wanted else 1.0,
        recall=common / wanted.total() if wanted else None if given else 1.0,
        f1=2 * common / total if total else 1.0,
    )


def body_score(documents: Sequence[Overlap]) -> Score:
    """F1 of mean precision and mean recall."""
    return _with_interval(documents, _f1_of_means)


def rate(outcomes: Sequence[bool]) -> Score:
    """The share of outcomes that hold."""
    return _with_interval(outcomes, lambda sample: sum(sample) / len(sample))


def is_same_title(one: str | None, other: str | None) -> bool:
    """Equal words, whatever mark-up, escaping, case and punctuation are around them."""
    return _plain_words(one) == _plain_words(other)


def words_of(name: str) -> str:
    """A name as its lower-case words, for comparing authors."""
    return " ".join(_plain_words(name))


def _with_interval(documents: Sequence[T], measure: Callable[[Sequence[T]], float]) -> Score:
    if not documents:
        return Score(0.0, 0.0, 0.0, 0)
    dice = random.Random(1)
    sampled = sorted(measure(dice.choices(documents, k=len(documents))) for _ in range(_RESAMPLES))
    low, high = sampled[int(_RESAMPLES * 0.025)], sampled[int(_RESAMPLES * 0.975)]
    return Score(measure(documents), low, high, len(documents))


def _f1_of_means(documents: Sequence[Overlap]) -> float:
    precisions = [each.precision for each in documents if each.precision is not None]
    recalls = [each.recall for each in documents if each.recall is not None]
    precision = sum(precisions) / max(1, len(precisions))
    recall = sum(recalls) / max(1, len(recalls))
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _grams(text: str, size: int) -> Counter[tuple[str, ...]]:
    tokens = _TOKEN.findall(unicodedata.normalize("NFC", text))
    if len(tokens) < size:
        return Counter([tuple(tokens)] if tokens else [])
    return Counter(zip(*(tokens[i:] for i in range(size)), strict=False))


def _plain_words(text: str | None) -> list[str]:
    plain = text or ""
    for _ in range(3):
        plain = html.unescape(plain)
    return re.findall(r"\w+", unicodedata.normalize("NFC", _TAG.sub(" ", plain)).lower())
