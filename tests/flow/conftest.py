"""A site with a mailbox and a webhook receiver, real ones, and a folder of articles of our own."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import time_machine
from pytest_httpserver import HTTPServer

from tests.flow.line import link_in
from tests.support.alerting import SteppedClock
from tests.support.daemon import Site
from tests.support.http import Receiver
from tests.support.ledger import Expected, Reception
from tests.support.smtp import MailServer, running

SECRET = "whsec_dGhlIGZsb3cgb2YgbmV3cw=="

WATCHLIST = """
watchlist: borders
owner: desk
rules:
  - id: ir-tr
    title: Iran and Turkey and their armies
    severity: high
    when:
      countries: [IR, TR]
      theme: military_cooperation
  - id: grain
    title: Grain held up at sea
    severity: low
    when:
      text: {near: [grain, harbour], words: 6}
"""
THEME = """
theme: military_cooperation
languages:
  en: {triggers: [military cooperation, "joint drill*"]}
"""
ROUTES = """
sinks:
  hook: {{kind: webhook, url: "{url}", secrets: ["{secret}"]}}
  mail:
    kind: email
    host: 127.0.0.1
    port: {port}
    tls: none
    sender: ww@example.org
    to: [desk@example.org]
default: [hook, mail]
"""

PAGE = """<html lang="en"><head><title>Iran and Turkey to hold joint drill - The Straits Courier</title>
<link rel="canonical" href="https://news.example.org/drill"></head><body><nav><a href="/">Home</a></nav>
<article><h1>Iran and Turkey to hold joint drill</h1>
<p>Iran and Turkey will hold a joint drill in the mountains along their border in the spring, officers of both
sides told reporters on Tuesday after two days of talks.</p>
<p>The drill is to last a week, and no other army has been invited, they said.</p></article></body></html>"""
LINES = """\
{"url": "https://news.example.org/pact", "title": "Iran and Turkey agree to increase military cooperation", \
"text": "Iran and Turkey agree to increase military cooperation, ministers said. No date was named."}
{"url": "https://news.example.org/birds", "title": "Iran bans turkey imports", \
"text": "Iran bans turkey imports over bird flu. Breeders were surprised."}
{"url": "https://news.example.org/grain", "title": "Ships wait", \
"text": "The grain waits in the harbour for a third week. Talks go on."}
"""
URL = "https://news.example.org/"
WANTED = {("ir-tr", URL + "drill"), ("ir-tr", URL + "pact"), ("grain", URL + "grain")}
ARTICLES = [URL + name for name in ("drill", "pact", "birds", "grain")]


@dataclass
class World:
    """Where it happens, and what reached the desk."""

    site: Site
    clock: SteppedClock
    receiver: Receiver
    mailbox: MailServer

    def write(self, name: str, text: str) -> None:
        """Put a file into the watched folder, old enough to be taken up."""
        path = self.site.folder / "inbox" / name
        path.write_text(text, encoding="utf-8")
        long_ago = self.clock().timestamp() - 60
        os.utime(path, (long_ago, long_ago))

    def expected(self) -> Expected:
        """What must have come of the articles above."""
        return Expected(urls=ARTICLES, alerts=WANTED, sent=WANTED, sinks={"hook": 4, "mail": 2})

    def posted(self, number: int) -> Any:
        """What a webhook carried; its signature is checked as of the time it was made."""
        with time_machine.travel(self.clock(), tick=False):
            return self.receiver.verified(number, SECRET)["data"]

    def received(self, life: int = 1) -> dict[str, list[Reception]]:
        """What arrived until now, all of it counted to one life."""
        posted = [self.posted(number) for number in range(len(self.receiver.bodies))]
        keys = self.receiver.header("webhook-id")
        hooks = [
            Reception(key, data["rule"]["id"], data["article"]["url"], life)
            for key, data in zip(keys, posted, strict=True)
        ]
        mails = [_mail(message, life) for message in self.mailbox.messages]
        return {"hook": hooks, "mail": mails}


def _mail(message: EmailMessage, life: int) -> Reception:
    text = message.get_body(("plain",))
    content = text.get_content() if text is not None else ""
    rule = content.rpartition("Rule ")[2].partition(" ")[0]
    return Reception(str(message["message-id"]), rule, link_in(content), life)


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock()


@pytest.fixture
def world(tmp_path: Path, clock: SteppedClock, httpserver: HTTPServer) -> Iterator[World]:
    site = Site(tmp_path)
    (tmp_path / "inbox").mkdir()
    with running(MailServer()) as mailbox:
        receiver = Receiver(httpserver)
        site.write("watchlists/borders.yaml", WATCHLIST)
        site.write("themes/military.yaml", THEME)
        site.write("sources.yaml", "sources: []\n")
        site.write("routes.yaml", ROUTES.format(url=receiver.url(), secret=SECRET, port=mailbox.port))
        here = World(site, clock, receiver, mailbox)
        here.write("drill.html", PAGE)
        here.write("wire.jsonl", LINES)
        yield here
