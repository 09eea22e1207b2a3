import gc
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from alerts.alert import Match
from alerts.match.compile import compile_rules
from alerts.watchlist.clauses import (
    All,
    AnyOf,
    Clause,
    Countries,
    Filter,
    Near,
    Not,
    Phrase,
    Regex,
    Rule,
    Text,
    Theme,
)
from alerts.watchlist.themes import LabelWords, ThemeDefinition, ThemeWords
from stream.event import ArticleEvent
from tests.support.match_articles import article

THEMES = {
    "military": ThemeDefinition(
        "military",
        {
            "en": ThemeWords(("military cooperation", "joint exercise*", "defence deal")),
            "tr": ThemeWords(("askeri iş birliği",)),
        },
    )
}
LABELS = LabelWords({"en": {"denied": ("denied", "denies"), "hypothetical": ("might",)}})
IR_TR = Countries("when.countries", (("IR",), ("TR",)), "pair")
MILITARY = Theme("when.theme", "military")
AGREED = article(
    "[Iran|IR] and [Turkey|TR] agree to increase military cooperation",
    "ANKARA – Ministers met on Tuesday.",
    "[Iran|IR] and [Türkiye|TR] will hold a joint exercise, the ministry said.",
    "The [United States|US?] watches.",
    relations=(("IR", "TR", "title", 0), ("IR", "TR", "text", 1)),
)


def matches(when: Clause, event: ArticleEvent, **more: str) -> tuple[Match, ...]:
    return compile_rules([Rule("rule", "Rule", "list", when, **more)], THEMES, LABELS).match(event)  # type: ignore[arg-type]  # a status


def stretches(match: Match) -> list[tuple[str, str, str]]:
    """Clause, field and the very words of each piece of evidence."""
    return [(e.clause, e.field, getattr(match.event, e.field)[e.start : e.end]) for e in match.evidence]


def test_given_pair_and_theme_in_the_title_when_matched_then_the_title_is_the_first_proof() -> None:
    (match,) = matches(All("when", (IR_TR, MILITARY)), AGREED)

    assert stretches(match) == [
        ("when.countries", "title", "Iran"),
        ("when.countries", "title", "Turkey"),
        ("when.theme", "title", "military cooperation"),
    ]
    assert (match.countries, match.theme, match.labels) == (("IR", "TR"), "military", ())
    assert {one.sentence for one in match.evidence} == {AGREED.title}


@pytest.mark.parametrize(("one", "other"), [("TR", "US"), ("IR", "RU"), ("IR", "US")])
def test_given_a_country_in_passing_when_a_pair_with_it_is_asked_for_then_nothing_matches(
    one: str, other: str
) -> None:
    countries = Countries("when.countries", ((one,), (other,)), "pair")

    assert matches(All("when", (countries, MILITARY)), AGREED) == ()


def test_given_the_theme_in_another_sentence_when_matched_then_it_does_not_count() -> None:
    event = article(
        "[Iran|IR] receives [Turkey|TR]",
        "[Egypt|EG] plans a joint exercise.",
        relations=(("IR", "TR", "title", 0),),
    )

    tied = matches(All("when", (IR_TR, MILITARY)), event)
    loose = matches(All("when", (IR_TR, replace(MILITARY, within="article"))), event)

    assert tied == ()
    assert stretches(loose[0])[-1] == ("when.theme", "text", "joint exercise")


def test_given_an_any_beside_countries_when_matched_then_its_theme_must_share_their_sentence() -> None:
    event = article(
        "[Iran|IR] receives [Turkey|TR]", "Drones: a defence deal.", relations=(("IR", "TR", "title", 0),)
    )
    choice = AnyOf("when.any", (All("when.any[0]", (MILITARY, Text("t", (Phrase("drones"),)))), MILITARY))

    assert matches(All("when", (IR_TR, choice)), event) == ()


def test_given_a_group_on_one_side_when_matched_then_the_member_that_takes_part_is_named() -> None:
    countries = Countries("when.countries", (("US", "TR", "DE"), ("IR", "TR")), "pair")

    (match,) = matches(countries, AGREED)

    assert match.countries == ("TR", "IR")


def test_given_a_mention_in_passing_when_any_mention_counts_then_it_matches() -> None:
    passing = Countries("when.countries", (("US",),), "together", role="mentioned")

    (match,) = matches(passing, AGREED)

    assert stretches(match) == [("when.countries", "text", "United States")]
    assert matches(replace(passing, role="participant"), AGREED) == ()


