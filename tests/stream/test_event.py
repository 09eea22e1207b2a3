import json
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.errors import BadEventError
from stream.event import (
    ArticleEvent,
    Extraction,
    Mention,
    Relation,
    content_hash,
    decode,
    encode,
    identity,
    json_schema,
)
from tests.stream.articles import article
from tests.stream.schema_check import Checker

KNOWN = {field.encode_name for field in msgspec.structs.fields(ArticleEvent)} | {"schema_version"}

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
INSTANT = st.datetimes(
    datetime(1000, 1, 1),  # noqa: DTZ001  hypothesis wants naive bounds
    datetime(9999, 1, 1),  # noqa: DTZ001  same
    timezones=st.just(UTC),
)
JSON_VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
FIELD = st.sampled_from(["title", "text"])
MENTION = st.builds(
    Mention,
    country=TEXT,
    field=FIELD,
    start=st.integers(0, 999),
    end=st.integers(0, 999),
    sentence=st.integers(0, 99),
    role=st.sampled_from(["participant", "passing"]),
    reason=TEXT,
)
EVENT = st.builds(
    ArticleEvent,
    event_id=TEXT.filter(bool),
    source=TEXT,
    title=TEXT,
    first_seen_at=INSTANT,
    content_hash=TEXT,
    revision=st.integers(1, 99),
    url=st.none() | TEXT,
    text=TEXT,
    body_kind=st.sampled_from(["full", "summary", "none"]),
    tags=st.lists(TEXT, max_size=3).map(tuple),
    published_at=st.none() | INSTANT,
    published_precision=st.sampled_from([None, "second", "minute", "day", "inferred"]),
    backlog=st.booleans(),
    extraction=st.none() | st.builds(Extraction, method=TEXT, version=TEXT),
    sentences=st.lists(st.integers(0, 999), max_size=4).map(tuple),
    mentions=st.lists(MENTION, max_size=3).map(tuple),
    relations=st.lists(
        st.builds(Relation, countries=st.tuples(TEXT, TEXT), field=FIELD, sentence=st.integers(0, 9)),
        max_size=2,
    ).map(tuple),
    unknown=st.dictionaries(TEXT.filter(lambda name: name not in KNOWN), JSON_VALUE, max_size=3),
)

# Written by the first version; every later version must read it, and write it in the same way.
GOLDEN = (
    b'{"schema_version":1,"event_id":"RYAWHEOIRR35M5Z55KZUHOI7KO","source":"wire",'
    b'"title":"Oslo and Bergen agree on a ferry","first_seen_at":"2026-03-02T09:30:00.250000Z",'
    b'"content_hash":"f02365497b9df55afadf8261bd48e700","revision":2,"url":"https://news.example/ferry",'
    b'"url_found":"http://news.example/ferry?from=feed","guid":"tag:news.example,2026:1","lead":"A ferry.",'
    b'"text":"Norway said yes. Iceland was not asked.","body_kind":"summary","language":"en",'
    b'"publisher":"The Wire","publisher_country":"NO","authors":["A. Strand"],"section":"World",'
    b'"tags":["sea"],"dateline":"OSLO","credit":"The Wire","caption":"The ferry.",'
    b'"published_at":"2026-03-02T08:00:00Z","published_precision":"minute","published_source":"meta",'
    b'"published_raw":"2 March 2026, 8 am","modified_at":"2026-03-02T08:30:00Z",'
    b'"fetched_at":"2026-03-02T09:29:59Z","backlog":true,"story":"STORY",'
    b'"extraction":{"method":"page","version":"2.3","warnings":["short"]},"sentences":[0,17],'
    b'"mentions":[{"country":"NO","field":"text","start":0,"end":6,"sentence":0,"role":"participant"},'
    b'{"country":"IS","field":"text","start":17,"end":24,"sentence":1,"role":"passing","reason":"negated"}],'
    b'"countries":["NO"],"relations":[{"countries":["IS","NO"],"field":"text","sentence":1}]}'
)


def document(**changes: Any) -> bytes:
    return json.dumps({**json.loads(encode(article("oslo"))), **changes}).encode()


def reason(data: bytes) -> str:
    with pytest.raises(BadEventError) as refused:
        decode(data)
    return refused.value.reason


@given(EVENT)
def test_given_any_event_when_encoded_and_decoded_then_it_is_the_same(event: ArticleEvent) -> None:
    assert decode(encode(event)) == event


@given(EVENT)
def test_given_any_event_when_encoded_then_the_published_schema_accepts_it(event: ArticleEvent) -> None:
    assert Checker(json_schema()).faults(json.loads(encode(event))) == []


@given(st.binary(max_size=60) | JSON_VALUE.map(lambda value: json.dumps(value).encode()))
def test_given_any_bytes_when_decoded_then_they_are_refused_with_a_reason(data: bytes) -> None:
    assert reason(data) in {"invalid_json", "invalid_event"}


def test_given_a_record_of_the_first_version_when_decoded_then_every_field_is_there() -> None:
    event = decode(GOLDEN)

    assert encode(event) == GOLDEN
    assert all(getattr(event, name) for name in event.__struct_fields__ if name != "unknown")
    assert event.sentence_text("text", 1) == "Iceland was not asked."


