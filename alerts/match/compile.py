"""From rules, themes and labels to a matcher."""

from collections.abc import Iterator, Mapping, Sequence

from alerts.match.lexicon import Lexicon
from alerts.match.matcher import Matcher
from alerts.match.regexes import RegexIndex
from alerts.match.vocabulary import Vocabulary
from alerts.watchlist.clauses import All, AnyOf, Clause, Near, Not, Phrase, Regex, Rule, Text
from alerts.watchlist.patterns import check_pattern
from alerts.watchlist.themes import LabelWords, ThemeDefinition


def compile_rules(
    rules: Sequence[Rule], themes: Mapping[str, ThemeDefinition], labels: LabelWords
) -> Matcher:
    """Compile; 10,000 rules take about a second. Rule ids must be distinct.

    Raises ValueError for what validation of watchlists lets nobody write: a phrase without letters, a
    regex that doesn't compile, a condition with nothing positive. It names the rule.
    """
    vocabulary = Vocabulary()
    patterns: set[str] = set()
    for rule in rules:
        for term in _terms(rule.when):
            try:
                _learn(term, vocabulary, patterns)
            except ValueError as error:
                raise ValueError(f"rule {rule.id}: {error}") from error
    return Matcher(rules, vocabulary, Lexicon(themes, labels, vocabulary), RegexIndex(patterns))


def _learn(term: Phrase | Near | Regex, vocabulary: Vocabulary, patterns: set[str]) -> None:
    """Add what a rule looks for."""
    match term:
        case Phrase(words, slop):
            vocabulary.learn(words, is_loose=slop > 0)
        case Near(phrases):
            vocabulary.learn_all(phrases)
        case Regex(pattern):
            if pattern not in patterns:
                check_pattern(pattern)
                patterns.add(pattern)


def _terms(clause: Clause) -> Iterator[Phrase | Near | Regex]:
    match clause:
        case All(parts=parts) | AnyOf(parts=parts):
            for part in parts:
                yield from _terms(part)
        case Not(part=part):
            yield from _terms(part)
        case Text(terms=terms):
            yield from terms
        case _:
            return
