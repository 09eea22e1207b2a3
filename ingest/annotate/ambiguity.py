"""Settle what an ambiguous name means by the evidence of the article around it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

NOTHING = "-"


@dataclass(frozen=True, slots=True)
class Reading:
    """One thing a term may mean: a country code or `NOTHING`, and what speaks for it.

    `cues` are places of terms in the gazetteer, `codes` other countries.
    """

    code: str
    cues: frozenset[int]
    codes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """All readings of a term; `is_person` says that it is a forename or surname too."""

    default: str
    readings: tuple[Reading, ...]
    is_person: bool = False

    def settle(self, terms: frozenset[int], named: frozenset[str]) -> str:
        """Return the code with most evidence: cues among the `terms` of the article, countries `named` in it.

        With none it is the default, which also wins a tie; else the earlier reading does.
        """
        best, most = self.default, 0
        for reading in self.readings:
            weight = len(reading.cues & terms) + len(reading.codes & named)
            if weight > most or (weight == most > 0 and reading.code == self.default):
                best, most = reading.code, weight
        return best


def cue_words(table: Mapping[str, Mapping[str, object]]) -> list[str]:
    """Every cue of a table as `data/rules.json` holds it, for the gazetteer to look for."""
    return sorted(
        {
            cue
            for entry in table.values()
            for evidence in _readings(entry).values()
            for cue in evidence["cues"]
        }
    )


def read(table: Mapping[str, Mapping[str, object]], places: Mapping[str, int]) -> dict[str, Ambiguity]:
    """Read a table; `places` says where the gazetteer has each cue."""
    return {
        term: Ambiguity(
            default=str(entry["default"]),
            readings=tuple(
                Reading(
                    code, frozenset(places[cue] for cue in evidence["cues"]), frozenset(evidence["codes"])
                )
                for code, evidence in _readings(entry).items()
            ),
            is_person=bool(entry.get("person", False)),
        )
        for term, entry in table.items()
    }


def _readings(entry: Mapping[str, object]) -> dict[str, dict[str, Collection[str]]]:
    readings = entry.get("readings")
    return readings if isinstance(readings, dict) else {}
