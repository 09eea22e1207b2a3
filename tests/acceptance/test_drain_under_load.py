"""Pushing while the daemon is told to stop: every answer is an answer, and every 202 is kept."""

import signal
import urllib.error
from collections.abc import Sized
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http.client import HTTPException

from tests.acceptance.conftest import STORY
from tests.support.daemon import Answer, Daemon, Site
from tests.support.ledger import stored_urls
from tests.support.waiting import wait_for

ROUNDS = 4
PUSHERS = 6
MAY_COME = {202, 429, 503}


def push_until_gone(daemon: Daemon, name: str, answers: list[tuple[str, Answer]]) -> None:
    """Push one article after the other until nobody listens any more."""
    for number in range(100_000):
        url = f"https://news.example.org/{name}/{number}"
        try:
            answers.append((url, daemon.push({**STORY, "url": url})))
        except urllib.error.URLError as error:
            if isinstance(error.reason, ConnectionRefusedError):
                return
        except (OSError, HTTPException):  # cut off in the midst, without an answer
            continue


def has_more(answers: Sized, than: int) -> bool:
    return len(answers) > than


def test_given_pushes_under_load_when_told_to_stop_then_each_is_durable_or_to_be_sent_again(
    site: Site,
) -> None:
    answers: list[tuple[str, Answer]] = []
    said = ""
    for number in range(ROUNDS):
        with site.running() as daemon, ThreadPoolExecutor(PUSHERS) as pushers:
            daemon.wait_until_ready()
            began = len(answers)
            for pusher in range(PUSHERS):
                pushers.submit(push_until_gone, daemon, f"{number}-{pusher}", answers)
            wait_for(partial(has_more, answers, began + 20 * (number + 1)))
            assert daemon.end(signal.SIGTERM) == 0
            said += daemon.err.text()

    statuses = {answer.status for _, answer in answers}
    later = [answer for _, answer in answers if answer.status == 503]
    taken = {url for url, answer in answers if answer.status == 202}
    assert statuses <= MAY_COME
    assert all(answer.headers["retry-after"] == "5" for answer in later)
    assert later != []
    assert taken - stored_urls(site.state) == set()
    assert "Traceback" not in said
    assert "never awaited" not in said
