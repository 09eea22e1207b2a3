import re
from datetime import timedelta

from ingest.item import Rejected
from tests.support.alerting import make_event, make_match
from tests.wirewatch.web.asking import look
from tests.wirewatch.web.gallery import fill
from tests.wirewatch.web.reading import PAGES, words
from tests.wirewatch.web.scene import Scene


def test_given_sources_when_looked_at_then_each_says_how_it_is_and_the_sums_agree(
    stage: Scene, origin: str
) -> None:
    fill(stage)

    text = words(look(origin, "/sources"))

    assert "89 items in = 48 new + 0 revised + 40 duplicate + 1 rejected. The sums agree." in text
    assert "gazette failing failed 3 times in a row (blocked: HTTP 403 from feeds.example.org)" in text
    assert text.index("gazette failing") < text.index("inbox ok") < text.index("resting disabled")
    assert "push unlisted" in text
    assert "inbox" not in words(look(origin, "/sources?status=failing"))


def test_given_rejected_items_when_a_source_is_looked_at_then_they_are_listed_with_their_reasons(
    stage: Scene, origin: str
) -> None:
    stage.hand_over("wire", rejected=[Rejected("too_large", "9 MB", "wire", "page 7")])
    stage.hand_over("inbox", rejected=[Rejected("unsafe_path", "a symlink", "inbox", "x.txt")])

    text = words(look(origin, "/sources/wire"))

    assert "1 in = 0 new + 0 revised + 0 duplicate + 1 rejected . The sums agree." in text.replace(
        "rejected.", "rejected ."
    )
    assert "Rejected as too large 1" in text
    assert "too large 9 MB page 7" in text
    assert "symlink" not in text


def test_given_a_secret_in_the_address_of_a_feed_when_every_page_is_looked_at_then_it_is_on_none(
    stage: Scene, origin: str
) -> None:
    pages = [*fill(stage).values(), *PAGES]

    assert [path for path in pages if "SECRETKEY" in look(origin, path).text] == []
    assert "https://feeds.example.org/wire.xml?…" in words(look(origin, "/sources/wire"))


def test_given_rules_when_looked_at_then_each_says_where_it_stands_and_drafts_are_apart(
    stage: Scene, origin: str
) -> None:
    stage.raise_alerts(make_match(make_event("a"), "pact"), make_match(make_event("b"), "pact"))
    stage.clock.step(300)

    text = words(look(origin, "/rules"))

    assert f"Iran–Turkey pact pact high live 2 5 min ago 2 {stage.config}/watchlists/borders.yaml:4" in text
    assert "A rule on trial trial low test 0 never 1" in text
    assert text.index("Drafts and retired rules") < text.index("Only an idea idea medium draft 0 never 0")


def test_given_a_rule_when_looked_at_then_it_is_told_in_words_with_its_tests(origin: str) -> None:
    text = words(look(origin, "/rules/pact"))

    assert (
        "All of these hold: when A sentence reports something between Iran and Turkey. when.countries" in text
    )
    assert "This must not hold: when.none[0] The publisher is The Joker." in text
    assert "must match Iran and Turkey sign a pact" in text
    assert "must not match Iran bans imports from Turkey" in text
    assert "It has raised none yet." in text


def test_given_a_rule_that_is_gone_when_looked_at_then_its_alerts_are_still_there(
    stage: Scene, origin: str
) -> None:
    stage.raise_alerts(make_match(make_event("a", title="What it found"), "bygone"))

    text = words(look(origin, "/rules/bygone"))

    assert "not configured any more. It matched 1 time" in text
    assert "What it found" in text


def test_given_more_sources_than_a_page_holds_when_paged_through_then_each_is_shown_once(
    stage: Scene, origin: str
) -> None:
    for number in range(205):
        stage.hand_over(f"pushed-{number:03}", [make_event(f"s{number}")])

    first = look(origin, "/sources").text
    older = re.search(r'href="([^"]*)" rel="next"', first)
    assert older
    second = look(origin, older[1].replace("&amp;", "&")).text

    ids = re.findall(r'href="/sources/([^"]+)">', first + second)
    assert len(ids) == len(set(ids)) == 209


def test_given_dead_letters_when_paged_through_then_each_is_listed_once_newest_first(
    stage: Scene, origin: str
) -> None:
    stage.bury(*(f"reason-{number}" for number in range(60)))

    first = look(origin, "/dead-letters?kind=record").text
    older = re.search(r'href="([^"]*)" rel="next"', first)
    assert older
    second = look(origin, older[1].replace("&amp;", "&")).text

    numbers = re.findall(r'<th scope="row" class="num">(\d+)</th>', first + second)
    assert numbers == [str(number) for number in range(60, 0, -1)]


def test_given_a_dead_letter_when_a_retry_was_asked_for_then_the_page_says_so(
    stage: Scene, origin: str
) -> None:
    stage.bury("invalid_json")
    stage.sight.dead_letters.retry(1, stage.clock())
    stage.clock.now += timedelta(minutes=4)

    assert "record invalid json detail of invalid_json articles/0@1 1 byte asked for 4 min ago" in words(
        look(origin, "/dead-letters")
    )
