"""How the work on a text grows with its length: CPU time of eight times the text against once."""

import gc
import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

TIMES = (1, 2, 4, 8)
_MOST_GROWTH = 22.0  # from once to eight times: linear work grows 8-fold, quadratic 64-fold
_NOISE_S = 0.006  # what takes less even for the longest says nothing
_ATTEMPTS = 4


def growth(work: Callable[[T], object], make: Callable[[int], T], chars: int) -> float:
    """By how much the work on eight times `chars` exceeds that on `chars`, of CPU time of this thread.

    The least of some attempts counts: a busy machine only ever adds time. The lengths between are worked on
    as well, for what breaks at one of them.
    """
    texts = [make(chars * times) for times in TIMES]
    work(texts[0])  # tables and models load
    least = float("inf")
    for _ in range(_ATTEMPTS):
        spent = [_spent(work, text) for text in texts]
        least = min(least, spent[-1] / max(spent[0], 1e-6))
        if spent[-1] < _NOISE_S or least <= _MOST_GROWTH:
            break
    return 1.0 if spent[-1] < _NOISE_S else least


def is_linear(work: Callable[[T], object], make: Callable[[int], T], chars: int) -> bool:
    """Whether eight times the text takes less than 22 times the work: linear, or n log n."""
    return growth(work, make, chars) <= _MOST_GROWTH


def _spent(work: Callable[[T], object], text: T) -> float:
    gc.disable()  # it walks the tables of the language too, whenever it is its turn
    try:
        began = time.thread_time()
        work(text)
        return time.thread_time() - began
    finally:
        gc.enable()
