import gzip
import json
from datetime import timedelta
from http import HTTPStatus

import pytest

from ingest.item import RawItem, Rejected
from ingest.outcome import Accepted, Duplicate, IntakeResult, TryLater, tally
from tests.wirewatch.web.asking import JSON, PROBLEM, Answer, FakeDoor, ask
from tests.wirewatch.web.scene import Scene, serving

DEEP = 100_000
BODIES = {
    "nothing": b"",
    "white space": b" \n ",
    "garbage": b"\x00\xff\xfe garbage",
    "truncated": b'{"title": "A',
    "a scalar": b"42",
    "null": b"null",
    "NaN": b'{"title": NaN}',
    "Infinity": b'[{"title": "a", "published": Infinity}]',
    "deep lists": b"[" * DEEP + b"]" * DEEP,
    "deep objects": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "deep article": b'[{"title": "a", "x": ' + b"[" * DEEP + b"]" * DEEP + b"}]",
    "a lone surrogate": b'{"title": "\\ud800"}',
    "broken UTF-8": b'{"title": "\xc3\x28"}',
    "UTF-16": '{"title": "a"}'.encode("utf-16"),
    "a BOM": b'\xef\xbb\xbf{"title": "a"}',
    "a huge number": b'{"title": "a", "published": ' + b"9" * 5_000 + b"}",
    "a huge exponent": b'{"title": "a", "published": 1e999999}',
    "wrong types": b'{"title": ["a"], "text": {"b": 1}}',
    "scalars in a list": b'[1, "a", null, []]',
    "repeated keys": b'{"title": "a", "title": "b"}',
    "trailing words": b'{"title": "a"} and more',
    "NUL": b'{"title": "a\\u0000b"}',
    "an event of the future": b'{"schema_version": 99, "event_id": "A"}',
    "an event without fields": b'{"schema_version": 1}',
}


def post(origin: str, body: bytes) -> Answer:
    return ask(origin, "/v1/articles", "POST", body=body, headers=JSON)


def test_given_bodies_of_any_kind_when_pushed_then_each_is_answered_and_none_is_a_fault(stage: Scene) -> None:
    with serving(stage.sight, door=FakeDoor()) as origin:
        answers = {name: post(origin, body) for name, body in BODIES.items()}

    faults = {name: answer.status for name, answer in answers.items() if answer.status >= 500}
    assert faults == {}
    assert {name for name, one in answers.items() if one.status == HTTPStatus.ACCEPTED} <= {
        "NUL",
        "repeated keys",
        "a BOM",
    }
    refused = [one for one in answers.values() if one.status != HTTPStatus.ACCEPTED]
    assert all(one.kind == PROBLEM and one.json["detail"] for one in refused)


def test_given_articles_when_pushed_then_what_became_of_each_is_told_in_order(stage: Scene) -> None:
    outcomes = (
        Accepted("A" * 26, 1, is_new=True),
        Accepted("B" * 26, 2, is_new=False),
        Duplicate("C" * 26),
        Rejected("empty", "no title and no text", "push"),
    )

    class Told:
        async def accept(self, items: object, max_age: timedelta | None) -> IntakeResult | TryLater:
            del items, max_age
            return IntakeResult(outcomes, tally(outcomes))

    with serving(stage.sight, door=Told()) as origin:
        answer = post(origin, b'[{"title": "a"}, {"title": "b"}, {"title": "c"}, {}]')

    assert answer.status == HTTPStatus.ACCEPTED
    assert answer.json["articles"] == [
        {"index": 0, "state": "accepted", "event_id": "A" * 26, "revision": 1},
        {"index": 1, "state": "revision", "event_id": "B" * 26, "revision": 2},
        {"index": 2, "state": "duplicate", "event_id": "C" * 26},
        {"index": 3, "state": "rejected", "reason": "empty", "detail": "no title and no text"},
    ]


def test_given_one_article_when_pushed_then_it_reaches_the_door_as_it_was(stage: Scene) -> None:
    door = FakeDoor()
    with serving(stage.sight, door=door) as origin:
        post(origin, json.dumps({"title": "Ärger", "text": "Über", "url": "https://e.example/1"}).encode())

    (item,) = door.taken
    assert isinstance(item, RawItem)
    assert (item.title, item.text, item.url, item.source) == ("Ärger", "Über", "https://e.example/1", "push")
    assert item.found_at == stage.clock()


