"""Fetching over HTTP as a good guest that trusts nobody: bounded in time, size, hops and reach."""

from ingest.fetch.fetcher import Fetcher, FetchObserver, FetchOptions
from ingest.fetch.outcome import (
    Fetched,
    FetchFailed,
    FetchOutcome,
    FetchReason,
    Gone,
    NotModified,
    Validators,
)

__all__ = [
    "FetchFailed",
    "FetchObserver",
    "FetchOptions",
    "FetchOutcome",
    "FetchReason",
    "Fetched",
    "Fetcher",
    "Gone",
    "NotModified",
    "Validators",
]