@pytest.mark.parametrize(("salience", "found"), [("any", 1), ("lead", 0), ("headline", 0)])
def test_given_countries_far_down_when_salience_is_asked_for_then_they_do_not_count(
    salience: str, found: int
) -> None:
    event = article(
        "Title", "One.", "Two.", "[Iran|IR] and [Turkey|TR].", relations=(("IR", "TR", "text", 2),)
    )

    assert len(matches(replace(IR_TR, salience=salience), event)) == found  # type: ignore[arg-type]  # a salience


def test_given_a_denied_theme_when_matched_then_the_rule_decides_and_the_label_is_on_the_match() -> None:
    event = article("[Iran|IR] denies defence deal with [Turkey|TR]", relations=(("IR", "TR", "title", 0),))

    excluded = matches(All("when", (IR_TR, MILITARY)), event)
    (included,) = matches(All("when", (IR_TR, replace(MILITARY, exclude=frozenset()))), event)

    assert excluded == ()
    assert included.labels == ("denied",)


def test_given_a_sentence_without_names_when_its_relation_counts_then_the_sentence_is_the_proof() -> None:
    event = article("Title", "The two armies plan a joint exercise.", relations=(("IR", "TR", "text", 0),))

    (match,) = matches(All("when", (IR_TR, MILITARY)), event)

    assert stretches(match)[0][2] == "The two armies plan a joint exercise."


def test_given_a_lead_that_opens_the_text_when_matched_then_its_words_are_evidence_once() -> None:
    event = article("Title", "A drone fell.", "Nobody was hurt.", lead="A drone fell.")

    (both,) = matches(Text("when.text", (Phrase("drone"),)), event)
    (lead,) = matches(Text("when.text", (Phrase("drone"),), fields=("lead",)), event)

    assert stretches(both) == [("when.text", "text", "drone")]
    assert stretches(lead) == [("when.text", "lead", "drone")]
    assert matches(Text("when.text", (Phrase("hurt"),), fields=("title", "lead")), event) == ()


def test_given_words_across_title_and_text_when_matched_then_they_are_no_phrase_and_not_near() -> None:
    event = article("The joint", "Exercise began.")

    assert matches(MILITARY, event) == ()
    assert matches(Text("when.text", (Near(("joint", "began"), 50),)), event) == ()


@pytest.mark.parametrize(
    ("term", "stretch"),
    [
        (Phrase("St Petersburg"), "St. Petersburg"),
        (Phrase("signed deal", 2), "signed a drone deal"),
        (Phrase("sign* deal*", 2), "signed a drone deal"),
        (Near(("deal", "signed"), 4), "signed a drone deal"),
        (Regex(r"dro\w+"), "drone"),
        (Phrase("Ankara’s"), "Ankara's"),
    ],
)
def test_given_a_way_to_name_words_when_matched_then_the_evidence_is_exact(
    term: Phrase | Near | Regex, stretch: str
) -> None:
    event = article("In St. Petersburg", "They signed a drone deal at Ankara's wish.")

    (match,) = matches(Text("when.text", (term,)), event)

    assert [words for _, _, words in stretches(match)] == [stretch]


@pytest.mark.parametrize(
    "term", [Phrase("signed deal", 1), Phrase("deal signed", 9), Near(("deal", "signed"), 3)]
)
def test_given_words_too_far_apart_or_in_another_order_when_matched_then_nothing_is_found(
    term: Phrase | Near,
) -> None:
    assert matches(Text("when.text", (term,)), article("They signed a drone deal")) == ()


def test_given_text_of_the_countries_when_it_stands_elsewhere_then_only_its_paragraph_helps() -> None:
    event = article(
        "Title",
        "[Iran|IR] met [Turkey|TR].",
        "Drones came up.\n\n",
        "Ships too.",
        relations=(("IR", "TR", "text", 0),),
    )

    def beside(word: str, within: str) -> int:
        text = Text("when.text", (Phrase(word),), within=within, of_countries=True)  # type: ignore[arg-type]  # a scope
        return len(matches(All("when", (IR_TR, text)), event))

    assert (beside("drones", "sentence"), beside("drones", "paragraph"), beside("ships", "paragraph")) == (
        0,
        1,
        0,
    )


