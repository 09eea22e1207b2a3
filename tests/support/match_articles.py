"""Events written by hand for matching: sentences, with countries marked by their codes."""

import re
from datetime import UTC, datetime

from stream.event import ArticleEvent, Field, Mention, Relation, Role, content_hash, identity

_MARK = re.compile(r"\[([^\]|]+)\|([A-Z]{2})(\??)\]")  # [Ankara|TR] takes part, [Ankara|TR?] is passing


def article(
    title: str,
    *sentences: str,
    relations: tuple[tuple[str, str, Field, int], ...] = (),
    language: str = "en",
    lead: str = "",
    publisher: str | None = None,
) -> ArticleEvent:
    """Build an event; `relations` are (country, country, field, sentence)."""
    headline, mentions = _read(title, "title", 0, 0)
    text, starts = "", []
    for number, sentence in enumerate(sentences):
        starts.append(len(text))
        plain, found = _read(sentence, "text", number, len(text))
        mentions += found
        text += plain + " "
    return ArticleEvent(
        event_id=identity(headline + text),
        source="wire",
        title=headline,
        text=text,
        first_seen_at=datetime(2026, 1, 1, tzinfo=UTC),
        content_hash=content_hash(headline, text),
        lead=lead,
        language=language,
        publisher=publisher,
        sentences=tuple(starts),
        mentions=tuple(mentions),
        relations=tuple(
            Relation(countries=(one, other), field=field, sentence=number)
            for one, other, field, number in relations
        ),
    )


def _read(marked: str, field: Field, sentence: int, start: int) -> tuple[str, list[Mention]]:
    plain, mentions, done = "", [], 0
    for mark in _MARK.finditer(marked):
        plain += marked[done : mark.start()]
        at = start + len(plain)
        plain += mark[1]
        done = mark.end()
        role: Role = "passing" if mark[3] else "participant"
        mentions.append(
            Mention(
                country=mark[2], field=field, start=at, end=at + len(mark[1]), sentence=sentence, role=role
            )
        )
    return plain + marked[done:], mentions
