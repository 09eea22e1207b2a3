"""Sources as the pages show them: how each is doing, and that every item ended in one state."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import get_args

from ingest.health import Health, Status, survey
from ingest.progress import Progress
from ingest.sources import SourceConfig
from ingest.sources.feed import FeedSourceConfig
from ingest.sources.files import FilesSourceConfig
from ingest.sources.kafka import KafkaSourceConfig
from ingest.store.ledger import Ledger, RejectedItem
from stream.untrusted.addresses import split_url
from wirewatch.web.sight import Sight
from wirewatch.web.views.paging import Slice, slice_after

PAGE = 200
REJECTED_SHOWN = 50
_WORST_FIRST: tuple[str, ...] = ("failing", "gone", "stale", "silent", "new", "ok", "disabled", "unlisted")
UNLISTED = Health("ok", "not in sources.yaml: pushed to us, or configured earlier")


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One source; `config` is None for one that handed over items but is not in sources.yaml."""

    id: str
    config: SourceConfig | None
    progress: Progress
    health: Health
    ledger: Ledger

    @property
    def status(self) -> str:
        """The status word, `unlisted` where sources.yaml does not know it."""
        return self.health.status if self.config else "unlisted"

    @property
    def rejected(self) -> int:
        """Items rejected, for whatever reason."""
        return sum(self.ledger.rejected.values())


@dataclass(frozen=True, slots=True)
class SourcesPage:
    """The sources, worst first."""

    now: datetime
    part: Slice[SourceRow]
    statuses: tuple[tuple[str, int], ...]
    chosen: str
    total: Ledger


@dataclass(frozen=True, slots=True)
class SourceView:
    """One source with its last rejected items."""

    now: datetime
    row: SourceRow
    place: str
    rejected: tuple[RejectedItem, ...]


def sources_page(sight: Sight, status: str, after: str) -> SourcesPage:
    """Read how the sources are doing; of one status only where one is given."""
    now = sight.clock()
    rows = source_rows(sight, now)
    numbers = Counter(row.status for row in rows)
    shown = [row for row in rows if not status or row.status == status]
    return SourcesPage(
        now=now,
        part=slice_after(shown, lambda row: row.id, after, PAGE),
        statuses=tuple((word, numbers[word]) for word in _WORST_FIRST if numbers[word]),
        chosen=status,
        total=total(row.ledger for row in rows),
    )


def source_view(sight: Sight, source_id: str) -> SourceView | None:
    """Read one source; None when nobody knows it."""
    now = sight.clock()
    row = next((row for row in source_rows(sight, now) if row.id == source_id), None)
    if row is None:
        return None
    rejected = sight.store.rejected(REJECTED_SHOWN, source_id)
    return SourceView(now, row, place(row.config), tuple(rejected))


def is_status(text: str) -> bool:
    """Whether a text is a status that the list can be narrowed to."""
    return text in {*get_args(Status), "unlisted"}


def source_rows(sight: Sight, now: datetime) -> list[SourceRow]:
    """Every configured source and every other one that ever handed over an item, worst first."""
    configs: dict[str, SourceConfig] = {config.id: config for config in sight.sources.all}
    ledgers, progress = sight.store.ledgers(), sight.progress()
    surveyed = survey(configs.values(), progress, now)
    rows = [
        SourceRow(id_, configs[id_], where, health, ledgers.get(id_, Ledger()))
        for id_, (where, health) in surveyed.items()
    ]
    rows += [
        SourceRow(id_, None, progress.get(id_, Progress(source=id_)), UNLISTED, ledger)
        for id_, ledger in ledgers.items()
        if id_ not in configs
    ]
    return sorted(rows, key=lambda row: (_WORST_FIRST.index(row.status), row.id))


def place(config: SourceConfig | None) -> str:
    """Where a source lies, without what may be a secret: user, password and query of a URL."""
    match config:
        case FeedSourceConfig(url=url):
            parts = split_url(url)
            if parts is None:
                return ""
            query = "?…" if parts.query else ""
            return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}{query}"
        case FilesSourceConfig(path=path):
            return path
        case KafkaSourceConfig(bootstrap_servers=servers, topic=topic):
            return f"{topic} at {servers}"
        case _:
            return ""


def total(ledgers: Iterable[Ledger]) -> Ledger:
    """All ledgers in one."""
    found = list(ledgers)
    rejected: Counter[str] = Counter()
    for ledger in found:
        rejected.update(ledger.rejected)
    return Ledger(
        items_in=sum(ledger.items_in for ledger in found),
        new=sum(ledger.new for ledger in found),
        revision=sum(ledger.revision for ledger in found),
        duplicate=sum(ledger.duplicate for ledger in found),
        rejected=dict(rejected),
    )
