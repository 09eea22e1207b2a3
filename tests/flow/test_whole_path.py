from datetime import timedelta
from email.message import EmailMessage

from ingest.item import RawItem
from stream.timing import rfc3339
from tests.flow.conftest import URL, World
from tests.flow.line import Line, opened
from tests.support.alerting import NOON
from tests.support.ledger import audit


def run(line: Line) -> None:
    line.poll()
    line.match()
    line.deliver(until_settled=("hook", "mail"))


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def test_given_a_folder_of_articles_when_run_then_exactly_the_right_alerts_are_mailed_and_posted(
    world: World,
) -> None:
    with opened(world.site, world.clock) as line:
        run(line)

    received = world.received()
    verdict = audit(world.site.state, world.expected(), received)
    assert verdict.violations == []
    assert {sink: len(found) for sink, found in received.items()} == {"hook": 3, "mail": 3}


def test_given_an_alert_when_it_arrives_then_mail_and_webhook_show_the_sentence_that_proves_it(
    world: World,
) -> None:
    with opened(world.site, world.clock) as line:
        run(line)

    mail = next(m for m in world.mailbox.messages if "agree to increase" in str(m["subject"]))
    number = next(n for n, raw in enumerate(world.receiver.bodies) if b"/pact" in raw)
    posted = world.posted(number)
    proof = "Iran and Turkey agree to increase military cooperation"
    assert str(mail["subject"]).startswith("[HIGH] Iran and Turkey and their armies: ")
    assert mail["auto-submitted"] == "auto-generated"
    assert "*Iran*" in body(mail, "plain")
    assert "<mark" in body(mail, "html")
    assert any(proof in evidence["sentence"] for evidence in posted["evidence"])
    assert posted["countries"] == ["IR", "TR"]


def test_given_a_first_pass_when_everything_is_done_again_then_nothing_changes(world: World) -> None:
    with opened(world.site, world.clock) as line:
        run(line)
    before = world.received()

    with opened(world.site, world.clock) as line:
        for name in ("drill.html", "wire.jsonl"):
            path = world.site.folder / "inbox" / name
            path.rename(path.with_name(f"again-{name}"))
        run(line)

    assert world.received() == before
    assert audit(world.site.state, world.expected(), before).violations == []


def test_given_an_old_article_pushed_when_matched_then_it_is_recorded_and_never_sent(
    world: World,
) -> None:
    old = RawItem(
        source="push",
        found_at=NOON,
        url=URL + "old",
        title="Iran and Turkey agree to increase military cooperation again",
        text="Iran and Turkey agree to increase military cooperation again. It was long ago.",
        published=rfc3339(NOON - timedelta(days=8)),
    )

    with opened(world.site, world.clock) as line:
        line.take(old)
        line.match()
        line.deliver(until_settled=("hook", "mail"))
        counts = line.state.alerts.archive.counts()
        stored = line.state.alerts.archive.alerts()

    assert [one.status for one in stored] == ["backlog"]
    assert counts == {}
    assert world.received() == {"hook": [], "mail": []}
