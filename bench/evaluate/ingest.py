"""Scores of ingestion on the development data: `python -m bench.evaluate.ingest`.

Everything goes through `normalise`, the way an article does, so that the scores are those of the product.
Exit status 0 also where the data is absent: it is no part of the repository.
"""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from bench.evaluate.corpus import Corpus, find_corpus
from bench.evaluate.measure import Overlap, body_score, is_same_title, overlap, rate, words_of
from bench.evaluate.table import Line, print_table
from ingest.dates import parse_instant
from ingest.item import RawItem, Rejected
from ingest.language import detect_language, language_code
from ingest.normalise import normalise
from stream.event import ArticleEvent, Mention, Relation

_FOUND_AT = datetime(
    2026, 11, 24, tzinfo=UTC
)  # after every page of the data; the clock would move the scores


@dataclass(frozen=True, slots=True)
class _NoCountries:
    sentences: tuple[int, ...] = (0,)
    mentions: tuple[Mention, ...] = ()
    countries: tuple[str, ...] = ()
    relations: tuple[Relation, ...] = ()


def main() -> int:
    parts: dict[str, Callable[[Corpus], Iterator[Line]]] = {
        "html_extraction": html_lines,
        "dates": date_lines,
        "langid": language_lines,
        "plaintext": page_text_lines,
    }
    corpora = {name: corpus for name in parts if (corpus := find_corpus(name))}
    if not corpora:
        print("no evaluation data: expected ../shared/eval/ingest or WIREWATCH_SHARED", file=sys.stderr)
        return 0
    print_table(line for name, corpus in corpora.items() for line in parts[name](corpus))
    return 0


def html_lines(corpus: Corpus) -> Iterator[Line]:
    """Body, title, authors, date and language of pages, from their bytes."""
    from trafilatura import extract

    rows = [(gold, _event(html=corpus.page(gold["id"]), url=row["url"])) for gold, row in corpus.rows()]
    for name, goal in (("aeb", 0.96), ("fundus", 0.945)):
        mine = [(gold, event) for gold, event in rows if gold["id"].startswith(name) and gold["text"].strip()]
        bodies = [overlap(gold["text"], event.text) for gold, event in mine]
        plain = [overlap(gold["text"], extract(corpus.page(gold["id"])) or "") for gold, _ in mine]
        yield Line(f"html body F1, {name}", body_score(bodies), goal, body_score(plain), "plain trafilatura")
        yield _below_half(f"html body under .5, {name}", bodies, plain, "plain trafilatura")
    fundus = [(gold, event) for gold, event in rows if gold["id"].startswith("fundus")]
    yield Line(
        "html title exact", rate([is_same_title(g["title"], e.title) for g, e in fundus if g["title"]]), 0.80
    )
    yield Line("html authors, any", rate([_shares_author(g, e) for g, e in fundus if g["authors"]]), 0.82)
    dated = [(gold["published"], event) for gold, event in fundus if gold["published"]]
    yield Line("html day", rate([day == _day(event) for day, event in _with_days(dated)]), 0.98)
    yield Line(
        "html day wrong",
        rate([_is_wrong(day, event) for day, event in _with_days(dated)]),
        0.02,
        less_is_better=True,
    )
    yield Line("html timestamp within 60 s", rate([_is_near(raw, event) for raw, event in dated]), 0.93)
    spoken = [(gold["lang"], event) for gold, event in fundus if gold["lang"]]
    yield Line("html language", rate([_is_language(lang, event.language) for lang, event in spoken]), 0.995)


def date_lines(corpus: Corpus) -> Iterator[Line]:
    """The day of publication on hard pages; a wrong one is worse than none."""
    from htmldate import find_date
    from lxml.html import fromstring

    right, wrong, plain = [], [], []
    for gold, row in corpus.rows():
        page = corpus.page(gold["id"])
        event = _event_or_none(html=page, url=row["url"])
        day = _day(event) if event else None
        right.append(day == gold["date"])
        wrong.append(day is not None and day != gold["date"])
        plain.append(find_date(fromstring(page), max_date=_FOUND_AT.strftime("%Y-%m-%d")) == gold["date"])
    yield Line("hard dates, day right", rate(right), 0.89, rate(plain), "htmldate as it comes")
    yield Line("hard dates, day wrong", rate(wrong), 0.09, less_is_better=True)