@pytest.mark.parametrize(
    ("later", "status"),
    [(TryLater("busy", 1.0), 429), (TryLater("full", 30.0), 507), (TryLater("unavailable", 10.0), 503)],
)
def test_given_no_room_when_pushed_then_the_answer_says_when_to_come_again(
    stage: Scene, later: TryLater, status: int
) -> None:
    with serving(stage.sight, door=FakeDoor(later)) as origin:
        answer = post(origin, b'{"title": "a"}')

    assert (answer.status, answer.kind) == (status, PROBLEM)
    assert answer.headers["retry-after"] == f"{later.after_s:.0f}"


def test_given_nothing_usable_when_pushed_then_it_is_unprocessable_and_each_has_its_reason(
    stage: Scene,
) -> None:
    with serving(stage.sight, door=FakeDoor()) as origin:
        answer = post(origin, b'[{"title": 1}, 2]')

    assert (answer.status, answer.kind) == (HTTPStatus.UNPROCESSABLE_ENTITY, PROBLEM)
    assert [one["reason"] for one in answer.json["articles"]] == ["invalid", "invalid"]


def test_given_too_many_articles_when_pushed_then_the_request_is_too_large(stage: Scene) -> None:
    door = FakeDoor()
    with serving(stage.sight, door=door, max_articles=2) as origin:
        answer = post(origin, b'[{"title": "a"}, {"title": "b"}, {"title": "c"}]')

    assert (answer.status, door.taken) == (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, [])


def test_given_a_process_that_does_not_ingest_when_pushed_to_then_there_is_no_such_place(
    stage: Scene,
) -> None:
    with serving(stage.sight) as origin:
        assert post(origin, b'{"title": "a"}').status == HTTPStatus.NOT_FOUND


def test_given_a_gzip_body_when_pushed_then_it_is_taken_as_its_content_is(stage: Scene) -> None:
    door = FakeDoor()
    packed = gzip.compress('{"title": "Ärger"}'.encode())
    with serving(stage.sight, door=door) as origin:
        answer = ask(
            origin, "/v1/articles", "POST", body=packed, headers={**JSON, "content-encoding": "gzip"}
        )

    (item,) = door.taken
    assert answer.status == HTTPStatus.ACCEPTED
    assert isinstance(item, RawItem)
    assert item.title == "Ärger"


@pytest.mark.parametrize(
    ("body", "named", "status"),
    [
        (gzip.compress(b" " * 50_000_000), "gzip", HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
        (b'{"title": "a"}', "gzip", HTTPStatus.BAD_REQUEST),
        (gzip.compress(b'{"title": "a"}')[:-3], "gzip", HTTPStatus.BAD_REQUEST),
        (b'{"title": "a"}', "br", HTTPStatus.UNSUPPORTED_MEDIA_TYPE),
        (gzip.compress(b"{}"), "gzip, gzip", HTTPStatus.UNSUPPORTED_MEDIA_TYPE),
    ],
    ids=["bomb", "plain", "broken off", "brotli", "twice"],
)
def test_given_a_body_that_is_not_what_its_coding_says_or_too_much_when_pushed_then_the_answer_says_so(
    stage: Scene, body: bytes, named: str, status: HTTPStatus
) -> None:
    door = FakeDoor()
    with serving(stage.sight, door=door) as origin:
        answer = ask(origin, "/v1/articles", "POST", body=body, headers={**JSON, "content-encoding": named})

    assert (answer.status, answer.kind, door.taken) == (status, PROBLEM, [])
    is_refused_for_its_coding = status == HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    assert ("accept-encoding" in answer.headers) is is_refused_for_its_coding


def test_given_misspelt_keys_when_pushed_then_the_answer_names_them_at_their_article(stage: Scene) -> None:
    with serving(stage.sight, door=FakeDoor()) as origin:
        answer = post(origin, b'[{"title": "a"}, {"titel": "b", "text": "c"}, {"titel": "d", "title": 7}]')

    said = '"titel" is no key of an article and was left out: did you mean "title"?'
    assert [one.get("warnings") for one in answer.json["articles"]] == [None, [said], [said]]
