"""The guard between us and addresses that a feed, a redirect or a webhook must never make us dial.

Two gates. `check_url` refuses what can be refused by reading it. `guarded_connector` looks at the address of
every single connection attempt, after name resolution and just before the socket exists, so that neither a
redirect nor a name that resolves differently the second time (DNS rebinding) gets past it.
Use both, and a session with `trust_env=False`: a proxy would dial in our place.
"""

import re
import socket
from collections.abc import Iterator
from contextvars import ContextVar
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import TYPE_CHECKING, Any

from aiohttp import TCPConnector
from pydantic import BaseModel, ConfigDict, field_validator
from yarl import URL

from stream.errors import StreamError
from stream.untrusted.addresses import read_ip, read_network, read_url

if TYPE_CHECKING:
    from aiohttp import ClientRequest, ClientTimeout
    from aiohttp.abc import AbstractResolver
    from aiohttp.connector import Connection
    from aiohttp.tracing import Trace

_Address = IPv4Address | IPv6Address
_Network = IPv4Network | IPv6Network

# Cloud metadata services: never reached by `allow_private`, only by being named in `allow`.
# AWS, GCP, Azure, OpenStack: 169.254.169.254; Alibaba; Oracle; Azure's wire server; AWS over IPv6.
_METADATA = tuple(
    IPv4Network(network) if ":" not in network else IPv6Network(network)
    for network in ("169.254.0.0/16", "100.100.100.200", "192.0.0.192", "168.63.129.16", "fd00:ec2::/32")
)
# What `is_global` of this Python still calls global: IANA special registries, RFC 6890, 7526, 9637.
_SPECIAL_V4 = tuple(IPv4Network(network) for network in ("192.0.0.0/24", "192.88.99.0/24", "168.63.129.16"))
_SPECIAL_V6 = tuple(IPv6Network(network) for network in ("2001::/23", "2002::/16", "3fff::/20"))
_UNICAST_V6 = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: what DNS64 networks answer for every IPv4 host
_NUMERIC_LABEL = re.compile(r"0[xX][0-9a-fA-F]*|[0-9]+")
_NAME = re.compile(r"[A-Za-z0-9_.-]+")
_BAD_IN_URL = re.compile(r"[\x00-\x20\x7f\\]")


class ForbiddenAddressError(StreamError, OSError):
    """An address or URL that the policy does not let us dial; an OSError so that aiohttp carries it out."""


class NetPolicy(BaseModel):
    """Where connections may go. The default: any public address, by http or https, on any port.

    `allow` names exceptions for the local network: CIDRs, addresses, or host names whose addresses may
    then be private. `allow_private` opens everything but cloud metadata. An empty `ports` means all.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    allow_private: bool = False
    allow: tuple[str, ...] = ()
    schemes: frozenset[str] = frozenset({"http", "https"})
    ports: frozenset[int] = frozenset()

    @field_validator("allow")
    @classmethod
    def _is_readable(cls, allow: tuple[str, ...]) -> tuple[str, ...]:
        for entry in allow:
            if read_network(entry) is None and not re.fullmatch(r"[\w-]+(\.[\w-]+)*", entry):
                raise ValueError(f"neither a CIDR, an address nor a host name: {entry!r}")
        return tuple(entry.lower() for entry in allow)

    def permits(self, address: str, host: str = "") -> bool:
        """Whether `address` may be dialled for a URL whose host is `host`."""
        ip = read_ip(address)
        if ip is None:
            return False
        return self._is_excepted(ip, host) or _is_public(ip) or (self.allow_private and not _is_metadata(ip))

    def _is_excepted(self, ip: _Address, host: str) -> bool:
        if host.rstrip(".").lower() in self.allow:
            return True
        return any(network is not None and ip in network for network in map(read_network, self.allow))


def check_url(url: str | URL, policy: NetPolicy) -> URL:
    """Read a URL; raise ForbiddenAddressError for a URL that need not be resolved to be refused.

    That is: another scheme or port, user names (credentials belong in headers), white space or a
    back-slash, an IP literal the policy forbids, and numbers that only some resolvers take for one.
    """
    if isinstance(url, str) and _BAD_IN_URL.search(url):
        raise ForbiddenAddressError("white space, a control character or a back-slash in the URL")
    parsed = _parsed(url)
    if parsed.scheme not in policy.schemes:
        raise ForbiddenAddressError(f"scheme {parsed.scheme[:20]!r} is not allowed")
    if parsed.raw_user is not None or parsed.raw_password is not None:
        raise ForbiddenAddressError("the URL has a user name or password in it")
    if policy.ports and parsed.port not in policy.ports:
        raise ForbiddenAddressError(f"port {parsed.port} is not allowed")
    _check_host((parsed.raw_host or "").rstrip("."), policy)
    return parsed


def guarded_connector(
    policy: NetPolicy, *, resolver: "AbstractResolver | None" = None, limit: int = 100
) -> TCPConnector:
    """Make a connector that dials permitted addresses only; call it inside a running loop.

    A refused attempt surfaces as aiohttp's ClientConnectorError: see `was_forbidden`.
    """
    return _GuardedConnector(policy, resolver=resolver, limit=limit)


def was_forbidden(error: BaseException) -> bool:
    """Whether an error of aiohttp was our refusal and no failure of the network."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, ForbiddenAddressError) or isinstance(
            getattr(seen, "os_error", None), ForbiddenAddressError
        ):
            return True
        seen = seen.__cause__
    return False


