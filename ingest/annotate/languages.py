"""The tables of each language, loaded on first use and then kept."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from threading import Lock
from typing import Any

from ingest.annotate import ambiguity, cues, gazetteer
from ingest.annotate.cues import Cues
from ingest.annotate.find import Finder
from ingest.annotate.gazetteer import Kind, Meaning

FALLBACK = "en"


@dataclass(frozen=True, slots=True)
class Language:
    """All that annotating needs to know of one language."""

    code: str
    finder: Finder
    cues: Cues


class Languages:
    """Loads languages; a language we ship no tables for gets those of English."""

    def __init__(
        self, rules: Mapping[str, Any], shipped: frozenset[str], extra: Mapping[str, tuple[Meaning, ...]]
    ) -> None:
        """`rules` is `data/rules.json`, `shipped` have a data file, `extra` are operators' names."""
        self._rules = rules
        self._extra = extra
        self._shipped = shipped
        self._loaded: dict[str, Language] = {}
        self._lock = Lock()

    def get(self, language: str) -> Language:
        """Return the tables of a BCP 47 tag's language; compiles them the first time (up to 0.3 s)."""
        known = self._loaded.get(language)
        if known is not None:
            return known
        code = language.replace("_", "-").partition("-")[0].lower()
        code = code if code in self._shipped else FALLBACK
        loaded = self._loaded.get(code)
        if loaded is None:
            with self._lock:
                loaded = self._loaded.get(code) or self._load(code)
                self._loaded[code] = loaded
        return loaded

    def _load(self, code: str) -> Language:
        rules = self._rules.get(code, {})
        words = cues.read(rules.get("cues", {}))
        table = rules.get("ambiguous", {})
        evidence = ambiguity.cue_words(table)
        names = gazetteer.load(code, self._extra.get(code, ()), _marks(words, evidence))
        settled = ambiguity.read(table, {cue: names.place(cue) for cue in evidence})
        return Language(code, Finder(names, settled, words), words)


def shipped(extra: Mapping[str, tuple[Meaning, ...]] | None = None) -> Languages:
    """The languages of the package data, with operators' names by language over ours."""
    data = files("ingest.annotate").joinpath("data")
    rules = json.loads(data.joinpath("rules.json").read_text(encoding="utf-8"))
    return Languages(rules, shipped_codes(), extra or {})


@cache
def shipped_codes() -> frozenset[str]:
    """The languages that have names, as ISO 639 codes."""
    names = (entry.name for entry in files("ingest.annotate").joinpath("data").iterdir())
    return frozenset(name.removesuffix(".tsv") for name in names if name.endswith(".tsv"))


def _marks(words: Cues, evidence: Iterable[str]) -> list[Meaning]:
    kinds: tuple[tuple[Kind, Iterable[str]], ...] = (
        ("B", words.pair_words),
        ("S", words.sports_alone),
        ("T", words.sports),
        ("D", words.incident),
        ("V", words.state_affairs),
        ("E", evidence),
    )
    return [Meaning(term, kind, ()) for kind, terms in kinds for term in sorted(terms)]
