"""Settle what an ambiguous name means by the evidence of the article around it."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

NOTHING = "-"


@dataclass(frozen=True, slots=True)
class Reading:
    """One thing a term may mean: a country code or `NOTHING`, and what speaks for it."""

    code: str
    cues: re.Pattern[str] | None
    codes: frozenset[str]

    def weight(self, text: str, named: Collection[str]) -> int:
        """Count the evidence: different cue words in the text and countries named beside it."""
        words = {found.casefold() for found in self.cues.findall(text)} if self.cues else ()
        return len(words) + len(self.codes.intersection(named))


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """All readings of a term; `is_person` says that it is a forename or surname too."""

    default: str
    readings: tuple[Reading, ...]
    is_person: bool = False

    def settle(self, text: str, named: Collection[str]) -> str:
        """Return the code with most evidence, the earlier one on a tie, the default with none."""
        best, most = self.default, 0
        for reading in self.readings:
            weight = reading.weight(text, named)
            if weight > most or (weight == most and weight > 0 and reading.code == self.default):
                best, most = reading.code, weight
        return best


def read(table: Mapping[str, Mapping[str, object]]) -> dict[str, Ambiguity]:
    """Read a table of ambiguous terms as `data/rules.json` holds it."""
    return {term: _ambiguity(entry) for term, entry in table.items()}


def _ambiguity(entry: Mapping[str, object]) -> Ambiguity:
    readings = entry.get("readings")
    found = readings.items() if isinstance(readings, dict) else ()
    return Ambiguity(
        default=str(entry["default"]),
        readings=tuple(_reading(str(code), cues) for code, cues in found),
        is_person=bool(entry.get("person", False)),
    )


def _reading(code: str, evidence: Mapping[str, list[str]]) -> Reading:
    cues = [re.escape(cue).replace(r"\ ", r"\W+") for cue in evidence.get("cues", [])]
    pattern = re.compile(rf"\b(?:{'|'.join(cues)})\b", re.IGNORECASE) if cues else None
    return Reading(code, pattern, frozenset(evidence.get("codes", [])))
