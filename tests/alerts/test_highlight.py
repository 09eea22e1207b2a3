from hypothesis import given
from hypothesis import strategies as st

from alerts.alert import Evidence
from alerts.highlight import cut, field_segments, passages
from tests.support.alerting import SENTENCE, make_event, make_match


def test_given_three_proofs_in_a_sentence_when_cut_then_it_is_one_passage_with_three_marks() -> None:
    (passage,) = passages(make_match())

    assert passage.text == SENTENCE
    assert [part.text for part in passage.segments if part.is_evidence] == ["Freedonia", "Sylvania", "train"]


def test_given_overlapping_proofs_when_cut_then_they_are_one_mark() -> None:
    event = make_event(title="abcdefgh")
    proofs = (Evidence("c", "title", "abcdefgh", 1, 4), Evidence("c", "title", "abcdefgh", 3, 6))

    (passage,) = passages(make_match(event, evidence=proofs))

    assert [part.text for part in passage.segments if part.is_evidence] == ["bcdef"]


def test_given_a_sentence_that_occurs_twice_when_cut_then_the_place_of_the_evidence_counts() -> None:
    event = make_event(text="Yes. No. Yes.")
    second = Evidence("c", "text", "Yes.", 9, 12)

    (passage,) = passages(make_match(event, evidence=(second,)))

    assert [part.text for part in passage.segments if part.is_evidence] == ["Yes"]


@given(
    sentence=st.text(min_size=1, max_size=30),
    proofs=st.lists(st.tuples(st.integers(-5, 40), st.integers(-5, 40)), min_size=1, max_size=5),
    field=st.sampled_from(["title", "text", "lead", "body"]),
)
def test_given_any_evidence_when_cut_then_the_segments_are_the_sentence(
    sentence: str, proofs: list[tuple[int, int]], field: str
) -> None:
    event = make_event(title=f"x {sentence} y", text=sentence)
    evidence = tuple(Evidence("c", field, sentence, start, end) for start, end in proofs)

    (passage,) = passages(make_match(event, evidence=evidence))

    assert passage.text == sentence


def test_given_a_field_when_cut_then_all_evidence_in_it_is_marked_and_none_of_other_fields() -> None:
    event = make_event(title="abcdefgh", lead="abc")
    proofs = (
        Evidence("c", "title", "abcdefgh", 0, 2),
        Evidence("c", "title", "abcdefgh", 2, 3),
        Evidence("c", "title", "abcdefgh", 6, 99),
        Evidence("c", "lead", "abc", 4, 9),
    )
    match = make_match(event, evidence=proofs)

    assert [(part.text, part.is_evidence) for part in field_segments(match, "title")] == [
        ("abc", True),
        ("def", False),
        ("gh", True),
    ]
    assert [(part.text, part.is_evidence) for part in field_segments(match, "lead")] == [("abc", False)]


_spans = st.lists(st.tuples(st.integers(-3, 40), st.integers(-3, 40)), max_size=8)


@given(st.text(max_size=30), _spans)
def test_given_any_spans_when_cut_then_the_text_is_whole_and_a_character_is_marked_when_a_span_holds_it(
    text: str, spans: list[tuple[int, int]]
) -> None:
    segments = cut(text, spans)

    marked = [part.is_evidence for part in segments for _ in part.text]
    assert "".join(part.text for part in segments) == text
    assert marked == [any(start <= at < end for start, end in spans) for at in range(len(text))]
