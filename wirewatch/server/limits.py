"""How many connections the server holds, and how long it waits for what they send."""

from pydantic import BaseModel, ConfigDict, Field

RESERVED = 16
_OF_FILES = 4


class ConnectionLimits(BaseModel):
    """Bounds of the HTTP server. Health and metrics have places of their own beyond `connections`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    connections: int = Field(default=200, ge=8, le=10_000, description="open at once")
    per_client: int = Field(default=50, ge=1, description="of one address; a proxy has no such bound")
    head_s: float = Field(default=10.0, gt=0, le=300, description="to send the head of a request")
    body_s: float = Field(default=30.0, gt=0, le=300, description="to send its body, or to take the answer")

    def within(self, files: int) -> "ConnectionLimits":
        """The same, with no more connections than a quarter of the files that the process may open.

        The rest is for feeds, the state and sinks: a flood of connections must not fail a delivery.
        """
        room = max(1, files // _OF_FILES - RESERVED)
        return self.model_copy(update={"connections": min(self.connections, room)})
