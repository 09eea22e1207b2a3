import asyncio
from ipaddress import IPv4Address, IPv6Address, ip_network

import aiohttp
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from stream.net import ForbiddenAddressError, NetPolicy, check_url, guarded_connector, was_forbidden
from tests.support.loopback import Names, canary, serving
from tests.support.spellings import FORBIDDEN

PRIVATE = st.one_of(
    *(
        st.integers(int(net[0]), int(net[-1])).map(IPv4Address)
        for net in map(
            ip_network, ("10.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "192.168.0.0/16", "0.0.0.0/8")
        )
    )
)


async def _get(url: str, policy: NetPolicy, names: Names | None = None) -> int | BaseException:
    connector = guarded_connector(policy, resolver=names)
    async with aiohttp.ClientSession(connector=connector, trust_env=False) as session:
        try:
            async with asyncio.timeout(5), session.get(url) as response:
                return response.status
        except (aiohttp.ClientError, OSError) as error:
            return error


@pytest.mark.parametrize("spelling", FORBIDDEN)
def test_given_a_forbidden_spelling_when_it_is_checked_then_it_is_refused(spelling: str) -> None:
    url = spelling.format(port=8080)

    with pytest.raises(ForbiddenAddressError):
        check_url(url, NetPolicy())


def test_given_only_the_connector_when_forbidden_spellings_are_dialled_then_nobody_is_reached() -> None:
    async def dial_all(port: int) -> list[int | BaseException]:
        return [await _get(spelling.format(port=port), NetPolicy()) for spelling in FORBIDDEN]

    with canary() as bird:
        outcomes = asyncio.run(dial_all(bird.port))

        assert bird.connections() == 0
    assert not [outcome for outcome in outcomes if isinstance(outcome, int)]


@pytest.mark.parametrize(
    "answers", [["127.0.0.1"], ["::1"], ["::1", "127.0.0.1"], ["10.0.0.1", "::ffff:127.0.0.1"]]
)
def test_given_a_public_name_of_a_private_address_when_dialled_then_it_is_refused(answers: list[str]) -> None:
    names = Names({"news.example": [answers]})

    with canary() as bird:
        outcome = asyncio.run(_get(f"http://news.example:{bird.port}/", NetPolicy(), names))

        assert bird.connections() == 0
    assert isinstance(outcome, BaseException)
    assert was_forbidden(outcome)


def test_given_a_resolver_that_answers_with_no_address_when_dialled_then_it_is_refused() -> None:
    names = Names({"news.example": [["0x7f.1"]]})

    with canary() as bird:
        outcome = asyncio.run(_get(f"http://news.example:{bird.port}/", NetPolicy(), names))

        assert bird.connections() == 0
    assert isinstance(outcome, BaseException)


def test_given_a_name_that_rebinds_when_it_is_dialled_again_then_the_new_address_is_refused() -> None:
    # 127.0.0.2 stands for the public address: the policy allows it and nothing else.
    policy = NetPolicy(allow=("127.0.0.2",))

    async def dial_twice() -> tuple[int | BaseException, int | BaseException]:
        async with serving(_hello, "127.0.0.2") as base:
            port = base.rpartition(":")[2]
            names = Names({"news.example": [["127.0.0.2"], ["127.0.0.1"]]})
            url = f"http://news.example:{port}/"
            return await _get(url, policy, names), await _get(url, policy, names)

    first, second = asyncio.run(dial_twice())

    assert first == 200
    assert isinstance(second, BaseException)
    assert was_forbidden(second)


def test_given_a_host_excepted_by_name_when_another_name_has_its_address_then_only_the_first_is_dialled() -> (
    None
):
    policy = NetPolicy(allow=("nas.lan",))

    async def dial_both() -> tuple[int | BaseException, int | BaseException]:
        async with serving(_hello) as base:
            port = base.rpartition(":")[2]
            names = Names({"nas.lan": [["127.0.0.1"]], "evil.example": [["127.0.0.1"]]})
            return (
                await _get(f"http://nas.lan:{port}/", policy, names),
                await _get(f"http://evil.example:{port}/", policy, names),
            )

    excepted, other = asyncio.run(dial_both())

    assert excepted == 200
    assert isinstance(other, BaseException)


@pytest.mark.parametrize(
    "url",
    [
        "http://1.1.1.1/",
        "https://[2606:4700::1111]/",
        "http://example.com./x",
        "http://m\u00fcnchen.example/",
        "http://[64:ff9b::101:101]/",
    ],
)
def test_given_a_public_url_when_it_is_checked_then_it_passes(url: str) -> None:
    check_url(url, NetPolicy())


@given(PRIVATE)
def test_given_a_private_address_when_it_is_embedded_in_ipv6_then_no_form_of_it_is_permitted(
    ip: IPv4Address,
) -> None:
    policy = NetPolicy()
    number = int(ip)
    forms = [
        str(ip),
        f"::ffff:{ip}",
        f"::{ip}",
        f"64:ff9b::{ip}",
        str(IPv6Address((0x2002 << 112) | (number << 80))),
        str(IPv6Address((0x20010000 << 96) | (number ^ 0xFFFFFFFF))),
    ]

    permitted = [form for form in forms if policy.permits(form)]

    assert permitted == []


@given(st.integers(0, 2**128 - 1).map(IPv6Address))
def test_given_any_ipv6_address_when_it_is_permitted_then_it_is_global_unicast_or_nat64(
    ip: IPv6Address,
) -> None:
    is_permitted = NetPolicy().permits(str(ip))

    assert not is_permitted or ip in ip_network("2000::/3") or ip in ip_network("64:ff9b::/96")


def test_given_private_addresses_are_allowed_when_metadata_is_asked_for_then_it_is_still_refused() -> None:
    policy = NetPolicy(allow_private=True)

    permitted = [
        ip
        for ip in ("127.0.0.1", "10.1.1.1", "169.254.169.254", "fd00:ec2::254", "::ffff:169.254.169.254")
        if policy.permits(ip)
    ]

    assert permitted == ["127.0.0.1", "10.1.1.1"]
    assert NetPolicy(allow=("169.254.169.254",)).permits("169.254.169.254")


def test_given_ports_and_schemes_when_a_url_has_others_then_it_is_refused() -> None:
    policy = NetPolicy(schemes=frozenset({"https"}), ports=frozenset({443}))

    check_url("https://example.com/", policy)

    for url in ("http://example.com/", "https://example.com:8443/"):
        with pytest.raises(ForbiddenAddressError):
            check_url(url, policy)


def test_given_an_unreadable_exception_when_the_policy_is_built_then_it_says_so() -> None:
    with pytest.raises(ValidationError, match="neither a CIDR"):
        NetPolicy(allow=("10.0.0.0/33/x",))


def test_given_a_refusal_when_it_is_described_then_the_url_with_its_secret_is_not_in_it() -> None:
    with pytest.raises(ForbiddenAddressError) as caught:
        check_url("http://user:hunter2@example.com/", NetPolicy())

    assert "hunter2" not in str(caught.value)


async def _hello(_: web.BaseRequest) -> web.Response:
    return web.Response(text="hello")
