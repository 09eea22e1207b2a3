from hypothesis import given
from hypothesis import strategies as st

from alerts.alert import Evidence
from alerts.highlight import Segment
from tests.support.alerting import make_event, make_match
from tests.wirewatch.web.scene import Scene
from wirewatch.web.filters import AlertFilter
from wirewatch.web.views.alerts import alert_page, alert_view, paragraphs, spoken

_segments = st.lists(st.builds(Segment, st.text("ab\n\r\u2028", min_size=1), st.booleans()), max_size=6)


@given(_segments)
def test_given_segments_when_put_into_paragraphs_then_no_character_and_no_mark_is_lost(
    segments: list[Segment],
) -> None:
    found = paragraphs(segments)

    def characters(parts: list[Segment]) -> list[tuple[str, bool]]:
        return [(char, part.is_evidence) for part in parts for char in part.text]

    assert characters([part for paragraph in found for part in paragraph]) == characters(segments)
    for paragraph in found[:-1]:
        whole = "".join(part.text for part in paragraph)
        assert whole.endswith("\n")
        assert "\n" not in whole.rstrip("\n")


def test_given_a_text_of_very_many_lines_when_put_into_paragraphs_then_the_page_stays_small() -> None:
    segment = Segment("a\n" * 5_000, is_evidence=False)

    assert paragraphs([segment]) == ((segment,),)


def test_given_a_lead_that_begins_the_text_when_shown_then_it_stands_once_with_the_marks_of_both(
    stage: Scene,
) -> None:
    event = make_event("lead", lead="Ships wait", text="Ships wait outside the harbour.")
    proofs = (Evidence("a", "lead", "Ships wait", 0, 5), Evidence("b", "text", event.text, 23, 30))
    (alert,) = stage.raise_alerts(make_match(event, evidence=proofs))

    view = alert_view(stage.sight, alert.alert_id)

    assert view
    assert view.lead == ()
    assert [part.text for part in view.text[0] if part.is_evidence] == ["Ships", "harbour"]


def test_given_no_title_when_listed_then_another_text_stands_for_it(stage: Scene) -> None:
    stage.raise_alerts(
        make_match(make_event("a", title="", lead="The lead\nof it")),
        make_match(make_event("b", title="", text="", lead="")),
    )

    page = alert_page(stage.sight, AlertFilter())

    assert page
    assert [row.title for row in page.rows] == ["(no title)", "The lead of it"]


def test_given_languages_when_asked_how_they_are_spoken_then_unknown_ones_are_left_to_the_browser() -> None:
    assert [spoken(tag) for tag in ("en", "ar-EG", "he", "und", "")] == [
        ("en", "ltr"),
        ("ar-EG", "rtl"),
        ("he", "rtl"),
        ("", "auto"),
        ("", "auto"),
    ]
