"""Addresses in the configuration that the net policy does not let us dial: they would fail at every try."""

from pathlib import Path
from typing import TYPE_CHECKING

from alerts.sinks.webhook import WebhookConfig
from ingest.sources.feed import FeedSourceConfig
from stream.config.read import read
from stream.net import ForbiddenAddressError, check_url
from wirewatch.configuration import ROUTES, SOURCES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stream.config.node import Path as Place
    from stream.config.problem import ConfigProblem
    from stream.net import NetPolicy
    from wirewatch.configuration import AnySink, SourcesFile


def unreachable_feeds(
    folder: Path, sources: "SourcesFile | None", policy: "NetPolicy"
) -> "Iterator[ConfigProblem]":
    """Every feed of sources.yaml at an address that is not allowed, with its place."""
    for number, source in enumerate(sources.sources if sources else ()):
        if isinstance(source, FeedSourceConfig):
            yield from _forbidden(folder / SOURCES, ("sources", number, "url"), source.url, policy)


def unreachable_sinks(
    folder: Path, sinks: "Mapping[str, AnySink]", policy: "NetPolicy"
) -> "Iterator[ConfigProblem]":
    """Every webhook of routes.yaml at an address that is not allowed; mail servers may be anywhere."""
    for name, sink in sinks.items():
        if isinstance(sink, WebhookConfig):
            yield from _forbidden(folder / ROUTES, ("sinks", name, "url"), str(sink.address), policy)


def _forbidden(file: Path, place: "Place", url: str, policy: "NetPolicy") -> "Iterator[ConfigProblem]":
    try:
        check_url(url, policy)
    except ForbiddenAddressError as error:
        document = read(file).document
        if document is not None:
            suggestion = "name its host or network in net.allow of settings.yaml if that is meant"
            yield document.problem(place, f"it will never be asked: {error}", suggestion=suggestion)
