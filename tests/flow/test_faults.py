"""What goes wrong beside the path does not get onto it."""

import socket
from datetime import timedelta

from ingest.item import RawItem
from stream.db import Connection
from tests.flow.conftest import ROUTES, SECRET, URL, WATCHLIST, World
from tests.flow.line import Line, opened
from tests.support.alerting import NOON

RELOADED = "wirewatch_config_last_reload_successful"


def article(name: str, text: str) -> RawItem:
    return RawItem(source="push", found_at=NOON, url=URL + name, title=f"News of {name}", text=text)


def damage_first_record(connection: Connection) -> None:
    connection.execute("UPDATE log_records SET value = x'00' WHERE offset = 1")


def test_given_a_poisoned_record_when_read_then_it_is_a_dead_letter_and_the_others_go_on(
    world: World,
) -> None:
    with opened(world.site, world.clock) as line:
        line.take(article("poison", "The grain waits in the harbour."))
        line.take(article("sound", "The grain waits in the harbour."))
        line.state.ingest.database.write(damage_first_record)

        line.match()
        line.deliver(until_settled=("hook", "mail"))
        dead = line.state.alerts.dead_letters.list()

    assert [(letter.kind, letter.reason) for letter in dead] == [("record", "checksum")]
    assert [one.url for one in world.received()["hook"]] == [URL + "sound"]


def test_given_broken_rules_when_looked_at_while_running_then_the_old_ones_stay_until_they_are_mended(
    world: World,
) -> None:
    with opened(world.site, world.clock) as line:
        world.site.write(
            "watchlists/borders.yaml", WATCHLIST.replace("countries: [IR, TR]", "countries: [IR")
        )
        is_replaced = line.rules.check(world.clock.step(1))
        line.take(article("first", "The grain waits in the harbour."))
        line.match()
        broken = line.count(RELOADED)
        world.site.write(
            "watchlists/borders.yaml", WATCHLIST.replace("[grain, harbour]", "[barley, harbour]")
        )
        is_mended = line.rules.check(world.clock.step(1))
        line.take(article("second", "The grain waits in the harbour. The barley is in the harbour too."))
        line.take(article("third", "The grain waits in the harbour."))
        line.match()
        found = {
            (one.alert.match.rule, one.alert.match.event.url) for one in line.state.alerts.archive.alerts()
        }

        assert (is_replaced, is_mended) == (False, True)
        assert (broken, line.count(RELOADED)) == (0, 1)
        assert found == {("grain", URL + "first"), ("grain", URL + "second")}


def test_given_a_dead_sink_when_delivering_then_the_other_has_everything_and_nothing_is_given_up(
    world: World,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        dead_url = f"http://127.0.0.1:{closed.getsockname()[1]}/hook"
    routes = ROUTES.format(url=dead_url, secret=SECRET, port=world.mailbox.port)
    world.site.write("routes.yaml", routes)

    with opened(world.site, world.clock) as line:
        run_past_the_dead(line)
        waiting = {backlog.sink: backlog.pending for backlog in line.state.alerts.outbox.backlog()}

    assert len(world.received()["mail"]) == 3
    assert waiting == {"hook": 3}

    world.clock.now += timedelta(hours=1)
    world.site.write("routes.yaml", routes.replace(dead_url, world.receiver.url()))
    with opened(world.site, world.clock) as line:
        line.deliver(until_settled=("hook",))

    assert len(world.received()["hook"]) == 3


def run_past_the_dead(line: Line) -> None:
    line.poll()
    line.match()
    line.deliver(until_settled=("mail",))
