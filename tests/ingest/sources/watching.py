"""A folder that is watched."""

import asyncio
import os
from datetime import datetime
from pathlib import Path

from ingest.item import RawItem
from ingest.polling.report import PollReport
from ingest.sources import Polled, PollOutcome, Unchanged
from ingest.sources.files import FilesSource, FilesSourceConfig
from tests.ingest.world import START, World

OLD = START.timestamp() - 60


def put(folder: Path, name: str, content: str | bytes, modified: float = OLD) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    os.utime(path, (modified, modified))
    return path


class Watched:
    """A folder, its source and what a poller would keep of it."""

    def __init__(self, tmp_path: Path, here: World, **settings: object) -> None:
        self.folder = tmp_path / "inbox"
        self.folder.mkdir(exist_ok=True)
        self.here = here
        config = {"id": "inbox", "path": "inbox", **settings}
        self.config = FilesSourceConfig.model_validate(config)
        self.source = FilesSource(self.config, self.folder, here.store)
        self.cursor: dict[str, str] = {}

    def poll(self, now: datetime = START) -> PollOutcome:
        """Poll, and keep the cursor as if what came was stored."""
        outcome = asyncio.run(self.source.poll(self.cursor, now))
        if isinstance(outcome, Polled | Unchanged):
            self.cursor = outcome.cursor
        return outcome

    def read(self, now: datetime = START) -> tuple[list[RawItem], list[tuple[str, str]]]:
        """Poll until nothing more comes."""
        items: list[RawItem] = []
        rejected: list[tuple[str, str]] = []
        while isinstance(outcome := self.poll(now), Polled):
            items += outcome.items
            rejected += [(each.reason, each.locator) for each in outcome.rejected]
        assert isinstance(outcome, Unchanged)
        return items, rejected

    def run(self, polls: int) -> list[PollReport]:
        """Poll for real, through intake and store."""
        return [asyncio.run(self.here.poller.poll(self.source)) for _ in range(polls)]
