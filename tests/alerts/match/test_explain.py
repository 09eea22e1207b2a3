from alerts.match.compile import compile_rules
from alerts.match.explain import render_explanation
from alerts.watchlist.clauses import All, AnyOf, Clause, Countries, Filter, Not, Phrase, Rule, Text, Theme
from alerts.watchlist.themes import LabelWords, ThemeDefinition, ThemeWords
from stream.event import ArticleEvent
from tests.support.match_articles import article

THEMES = {"drills": ThemeDefinition("drills", {"en": ThemeWords(("drill*",))})}
LABELS = LabelWords({"en": {"denied": ("denies",)}})
IR_TR = Countries("when.countries", (("IR",), ("TR",)), "pair")
DRILLS = Theme("when.theme", "drills", frozenset({"denied"}))
EVENT = article(
    "[Iran|IR] denies drills",
    "[Iran|IR] and [Turkey|TR] met.",
    "Drills start.",
    relations=(("IR", "TR", "text", 0),),
)


def explained(when: Clause, event: ArticleEvent = EVENT) -> str:
    matcher = compile_rules([Rule("rule", "Rule", "list", when, status="draft")], THEMES, LABELS)
    return render_explanation(matcher.explain("rule", event))


def test_given_parts_in_different_sentences_when_explained_then_it_says_that_none_holds_them_all() -> None:
    text = explained(All("when", (IR_TR, DRILLS)))

    assert text == (
        "✗ when: all of — each part holds, but no sentence holds them all\n"
        "  ✓ when.countries: countries IR related with TR — IR and TR\n"
        "      text[0:4] “Iran and Turkey met.”\n"
        "  ✓ when.theme: theme drills in the sentence, not denied\n"
        "      text[21:27] “Drills start.”\n"
    )


def test_given_a_rule_that_holds_when_explained_then_each_clause_shows_its_sentence() -> None:
    when = All(
        "when",
        (
            IR_TR,
            AnyOf(
                "when.any",
                (
                    Filter("when.any[0].language", "language", ("tr",)),
                    Text("when.any[1].text", (Phrase("met"),)),
                ),
            ),
            Not("when.none[0]", Text("when.none[0].text", (Phrase("football", 2),))),
        ),
    )

    assert explained(when) == (
        "✓ when: all of\n"
        "  ✓ when.countries: countries IR related with TR — IR and TR\n"
        "      text[0:4] “Iran and Turkey met.”\n"
        "  ✓ when.any: any of\n"
        "    ✗ when.any[0].language: language tr — it is en\n"
        '    ✓ when.any[1].text: text "met" in title, lead, text\n'
        "        text[16:19] “Iran and Turkey met.”\n"
        "  ✓ when.none[0]: not — it does not hold\n"
        '    ✗ when.none[0].text: text "football" with 2 words between in title, lead, text — not found\n'
    )


def test_given_only_a_denied_trigger_when_explained_then_the_label_is_the_reason() -> None:
    text = explained(DRILLS, article("They denies drills"))

    assert (
        text
        == "✗ when.theme: theme drills in the sentence, not denied — only denied, which the rule excludes\n"
    )
