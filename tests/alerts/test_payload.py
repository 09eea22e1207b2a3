import json

from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.alert import Evidence
from alerts.payload import BODY_LIMIT_BYTES, body, payload
from tests.support.alerting import SENTENCE, make_alert, make_event

_long = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20).map(
    lambda text: text * 4_000
)


def test_given_an_alert_when_encoded_then_it_has_the_essentials_and_not_the_text() -> None:
    document = json.loads(body(make_alert()))

    assert document["type"] == "alert.raised"
    assert document["timestamp"] == "2026-11-24T12:00:00.000Z"
    assert document["data"]["rule"]["id"] == "pact"
    assert document["data"]["article"]["url"] == "https://news.example.org/one"
    assert document["data"]["evidence"][0]["sentence"] == SENTENCE
    assert "The talks took a week" not in json.dumps(document)


def test_given_a_trial_when_encoded_then_no_receiver_can_take_it_for_real() -> None:
    assert payload(make_alert(is_test=True))["type"] == "alert.test"


@settings(max_examples=40)
@given(title=_long, sentence=_long, url=_long, proofs=st.integers(1, 200))
def test_given_texts_of_any_length_when_encoded_then_it_stays_small_and_keeps_some_evidence(
    title: str, sentence: str, url: str, proofs: int
) -> None:
    event = make_event(title=title, text=sentence, lead=title, publisher=title, url=url)
    evidence = (Evidence(title, "text", sentence, 0, 3),) * proofs

    encoded = body(make_alert(event, evidence=evidence, tags=(title,) * 30, rule_title=title))

    assert len(encoded) < BODY_LIMIT_BYTES
    assert json.loads(encoded)["data"]["evidence"]


def test_given_a_finished_event_hostile_in_every_field_when_encoded_then_none_acts_on_a_terminal() -> None:
    hostile = "a\x1b[2J\x9b31m\u202eb\u2028c\x00"
    event = make_event(
        title=hostile, text=hostile, lead=hostile, source=hostile, publisher=hostile, story=hostile,
        language=hostile, url=f"https://a/{hostile}", event_id=hostile,
    )  # fmt: skip

    encoded = body(make_alert(event)).decode()

    assert not set(encoded) & set("\x1b\x9b\u202e\u2028")
    assert "\\u00" not in encoded
