"""The names a rule may use: countries, groups of countries, themes; and what was meant by a wrong one."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

import pycountry
from pydantic_core import PydanticCustomError

from stream.config.problem import did_you_mean
from stream.geo import countries, groups

GROUP = "group:"
_WANTED = "a code of ISO 3166-1 (two capitals, like IR) or group:NAME"
_BY_HABIT = {"uk": "GB", "uae": "AE", "el": "GR", "america": "US", "drc": "CD", "burma": "MM"}
_GROUPS_BY_HABIT = {  # what people call a group that is here by another name
    "sahel": "AES",
    "sahel states": "AES",
    "arab states": "Arab League",
    "arab world": "Arab League",
    "baltics": "Baltic",
    "baltic states": "Baltic",
    "gulf": "GCC",
    "gulf states": "GCC",
    "nordics": "Nordic",
    "scandinavia": "Nordic",
    "west africa": "ECOWAS",
    "east africa": "EAC",
    "southeast asia": "ASEAN",
    "south asia": "SAARC",
    "southern africa": "SADC",
    "caribbean": "CARICOM",
    "turkic states": "OTS",
    "security council": "UNSC P5",
    "un security council": "UNSC P5",
    "unsc": "UNSC P5",
    "p5": "UNSC P5",
    "euro": "Eurozone",
    "euro area": "Eurozone",
    "v4": "Visegrad",
    "nafta": "USMCA",
}


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """`countries` maps codes to English names, `groups` names to member codes."""

    countries: Mapping[str, str]
    groups: Mapping[str, tuple[str, ...]]
    themes: AbstractSet[str]
    _by_name: dict[str, str] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._by_name.update({name.casefold(): code for code, name in self.countries.items()})

    def check_country(self, written: str) -> str:
        """Return a code or group:NAME as it is; raises PydanticCustomError with a suggestion otherwise."""
        if written in self.countries or written.removeprefix(GROUP) in self._groups_of(written):
            return written
        raise PydanticCustomError(
            "country",
            "{what} is no {kind} known here",
            {
                "what": f'"{written}"',
                "kind": "group" if written.startswith(GROUP) else "country code",
                "wanted": self._known_groups() if written.startswith(GROUP) else _WANTED,
                "suggestion": self._suggest_group(written) or self._suggest_country(written),
            },
        )

    def check_theme(self, written: str) -> str:
        """Return the name of a theme; raises PydanticCustomError with a suggestion for an unknown one."""
        if written in self.themes:
            return written
        raise PydanticCustomError(
            "theme",
            "there is no theme {what}",
            {
                "what": f'"{written}"',
                "wanted": ", ".join(sorted(self.themes)) or "a theme of config/themes, which has none",
                "suggestion": did_you_mean(written, self.themes),
            },
        )

    def expand(self, written: str) -> tuple[str, ...]:
        """Turn a checked code or group:NAME into codes."""
        return (written,) if written in self.countries else self.groups[written.removeprefix(GROUP)]

    def country(self, written: str) -> str | None:
        """The code of a country by its code or its name, in any case; None where none is meant."""
        return self._meant(written)

    def _groups_of(self, written: str) -> Mapping[str, tuple[str, ...]]:
        return self.groups if written.startswith(GROUP) else {}

    def _known_groups(self) -> str:
        return ", ".join(GROUP + name for name in sorted(self.groups))

    def _suggest_group(self, written: str) -> str | None:
        by_fold = {name.casefold(): name for name in self.groups}
        exact = by_fold.get(written.removeprefix(GROUP).casefold())
        if exact:
            return f"write {GROUP}{exact}"
        if written.startswith(GROUP):
            return self._group_by_habit(written) or did_you_mean(
                written, [GROUP + name for name in self.groups]
            )
        return None

    def _group_by_habit(self, written: str) -> str | None:
        """The group that is meant by another name, or by its full name."""
        word = " ".join(written.removeprefix(GROUP).casefold().replace("_", " ").replace("-", " ").split())
        known = [name for name in groups.GROUPS if name in self.groups]
        by_full_name = {groups.full_name(name).casefold(): name for name in known}
        name = _GROUPS_BY_HABIT.get(word) or by_full_name.get(word.removeprefix("the "), "")
        return f"write {GROUP}{name} ({groups.full_name(name)})" if name in known else None

    def _suggest_country(self, written: str) -> str | None:
        code = self._meant(written)
        if code:
            return f"write {code}"
        near = did_you_mean(written, self.countries.values()) if len(written) > 3 else None
        name = near.split('"')[1] if near else None
        return f"did you mean {self._by_name[name.casefold()]} ({name})?" if name else None

    def _meant(self, written: str) -> str | None:
        word = written.strip().casefold()
        code = _BY_HABIT.get(word) or self._by_name.get(word) or (word.upper() if len(word) == 2 else None)
        if code is None:
            try:
                code = pycountry.countries.lookup(word).alpha_2
            except LookupError:
                return None
        return code if code in self.countries else None


def world(themes: Iterable[str]) -> Vocabulary:
    """All countries and today's members of all groups that we know, with the themes given."""
    names = {code: countries.name(code) for code in countries.codes()}
    return Vocabulary(names, {group: groups.members(group) for group in groups.GROUPS}, frozenset(themes))