@pytest.mark.parametrize(
    ("clause", "found"),
    [
        (Filter("when.source", "source", ("WIRE",)), 1),
        (Filter("when.publisher", "publisher", ("anadolu ajansı",)), 1),
        (Filter("when.language", "language", ("en",)), 1),
        (Filter("when.language", "language", ("en-US",)), 0),
        (Filter("when.section", "section", ("world",)), 0),
    ],
)
def test_given_a_filter_when_matched_then_its_value_must_be_equal_and_proves_itself(
    clause: Filter, found: int
) -> None:
    event = article("Title", "Text.", language="en-GB", publisher="Anadolu Ajansı")

    result = matches(clause, event)

    assert len(result) == found
    assert all(words == getattr(event, clause.field) for match in result for _, _, words in stretches(match))


def test_given_none_of_a_word_when_it_is_anywhere_then_nothing_matches() -> None:
    without = All("when", (IR_TR, Not("when.none[0]", Text("when.none[0].text", (Phrase("watches"),)))))

    assert matches(without, AGREED) == ()
    assert len(matches(All("when", (IR_TR, Not("n", Text("t", (Phrase("football"),))))), AGREED)) == 1


@pytest.mark.parametrize(
    ("status", "found"), [("live", [False]), ("test", [True]), ("draft", []), ("retired", [])]
)
def test_given_a_status_when_matched_then_only_live_and_test_rules_match(
    status: str, found: list[bool]
) -> None:
    assert [match.is_test for match in matches(IR_TR, AGREED, status=status)] == found


@pytest.mark.parametrize(
    ("when", "reason"),
    [
        (Text("when.text", (Phrase("!?"),)), "rule rule: a phrase needs"),
        (Text("when.text", (Regex("(?=x)y"),)), "rule rule: look-around"),
        (Not("when.none", MILITARY), "rule rule: nothing in it must be there"),
    ],
)
def test_given_a_rule_that_cannot_be_compiled_then_the_error_names_it(when: Clause, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        matches(when, AGREED)


def test_given_many_rules_when_matched_then_only_those_of_the_pair_hold_in_their_order() -> None:
    codes = [first + second for first in "ABCDEFGHI" for second in "QWXZ"]
    others = [
        Rule(
            f"{one}-{other}",
            "Other",
            "list",
            All("when", (Countries("c", ((one,), (other,)), "pair"), MILITARY)),
        )
        for one in codes
        for other in codes
        if one != other
    ]
    rules = [Rule("last", "Last", "list", MILITARY), *others, Rule("pair", "Pair", "list", IR_TR)]

    found = compile_rules(rules, THEMES, LABELS).match(AGREED)

    assert [match.rule for match in found] == ["last", "pair"]


def test_given_threads_that_share_a_matcher_when_it_is_swapped_then_each_match_is_whole() -> None:
    old = compile_rules([Rule("old", "Old", "list", All("when", (IR_TR, MILITARY)))], THEMES, LABELS)
    new = compile_rules([Rule("new", "New", "list", Text("t", (Regex("joint"),)))], THEMES, LABELS)
    current = [old]

    def match(turn: int) -> set[str]:
        if turn == 200:
            current[0] = new
            gc.collect()
        return {match.rule for match in current[0].match(AGREED)}

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(match, range(400)))

    assert all(rules in ({"old"}, {"new"}) for rules in found)
    assert found[-1] == {"new"}


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    "words",
    [
        "iran ",
        "joint exercise denied ",
        "defence deal might ",
        "signed deal iran ",
        "a",
        "e\u0301",
        "伊朗",
        " . ",
        "إيران ",
    ],
)
def test_given_a_huge_text_made_of_triggers_when_matched_then_it_costs_linear_time(words: str) -> None:
    text = words * (200_000 // len(words))
    event = replace_text(article("Iran"), text)
    rules = [
        Rule("near", "Near", "list", Text("t", (Near(("iran", "deal"), 3), Phrase("signed iran deal", 5)))),
        Rule("wide", "Wide", "list", Text("t", (Phrase("iran"),), within="paragraph", of_countries=True)),
        Rule("theme", "Theme", "list", MILITARY),
        Rule("regex", "Regex", "list", Text("t", (Regex("(a+)+b"), Regex(r"(\w+\s?)+!"), Regex("(a|aa)+z")))),
    ]

    found = compile_rules(rules, THEMES, LABELS).match(event)

    assert {match.rule for match in found} <= {"near", "wide", "theme", "regex"}


def replace_text(event: ArticleEvent, text: str) -> ArticleEvent:
    return ArticleEvent(
        event_id=event.event_id,
        source=event.source,
        title=event.title,
        text=text,
        first_seen_at=event.first_seen_at,
        content_hash=event.content_hash,
        sentences=tuple(range(0, len(text), 40)),
    )
