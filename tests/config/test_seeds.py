"""Every sample article has its expectation and the other way round; the pipeline is checked elsewhere."""

import json
from pathlib import Path

import msgspec

from alerts.watchlist.load import load_watchlists
from alerts.watchlist.themes import load_themes
from alerts.watchlist.vocabulary import world
from stream.config.node import plain
from stream.config.read import read

ROOT = Path(__file__).parents[2]
ARTICLES = ROOT / "seeds" / "articles"


class Expected(msgspec.Struct, forbid_unknown_fields=True):
    article: str
    language: str
    rules: tuple[str, ...]
    why: str = ""


def expected() -> list[Expected]:
    document, problems = read(ROOT / "seeds" / "expected.yaml")
    assert problems == ()
    assert document is not None
    value = plain(document.root)
    assert isinstance(value, dict)
    return msgspec.convert(value["articles"], list[Expected])


def lines() -> dict[str, dict[str, str]]:
    return {
        f"{path.name}#{article['id']}": article
        for path in sorted(ARTICLES.glob("*.jsonl"))
        for article in map(json.loads, path.read_text(encoding="utf-8").splitlines())
    }


def test_given_the_sample_articles_when_counted_then_each_has_one_expectation() -> None:
    pages = {path.name for path in ARTICLES.iterdir() if path.suffix != ".jsonl"}

    names = [one.article for one in expected()]

    assert sorted(names) == sorted({*pages, *lines()})
    assert len(names) >= 12


def test_given_the_expectations_when_read_then_every_rule_named_is_shipped() -> None:
    themes = load_themes(ROOT / "config" / "themes").themes
    rules = {rule.id for rule in load_watchlists(ROOT / "config" / "watchlists", world(themes)).rules}

    assert {rule for one in expected() for rule in one.rules} <= rules


def test_given_the_sample_articles_when_read_then_they_are_articles_in_the_language_expected() -> None:
    languages = {one.article: one.language for one in expected()}

    for name, article in lines().items():
        assert article["title"], name
        assert article["text"], name
        assert article["url"].startswith("https://wire.example/"), name
        assert article["language"] == languages[name]


def test_given_the_expectations_when_counted_then_near_misses_and_languages_are_among_them() -> None:
    everything = expected()

    assert len({one.language for one in everything}) >= 7
    assert sum(not one.rules for one in everything) >= 8
    assert {one.article for one in everything if one.rules == ("ir-tr-military-cooperation",)} >= {
        "ankara-talks.txt",
        "wire.jsonl#feed-ankara-accord",
    }


def test_given_the_scraped_page_when_read_then_it_has_everything_that_cleaning_must_remove() -> None:
    page = (ARTICLES / "ankara-talks.txt").read_text(encoding="utf-8")

    for boilerplate in (
        "Type to search",
        "You are reading:",
        "Updated 3 hours ago",
        "Read also",
        "All rights",
    ):
        assert boilerplate in page
    assert "(AFP)" in page
    assert "\nANKARA: " in page
