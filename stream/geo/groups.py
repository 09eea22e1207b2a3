"""Groups of countries (NATO, EU, GCC …) with the dates their members joined and left.

`data/groups.tsv` holds one line a group and cohort: name, full name, since, until, codes. `since` is the day
membership took effect, `until` the first day without it; empty means open.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Cohort:
    """Countries that joined a group together, and left it together if they did."""

    countries: tuple[str, ...]
    since: date | None
    until: date | None

    def holds(self, on: date | None) -> bool:
        """Tell whether these are members on a day; None asks for those who have not left."""
        if on is None:
            return self.until is None
        return (self.since is None or self.since <= on) and (self.until is None or on < self.until)


@dataclass(frozen=True, slots=True)
class Group:
    """A group with all its cohorts, past and present."""

    name: str
    full_name: str
    cohorts: tuple[Cohort, ...]


def members(group: str, on: date | None = None) -> tuple[str, ...]:
    """Return the sorted codes of a group's members on a day, or of those who never left.

    KeyError for a group not in `GROUPS`; names are written as there ("NATO", "Five Eyes").
    """
    cohorts = _groups()[group].cohorts
    return tuple(sorted({code for cohort in cohorts if cohort.holds(on) for code in cohort.countries}))


def full_name(group: str) -> str:
    """Return what the short name of a group stands for."""
    return _groups()[group].full_name


@cache
def _groups() -> dict[str, Group]:
    text = files("stream.geo").joinpath("data/groups.tsv").read_text(encoding="utf-8")
    groups: dict[str, Group] = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            short, full, since, until, codes = line.split("\t")
            cohort = Cohort(tuple(codes.split()), _day(since), _day(until))
            earlier = groups[short].cohorts if short in groups else ()
            groups[short] = Group(short, full, (*earlier, cohort))
    return groups


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


GROUPS: tuple[str, ...] = tuple(_groups())
"""The short names, in the order of the data file."""
