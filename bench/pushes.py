"""Articles pushed one by one: `python -m bench.pushes [--seconds 30]`.

From POST to the webhook that hears of it, at 50 a second, while the extraction worker is replaced several
times (it makes way after 300 calls here); and the processor time that a push costs the main process, alone
and in batches of 100.
"""

import argparse
import json
import statistics
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import psutil

from bench.goals import Goal, tell
from bench.startup import shipped_site
from tests.support.daemon import Daemon
from tests.support.waiting import wait_for

RATE = 50
BATCH = 100
ROUTES = """\
sinks:
  hook: {{kind: webhook, url: "{url}", secrets: ["whsec_{secret}"]}}
default: [hook]
"""
SECRET = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105 # for a receiver of our own on loopback


class Hook(BaseHTTPRequestHandler):
    """Notes when each title was heard of."""

    heard: ClassVar[dict[str, float]] = {}
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Take an alert."""
        body = self.rfile.read(int(self.headers["content-length"]))
        Hook.heard[json.loads(body)["data"]["article"]["title"]] = time.perf_counter()
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def article(number: int, kind: str) -> dict[str, str]:
    title = f"Iran and Turkey agree to increase military cooperation, {kind} {number}"
    return {"title": title, "text": f"{title}. Ministers signed it in the capital on Tuesday."}


def latencies_ms(daemon: Daemon, seconds: float, kind: str) -> list[float]:
    """Push at the rate, each from a thread of its own, and wait until all were heard of."""
    sent: dict[str, float] = {}

    def push(number: int) -> None:
        one = article(number, kind)
        sent[one["title"]] = time.perf_counter()
        assert daemon.push(one).status == 202

    began, threads = time.perf_counter(), []
    for number in range(int(RATE * seconds)):
        threading.Event().wait(max(0.0, began + number / RATE - time.perf_counter()))
        threads.append(threading.Thread(target=push, args=(number,)))
        threads[-1].start()
    for thread in threads:
        thread.join()
    wait_for(lambda: sent.keys() <= Hook.heard.keys(), 60)
    return sorted((Hook.heard[title] - at) * 1000 for title, at in sent.items())


def cost_ms(daemon: Daemon, size: int, articles: int, kind: str) -> float:
    """Processor time of the main process for an article that raises no alert, in requests of `size`."""
    process = psutil.Process(daemon.pid)
    plain = [
        {"title": f"Rain in the hills, {kind} {n}", "text": "It rained all day."} for n in range(articles)
    ]
    before = sum(process.cpu_times()[:2])
    for start in range(0, articles, size):
        part = plain[start : start + size]
        assert daemon.push(part if size > 1 else part[0]).status == 202
    return (sum(process.cpu_times()[:2]) - before) * 1000 / articles


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=30.0)
    options = parser.parse_args()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_address[1]}/"
    with shipped_site() as site:
        site.write("routes.yaml", ROUTES.format(url=url, secret=SECRET))
        settings = {
            "WIREWATCH_NET__ALLOW": "127.0.0.0/8",
            "WIREWATCH_INGEST__WORKERS__MAX_CALLS": "300",
        }
        with site.running(**settings) as daemon:
            daemon.wait_until_ready(60)
            assert daemon.push(article(0, "first")).status == 202
            latencies_ms(daemon, 3, "first")  # a language is learnt when its first text comes
            took = latencies_ms(daemon, options.seconds, "alone")
            alone, batch = cost_ms(daemon, 1, 500, "alone"), cost_ms(daemon, BATCH, 5_000, "batch")
            daemon.end()
    server.shutdown()
    p50, p99 = statistics.median(took), took[int(len(took) * 0.99)]
    print(f"POST to webhook at {RATE}/s: p50 {p50:.1f} ms, p99 {p99:.1f} ms, longest {took[-1]:.0f} ms")
    print(
        f"main process: {alone:.2f} ms a push alone, {batch:.2f} in batches of {BATCH}: {alone / batch:.1f} x"
    )
    tell(Goal("POST to webhook at 50/s, p99", round(p99, 1), "ms", 60.0, is_limit=True))
    tell(Goal("a push alone, of the main process", round(alone, 2), "ms", 1.5, is_limit=True))


if __name__ == "__main__":
    main()
