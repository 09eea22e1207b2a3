"""Our own assets: read once, served with a validator, kept for ever under an address with their hash."""

import hashlib
from importlib.resources import files

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

STYLESHEET = "wirewatch.css"
LIVE_SCRIPT = "live.js"

_TYPES = {STYLESHEET: "text/css; charset=utf-8", LIVE_SCRIPT: "text/javascript; charset=utf-8"}
_FOREVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"


class Assets:
    """The files by name; there are no others, whatever a path may say."""

    def __init__(self) -> None:
        folder = files("wirewatch.web").joinpath("static")
        self._bodies = {name: folder.joinpath(name).read_bytes() for name in _TYPES}
        self._hashes = {name: hashlib.sha256(body).hexdigest()[:16] for name, body in self._bodies.items()}

    def href(self, name: str) -> str:
        """The address under which an asset may be kept for ever: it changes with the content."""
        return f"/static/{name}?v={self._hashes[name]}"

    def routes(self) -> list[Route]:
        """Build the route."""
        return [Route("/static/{name}", self._serve)]

    def _serve(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in self._bodies:
            raise HTTPException(404, "there is no such file")
        etag = f'"{self._hashes[name]}"'
        is_named = request.query_params.get("v") == self._hashes[name]
        headers = {"etag": etag, "cache-control": _FOREVER if is_named else _ASK_AGAIN}
        if etag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(self._bodies[name], headers={**headers, "content-type": _TYPES[name]})
