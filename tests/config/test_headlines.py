"""One rule and one story in many languages: the rule finds its headline, and none of what only looks like it.

The texts are in headlines.yaml; the rule is compiled with the themes that we ship and runs as in the daemon.
"""

from functools import cache
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from alerts.match.compile import compile_rules
from alerts.match.matcher import Matcher
from alerts.watchlist.load import load_watchlists
from alerts.watchlist.themes import load_themes
from alerts.watchlist.vocabulary import world
from ingest.annotating import load_annotate
from ingest.item import RawItem, Rejected
from ingest.normalise import Annotate, normalise
from stream.timing import utc_now

HERE = Path(__file__).parent
THEMES = HERE.parents[1] / "config" / "themes"
STORY: dict[str, dict[str, str]] = YAML(typ="safe").load(
    (HERE / "headlines.yaml").read_text(encoding="utf-8")
)
RULE = """
watchlist: pair
rules:
  - id: ir-tr
    title: Iran and Turkey
    severity: high
    when: {countries: [IR, TR], theme: military_cooperation}
"""
WRONG = [(language, kind) for language in STORY for kind in STORY[language] if kind != "headline"]

annotate_once = cache(load_annotate)  # tables that no test changes


@pytest.fixture(scope="module")
def matcher(tmp_path_factory: pytest.TempPathFactory) -> Matcher:
    file = tmp_path_factory.mktemp("rules") / "pair.yaml"
    file.write_text(RULE, encoding="utf-8")
    themes = load_themes(THEMES)
    rules = load_watchlists(file, world(themes.themes)).rules
    return compile_rules(rules, themes.themes, themes.labels)


@pytest.fixture
def annotate() -> Annotate:
    return annotate_once()


def fires(matcher: Matcher, annotate: Annotate, story: str, language: str) -> bool:
    title, _, text = story.partition(". ") if ". " in story else story.partition("。")
    item = RawItem(source="own", found_at=utc_now(), title=title, text=text or title, language=language)
    event = normalise(item, annotate)
    assert not isinstance(event, Rejected)
    return any(matcher.match(event))


def test_given_the_story_when_listed_then_it_is_in_many_languages_with_three_near_misses_each() -> None:
    assert len(STORY) >= 20

    assert all({"headline", "sport", "bird", "passing"} <= set(texts) for texts in STORY.values())


@pytest.mark.parametrize("language", STORY)
def test_given_the_headline_in_a_language_when_matched_then_the_rule_fires(
    matcher: Matcher, annotate: Annotate, language: str
) -> None:
    assert fires(matcher, annotate, STORY[language]["headline"], language)


@pytest.mark.parametrize(("language", "kind"), WRONG)
def test_given_what_only_looks_like_the_story_when_matched_then_the_rule_is_silent(
    matcher: Matcher, annotate: Annotate, language: str, kind: str
) -> None:
    assert not fires(matcher, annotate, STORY[language][kind], language)


@pytest.mark.parametrize("language", STORY)
def test_given_the_two_at_sport_when_annotated_then_they_are_not_related(
    annotate: Annotate, language: str
) -> None:
    sport = STORY[language]["sport"]
    item = RawItem(source="own", found_at=utc_now(), title=sport, text=sport, language=language)

    event = normalise(item, annotate)

    assert not isinstance(event, Rejected)
    assert event.relations == ()


@pytest.mark.parametrize(
    ("language", "story"),
    [
        ("fr", "L'Iran et la Turquie rappellent leurs ambassadeurs avant la Coupe du monde"),
        ("de", "Außenminister von Iran und Türkei treffen sich vor der Weltmeisterschaft"),
        ("ru", "Министры обороны Ирана и Турции встретились во время чемпионата мира"),
        ("tr", "İran ve Türkiye dışişleri bakanı Dünya Kupası öncesi görüştü"),
        ("ar", "وزير الخارجية التركي يزور إيران قبل كأس العالم"),
        ("zh", "土耳其外长在世界杯前访问伊朗"),
    ],
)
def test_given_affairs_of_state_beside_sport_when_annotated_then_the_two_are_related(
    annotate: Annotate, language: str, story: str
) -> None:
    item = RawItem(source="own", found_at=utc_now(), title=story, text=story, language=language)

    event = normalise(item, annotate)

    assert not isinstance(event, Rejected)
    assert {relation.countries for relation in event.relations} == {("IR", "TR")}
