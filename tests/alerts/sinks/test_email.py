import asyncio
import email.utils
import gc
import warnings
from collections import deque

import pytest
from lxml import html as lxml_html

from alerts.sinks import Delivered, Outcome, Refused, RetryLater
from tests.alerts.sinks.mailing import make_config, make_sink, part, send
from tests.support.alerting import NOON, SENTENCE, make_alert, make_event
from tests.support.smtp import MailServer, running


def test_given_a_mail_server_when_sent_then_the_mail_says_and_shows_the_evidence() -> None:
    with running(MailServer()) as server:
        outcome = send(make_sink(server))

    assert outcome == Delivered("queued as 7")
    (mail,) = server.messages
    assert (
        mail["Subject"] == "[HIGH] Freedonia–Sylvania pact: Freedonia and Sylvania train together, part one"
    )
    assert mail["From"] == "wire@example.org"
    assert mail["To"] == "desk@example.org"
    assert email.utils.parsedate_to_datetime(mail["Date"]) == NOON
    assert mail["Message-ID"] == "<key1@example.org>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Id"] == "<borders.wirewatch.example.org>"
    assert mail["References"] == f"<article.{make_event().event_id}@example.org>"
    assert mail["X-Wirewatch-Rule"] == "pact"
    assert mail["Importance"] == "high"
    assert mail.get_content_type() == "multipart/alternative"
    assert "*Freedonia* and *Sylvania* agreed" in part(mail, "plain")
    page = lxml_html.document_fromstring(part(mail, "html"))
    assert [mark.text for mark in page.findall(".//mark")] == ["Freedonia", "Sylvania", "train"]
    assert ["".join(map(str, quote.itertext())) for quote in page.findall(".//blockquote")] == [SENTENCE]


def test_given_an_article_written_right_to_left_when_sent_then_its_text_runs_that_way() -> None:
    event = make_event(title="ایران و ترکیه", text="متن خبر", language="fa", story="s1")

    with running(MailServer()) as server:
        send(make_sink(server), event=event)

    (mail,) = server.messages
    page = lxml_html.document_fromstring(part(mail, "html"))
    assert [(one.get("lang"), one.get("dir")) for one in page.findall(".//h1")] == [("fa", "rtl")]
    assert "ایران و ترکیه" in mail["Subject"]
    assert mail["References"].split()[0] == "<story.s1@example.org>"


@pytest.mark.parametrize(
    "title",
    [
        "a\r\nBcc: all@example.org",
        "a\u2028Bcc: x",
        "a\x85b",
        "x" * 100_000,
        "👩‍👩‍👧" * 90,
        "\u202eesrever",
        "é" * 300,
    ],
)
def test_given_a_hostile_title_when_sent_then_it_arrives_as_one_subject(title: str) -> None:
    with running(MailServer()) as server:
        outcome = send(make_sink(server), event=make_event(title=title))

    assert isinstance(outcome, Delivered)
    (mail,) = server.messages
    assert mail["Bcc"] is None
    assert server.envelopes == [["desk@example.org"]]
    assert len(mail["Subject"]) <= 200


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("451 greylisted, come back", RetryLater(None, "temporary", "451 greylisted, come back")),
        ("421 too busy", RetryLater(None, "throttled", "421 too busy")),
        ("550 no such list", Refused("rejected", "550 no such list")),
        ("554 looks like spam", Refused("rejected", "554 looks like spam")),
        ("drop", RetryLater(None, "connection", "smtp server disconnected at {place}")),
    ],
)
def test_given_an_answer_after_data_when_sent_then_it_means_what_smtp_says(
    answer: str, expected: Outcome
) -> None:
    with running(MailServer(data=deque([answer]))) as server:
        sink = make_sink(server)
        first = send(sink)
        second = send(sink)

    assert str(first) == str(expected).replace("{place}", f"127.0.0.1:{server.port}")
    assert second == Delivered("queued as 7")
    assert [mail["Message-ID"] for mail in server.messages] == ["<key1@example.org>"] * 2


def test_given_a_mail_that_would_not_read_as_meant_when_sent_then_nothing_is_and_it_is_final() -> None:
    with running(MailServer()) as server:
        # Past every validator, as a mistake of ours would be.
        outcome = send(make_sink(server), severity="high\r\nBcc: evil@example.net")

    assert outcome == Refused("unsafe", "other headers than were written")
    assert server.messages == []