def test_given_fields_of_a_newer_minor_version_when_decoded_then_they_are_kept_where_they_stood() -> None:
    data = document(mood={"calm": [1, 2.5, None, "é"]}, reach=10**30)

    event = decode(data)

    assert event.unknown == {"mood": {"calm": [1, 2.5, None, "é"]}, "reach": 10**30}
    assert json.loads(encode(event)) == json.loads(data)


def test_given_an_unknown_field_with_a_known_name_when_encoded_then_ours_wins() -> None:
    event = msgspec.structs.replace(article("oslo"), unknown={"title": "forged"})

    assert decode(encode(event)).title == "Harbour of oslo closed"


@pytest.mark.parametrize("data", [document(schema_version=2), b'{"schema_version": 99, "all": "new"}'])
def test_given_a_newer_major_version_when_decoded_then_it_is_not_guessed_at(data: bytes) -> None:
    assert reason(data) == "unsupported_version"


@pytest.mark.parametrize("version", [0, -1, "1", 1.0, None])
def test_given_a_version_that_never_was_when_decoded_then_the_event_is_invalid(version: object) -> None:
    assert reason(document(schema_version=version)) == "invalid_event"


@pytest.mark.parametrize(
    "changes",
    [
        {"title": None},
        {"event_id": 5},
        {"first_seen_at": "yesterday"},
        {"first_seen_at": "2026-03-02T09:30:00"},
        {"published_at": "2026-03-02T09:30:00"},
        {"body_kind": "half"},
        {"mentions": [{"country": "NO"}]},
        {"relations": [{"countries": ["NO"], "field": "text", "sentence": 0}]},
    ],
)
def test_given_a_field_of_the_wrong_kind_when_decoded_then_the_event_is_invalid(
    changes: dict[str, Any],
) -> None:
    assert reason(document(**changes)) == "invalid_event"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xef\xbb\xbf" + encode(article("oslo")),
        encode(article("oslo")) + b" more",
        encode(article("oslo")).replace(b"Harbour", b"\xff\xfe"),
        document(revision=float("nan")),
        document(mood=float("inf")),
        document()[:-1] + b',"lead":"\\ud800"}',
        document()[:-1] + b',"deep":' + b"[" * 50_000 + b"]" * 50_000 + b"}",
        document()[:-1] + b',"deep":' + b'{"a":' * 50_000 + b"1" + b"}" * 50_001,
    ],
    ids=["empty", "bom", "trailing", "utf8", "nan", "infinity", "surrogate", "deep arrays", "deep objects"],
)
def test_given_what_is_no_json_when_decoded_then_it_is_refused_and_nothing_breaks(data: bytes) -> None:
    assert reason(data) == "invalid_json"


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"schema_version": 2}, "$.schema_version"),
        ({"title": 5}, "$.title"),
        ({"mentions": [{"country": "NO"}]}, "$.mentions[0]: lacks"),
        ({"mentions": [{**json.loads(GOLDEN)["mentions"][0], "mood": 1}]}, "$.mentions[0].mood: not allowed"),
        ({"event_id": "x" * 129}, "$.event_id: too long"),
        ({"event_id": ""}, "$.event_id: too short"),
        ({"revision": 0}, "$.revision: too small"),
        ({"revision": 2**31}, "$.revision: too large"),
        ({"relations": [{"countries": ["NO"], "field": "text", "sentence": 0}]}, "too short"),
        ({"published_at": "2026-03-02T09:30:00"}, "$.published_at"),
    ],
)
def test_given_an_invalid_document_when_checked_by_the_published_schema_then_it_is_refused(
    changes: dict[str, Any],
    fault: str,
) -> None:
    faults = Checker(json_schema()).faults(json.loads(document(**changes)))

    assert any(fault in found for found in faults)


def test_given_the_schema_when_read_then_unknown_fields_are_allowed_and_ours_are_described() -> None:
    schema = json_schema()

    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["properties"].keys() == KNOWN - {"x-unknown"}
    assert Checker(schema).faults(json.loads(document(mood="calm"))) == []


def test_given_a_key_when_made_an_identity_then_it_is_stable_and_short() -> None:
    assert identity("https://news.example/oslo") == "ZYUORR6MH4YWBDX26VFEKSE75L"
    assert identity("https://news.example/oslo") != identity("https://news.example/bergen")


def test_given_a_text_when_hashed_then_title_and_text_both_count() -> None:
    assert len(content_hash("title", "text")) == 32
    assert len({content_hash("a", "b"), content_hash("b", "a"), content_hash("a", "c")}) == 3


def test_given_a_story_when_asked_for_the_key_then_it_is_the_story_else_the_event() -> None:
    assert article("oslo", story="storm").key == "storm"
    assert article("oslo").key == article("oslo").event_id


def test_given_sentences_when_asked_for_one_then_its_span_ends_where_the_next_starts() -> None:
    event = msgspec.structs.replace(article("oslo", text="One. Two."), sentences=(0, 5))

    assert [event.sentence_span("text", n) for n in (0, 1)] == [(0, 5), (5, 9)]
    assert [event.sentence_text("text", n) for n in (0, 1)] == ["One.", "Two."]
    assert event.sentence_text("title", 0) == event.title


def test_given_no_sentences_when_asked_for_the_first_then_it_is_the_whole_text() -> None:
    assert article("oslo", text="All of it").sentence_text("text", 0) == "All of it"
