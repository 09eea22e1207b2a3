"""One theme, one pair and one article that most tests of matching turn about."""

from alerts.alert import Match
from alerts.match.compile import compile_rules
from alerts.watchlist.clauses import (
    Clause,
    Countries,
    Rule,
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
