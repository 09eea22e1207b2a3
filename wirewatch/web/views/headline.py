"""What stands first on the overview: the one thing to know, in words and a colour. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from ingest.coverage import Coverage
from wirewatch.readiness import Verdict


@dataclass(frozen=True, slots=True)
class Headline:
    """The worst that is so; `reasons` by the name of what gives them."""

    mood: Literal["ok", "warn", "bad"]
    title: str
    sentence: str
    reasons: tuple[tuple[str, str], ...] = ()


def headline(verdicts: Mapping[str, Verdict], heard: Coverage, broken: Iterable[str]) -> Headline:
    """Choose what to say first; `broken` are the groups of configuration files that cannot be loaded."""
    reasons = tuple((name, one.detail) for name, one in verdicts.items() if not one.is_ready)
    groups = tuple(broken)
    if reasons:
        hearing = () if heard.level == "well" else (("hearing", heard.sentence),)
        return Headline("bad", "Not ready.", "", (*reasons, *hearing))
    if heard.level == "deaf":
        return Headline("bad", "Deaf: stories may be missed.", heard.sentence)
    if groups:
        return Headline("warn", f"Working with older files: {' and '.join(groups)}.", heard.sentence)
    if heard.level == "worse":
        return Headline("warn", "Hearing less than usual.", heard.sentence)
    if heard.level == "starting":
        return Headline("warn", "Starting.", heard.sentence)
    return Headline("ok", "Working.", heard.sentence)
