"""Articles and clocks for the tests of the stream."""

from datetime import UTC, datetime

import msgspec

from stream.event import ArticleEvent, content_hash, identity

BEGINNING = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def article(
    name: str, *, story: str | None = None, revision: int = 1, text: str | None = None
) -> ArticleEvent:
    body = f"The harbour of {name} was closed on Monday. Ferries wait outside." if text is None else text
    return ArticleEvent(
        event_id=identity(name),
        source="wire",
        url=f"https://news.example/{name}",
        title=f"Harbour of {name} closed",
        first_seen_at=BEGINNING,
        content_hash=content_hash(name, body),
        text=body,
        revision=revision,
        story=story,
    )


def same(event: ArticleEvent, *, revision: int) -> ArticleEvent:
    return msgspec.structs.replace(event, revision=revision)


class SteppedClock:
    """A monotonic clock that moves when told to."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now

    def step(self, seconds: float) -> None:
        self.now += seconds
