"""Where a database server is: a value, so that settings need not import its driver."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Server:
    """A `postgresql://` URL as libpq reads it, and the password where it is kept apart; neither is shown."""

    url: str = field(repr=False)
    password: str | None = field(default=None, repr=False)
