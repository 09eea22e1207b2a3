"""What one event may cost the matcher, and how much of it an alert quotes."""

from datetime import UTC, datetime

from alerts.batch import Reading, match_all
from alerts.highlight import passages
from alerts.match import effort
from alerts.match.compile import compile_rules
from alerts.match.document import MAX_SENTENCE_CHARS
from alerts.watchlist.clauses import Phrase, Rule, Text
from alerts.watchlist.themes import LabelWords
from tests.support.alerting import FixedRouter, make_event, make_record

NOW = datetime(2026, 11, 25, tzinfo=UTC)
WORDS = 60_000


def word_rule(number: int) -> Rule:
    return Rule(f"r{number}", "R", "w", Text("when.text", (Phrase("pact"),)))


def test_given_an_event_that_all_rules_would_read_for_long_when_matched_then_it_is_a_dead_letter_alone() -> (
    None
):
    rules = [word_rule(number) for number in range(effort.MAX_EFFORT // WORDS + 1)]
    matcher = compile_rules(rules, {}, LabelWords({}))
    events = [make_event("hostile", text="pact " * WORDS), make_event("honest", text="A pact.")]
    readings = [Reading(make_record(event, offset), event) for offset, event in enumerate(events)]

    done, routed, dead = match_all(readings, matcher, FixedRouter("desk"), lambda _: None)

    assert [letter.reason for letter in dead] == ["too_much_work"]
    assert [letter.record.offset for letter in dead] == [0]
    assert [reading.event.title for reading in done] == [events[1].title]
    assert len(routed) == len(rules)


def test_given_a_sentence_without_end_when_matched_then_its_evidence_is_what_is_around_the_proof() -> None:
    text = "x " * 100_000 + "a pact is signed " + "y " * 100_000
    matcher = compile_rules([word_rule(0)], {}, LabelWords({}))

    (match,) = matcher.match(make_event("long", text=text))

    (proof,) = match.evidence
    assert text[proof.start : proof.end] == "pact"
    assert len(proof.sentence) <= MAX_SENTENCE_CHARS
    assert "a pact is signed" in proof.sentence
    assert text[proof.start - 9 : proof.end] in text
    assert "pact" in "".join(segment.text for passage in passages(match) for segment in passage.segments)
