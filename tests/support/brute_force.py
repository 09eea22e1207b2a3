"""The meaning of a rule once more, written as plainly as possible: sentences are lists of words, no index.

A rule holds when one sentence (or none at all) satisfies its whole condition: every leaf that is bound to a
sentence must hold in that one, every other leaf somewhere.
"""

import re
from collections.abc import Iterator, Mapping
from itertools import permutations, product

from alerts.watchlist.clauses import (
    All,
    AnyOf,
    Clause,
    Countries,
    Filter,
    Near,
    Not,
    Phrase,
    Regex,
    Text,
    Theme,
)
from alerts.watchlist.themes import LabelWords, ThemeDefinition, ThemeWords
from stream.event import ArticleEvent
from tests.support.brute_words import (
    Place,
    Run,
    fields_of,
    is_covered,
    is_inside,
    is_lead_copied,
    phrase_runs,
    places_of,
    windows,
    words_of,
)


class BruteForce:
    def __init__(self, themes: Mapping[str, ThemeDefinition], labels: LabelWords) -> None:
        self.themes = themes
        self.labels = labels

    def holds(self, clause: Clause, event: ArticleEvent) -> bool:
        return any(self._is_true(clause, event, place) for place in places_of(event))

    def _is_true(  # noqa: PLR0911  # a return a kind of clause
        self, clause: Clause, event: ArticleEvent, place: Place | None
    ) -> bool:
        match clause:
            case All(parts=parts):
                return all(self._is_true(part, event, place) for part in parts)
            case AnyOf(parts=parts):
                return any(self._is_true(part, event, place) for part in parts)
            case Not(part=part):
                return not self.holds(part, event)
            case Countries():
                return place is not None and _countries_hold(clause, event, place)
            case Theme():
                places = self._theme_places(clause, event)
                return bool(places) if clause.within == "article" else place in places
            case Text():
                places = _text_places(clause, event)
                is_bound = clause.of_countries and clause.within != "article"
                return place in places if is_bound else bool(places)
            case Filter(field=field, values=values):
                value = getattr(event, field) or ""
                if field == "language":
                    return any(value == wanted or value.startswith(wanted + "-") for wanted in values)
                return value.lower() in [wanted.lower() for wanted in values]

    def _theme_places(self, clause: Theme, event: ArticleEvent) -> set[Place]:
        return {
            run.place
            for run in self._triggers(clause.name, event)
            if not self._labels(clause.name, run, event) & clause.exclude
        }

    def _triggers(self, name: str, event: ArticleEvent) -> list[Run]:
        runs: list[Run] = []
        covers = self._covers(name, event)
        for words, table in product(fields_of(event).values(), self._tables(name, event)):
            for phrase in table.triggers:
                runs += [run for run in phrase_runs(phrase, 0, words) if not is_covered(run, covers)]
            for near in table.near:
                together = product(*near.all)
                runs += _shortest([run for ps in together for run in windows(ps, near.words, words, covers)])
        outer = [run for run in runs if not any(is_inside(run, other) for other in runs)]
        return [run for run in outer if run.place == run.end_place]

    def _tables(self, name: str, event: ArticleEvent) -> list[ThemeWords]:
        return [table for lang, table in self.themes[name].languages.items() if _speaks(lang, event)]

    def _covers(self, name: str, event: ArticleEvent) -> list[Run]:
        tables = product(fields_of(event).values(), self._tables(name, event))
        return [
            run
            for words, table in tables
            for phrase in table.exclude
            for run in phrase_runs(phrase, 0, words)
        ]

    def _own(self, name: str, event: ArticleEvent) -> list[Run]:
        """The theme's words themselves, which label nothing."""
        covers = self._covers(name, event)
        own: list[Run] = []
        for words, table in product(fields_of(event).values(), self._tables(name, event)):
            nearby = (phrase for near in table.near for side in near.all for phrase in side)
            for phrase in (*table.triggers, *nearby):
                own += [run for run in phrase_runs(phrase, 0, words) if not is_covered(run, covers)]
        return own

    def _labels(self, name: str, run: Run, event: ArticleEvent) -> set[str]:
        found: set[str] = set()
        own = self._own(name, event)
        tables = [t for lang, t in self.labels.languages.items() if _speaks(lang, event)]
        for table, words in product(tables, fields_of(event).values()):
            for label, phrases in table.items():
                for mark in (m for phrase in phrases for m in phrase_runs(phrase, 0, words)):
                    if is_covered(mark, own):
                        continue
                    is_here = mark.place == run.place
                    if label in {"past", "opinion"}:
                        is_labelled = is_here or (label == "opinion" and mark.place[0] == "title")
                    else:
                        is_labelled = is_here and _is_near(run, mark)
                    if is_labelled:
                        found.add(label)
        return found


