"""The matcher: an event in, matches with their evidence out."""

from collections.abc import Sequence

from alerts.alert import Evidence, Match
from alerts.match.anchors import AnchorIndex, Key
from alerts.match.document import OUTSIDE, Document
from alerts.match.evaluate import Scene, evaluate, fold_value
from alerts.match.explain import Node, describe
from alerts.match.lexicon import Lexicon
from alerts.match.proof import Proof, Verdict, proofs_at
from alerts.match.regexes import RegexIndex
from alerts.match.related import related
from alerts.match.themes import ThemeHit, find_themes
from alerts.match.vocabulary import Vocabulary
from alerts.watchlist.clauses import Rule
from stream import failpoint
from stream.event import ArticleEvent


class Matcher:
    """Rules compiled by `compile_rules`. Immutable: threads share it, and a reload swaps it for another."""

    def __init__(
        self,
        rules: Sequence[Rule],
        vocabulary: Vocabulary,
        lexicon: Lexicon,
        regexes: RegexIndex,
    ) -> None:
        """File the rules; only `live` and `test` ones match."""
        self._rules = {rule.id: rule for rule in rules}
        self._active = [rule for rule in rules if rule.status in {"live", "test"}]
        self._vocabulary = vocabulary
        self._lexicon = lexicon
        self._regexes = regexes
        self._index = AnchorIndex(self._active, vocabulary)
        self._asked = frozenset(key[0] for key in self._index.keys if isinstance(key, tuple))

    @property
    def rules(self) -> tuple[Rule, ...]:
        """All rules, of any status, as they were given."""
        return tuple(self._rules.values())

    def match(self, event: ArticleEvent) -> tuple[Match, ...]:
        """Every rule that holds, in the order of the rules.

        Raises TooMuchWorkError for a text made to hold up the matcher, and nothing else for what it holds.
        """
        document = Document(event, self._lexicon, self._regexes)
        candidates = self._index.candidates(self._present(document))
        if not candidates:
            return ()
        scene = Scene(document, self._vocabulary)
        rules = [self._active[number] for number in candidates]
        for rule in rules if failpoint.is_armed else ():
            failpoint.meet("match.rule", rule.id)
        verdicts = [(rule, evaluate(rule.when, scene)) for rule in rules]
        return tuple(_match(rule, verdict, document) for rule, verdict in verdicts if verdict.holds)

    def explain(self, rule: str, event: ArticleEvent) -> Node:
        """Why the rule with that id, of any status, holds or not. Raises KeyError for an unknown rule."""
        document = Document(event, self._lexicon, self._regexes)
        scene = Scene(document, self._vocabulary)
        return describe(evaluate(self._rules[rule].when, scene, is_thorough=True), scene)

    def find_themes(self, event: ArticleEvent) -> tuple[ThemeHit, ...]:
        """Every trigger of every theme, title first."""
        document = Document(event, self._lexicon, self._regexes)
        triggers = [(t.spot, name, t.labels) for name, found in find_themes(document).items() for t in found]
        return tuple(
            ThemeHit(
                name,
                labels,
                spot.field,
                document.sentence_text(spot.place, around=spot.start),
                spot.start,
                spot.end,
            )
            for spot, name, labels in sorted(triggers)
        )

    def _present(self, document: Document) -> set[Key | None]:
        """The keys that the index asks for and the event has."""
        event, asked = document.event, self._asked
        present: set[Key | None] = {None, *document.hits}
        if "theme" in asked:
            for tongue in document.tongues:
                for term in document.hits.keys() & tongue.told.keys():
                    present.update(tongue.told[term])
        if "pair" in asked:
            present.update(("pair", *sorted(countries)) for _, countries in related(event))
        if "country" in asked:
            present.update(
                ("country", country) for country in {mention.country for mention in event.mentions}
            )
        if "language" in asked:
            present.add(("language", event.language.lower().partition("-")[0]))
        for field in asked & {"source", "publisher", "publisher_country", "section"}:
            present.add((field, fold_value(getattr(event, field) or "").decode()))
        if "regex" in asked:
            present.update(
                ("regex", pattern) for _, found in document.regex_hits for pattern in found.patterns
            )
        return present


def _match(rule: Rule, verdict: Verdict, document: Document) -> Match:
    proofs = _best_first(verdict)
    return Match(
        rule=rule.id,
        rule_title=rule.title,
        watchlist=rule.watchlist,
        severity=rule.severity,
        tags=rule.tags,
        event=document.event,
        countries=tuple(dict.fromkeys(country for proof in proofs for country in proof.countries)),
        theme=next((proof.theme for proof in proofs if proof.theme), None),
        labels=tuple(sorted({label for proof in proofs for label in proof.labels})),
        evidence=tuple(dict.fromkeys(_evidence(proof, document) for proof in proofs)),
        is_test=rule.status == "test",
        rule_version=rule.version,
    )


def _best_first(verdict: Verdict) -> list[Proof]:
    """Proofs, first those of the sentence that holds the rule, then title over lead over body."""
    proofs = proofs_at(verdict)
    deciding = None if verdict.everywhere else min(verdict.places)
    return sorted(proofs, key=lambda proof: (proof.place != deciding, proof.place))


def _evidence(proof: Proof, document: Document) -> Evidence:
    if proof.place == OUTSIDE:
        sentence = str(getattr(document.event, proof.field))
    else:
        sentence = document.sentence_text(proof.place, proof.field, around=proof.start)
    return Evidence(proof.clause, proof.field, sentence, proof.start, proof.end)
