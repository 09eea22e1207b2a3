"""The canary: a source that makes an article of its own, which must come out as an alert.

What it proves is the whole path: polled, normalised, appended, matched by a rule that asks for this
source, routed, delivered. When it stops coming out something in between has stopped, even where every
part believes itself well. Each poll's article is another one, so that none is taken for a duplicate.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from pydantic import Field

from ingest.age import max_age_of
from ingest.item import RawItem
from ingest.sources import Polled, PollOutcome, SourceConfig
from stream.timing import rfc3339


class CanarySourceConfig(SourceConfig):
    """How often it sings."""

    kind: Literal["canary"] = "canary"
    interval_s: float = Field(default=900.0, ge=1.0, le=86_400.0)


class CanarySource:
    """Hands over one new article at every poll; it cannot fail."""

    kind = "canary"
    host = None

    def __init__(self, config: CanarySourceConfig) -> None:
        self.id = config.id
        self.interval_s = config.interval_s
        self.max_age = max_age_of(config.max_age)

    async def poll(self, cursor: Mapping[str, str], now: datetime) -> PollOutcome:
        """One article, named after the moment; it needs no cursor."""
        moment = rfc3339(now)
        item = RawItem(
            source=self.id,
            found_at=now,
            guid=moment,
            title=f"Wirewatch canary at {moment}",
            text=f"The canary of {self.id} sang at {moment}. It must come out as an alert.",
            published=moment,
            language="en",
            publisher="Wirewatch",
            identity="guid",
        )
        return Polled((item,), dict(cursor))