def language_lines(corpus: Corpus) -> Iterator[Line]:
    """Headlines and sentences alone, without any hint."""
    from py3langid import classify

    rows = [(gold, row["text"], detect_language(row["text"], "")) for gold, row in corpus.rows()]
    for name, goal in (("titles", 0.96), ("sentences", None)):
        mine = [row for row in rows if row[0]["set"].startswith(name)]
        plain = [_is_language(gold["lang"], classify(text)[0]) for gold, text, _ in mine]
        right = [_is_language(gold["lang"], found) for gold, _, found in mine]
        yield Line(f"language of {name}", rate(right), goal, rate(plain), "plain py3langid")
        answered = [_is_language(gold["lang"], found) for gold, _, found in mine if found != "und"]
        yield Line(f"language of {name}, of answered", rate(answered))


def page_text_lines(corpus: Corpus) -> Iterator[Line]:
    """Whole pages as text, boilerplate and all."""
    try:
        import ingest.extract.page_text  # noqa: F401 - only whether it is there
    except ImportError:
        return
    rows = [
        (gold, row["page_text"], _event_or_none(page_text=row["page_text"])) for gold, row in corpus.rows()
    ]
    for name, goal in (("fundus", 0.91), ("aeb", 0.90)):
        mine = [row for row in rows if row[0]["id"].startswith(name)]
        bodies = [overlap(gold["text"], event.text if event else "") for gold, _, event in mine]
        whole = [overlap(gold["text"], page) for gold, page, _ in mine]
        yield Line(f"text page body F1, {name}", body_score(bodies), goal, body_score(whole), "whole page")
        yield _below_half(f"text page under .5, {name}", bodies, whole, "whole page")
    titled = [(gold["title"], event) for gold, _, event in rows if gold["title"]]
    exact = rate([is_same_title(title, event.title if event else None) for title, event in titled])
    yield Line("text page title exact", exact, 0.70)


def _event_or_none(**body: Any) -> ArticleEvent | None:
    item = RawItem(source="evaluation", found_at=_FOUND_AT, **body)
    outcome = normalise(item, lambda *_, **__: _NoCountries())
    return None if isinstance(outcome, Rejected) else outcome


def _event(**body: Any) -> ArticleEvent:
    event = _event_or_none(**body)
    empty = partial(ArticleEvent, event_id="", source="", title="", first_seen_at=_FOUND_AT, content_hash="")
    return event or empty()


def _below_half(name: str, mine: list[Overlap], plain: list[Overlap], baseline: str) -> Line:
    low, simple = (rate([each.f1 < 0.5 for each in documents]) for documents in (mine, plain))
    return Line(name, low, 0.02, simple, baseline, less_is_better=True)


def _day(event: ArticleEvent) -> str | None:
    """The day as the page wrote it, in its own zone: that is the day its readers know."""
    if event.published_precision in {None, "inferred"}:
        return None
    instant = parse_instant(event.published_raw or "")
    return instant.at.date().isoformat() if instant else None


def _with_days(dated: list[tuple[str, ArticleEvent]]) -> Iterator[tuple[str, ArticleEvent]]:
    return ((raw[:10], event) for raw, event in dated)


def _is_wrong(day: str, event: ArticleEvent) -> bool:
    return _day(event) not in {None, day}


def _is_near(raw: str, event: ArticleEvent) -> bool:
    wanted = parse_instant(raw)
    if wanted is None or event.published_at is None or event.published_precision in {"day", "inferred"}:
        return False
    return abs((event.published_at - wanted.at).total_seconds()) < 60


def _shares_author(gold: dict[str, Any], event: ArticleEvent) -> bool:
    return bool({words_of(name) for name in gold["authors"]} & {words_of(name) for name in event.authors})


def _is_language(gold: str, found: str) -> bool:
    return language_code(gold) == language_code(found)


if __name__ == "__main__":
    sys.exit(main())
