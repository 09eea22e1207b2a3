"""HTML from templates. Everything that is put in is escaped; no template marks anything as safe."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from http import HTTPStatus

import jinja2
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from stream.timing import rfc3339
from wirewatch.web.static import LIVE_SCRIPT, STYLESHEET, Assets
from wirewatch.web.views import wording

_JSON_ONLY = ("/v1/", "/healthz", "/readyz", "/metrics", "/openapi.json")


class Html:
    """Renders pages; safe from any thread. `version` is shown at the foot of each."""

    def __init__(self, assets: Assets, version: str, *, has_login: bool = False) -> None:
        self._templates = jinja2.Environment(
            loader=jinja2.PackageLoader("wirewatch.web", "templates"),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters |= {
            "ago": wording.ago,
            "clock": wording.clock_time,
            "count": wording.count,
            "country": wording.country,
            "duration": lambda seconds: wording.span(timedelta(seconds=seconds)),
            "joined": wording.joined,
            "language": wording.language,
            "number": wording.number,
            "rfc3339": rfc3339,
            "size": wording.size,
            "span": wording.span,
        }
        self._templates.globals |= {
            "stylesheet": assets.href(STYLESHEET),
            "live_script": assets.href(LIVE_SCRIPT),
            "version": version,
            "has_login": has_login,
        }

    def page(
        self, template: str, here: str, now: datetime, status: int = HTTPStatus.OK, **values: object
    ) -> Response:
        """Render a page; `here` is the section that the navigation marks as current."""
        document = self._templates.get_template(template).render(here=here, now=now, **values)
        return HTMLResponse(document, status)

    def error(
        self, status: HTTPStatus, sentence: str, now: datetime, headers: Mapping[str, str] | None = None
    ) -> Response:
        """Render an error: what is wrong in a sentence, and where to go on."""
        response = self.page("error.html.j2", "", now, status, error=status, sentence=sentence)
        response.headers.update(headers or {})
        return response


def wants_html(request: Request) -> bool:
    """Whether whoever asks is a person with a browser, at a page and not at the API."""
    return not request.url.path.startswith(_JSON_ONLY) and "text/html" in request.headers.get("accept", "")
