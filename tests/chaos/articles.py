"""Articles of our own and rules about them, so made that an article's number says which rules hold."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from stream.event import ArticleEvent, Mention, Relation, content_hash, encode, identity
from tests.support.ledger import Expected, Wanted

_FOUND_AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)

# rule: it holds for every n-th article, by this sentence
SENTENCES = {
    "granite-tariff": (3, "The council set a new tariff on granite at noon."),
    "harbour-closed": (4, "The harbour stays closed until the storm has passed."),
    "iran-turkey": (5, "Iran and Turkey agree to increase military cooperation."),
    "quiet-rule": (7, "A quiet word about lanterns was heard."),
}
RECORDED_ONLY = frozenset({"quiet-rule"})
_FILLER = "Reporters waited outside in the rain. Nothing else was said that day."

WATCHLIST = """
watchlist: chaos
owner: chaos-desk
rules:
  - id: granite-tariff
    title: Tariffs on granite
    severity: high
    when: {text: tariff on granite}
  - id: harbour-closed
    title: A harbour is closed
    severity: low
    when:
      text: {near: [harbour, closed], words: 4}
  - id: iran-turkey
    title: Iran and Turkey and their armies
    severity: critical
    when:
      countries: [IR, TR]
      theme: military_cooperation
  - id: quiet-rule
    title: Recorded, never sent
    status: test
    when: {text: quiet word about lanterns}
  - id: never
    title: Holds for none of them
    when: {text: purple submarine}
"""

THEME = """
theme: military_cooperation
languages:
  en:
    triggers: [military cooperation]
"""


def url_of(number: int) -> str:
    return f"https://news.example.org/chaos/{number}"


def wanted_of(number: int) -> set[Wanted]:
    """The rules that must hold for an article, with its URL."""
    return {(rule, url_of(number)) for rule, (nth, _) in SENTENCES.items() if number % nth == 0}


def is_sent(wanted: Wanted) -> bool:
    return wanted[0] not in RECORDED_ONLY


def expected(numbers: Collection[int], sinks: Mapping[str, int]) -> Expected:
    """What must have come of these articles; `sinks` gives for each its sends under way at once."""
    wanted = {pair for number in numbers for pair in wanted_of(number)}
    return Expected(
        urls=[url_of(number) for number in numbers],
        alerts=wanted,
        sent={pair for pair in wanted if is_sent(pair)},
        sinks=sinks,
    )


def raw(number: int) -> dict[str, Any]:
    """The article as a publisher would send it: it has to be normalised and annotated first."""
    return {"url": url_of(number), "title": _title(number), "text": _text(number), "language": "en"}


def finished(number: int) -> dict[str, Any]:
    """The article as a finished event, which goes to the log as it is."""
    return msgspec.json.decode(encode(_event(number)), type=dict[str, Any])


def _event(number: int) -> ArticleEvent:
    title, text = _title(number), _text(number)
    starts = [0, *(i + 2 for i in range(len(text) - 2) if text[i : i + 2] == ". ")]
    named = {c: text.find(name) for c, name in (("IR", "Iran"), ("TR", "Turkey")) if name in text}
    at = max((i for i, start in enumerate(starts) if start <= min(named.values(), default=0)), default=0)
    return ArticleEvent(
        event_id=identity(url_of(number)),
        source="chaos",
        title=title,
        text=text,
        url=url_of(number),
        language="en",
        first_seen_at=_FOUND_AT,
        content_hash=content_hash(title, text),
        sentences=tuple(starts),
        mentions=tuple(
            Mention(country=c, field="text", start=start, end=start + 4, sentence=at, role="participant")
            for c, start in named.items()
        ),
        countries=tuple(named),
        relations=(Relation(countries=("IR", "TR"), field="text", sentence=at),) if named else (),
    )


def _title(number: int) -> str:
    return f"What was said on day {number}"


def _text(number: int) -> str:
    said = [sentence for nth, sentence in SENTENCES.values() if number % nth == 0]
    return " ".join([*said, f"This is report {number}.", _FILLER])
