"""Pages a second on one core, bytes to event, beside bare trafilatura: `python -m bench.pages`.

The pages are generated here: an article of 12 to 40 paragraphs in menus, scripts, teasers and comments, about
100 kB each. Where the evaluation data is present its real pages are measured too. CPU time; read the ratio.
"""

import json
import logging
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bench.evaluate.corpus import find_corpus
from ingest.item import RawItem
from ingest.normalise import normalise
from stream.event import Mention, Relation

_FOUND_AT = datetime(2026, 11, 24, tzinfo=UTC)
_WORDS = (
    "minister",
    "talks",
    "border",
    "council",
    "said",
    "officials",
    "trade",
    "signed",
    "week",
    "visit",
    "budget",
)
_ROUNDS = 3


@dataclass(frozen=True, slots=True)
class _NoCountries:
    sentences: tuple[int, ...] = (0,)
    mentions: tuple[Mention, ...] = ()
    countries: tuple[str, ...] = ()
    relations: tuple[Relation, ...] = ()


def main() -> None:
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    dice = random.Random(7)
    report("generated", [made_page(dice) for _ in range(40)])
    corpus = find_corpus("html_extraction")
    if corpus:
        report("real", [corpus.page(gold["id"]) for gold, _ in corpus.rows()][::4])


def report(name: str, pages: Sequence[bytes]) -> None:
    """Measure the three ways in turns, so that a busy machine slows them alike, and print their medians."""
    from trafilatura import extract

    ways: dict[str, Callable[[bytes], object]] = {
        "bare trafilatura": extract,
        "bytes to event": _to_event,
        "bytes to event, quick": _to_event_quickly,
    }
    for way in ways.values():
        way(pages[0])  # imports and models are not what is measured
    rates: dict[str, list[float]] = {label: [] for label in ways}
    for _ in range(_ROUNDS):
        for label, run in ways.items():
            rates[label].append(_pages_per_s(run, pages))
    medians = {label: sorted(found)[_ROUNDS // 2] for label, found in rates.items()}
    size_kb = sum(map(len, pages)) / len(pages) / 1000
    for label, rate in medians.items():
        ratio = rate / medians["bare trafilatura"]
        print(f"{name:10s} {len(pages):4d} pages of {size_kb:4.0f} kB  {label:22s}", end="")
        print(f"{rate:8.1f} pages/s/core  {ratio:6.2f}x")


def _pages_per_s(run: Callable[[bytes], object], pages: Sequence[bytes]) -> float:
    started = time.process_time()
    for page in pages:
        run(page)
    return len(pages) / (time.process_time() - started)


def _to_event(page: bytes) -> object:
    item = RawItem(source="bench", found_at=_FOUND_AT, html=page, url="https://news.example/a/1")
    return normalise(item, lambda *_, **__: _NoCountries())


def _to_event_quickly(page: bytes) -> object:
    item = RawItem(source="bench", found_at=_FOUND_AT, html=page, url="https://news.example/a/1")
    return normalise(item, lambda *_, **__: _NoCountries(), quick=True)


def made_page(dice: random.Random) -> bytes:
    """A page with the proportions of a news site's, none of whose words is anybody's."""
    title = _sentence(dice, 9)
    described = {"@type": "NewsArticle", "headline": title, "datePublished": "2026-11-20T08:30:00+01:00"}
    menu = "".join(f"<li><a href='/s/{i}'>{_sentence(dice, 2)}</a></li>" for i in range(60))
    body = "".join(f"<p>{_paragraph(dice)}</p>" for _ in range(dice.randint(12, 40)))
    teasers = "".join(
        f"<div class='teaser'><a href='/t/{i}'>{_sentence(dice, 9)}</a></div>" for i in range(60)
    )
    script = (
        "<script>var state = {" + ",".join(f"k{i}: '{dice.random()}'" for i in range(1500)) + "};</script>"
    )
    return (
        f"<!doctype html><html lang='en'><head><meta charset='utf-8'><title>{title} | Example News</title>"
        f"<meta property='og:title' content='{title}'><meta property='og:site_name' content='Example News'>"
        f"<script type='application/ld+json'>{json.dumps(described)}</script>{script}</head><body>"
        f"<nav><ul>{menu}</ul></nav><main><article><h1>{title}</h1>{body}</article></main>"
        f"<aside>{teasers}</aside><footer><ul>{menu}</ul></footer></body></html>"
    ).encode()


def _sentence(dice: random.Random, words: int) -> str:
    return " ".join(dice.choices(_WORDS, k=words)).capitalize()


def _paragraph(dice: random.Random) -> str:
    return " ".join(f"{_sentence(dice, dice.randint(8, 22))}." for _ in range(dice.randint(2, 5)))


if __name__ == "__main__":
    main()
