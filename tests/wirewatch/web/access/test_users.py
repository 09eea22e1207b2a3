import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wirewatch.web.access.signing import HASHED, PASSWORD, with_anna
from wirewatch.web.access import sessions
from wirewatch.web.access.attempts import Attempts, network_of
from wirewatch.web.access.users import (
    UsersFileError,
    is_user_name,
    nobodys_hash,
    read_users,
    verifies,
    write_users,
)

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ANNA = with_anna()


def test_given_users_when_written_then_only_this_user_can_read_them_and_they_come_back(
    tmp_path: Path,
) -> None:
    path = tmp_path / "deep" / "web-users"

    write_users(path, ANNA)

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [one.name for one in path.parent.iterdir()] == ["web-users"]
    assert read_users(path) == ANNA
    assert PASSWORD not in path.read_text()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "session-key:zz\n",
        "session-key:00\n",
        f"session-key:{'0' * 64}\nanna\n",
        f"session-key:{'0' * 64}\nanna:owner:{HASHED}\n",
        f"session-key:{'0' * 64}\nAnna:viewer:{HASHED}\n",
        f"session-key:{'0' * 64}\nanna:viewer:plain\n",
        "\udcff",
    ],
)
def test_given_a_file_that_cannot_be_meant_when_read_then_the_place_is_told_and_no_hash(
    tmp_path: Path, text: str
) -> None:
    path = tmp_path / "web-users"
    path.write_bytes(text.encode(errors="surrogateescape"))

    with pytest.raises(UsersFileError) as caught:
        read_users(path)

    assert str(path) in str(caught.value)
    assert HASHED not in str(caught.value)


def test_given_a_hash_when_compared_then_the_right_password_alone_fits() -> None:
    assert verifies(HASHED, PASSWORD)
    assert not verifies(HASHED, PASSWORD + " ")
    assert not verifies(nobodys_hash(), PASSWORD)
    assert not verifies("$argon2id$broken", PASSWORD)


@pytest.mark.parametrize("name", ["", "A", "-a", "a:b", "a b", "a\n", "é", "a" * 65, "session key"])
def test_given_a_name_that_would_break_the_file_when_judged_then_it_is_none(name: str) -> None:
    assert not is_user_name(name)


def test_given_a_cookie_when_read_then_it_is_good_until_its_end() -> None:
    cookie = sessions.issue(ANNA, ANNA.by_name["anna"], NOW, HOUR)

    found = sessions.read(ANNA, cookie, NOW + HOUR - timedelta(seconds=1))

    assert found is not None
    assert (found.name, found.role) == ("anna", "viewer")
    assert sessions.read(ANNA, cookie, NOW + HOUR) is None
    assert sessions.read(ANNA, cookie, NOW - timedelta(minutes=10)) is not None  # the clock was set back
    assert sessions.read(ANNA, cookie, NOW - 2 * HOUR) is None


@given(st.text(max_size=200), st.integers(0, 200), st.characters())
def test_given_a_cookie_that_was_changed_when_read_then_it_is_nobodys(text: str, at: int, other: str) -> None:
    cookie = sessions.issue(ANNA, ANNA.by_name["anna"], NOW, HOUR)
    place = at % len(cookie)
    forged = cookie[:place] + other + cookie[place + 1 :]

    assert sessions.read(ANNA, text, NOW) is None
    assert forged[:-1] == cookie[:-1] or sessions.read(ANNA, forged, NOW) is None


def test_given_another_key_or_password_when_read_then_the_cookie_is_nobodys() -> None:
    cookie = sessions.issue(ANNA, ANNA.by_name["anna"], NOW, HOUR)

    assert sessions.read(with_anna(), cookie, NOW) is None


def test_given_attempts_when_the_burst_is_used_up_then_one_comes_back_every_so_often() -> None:
    attempts = Attempts(burst=3, every_s=10)

    assert [attempts.take("a", 0.0) for _ in range(4)] == [0, 0, 0, 10]
    assert attempts.take("b", 0.0) == 0
    assert attempts.take("a", 10.0) == 0
    assert attempts.take("a", 10.0) == 10
    attempts.forget("a")
    assert attempts.take("a", 10.0) == 0


def test_given_an_address_when_counted_then_an_ipv6_client_is_its_network() -> None:
    assert network_of("2001:db8::1") == network_of("2001:db8::ffff:2") != network_of("2001:db8:0:1::1")
    assert network_of("192.0.2.1") != network_of("192.0.2.2")
    assert network_of("no address") == "no address"
