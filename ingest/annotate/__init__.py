"""Countries of an article: where they are named, who takes part, what it reports between whom.

annotator = load()
annotation = annotator.annotate(title, text, "en", published_at=when)
"""

from collections.abc import Mapping

from ingest.annotate.annotation import Annotation
from ingest.annotate.annotator import Annotator
from ingest.annotate.gazetteer import Meaning
from ingest.annotate.languages import FALLBACK, shipped

__all__ = ["Annotation", "Annotator", "load"]


def load(
    languages: tuple[str, ...] = (FALLBACK,), names: Mapping[str, tuple[Meaning, ...]] | None = None
) -> Annotator:
    """Build the annotator from the package data, with `languages` compiled now and others on first use.

    `names` are those that operators add, by language (see `ingest.annotate.operators`).
    """
    tables = shipped(names)
    for language in languages:
        tables.get(language)
    return Annotator(tables)
