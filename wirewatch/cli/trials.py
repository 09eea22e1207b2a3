"""The tests that are written in watchlists and themes, run through the code that the daemon runs."""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, Literal

from alerts.match.explain import render_explanation
from alerts.match.matcher import Matcher
from ingest.item import RawItem, Rejected
from ingest.normalise import Annotate, normalise_safely
from stream.event import ArticleEvent
from stream.timing import utc_now
from wirewatch.rulefiles import Rules

Expect = Literal["match", "no_match"]
_SHOWN_CHARS = 200


@dataclass(frozen=True, slots=True)
class Trial:
    """One test: of a rule, or of a theme (`theme NAME`)."""

    subject: str
    article: Mapping[str, str]
    expect: Expect
    location: str
    label: str = ""
    theme: str | None = None

    @property
    def shown(self) -> str:
        """The article on one line."""
        said = " ".join(f"{self.article.get('title', '')} {self.article.get('text', '')}".split())
        return said if len(said) <= _SHOWN_CHARS else f"{said[:_SHOWN_CHARS]}…"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of it; `explanation` says why, for people."""

    trial: Trial
    found: Expect | Literal["no event"]
    explanation: str

    @property
    def is_passed(self) -> bool:
        """Whether it came out as written."""
        return self.found == self.trial.expect

    def row(self) -> dict[str, Any]:
        """For programs."""
        trial = self.trial
        return {
            "passed": self.is_passed,
            "subject": trial.subject,
            "name": trial.label,
            "location": trial.location,
            "article": trial.article,
            "expect": trial.expect,
            "found": self.found,
            "explanation": "" if self.is_passed else self.explanation,
        }


def run_trials(
    rules: Rules, matcher: Matcher, annotate: Annotate, only: AbstractSet[str]
) -> Iterator[Verdict]:
    """Run all tests, or those of some rules and themes; `matcher` holds every rule of `rules`."""
    for trial in _trials(rules):
        if only and trial.subject.removeprefix("theme ") not in only:
            continue
        event = normalise_safely(_item(trial.article), annotate)
        if isinstance(event, Rejected):
            yield Verdict(trial, "no event", f"{event.reason}: {event.detail}")
        elif trial.theme is None:
            yield _of_rule(trial, event, matcher)
        else:
            yield _of_theme(trial, trial.theme, event, matcher)


def known_names(rules: Rules) -> list[str]:
    """What tests can be asked for: rule ids and theme names."""
    loaded = rules.watchlists
    return [*(rule.id for rule in (*loaded.rules, *loaded.resting)), *rules.themes.themes]


def _trials(rules: Rules) -> Iterator[Trial]:
    for test in rules.watchlists.tests:
        yield Trial(test.rule_id, test.article, test.expect, test.location, test.name)
    for theme in rules.themes.themes.values():
        for number, case in enumerate(theme.tests, start=1):
            article = {"title": case.article, "language": case.language}
            where = f"theme {theme.name}, test {number}"
            yield Trial(f"theme {theme.name}", article, case.expect, where, theme=theme.name)


def _of_rule(trial: Trial, event: ArticleEvent, matcher: Matcher) -> Verdict:
    node = matcher.explain(trial.subject, event)
    return Verdict(trial, "match" if node.holds else "no_match", render_explanation(node))


def _of_theme(trial: Trial, theme: str, event: ArticleEvent, matcher: Matcher) -> Verdict:
    """A theme is found where it has a trigger, whatever its labels."""
    hits = [hit for hit in matcher.find_themes(event) if hit.name == theme]
    said = [f'"{event_text(event, hit.field)[hit.start : hit.end]}" {", ".join(hit.labels)}' for hit in hits]
    explanation = f"found {'; '.join(said)}" if said else "no trigger found"
    return Verdict(trial, "match" if hits else "no_match", explanation)


def event_text(event: ArticleEvent, field: str) -> str:
    """The text of a field of an event."""
    return str(getattr(event, field))


def _item(article: Mapping[str, str]) -> RawItem:
    return RawItem(
        source=article.get("source", "test"),
        found_at=utc_now(),
        url=article.get("url"),
        title=article.get("title"),
        text=article.get("text"),
        language=article.get("language"),
        publisher=article.get("publisher"),
        publisher_country=article.get("publisher_country"),
        section=article.get("section"),
    )
