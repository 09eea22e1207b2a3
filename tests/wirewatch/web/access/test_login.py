"""Signing in and out, as a browser without scripts does it."""

from collections.abc import Iterator
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path

import pytest

from tests.wirewatch.web.access.signing import PASSWORD, Visitor, guarded, with_anna, write_anna
from tests.wirewatch.web.scene import Scene, scene
from wirewatch.web.access.users import nobody, write_users

PAGES = ("/", "/alerts", "/sources", "/rules", "/dead-letters", "/account", "/nowhere")


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Scene]:
    with scene(tmp_path) as opened:
        yield opened


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write_anna(tmp_path)


@pytest.fixture
def origin(stage: Scene, file: Path) -> Iterator[str]:
    with guarded(stage, file) as address:
        yield address


@pytest.mark.parametrize("path", PAGES)
def test_given_a_stranger_when_they_look_at_any_page_then_they_are_led_to_the_form(
    origin: str, path: str
) -> None:
    answer = Visitor(origin).get(path)

    assert answer.status == HTTPStatus.SEE_OTHER
    assert answer.headers["location"].startswith("/login")
    assert "Iran" not in answer.text


def test_given_the_right_password_when_sent_then_the_page_that_was_asked_for_comes(origin: str) -> None:
    visitor = Visitor(origin)
    led = visitor.get("/alerts?severity=high")

    answer = visitor.sign_in(to="/alerts?severity=high")

    assert led.headers["location"] == "/login?next=%2Falerts%3Fseverity%3Dhigh"
    assert (answer.status, answer.headers["location"]) == (HTTPStatus.SEE_OTHER, "/alerts?severity=high")
    cookie = visitor.set["wirewatch_session"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "lax", "/")
    assert {visitor.get(path).status for path in PAGES[:-1]} == {HTTPStatus.OK}
    assert "anna" in visitor.get("/account").text


@pytest.mark.parametrize(("name", "password"), [("anna", "wrong password"), ("bert", PASSWORD), ("", "")])
def test_given_a_wrong_name_or_password_when_sent_then_both_are_told_the_same(
    origin: str, name: str, password: str
) -> None:
    visitor = Visitor(origin)

    answer = visitor.sign_in(name, password)

    assert answer.status == HTTPStatus.UNAUTHORIZED
    assert "The name or the password is not right." in answer.text
    assert password not in answer.text or not password
    assert "wirewatch_session" not in visitor.cookies


def test_given_https_at_the_proxy_when_signed_in_then_the_cookies_are_for_https_alone(origin: str) -> None:
    visitor = Visitor(origin)
    visitor.headers["x-forwarded-proto"] = "https"

    visitor.sign_in()

    cookie = visitor.set["__Host-wirewatch_session"]
    assert (cookie["secure"], cookie["httponly"], cookie["path"], cookie["domain"]) == (True, True, "/", "")
    assert visitor.get("/").status == HTTPStatus.OK


@pytest.mark.parametrize(
    ("fields", "headers"),
    [
        ({"form": "0" * 64}, {}),
        ({"form": ""}, {}),
        ({}, {"sec-fetch-site": "cross-site"}),
        ({}, {"sec-fetch-site": "same-site"}),
    ],
)
def test_given_a_form_of_another_site_when_sent_then_nobody_is_signed_in(
    origin: str, fields: dict[str, str], headers: dict[str, str]
) -> None:
    visitor = Visitor(origin)
    right = {"form": visitor.mark("/login"), "name": "anna", "password": PASSWORD}

    answer = visitor.post("/login", {**right, **fields}, **headers)

    assert answer.status == HTTPStatus.FORBIDDEN
    assert "wirewatch_session" not in visitor.cookies


@pytest.mark.parametrize(
    "to",
    ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/a\r\nx: y", ""],
)
def test_given_a_foreign_place_to_go_on_when_signed_in_then_it_is_the_overview(origin: str, to: str) -> None:
    assert Visitor(origin).sign_in(to=to).headers["location"] == "/"


def test_given_many_attempts_when_made_then_they_are_slowed_down_and_the_right_one_too(origin: str) -> None:
    visitor = Visitor(origin)
    statuses = [visitor.sign_in("anna", f"guess number {number}").status for number in range(12)]

    answer = visitor.sign_in()

    assert statuses[:10] == [HTTPStatus.UNAUTHORIZED] * 10
    assert answer.status == HTTPStatus.TOO_MANY_REQUESTS
    assert 0 < int(answer.headers["retry-after"]) <= 31


def test_given_a_session_when_its_time_is_over_then_it_ends(stage: Scene, origin: str) -> None:
    visitor = Visitor(origin)
    visitor.sign_in()
    stage.clock.step(timedelta(hours=12).total_seconds() - 5)
    before = visitor.get("/").status
    stage.clock.step(10)

    assert (before, visitor.get("/").status) == (HTTPStatus.OK, HTTPStatus.SEE_OTHER)


def test_given_a_session_when_signed_out_then_a_copy_of_its_cookie_is_worth_nothing(origin: str) -> None:
    visitor = Visitor(origin)
    visitor.sign_in()
    copied = dict(visitor.cookies)

    answer = visitor.post("/logout", {"form": visitor.mark("/account")})

    assert (answer.status, answer.headers["location"]) == (HTTPStatus.SEE_OTHER, "/login")
    assert Visitor(origin, cookies=copied).get("/").status == HTTPStatus.SEE_OTHER


def test_given_another_site_when_it_sends_the_form_to_sign_out_then_the_session_goes_on(origin: str) -> None:
    visitor = Visitor(origin)
    visitor.sign_in()

    assert visitor.post("/logout", {"form": "0" * 64}).status == HTTPStatus.FORBIDDEN
    assert visitor.get("/").status == HTTPStatus.OK


def test_given_a_session_when_the_user_is_removed_or_has_another_password_then_it_ends(
    origin: str, file: Path
) -> None:
    visitor = Visitor(origin)
    visitor.sign_in()
    users = with_anna()

    write_users(file, nobody())
    removed = visitor.get("/").status
    write_users(file, users)

    assert removed == HTTPStatus.SEE_OTHER
    assert visitor.get("/").status == HTTPStatus.SEE_OTHER  # signed with the key of before
    assert visitor.sign_in().status == HTTPStatus.SEE_OTHER


def test_given_nobody_in_the_file_when_looked_at_then_the_page_says_what_to_do(
    stage: Scene, tmp_path: Path
) -> None:
    with guarded(stage, tmp_path / "none") as origin:
        page = Visitor(origin).get("/login")
        tried = Visitor(origin).post("/login", {"name": "anna", "password": PASSWORD})

    assert "wirewatch web passwd NAME" in page.text
    assert tried.status == HTTPStatus.FORBIDDEN


def test_given_a_form_that_is_none_when_sent_then_it_is_no_fault_of_ours(origin: str) -> None:
    visitor = Visitor(origin)

    statuses = {
        visitor.post("/login", {"form": "x" * 9000}).status,
        visitor.post("/login", {str(number): "" for number in range(40)}).status,
        visitor.post("/login", {}, **{"content-type": "application/json"}).status,
        visitor.post("/logout", {}).status,
    }

    assert statuses == {413, 400, 415, 401}