def test_given_a_server_that_says_nothing_when_sent_then_it_is_a_timeout() -> None:
    with running(MailServer(data=deque(["hang"]))) as server:
        outcome = send(make_sink(server, timeout_s=0.3))

    assert outcome == RetryLater(None, "timeout", "no answer in 0.3 s")


def test_given_nobody_listening_when_sent_then_it_is_tried_later() -> None:
    with running(MailServer()) as server:
        pass

    said = f"connection refused by 127.0.0.1:{server.port}"
    assert send(make_sink(server)) == RetryLater(None, "connection", said)


def test_given_a_farewell_unanswered_when_cancelled_then_no_socket_stays_open() -> None:
    async def scenario(server: MailServer) -> None:
        sending = asyncio.create_task(make_sink(server).send(make_alert(), "key1", 1))
        assert await asyncio.to_thread(server.left.wait, 20)
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending

    with running(MailServer(hangs_up=False)) as server:
        asyncio.run(scenario(server))

    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        gc.collect()
    assert [str(warning.message) for warning in told] == []


def test_given_a_refused_sender_when_sent_then_it_is_final() -> None:
    with running(MailServer(mail="553 not from here")) as server:
        assert send(make_sink(server)) == Refused("rejected", "553 not from here")


def test_given_some_recipients_greylisted_when_sent_again_then_only_they_get_it() -> None:
    slow = {"b@example.org": deque(["450 later"]), "c@example.org": deque(["550 unknown"] * 2)}
    with running(MailServer(recipients=slow)) as server:
        sink = make_sink(server, to=("a@example.org", "b@example.org", "c@example.org"))
        first, second, third = send(sink), send(sink), send(sink, key="key2")

    assert first == RetryLater(None, "temporary", "1 recipients refused for now")
    assert second == Delivered("queued as 7")
    assert third == Delivered("queued as 7 (1 recipients refused for good)")
    assert server.envelopes == [["a@example.org"], ["b@example.org"], ["a@example.org", "b@example.org"]]


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        (["550 a", "450 b"], RetryLater(None, "temporary", "450 b")),
        (["550 a", "551 b"], Refused("rejected", "550 a")),
    ],
)
def test_given_all_recipients_refused_when_sent_then_one_that_may_come_later_is_enough(
    codes: list[str], expected: Outcome
) -> None:
    refused = {f"{number}@example.org": deque([code]) for number, code in enumerate(codes)}
    with running(MailServer(recipients=refused)) as server:
        assert send(make_sink(server, to=tuple(refused))) == expected


def test_given_addresses_with_names_when_mailed_then_readers_see_names_and_the_server_addresses_alone() -> (
    None
):
    with running(MailServer()) as server:
        to = ("Büro Köln <desk@example.org>", "night@example.org")
        outcome = send(make_sink(server, sender="Wirewatch <wire@example.org>", to=to))

    assert outcome == Delivered("queued as 7")
    (mail,) = server.messages
    assert (mail["From"], mail["To"]) == (
        "Wirewatch <wire@example.org>",
        "Büro Köln <desk@example.org>, night@example.org",
    )
    assert server.envelopes == [["desk@example.org", "night@example.org"]]
    assert mail["Message-ID"] == "<key1@example.org>"


def test_given_readers_in_another_time_zone_when_mailed_then_their_time_stands_beside_utc() -> None:
    with running(MailServer()) as server:
        send(make_sink(server, timezone="Asia/Tehran"))

    (mail,) = server.messages
    assert "published 2026-11-24T11:57:00.000Z (2026-11-24 15:27 Asia/Tehran)" in part(mail, "plain")
    assert "(2026-11-24 15:27 Asia/Tehran)" in part(mail, "html")


@pytest.mark.parametrize("zone", ["Asia/Atlantis", "", "../../etc/passwd", "/etc/localtime"])
def test_given_a_time_zone_that_is_none_when_configured_then_it_is_refused(zone: str) -> None:
    with pytest.raises(ValueError, match="wanted a time zone like Europe/Istanbul"):
        make_config(MailServer(), timezone=zone)
