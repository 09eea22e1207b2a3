"""URLs and addresses as strangers write them: for dialling (yarl) and for reading (urllib)."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import SplitResult, urljoin, urlsplit

from yarl import URL


def read_url(text: str) -> URL | None:
    """A URL every part of which can be asked for, and which reads back from its own text; else None."""
    try:
        url = URL(text)
        return url if _reads_back(url) else None
    except Exception:  # noqa: BLE001 # whatever yarl raises says one thing: that this is no URL
        return None


def join_url(base: URL, reference: str) -> URL | None:
    """Where a reference found at `base` leads, without fragment; None where that is no URL with a host."""
    try:
        joined = str(base.join(URL(reference)).with_fragment(None))
    except Exception:  # noqa: BLE001 # as above
        return None
    url = read_url(joined)
    return url if url is not None and url.host else None


def split_url(text: str) -> SplitResult | None:
    """The parts of a URL, host and port readable; None where they are not."""
    try:
        parts = urlsplit(text)
        _ = parts.hostname, parts.port
    except ValueError:  # all that urllib raises: UnicodeError is one, too
        return None
    return parts


def join_text(base: str, reference: str) -> str | None:
    """The absolute form of a reference found at `base`; None where it cannot be made out."""
    try:
        return urljoin(base, reference)
    except ValueError:
        return None


def read_ip(text: str) -> IPv4Address | IPv6Address | None:
    """An IP address, in brackets or not; None for anything else."""
    try:
        return ip_address(text.strip("[]"))
    except ValueError:
        return None


def read_network(text: str) -> IPv4Network | IPv6Network | None:
    """A CIDR or an address, bits of the host allowed; None for anything else."""
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None


def _reads_back(url: URL) -> bool:
    """Whether its text means it; every part is decoded, which yarl does when it is asked and not before."""
    _ = url.scheme, url.authority, url.host, url.raw_host, url.port, url.explicit_port
    _ = url.user, url.raw_user, url.password, url.raw_password
    _ = url.path, url.raw_path, url.raw_path_qs, url.query_string, url.fragment
    return str(URL(str(url))) == str(url)
