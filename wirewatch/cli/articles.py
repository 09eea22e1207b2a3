"""Articles in, events out, in order: what every filter begins with."""

import asyncio
import os
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Literal, Self

import msgspec

from ingest.article import MAX_ARTICLE_BYTES, parse_article
from ingest.item import RawItem, Rejected
from stream.event import ArticleEvent
from stream.timing import utc_now
from wirewatch.cli.lines import Complaints, Line, batches, inputs

if TYPE_CHECKING:
    from ingest.normalise import Annotate
    from ingest.workers.pool import Workers

Shape = Literal["jsonl", "text", "html"]
SOURCE = "input"  # what an article's source is called when it names none
_SNIFFED_BYTES = 200
_MANY_PAGES = 4  # in one batch: then processes of their own are worth their start

Parsed = RawItem | ArticleEvent | Rejected
Given = str | int | None


class _Named(msgspec.Struct):
    id: Given = None


_named = msgspec.json.Decoder(_Named)


@dataclass(frozen=True, slots=True)
class Article:
    """An event with the name that its input gave it, if any."""

    id: Given
    event: ArticleEvent


class Articles:
    """Reads articles as events. Use as a context manager: many pages are read in processes of their own.

    One page or two are read in this process, which starts sooner; of many, one that crashes, hangs or swells
    costs that page alone.
    """

    def __init__(
        self, complaints: Complaints, files: Sequence[str], names: Path, shape: Shape = "jsonl"
    ) -> None:
        """`names` is the folder of the names that the operator adds, which need not be there."""
        self._complaints = complaints
        self._names = names
        self._files = files
        self._shape = shape
        self._found_at = utc_now()
        self._held = ExitStack()

    def __enter__(self) -> Self:
        """Begin to load what normalising needs, while the caller prepares for what comes out."""
        self._beside = self._held.enter_context(ThreadPoolExecutor(1))
        self._language_model = self._beside.submit(_load_language_model, self._files)
        return self

    def __exit__(self, *raised: object) -> None:
        self._held.close()

    def read(self) -> Iterator[Article]:
        """Give the event of every article of the files, and report what becomes none."""
        for name, file in inputs(self._files, self._complaints):
            try:
                yield from self._read(name, file)
            except (IsADirectoryError, PermissionError) as error:
                self._complaints.say(name, f"cannot be read: {error.strerror}")

    def of(self, title: str | None, text: str | None) -> Iterator[Article]:
        """Give the event of one article whose words are at hand."""
        item = RawItem(source=SOURCE, found_at=self._found_at, title=title, text=text, locator="<arguments>")
        yield from self._settle([(item.locator, None, item)])

    def _read(self, name: str, file: BinaryIO) -> Iterator[Article]:
        if self._shape != "jsonl":
            page = _page(name, file, self._shape, self._found_at)
            yield from self._settle([(name, None, page)])
            return
        for batch in batches(name, file, MAX_ARTICLE_BYTES, sys.stdout.flush):
            yield from self._settle([self._parse(line) for line in batch])

    def _parse(self, line: Line) -> tuple[str, Given, Parsed]:
        if line.data is None:
            detail = f"a line over {MAX_ARTICLE_BYTES} bytes"
            return line.where, None, Rejected("too_large", detail, SOURCE, line.where)
        parsed = parse_article(line.data, source=SOURCE, found_at=self._found_at, locator=line.where)
        if isinstance(parsed, RawItem):
            return line.where, _named.decode(line.data).id, parsed
        return line.where, parsed.unknown.get("id") if isinstance(parsed, ArticleEvent) else None, parsed

    def _settle(self, batch: Sequence[tuple[str, Given, Parsed]]) -> Iterator[Article]:
        for (where, given, _), outcome in zip(batch, self._events([one for *_, one in batch]), strict=True):
            if isinstance(outcome, Rejected):
                self._complaints.say(where, f"{outcome.reason}: {outcome.detail}")
            else:
                yield Article(given, outcome)

    def _events(self, batch: Sequence[Parsed]) -> Iterator[ArticleEvent | Rejected]:
        pages = [one for one in batch if isinstance(one, RawItem) and one.html is not None]
        if len(pages) < _MANY_PAGES:
            yield from map(self._event, batch)
            return
        normal = iter(self._elsewhere([one for one in batch if isinstance(one, RawItem)]))
        for one in batch:
            yield next(normal) if isinstance(one, RawItem) else one

    def _event(self, parsed: Parsed) -> ArticleEvent | Rejected:
        from ingest.normalise import normalise_safely

        return normalise_safely(parsed, self._annotate) if isinstance(parsed, RawItem) else parsed

    def _elsewhere(self, items: Sequence[RawItem]) -> Sequence[ArticleEvent | Rejected]:
        runner, workers = self._pool
        return runner.run(workers.normalise(items))

    @cached_property
    def _annotate(self) -> "Annotate":
        from ingest.annotating import load_annotate

        annotate = load_annotate(self._names)
        self._language_model.result()  # two threads in the loading of one model would load it twice
        return annotate

    @cached_property
    def _pool(self) -> "tuple[asyncio.Runner, Workers]":
        from ingest.annotating import load_annotate
        from ingest.workers.pool import Workers, WorkersConfig

        workers = Workers(
            partial(load_annotate, self._names), WorkersConfig(size=min(os.cpu_count() or 1, 256))
        )
        runner = self._held.enter_context(asyncio.Runner())
        self._held.callback(lambda: runner.run(workers.close()))
        return runner, workers


def _load_language_model(files: Sequence[str]) -> None:
    """Have the model of languages loaded, which takes half of a start and does not keep the GIL.

    Left out where the first file begins with an event: what comes from another filter needs no model.
    """
    from ingest.language import detect_language

    if not (files and _begins_with_event(files[0])):
        detect_language("Any words will do", "", None)


def _begins_with_event(name: str) -> bool:
    try:
        with Path(name).open("rb") as file:
            return b'"schema_version":' in file.read(_SNIFFED_BYTES)
    except (OSError, ValueError):
        return False


def _page(name: str, file: BinaryIO, shape: Shape, found_at: datetime) -> RawItem | Rejected:
    """A whole file as one page, as scraped."""
    from ingest.files.gather import decode_text

    data = file.read(MAX_ARTICLE_BYTES + 1)
    if len(data) > MAX_ARTICLE_BYTES:
        return Rejected("too_large", f"more than {MAX_ARTICLE_BYTES} bytes", SOURCE, name)
    if shape == "html":
        return RawItem(source=SOURCE, found_at=found_at, html=data, locator=name)
    text = decode_text(data)
    if text is None:
        return Rejected("undecodable", "not a text in a known encoding", SOURCE, name)
    return RawItem(source=SOURCE, found_at=found_at, page_text=text, locator=name)


def named_event(article: Article) -> ArticleEvent:
    """The event, carrying its input's `id` on to the next filter among the fields that are only kept."""
    if article.id is None or "id" in article.event.unknown:
        return article.event
    unknown: dict[str, Any] = {"id": article.id, **article.event.unknown}
    return msgspec.structs.replace(article.event, unknown=unknown)
