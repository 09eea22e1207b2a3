"""Nowhere: a sink that takes everything and does nothing, for alerts that are only to be counted."""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from alerts.alert import Alert
from alerts.sinks import Delivered, Outcome


class NowhereConfig(BaseModel):
    """A sink that nobody reads."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["nowhere"]


class NowhereSink:
    """Takes an alert at once; that it was reached shows in the metrics of deliveries."""

    def __init__(self, name: str) -> None:
        self.name = name

    async def send(self, alert: Alert, key: str, attempt: int) -> Outcome:
        """Take it."""
        del alert, key, attempt
        return Delivered("counted")

    async def close(self) -> None:
        """Nothing is open."""
