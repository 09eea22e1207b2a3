"""What checks know of where rules will run: which sources there are, and what stored articles have said."""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from wirewatch.cli.exits import CommandError

if TYPE_CHECKING:
    from alerts.watchlist.vocabulary import Surroundings
    from wirewatch.cli.session import Session

_PUSH = "push"
_NEWEST = 20_000
_AT_ONCE = 2_000


def surroundings(session: "Session", config_dir: Path) -> "Surroundings":
    """The ids of the sources; values of the newest stored articles, read when a rule asks for them."""
    from alerts.watchlist.vocabulary import Surroundings
    from wirewatch.configuration import source_ids

    return Surroundings(source_ids(config_dir, _push_source(session)), is_strict=True, seen=_seen(session))


def _push_source(session: "Session") -> str:
    from stream.config.problem import ConfigError

    try:
        return session.settings().ingest.push.source
    except ConfigError:  # said elsewhere
        return _PUSH


def _seen(session: "Session") -> Callable[[str], frozenset[str]]:
    """Values by field; read once, and empty where there is no store here that can be read."""

    @lru_cache(maxsize=1)
    def everything() -> dict[str, frozenset[str]]:
        from stream.errors import StreamError

        try:
            return _read(session)
        except (CommandError, StreamError, OSError):
            return {}

    return lambda field: everything().get(field, frozenset())


def _read(session: "Session") -> dict[str, frozenset[str]]:
    from stream.errors import BadEventError
    from stream.event import decode

    publishers: set[str] = set()
    sections: set[str] = set()
    with session.ingest() as state:
        size = state.log.size()
        offset = max(size.oldest_offset, size.end_offset - _NEWEST)
        while records := state.log.read(offset, _AT_ONCE):
            for record in records:
                try:
                    event = decode(record.value)
                except BadEventError:
                    continue
                publishers.add(event.publisher or "")
                sections.add(event.section or "")
            offset = records[-1].offset + 1
    return {"publisher": frozenset(publishers - {""}), "section": frozenset(sections - {""})}
