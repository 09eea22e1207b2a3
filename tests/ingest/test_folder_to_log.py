"""A watched folder through the real normaliser, in its own processes, to the log."""

import asyncio
import os
from pathlib import Path

from ingest.sources.files import FilesSource, FilesSourceConfig
from ingest.workers.pool import Workers, WorkersConfig
from stream.event import ArticleEvent, encode
from tests.ingest.bare_annotator import load
from tests.ingest.world import START, World, world

HTML = """<html lang="en"><head><title>Ports reopen - The Desk</title>
<link rel="canonical" href="https://example.org/ports"></head>
<body><nav><a href="/">Home</a> <a href="/world">World</a></nav><article><h1>Ports reopen</h1>
<p>The ports on the northern coast reopened on Monday after a week of storms, and the first grain ships
left before noon, the harbour authority said in a statement.</p>
<p>It added that dredging would go on until the end of the month, and that larger ships must wait outside
until then.</p></article></body></html>"""


def fill(inbox: Path) -> None:
    event = ArticleEvent(
        event_id="A" * 26, source="desk", title="Done", first_seen_at=START, content_hash="h"
    )
    (inbox / "b.html").write_text(HTML)
    lines = [
        b'{"title": "Pushed by hand", "text": "A body of its own.", "url": "http://www.example.org/ports/"}'
    ]
    (inbox / "c.jsonl").write_bytes(b"\n".join([*lines, encode(event), b"nonsense"]))
    for path in inbox.iterdir():
        os.utime(path, (START.timestamp() - 60, START.timestamp() - 60))


async def poll_until_quiet(here: World, source: FilesSource, workers: Workers) -> None:
    try:
        while (await here.poller.poll(source)).tally.items_in:
            pass
    finally:
        await workers.close()


def test_given_a_folder_when_polled_to_its_end_then_each_article_is_on_the_log_once(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    fill(inbox)
    workers = Workers(load, WorkersConfig())
    with world(tmp_path, workers) as here:
        source = FilesSource(FilesSourceConfig(id="inbox", path="inbox"), inbox, here.store)

        asyncio.run(poll_until_quiet(here, source, workers))

        page, same_url, finished = here.events()
        assert (page.title, page.url) == ("Ports reopen", "https://example.org/ports")
        assert "grain ships" in page.text
        assert "Home" not in page.text
        assert (same_url.event_id, same_url.revision) == (page.event_id, 2)
        assert finished.title == "Done"
        assert [row.locator for row in here.store.rejected()] == ["c.jsonl:3"]
        ledger = here.store.ledgers()["inbox"]
        assert ledger.is_balanced
        assert (ledger.new, ledger.revision, ledger.rejected) == (2, 1, {"invalid": 1})
