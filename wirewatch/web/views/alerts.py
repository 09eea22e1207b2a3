"""Alerts as the pages show them: a row of the list, and one alert with its whole article."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from alerts.alert import Match
from alerts.highlight import Passage, Segment, field_segments, passages
from alerts.plain import one_line
from alerts.render import direction, safe_link
from alerts.store.archive import Archived, Delivery
from alerts.store.instants import instant
from alerts.watchlist.clauses import Rule
from stream.event import ArticleEvent
from wirewatch.web.asked import find_alerts
from wirewatch.web.cursor import cursor_of
from wirewatch.web.filters import AlertFilter, is_alert_id
from wirewatch.web.sight import Sight
from wirewatch.web.views import wording

PAGE = 50
_TITLE_CHARS = 300
_SHOWN_CHARS = 120
_PROOFS = 60
_PARAGRAPHS = 2_000
_LINE = re.compile(r"[^\n]*\n+|[^\n]+")

Direction = Literal["ltr", "rtl", "auto"]


@dataclass(frozen=True, slots=True)
class AlertRow:
    """An alert on one line; texts of others are on one line and without controls."""

    alert_id: str
    severity: str
    status: str
    title: str
    lang: str
    direction: Direction
    language: str
    rule: str
    rule_title: str
    publisher: str
    countries: tuple[str, ...]
    created_at: datetime
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class AlertPage:
    """A page of the list; `next_cursor` is that of the next page, None on the last.

    `searched_to`: a search looked at alerts down to this instant, and filled no page; None where it did.
    """

    rows: tuple[AlertRow, ...]
    chosen: AlertFilter
    next_cursor: str | None
    searched_to: datetime | None
    is_empty_state: bool


@dataclass(frozen=True, slots=True)
class ProofRow:
    """What proved one clause: the words as they stand in the article."""

    clause: str
    words: str
    field: str


@dataclass(frozen=True, slots=True)
class AlertView:
    """One alert. The segments of `title`, `lead` and `text` put together are the article's fields.

    `text` comes in paragraphs. `lead` is empty where it only repeats the beginning of the text.
    """

    row: AlertRow
    match: Match
    event: ArticleEvent
    proving: Passage
    title: tuple[Segment, ...]
    lead: tuple[Segment, ...]
    text: tuple[tuple[Segment, ...], ...]
    proofs: tuple[ProofRow, ...]
    hidden_proofs: int
    link: str | None
    deliveries: tuple[Delivery, ...]
    rule_now: Rule | None

    @property
    def is_older_wording(self) -> bool:
        """Whether the rule has been changed since it raised this alert."""
        return self.rule_now is not None and self.rule_now.version != self.match.rule_version


def alert_page(sight: Sight, chosen: AlertFilter) -> AlertPage | None:
    """Read a page of alerts; None when the alert that it should begin after is not there."""
    found = find_alerts(sight, chosen, PAGE)
    if found is None:
        return None
    place = found.next_place
    return AlertPage(
        rows=alert_rows(found.alerts),
        chosen=chosen,
        next_cursor=cursor_of(place) if place else None,
        searched_to=instant(place.created_us) if place and len(found.alerts) < PAGE else None,
        is_empty_state=not found.alerts and chosen == AlertFilter(),
    )


def alert_rows(archived: Iterable[Archived]) -> tuple[AlertRow, ...]:
    """Word alerts for a list."""
    return tuple(alert_row(one) for one in archived)


def alert_row(archived: Archived) -> AlertRow:
    """Word one alert for a list."""
    match = archived.alert.match
    event = match.event
    lang, way = spoken(event.language)
    return AlertRow(
        alert_id=archived.alert.alert_id,
        severity=match.severity,
        status=archived.status,
        title=one_line(event.title or event.lead or event.text, _TITLE_CHARS) or "(no title)",
        lang=lang,
        direction=way,
        language=wording.language(event.language),
        rule=match.rule,
        rule_title=one_line(match.rule_title, _SHOWN_CHARS),
        publisher=one_line(event.publisher or event.source, _SHOWN_CHARS),
        countries=tuple(wording.country(code) for code in match.countries[:10]),
        created_at=archived.alert.created_at,
        published_at=event.published_at,
    )


def spoken(language: str) -> tuple[str, Direction]:
    """The `lang` and `dir` of a text in a language; an unknown one leaves both to the browser."""
    if language.partition("-")[0].lower() in {"", "und"}:
        return "", "auto"
    return language, direction(language)


def alert_view(sight: Sight, alert_id: str) -> AlertView | None:
    """Read one alert with what became of it; None when there is none such."""
    archived = sight.archive.alert(alert_id) if is_alert_id(alert_id) else None
    if archived is None:
        return None
    match = archived.alert.match
    event = match.event
    is_repeated = event.text.startswith(event.lead)
    return AlertView(
        row=alert_row(archived),
        match=match,
        event=event,
        proving=passages(match)[0],
        title=field_segments(match, "title"),
        lead=() if is_repeated else field_segments(match, "lead"),
        text=paragraphs(field_segments(match, "text", *(("lead",) if is_repeated else ()))),
        proofs=tuple(_proofs(match))[:_PROOFS],
        hidden_proofs=max(0, len(match.evidence) - _PROOFS),
        link=safe_link(event.url),
        deliveries=tuple(sight.archive.deliveries(alert_id)),
        rule_now=find_rule(sight, match.rule),
    )


def paragraphs(segments: Sequence[Segment]) -> tuple[tuple[Segment, ...], ...]:
    """Segments by paragraph, each with the line ends behind it; one paragraph for all when there are many.

    Put together they are the same text.
    """
    if sum(segment.text.count("\n") for segment in segments) > _PARAGRAPHS:
        return (tuple(segments),)
    found: list[list[Segment]] = [[]]
    for segment in segments:
        for line in _LINE.findall(segment.text):
            found[-1].append(Segment(line, segment.is_evidence))
            if line.endswith("\n"):
                found.append([])
    return tuple(tuple(paragraph) for paragraph in found if paragraph)


def find_rule(sight: Sight, rule_id: str) -> Rule | None:
    """The rule as it is configured now, drafts and retired ones included."""
    compiled = sight.rules.state.value
    rules = (*compiled.matcher.rules, *compiled.resting)
    return next((rule for rule in rules if rule.id == rule_id), None)


def _proofs(match: Match) -> Iterable[ProofRow]:
    for proof in match.evidence:
        field = getattr(match.event, proof.field, "") if proof.field in {"title", "lead", "text"} else ""
        yield ProofRow(proof.clause, one_line(field[proof.start : proof.end], _SHOWN_CHARS), proof.field)
