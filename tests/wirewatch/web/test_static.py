from collections.abc import Iterator
from http import HTTPStatus

import pytest

from tests.wirewatch.web.asking import ask, look
from tests.wirewatch.web.scene import Scene, serving
from wirewatch.web.static import STYLESHEET, Assets


@pytest.fixture
def origin(stage: Scene) -> Iterator[str]:
    with serving(stage.sight) as address:
        yield address


def test_given_the_address_with_its_hash_when_asked_for_then_the_sheet_may_be_kept_for_ever(
    origin: str,
) -> None:
    href = Assets().href(STYLESHEET)

    answer = ask(origin, href)

    assert f'href="{href}"' in look(origin, "/").text
    assert (answer.status, answer.kind) == (HTTPStatus.OK, "text/css; charset=utf-8")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("query", ["", "?v=0000000000000000", "?v="])
def test_given_another_address_when_asked_for_then_the_sheet_must_be_asked_for_again(
    origin: str, query: str
) -> None:
    assert ask(origin, f"/static/{STYLESHEET}{query}").headers["cache-control"] == "no-cache"


def test_given_a_sheet_that_is_known_when_asked_for_then_it_is_not_sent_again(origin: str) -> None:
    etag = ask(origin, f"/static/{STYLESHEET}").headers["etag"]

    known = ask(origin, f"/static/{STYLESHEET}", headers={"if-none-match": f'W/"other", {etag}'})
    other = ask(origin, f"/static/{STYLESHEET}", headers={"if-none-match": '"other"'})

    assert (known.status, known.body, known.headers["etag"]) == (HTTPStatus.NOT_MODIFIED, b"", etag)
    assert other.status == HTTPStatus.OK


@pytest.mark.parametrize(
    "path", ["../app.py", "..%2fapp.py", "%2e%2e/app.py", "", "%00", ".", "WIREWATCH.CSS"]
)
def test_given_anything_else_when_asked_for_then_there_is_no_such_file(origin: str, path: str) -> None:
    assert ask(origin, f"/static/{path}").status == HTTPStatus.NOT_FOUND


def test_given_the_sheet_when_read_then_it_loads_nothing_from_anywhere() -> None:
    sheet = Assets()._bodies[STYLESHEET].decode()

    assert "url(" not in sheet
    assert "@import" not in sheet
