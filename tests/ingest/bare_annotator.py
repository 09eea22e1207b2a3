"""An annotator that finds nothing: for tests of what stands around it. Worker processes import it by name."""

from dataclasses import dataclass
from datetime import datetime

from ingest.normalise import Annotate
from stream.event import Mention, Relation


@dataclass(frozen=True)
class Nothing:
    sentences: tuple[int, ...] = (0,)
    mentions: tuple[Mention, ...] = ()
    countries: tuple[str, ...] = ()
    relations: tuple[Relation, ...] = ()


def annotate(title: str, text: str, language: str, *, published_at: datetime | None) -> Nothing:
    del title, text, language, published_at
    return Nothing()


def load() -> Annotate:
    return annotate
