"""Planted secrets are looked for in everything a daemon says, answers and stores."""

import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from tests.acceptance.conftest import STORY
from tests.support.daemon import Daemon, Site
from tests.support.smtp import CERTIFICATE, MailServer, running
from tests.support.waiting import wait_for

TOKEN = "canary-token-4711"
PASSWORD = "canary-password-4711"
PATH = "canary-path-4711"
SECRET = "Y2FuYXJ5LXNlY3JldC00NzEx"  # base64 of a canary
CANARIES = (TOKEN, PASSWORD, PATH, SECRET, "canary-secret-4711")
PAGES = (
    "/",
    "/alerts",
    "/sources",
    "/rules",
    "/metrics",
    "/readyz",
    "/healthz",
    "/v1/alerts",
    "/openapi.json",
)

ROUTES = """
sinks:
  hook: {{kind: webhook, url: "{url}", secrets: ["{secret}"]}}
  mail:
    kind: email
    host: 127.0.0.1
    port: {port}
    tls: implicit
    ca_file: "{authority}"
    username: desk
    password: {password}
    sender: ww@example.org
    to: [desk@example.org]
default: [hook, mail]
"""


def echo(request: Request) -> Response:
    """A receiver that says back whatever it was told, as careless ones do."""
    return Response(f"no: {request.url} {dict(request.headers)}", status=500)


@contextmanager
def leaky_site(site: Site, httpserver: HTTPServer) -> Iterator[Daemon]:
    httpserver.expect_request(re.compile(".*")).respond_with_handler(echo)
    with running(MailServer(password="another"), implicit=True) as mailbox:
        url = httpserver.url_for(f"/{PATH}")
        routes = ROUTES.format(
            url=url, secret=SECRET, port=mailbox.port, password=PASSWORD, authority=CERTIFICATE
        )
        site.write("routes.yaml", routes)
        allow = {"WIREWATCH_NET__ALLOW": '["127.0.0.0/8"]', "WIREWATCH_LOG__LEVEL": "debug"}
        with site.running(WIREWATCH_WEB__TOKEN=TOKEN, **allow) as daemon:
            yield daemon
        assert mailbox.logins[0] == ("desk", PASSWORD)


def stored(site: Site) -> str:
    """The state files as they lie on the disk."""
    return "".join(path.read_bytes().decode("latin-1") for path in site.state.iterdir())


def test_given_secrets_everywhere_when_everything_fails_then_none_is_said_shown_or_stored(
    site: Site, httpserver: HTTPServer
) -> None:
    with leaky_site(site, httpserver) as daemon:
        daemon.push(STORY, token="wrong")
        assert daemon.push(STORY, token=TOKEN).status == 202
        # The mail server says back the password it was given, the receiver the headers and the address.
        wait_for(lambda: {row["sink"] for row in daemon.logged("delivery settled")} == {"hook", "mail"})
        site.write(
            "routes.yaml", (site.config / "routes.yaml").read_text().replace("tls: implicit", "tls: maybe")
        )
        daemon.send(signal.SIGHUP)
        daemon.wait_for_log("configuration is broken, the old one stays")
        pages = {page: daemon.get(page).text for page in PAGES}
        assert daemon.end() == 0

        said = {"stdout": daemon.out.text(), "stderr": daemon.err.text(), "state": stored(site), **pages}
    leaks = [(where, canary) for where, text in said.items() for canary in CANARIES if canary in text]
    assert leaks == []
