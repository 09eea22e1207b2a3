"""The tests that are written in watchlists and themes, run through the code that the daemon runs."""

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, Literal

from alerts.match.explain import render_explanation
from alerts.match.matcher import Matcher
from alerts.watchlist.load import RuleTest
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
class TrialResult:
    """What came of it; `explanation` says why, for people."""

    trial: Trial
    found: Expect | Literal["no event"]
    explanation: str

    @property
    def is_passed(self) -> bool:
        """Whether it came out as written."""
        return self.found == self.trial.expect

    @property
    def told(self) -> str:
        """What failed, where and why, in lines for people."""
        trial = self.trial
        name = f" ({trial.label})" if trial.label else ""
        lines = [
            f"{trial.location}: {trial.subject}{name}: wanted {trial.expect}, got {self.found}",
            f"  article: {trial.shown}",
            *(f"  {line}" for line in self.explanation.splitlines()),
        ]
        return "\n".join(lines) + "\n"

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


def run_trials(trials: Iterable[Trial], matcher: Matcher, annotate: Annotate) -> Iterator[TrialResult]:
    """Run tests one by one; `matcher` holds every rule and theme that they are of."""
    for trial in trials:
        event = normalise_safely(_item(trial.article), annotate)
        if isinstance(event, Rejected):
            yield TrialResult(trial, "no event", f"{event.reason}: {event.detail}")
        elif trial.theme is None:
            yield _of_rule(trial, event, matcher)
        else:
            yield _of_theme(trial, trial.theme, event, matcher)


def known_names(rules: Rules) -> list[str]:
    """What tests can be asked for: rule ids and theme names."""
    loaded = rules.watchlists
    return [*(rule.id for rule in (*loaded.rules, *loaded.resting)), *rules.themes.themes]


def all_trials(rules: Rules, only: AbstractSet[str] = frozenset()) -> list[Trial]:
    """The tests of all rules and themes, or of those named `only`."""
    found = [*map(trial_of_rule, rules.watchlists.tests)]
    for theme in rules.themes.themes.values():
        for test in theme.tests:
            article = {"title": test.article, "language": test.language}
            found.append(Trial(f"theme {theme.name}", article, test.expect, test.location, theme=theme.name))
    return [trial for trial in found if not only or (trial.theme or trial.subject) in only]


def trial_of_rule(test: RuleTest) -> Trial:
    """The test of a rule as one that can be run."""
    return Trial(test.rule_id, test.article, test.expect, test.location, test.name)


def _of_rule(trial: Trial, event: ArticleEvent, matcher: Matcher) -> TrialResult:
    node = matcher.explain(trial.subject, event)
    return TrialResult(trial, "match" if node.holds else "no_match", render_explanation(node))


def _of_theme(trial: Trial, theme: str, event: ArticleEvent, matcher: Matcher) -> TrialResult:
    """A theme is found where it has a trigger, whatever its labels."""
    hits = [hit for hit in matcher.find_themes(event) if hit.name == theme]
    said = [f'"{event_text(event, hit.field)[hit.start : hit.end]}" {", ".join(hit.labels)}' for hit in hits]
    explanation = f"found {'; '.join(said)}" if said else "no trigger found"
    return TrialResult(trial, "match" if hits else "no_match", explanation)


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
