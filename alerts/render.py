"""An alert as people read it: subject, text, HTML.

Article text is only ever text here: templates escape it, so a title with mark-up shows its mark-up. A
template that fails is logged and replaced by a plain rendering; it never eats the alert.
"""

import logging
from collections.abc import Callable
from html import escape
from typing import Literal

import jinja2

from alerts.alert import Alert
from alerts.highlight import Passage, passages
from alerts.plain import one_line
from stream.event import ArticleEvent
from stream.timing import rfc3339

logger = logging.getLogger(__name__)

SUBJECT_LIMIT_CHARS = 200
_TITLE_LIMIT_CHARS = 300
_RTL = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "ug", "ur", "yi"})


def direction(language: str) -> Literal["ltr", "rtl"]:
    """Which way a language (BCP 47) is written."""
    return "rtl" if language.partition("-")[0].lower() in _RTL else "ltr"


def safe_link(url: str | None) -> str | None:
    """The URL where it may be made a link: http and https only, so no `javascript:`."""
    if url is None or not url.lower().startswith(("https://", "http://")):
        return None
    return url


def origin(event: ArticleEvent) -> str:
    """Who published it, and where we found it."""
    publisher, source = one_line(event.publisher or "", 120), one_line(event.source, 120)
    return f"{publisher} ({source})" if publisher and publisher != source else source


def subject(alert: Alert) -> str:
    """`[HIGH] rule title: article title`, on one line that is safe in a header."""
    match = alert.match
    kind = "[TEST] " if match.is_test else ""
    what = match.event.title or match.event.url or ""
    rule = one_line(match.rule_title, 100)
    return one_line(f"{kind}[{match.severity.upper()}] {rule}: {what}", SUBJECT_LIMIT_CHARS)


class Renderer:
    """Renders with our templates, or with those of `loader` where it has them."""

    def __init__(self, loader: jinja2.BaseLoader | None = None) -> None:
        ours = jinja2.PackageLoader("alerts", "templates")
        self._templates = jinja2.Environment(
            loader=jinja2.ChoiceLoader([loader, ours]) if loader else ours,
            autoescape=jinja2.select_autoescape(enabled_extensions=("html.j2",), default_for_string=True),
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def text(self, alert: Alert) -> str:
        """The alert as plain text, evidence between asterisks."""
        return self._render("alert.txt.j2", alert, plain)

    def html(self, alert: Alert) -> str:
        """The alert as one HTML document without scripts, styles inline, evidence in `<mark>`."""
        return self._render("alert.html.j2", alert, lambda failed: f"<pre>{escape(plain(failed))}</pre>")

    def _render(self, name: str, alert: Alert, fallback: Callable[[Alert], str]) -> str:
        try:
            return self._templates.get_template(name).render(_values(alert))
        except Exception:  # a template is code of others: whatever it does, the alert goes out
            logger.exception("template failed, alert rendered plainly", extra={"template": name})
            return fallback(alert)


def _values(alert: Alert) -> dict[str, object]:
    match, event = alert.match, alert.match.event
    return {
        "alert": alert,
        "match": match,
        "event": event,
        "severity": match.severity.upper(),
        "title": one_line(event.title, _TITLE_LIMIT_CHARS),
        "passages": passages(match),
        "origin": origin(event),
        "published": published(event),
        "link": safe_link(event.url),
        "direction": direction(event.language),
    }


def published(event: ArticleEvent) -> str:
    """When it was published, for people, as exactly as it is known; a date that we inferred is no fact."""
    said = dated(event)
    return f"published {said}" if said else f"undated, first seen {rfc3339(event.first_seen_at)}"


def dated(event: ArticleEvent) -> str:
    """The date that the article gives, to the day where it gives no more; empty where it gives none."""
    at = event.published_at
    if at is None or event.published_precision == "inferred":
        return ""
    return at.date().isoformat() if event.published_precision == "day" else rfc3339(at)


def plain(alert: Alert) -> str:
    """The alert without any template: what is sent when one fails."""
    match, event = alert.match, alert.match.event
    lines = [subject(alert), "", *(marked(passage) for passage in passages(match)), ""]
    lines += [
        f"{origin(event)}, {published(event)}",
        event.url or "",
        f"rule {match.rule}, alert {alert.alert_id}",
    ]
    return "\n".join(one_line(line, 2_000) for line in lines) + "\n"


def marked(passage: Passage, before: str = "*", after: str = "*") -> str:
    """A sentence on one line, its evidence between `before` and `after`."""
    return " ".join(
        "".join(
            f"{before}{segment.text.strip()}{after}" if segment.is_evidence else segment.text
            for segment in passage.segments
        ).split()
    )