# The host a connection is made for: aiohttp's socket factory is told the address only. Tasks that the
# connector starts (happy eyeballs, shared look-ups) inherit it.
_dialled_host: ContextVar[str] = ContextVar("dialled_host", default="")


class _GuardedConnector(TCPConnector):
    def __init__(self, policy: NetPolicy, *, resolver: "AbstractResolver | None", limit: int) -> None:
        super().__init__(resolver=resolver, limit=limit, socket_factory=self._guarded_socket)
        self._policy = policy

    async def connect(
        self,
        req: "ClientRequest",
        traces: "list[Trace]",
        timeout: "ClientTimeout",  # noqa: ASYNC109 - the signature is aiohttp's
    ) -> "Connection":
        check_url(req.url, self._policy)
        token = _dialled_host.set(req.url.raw_host or "")
        try:
            return await super().connect(req, traces, timeout)
        finally:
            _dialled_host.reset(token)

    def _guarded_socket(self, addr_info: tuple[Any, ...]) -> socket.socket:
        family, kind, protocol, _, address = addr_info
        if not self._policy.permits(str(address[0]), _dialled_host.get()):
            # One text for all: aiohttp merges the errors of several addresses unless they read alike.
            raise ForbiddenAddressError("the name leads to an address that is not public")
        return socket.socket(family, kind, protocol)


def _check_host(host: str, policy: NetPolicy) -> None:
    if not host:
        raise ForbiddenAddressError("the URL has no host")
    if read_ip(host) is not None:
        if not policy.permits(host, host):
            raise ForbiddenAddressError(f"{host} is not a public address")
        return
    # WHATWG URL, "ends in a number": 127.1, 2130706433, 0x7f.0.0.1, 0177.0.0.1 are IPv4 to some.
    if ":" in host or "%" in host or _NUMERIC_LABEL.fullmatch(host.rpartition(".")[2]):
        raise ForbiddenAddressError("the host is neither a name nor a plain address")
    if not _NAME.fullmatch(host):
        raise ForbiddenAddressError("the host is neither a name nor a plain address")
    is_local = host.lower() == "localhost" or host.lower().endswith(".localhost")
    if is_local and not policy.permits("127.0.0.1", host):
        raise ForbiddenAddressError("the host is this machine")


def _parsed(url: str | URL) -> URL:
    parsed = read_url(str(url))
    if parsed is None:
        raise ForbiddenAddressError("the URL cannot be read")
    return parsed


def _is_public(ip: _Address) -> bool:
    if isinstance(ip, IPv4Address):
        is_special = ip.is_multicast or ip.is_reserved or any(ip in network for network in _SPECIAL_V4)
        return ip.is_global and not is_special
    if ip in _NAT64:
        return _is_public(_last_v4(ip))
    # Everything else outside 2000::/3 is local, multicast or a disguise of an IPv4 address.
    return ip in _UNICAST_V6 and ip.is_global and not any(ip in network for network in _SPECIAL_V6)


def _is_metadata(ip: _Address) -> bool:
    return any(disguise in network for disguise in _disguises(ip) for network in _METADATA)


def _disguises(ip: _Address) -> Iterator[_Address]:
    """The address, and the IPv4 addresses that tunnels and translators would make of it."""
    yield ip
    if isinstance(ip, IPv6Address):
        yield _last_v4(ip)  # mapped, compatible, NAT64, ISATAP
        yield from (v4 for v4 in (ip.sixtofour, *(ip.teredo or ())) if v4 is not None)


def _last_v4(ip: IPv6Address) -> IPv4Address:
    return IPv4Address(int(ip) & 0xFFFFFFFF)