def _shortest(runs: list[Run]) -> list[Run]:
    """From each word that can begin a window the shortest one, as `within_window` says."""
    return [run for run in runs if run.last == min(other.last for other in runs if other.first == run.first)]


def _is_near(run: Run, mark: Run) -> bool:
    before, after = sorted([run, mark], key=lambda one: (one.first, one.last))
    between = after.first - before.last - 1
    crossed = run.words[before.last + 1 : after.first + 1]
    return between < 8 and not any(word.break_before for word in crossed)


def _speaks(language: str, event: ArticleEvent) -> bool:
    return language == "en" or event.language == "und" or event.language.split("-")[0] == language


def _countries_hold(clause: Countries, event: ArticleEvent, place: Place) -> bool:
    if clause.salience == "headline" and place[0] != "title":
        return False
    if clause.salience == "lead" and place[0] == "text" and place[1] > 1:
        return False
    if clause.mode == "pair" and clause.role == "participant":
        here = [r.countries for r in event.relations if (r.field, r.sentence) == place]
    else:
        roles = {"participant", "passing"} if clause.role == "mentioned" else {"participant"}
        named = {m.country for m in event.mentions if (m.field, m.sentence) == place and m.role in roles}
        here = [tuple(sorted(named))]  # type: ignore[list-item]  # any number of them, not two
    return any(
        all(country in group for country, group in zip(chosen, clause.groups, strict=True))
        for countries in here
        for chosen in permutations(countries, len(clause.groups))
    )


def _text_places(clause: Text, event: ArticleEvent) -> set[Place]:
    places: set[Place] = set()
    for place, end_place, field, is_lead in _text_spots(clause, event):
        if not (field in clause.fields or (is_lead and "lead" in clause.fields)):
            continue
        if clause.within == "sentence" and place != end_place:
            continue
        if clause.within == "paragraph" and _paragraph(event, place) != _paragraph(event, end_place):
            continue
        is_wide = clause.within == "paragraph" and clause.of_countries
        places |= {
            other
            for other in places_of(event)
            if other is not None
            and (other == place or (is_wide and _paragraph(event, other) == _paragraph(event, place)))
        }
    return places


def _paragraph(event: ArticleEvent, place: Place) -> tuple[str, int]:
    field, sentence = place
    if field != "text":
        return place
    mark = "\n\n" if "\n\n" in event.text else "\n"
    starts = event.sentences or (0,)
    return field, event.text[: starts[sentence]].count(mark)


def _text_spots(clause: Text, event: ArticleEvent) -> Iterator[tuple[Place, Place, str, bool]]:
    lead_words = len(list(words_of(event.lead, ("lead", 0)))) if event.lead and is_lead_copied(event) else 0
    for term, (field, words) in product(clause.terms, fields_of(event).items()):
        match term:
            case Phrase(phrase, slop):
                runs = phrase_runs(phrase, slop, words)
            case Near(phrases, width):
                runs = windows(phrases, width, words, [])
            case Regex(pattern):
                yield from _regex_spots(pattern, field, event)
                continue
        for run in runs:
            yield run.place, run.end_place, field, field == "text" and run.last < lead_words


def _regex_spots(pattern: str, field: str, event: ArticleEvent) -> Iterator[tuple[Place, Place, str, bool]]:
    source = getattr(event, field)
    flags = re.IGNORECASE | (re.ASCII if pattern.isascii() else re.NOFLAG)
    for found in re.finditer(pattern, source, flags):
        places = [(field, 0), (field, 0)]
        if field == "text":
            starts = event.sentences or (0,)
            places = [("text", sum(s <= at for s in starts) - 1) for at in (found.start(), found.end() - 1)]
        is_lead = (
            field == "text" and bool(event.lead) and is_lead_copied(event) and found.end() <= len(event.lead)
        )
        yield places[0], places[1], field, is_lead
