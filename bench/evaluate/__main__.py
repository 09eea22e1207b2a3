"""`make eval`: every score we have, on the data of ../shared/eval or of $WIREWATCH_SHARED."""

import sys
from datetime import UTC, datetime
from pathlib import Path

from alerts.match.compile import compile_rules
from bench.evaluate import detection, ingest
from ingest.annotating import load_annotate
from ingest.item import RawItem, Rejected
from ingest.normalise import normalise
from wirewatch.configuration import load_themes_of


def find_themes() -> detection.FindThemes:
    """Find themes as the daemon does: the shipped words, over an article normalised from the text."""
    loaded = load_themes_of(Path("config"))
    matcher = compile_rules((), loaded.themes, loaded.labels)
    annotate = load_annotate()

    def find(text: str, language: str) -> set[str]:
        item = RawItem(source="eval", found_at=datetime.now(UTC), text=text, language=language)
        event = normalise(item, annotate)
        return set() if isinstance(event, Rejected) else {hit.name for hit in matcher.find_themes(event)}

    return find


def main() -> int:
    """Print both tables; arguments are those of detection."""
    ingest.main()
    return detection.main(sys.argv[1:], find_themes())


if __name__ == "__main__":
    sys.exit(main())
