"""One article, one URL: the canonical form, and the identity keys made from it.

RFC 3986 section 6 for case, ports, dot segments and percent-encoding; tracking parameters by list; AMP
folded into the page it stands for. Pure, total and idempotent: any string in, a URL or None out.
"""

import re
from urllib.parse import SplitResult

import idna

from stream.untrusted.addresses import join_text, read_ip, split_url

MAX_URL_CHARS = 4096

_DEFAULT_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]{0,251}[a-z0-9_])?\Z|\[[0-9a-f:.]{2,45}\]\Z")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_PATH_SAFE = _UNRESERVED | frozenset("!$&'()*+,;=:@/")
_QUERY_SAFE = _PATH_SAFE | frozenset("?")
_NEEDS_CARE = re.compile(r"[^A-Za-z0-9._~!$&'()*+,;=:@/-]")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})|(.)", re.DOTALL)

# What only says how the reader came. Names from miniflux' urlcleaner and the vendors' own pages.
_TRACKING_PREFIXES = (
    "utm_",
    "mc_",
    "pk_",
    "mtm_",
    "piwik_",
    "matomo_",
    "hsa_",
    "oly_",
    "at_",
    "ns_",
    "vero_",
)
_TRACKING = frozenset(
    "fbclid gclid gclsrc dclid gbraid wbraid msclkid yclid ysclid twclid ttclid igshid igsh li_fat_id epik"
    " rb_clickid s_cid ncid cmpid cmp icid smid smtyp sr_share ref_src ref_url _ga _gl _hsenc _hsmi __s"
    " mkt_tok wickedid guccounter guce_referrer guce_referrer_sig spm ito xtor cvid ocid _openstat"
    " ftag __twitter_impression fb_action_ids fb_action_types fb_source sfnsn mibextid".split()
)
_AMP_QUERY = frozenset({("amp", ""), ("amp", "1"), ("amp", "true"), ("outputtype", "amp"), ("output", "amp")})
_AMP_TAIL = re.compile(r"(?<=.)(?:/amp/?|\.amp|\.amp(?=\.html\Z))(?=\.html\Z|\Z)", re.IGNORECASE)
_FORM_OF_SITE = re.compile(r"(?:www|m|mobile)\.")
_AMP_CACHE = re.compile(r"/(?:[a-z]/)(s/)?([^/?]+\.[^/?]+)(/.*|)\Z", re.DOTALL)
_GOOGLE_AMP = re.compile(r"/amp/(s/)?([^/?]+\.[^/?]+)(/.*|)\Z", re.DOTALL)
# Second-level labels under which sites are registered; without them bbc.co.uk and any.co.uk are one site.
_GENERIC_SECOND = frozenset("ac co com edu go gob gov gouv gub ltd mil ne net nom or org press".split())


def canonical_url(raw: str) -> str | None:
    """The form of an http(s) URL in which two ways to one article are equal, or None where it is none.

    Lower-case scheme and host (IDNA), no user, default port, fragment or tracking, query sorted by name,
    AMP folded. At most MAX_URL_CHARS long; what is longer is None.
    """
    if len(raw) > MAX_URL_CHARS:
        return None
    url = _normalised(raw.strip())
    # A wrapper can hold another wrapper; every unwrapping shortens the URL, so this ends.
    while url and (inner := _unwrap(url)) and len(inner) < len(url):
        url = _normalised(inner)
    return url if url and len(url) <= MAX_URL_CHARS else None


def url_key(url: str) -> str:
    """What identifies a canonical URL: without scheme, `www.`, the slash at the end, and marks of a form.

    The mobile and the AMP form of a page have its key: `m.` or `mobile.` before the host, `amp` as a segment
    of the path. The URL itself keeps them, since a site's other host may not answer at that path.
    """
    host, slash, rest = url.partition("://")[2].partition("/")
    path, mark, query = rest.partition("?")
    segments = path.split("/")
    kept = [segment for segment in segments if segment.lower() != "amp"]
    path = "/".join(kept if any(kept) else segments)
    return f"{_desktop(host)}{slash}{path}".rstrip("/") + f"{mark}{query}"


def resolve(base: str | None, href: str) -> str | None:
    """The canonical form of a link found on the page at `base`; None for `javascript:` and its like."""
    whole = join_text(base, href.strip()) if base else href
    return None if whole is None else canonical_url(whole)


def is_same_site(one: str, other: str) -> bool:
    """Whether two canonical URLs are of one registered domain; a close guess without the suffix list."""
    return _site(one) == _site(other)


def host_of(url: str) -> str:
    """The host of a canonical URL, without `www.`."""
    parts = split_url(url)
    return ((parts.hostname if parts else None) or "").removeprefix("www.")


def is_front_page(url: str) -> bool:
    """Whether this canonical URL names a site rather than a page of it."""
    parts = split_url(url)
    return parts is not None and parts.path == "/" and not parts.query


def _site(url: str) -> str:
    labels = host_of(url).split(".")
    is_generic = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _GENERIC_SECOND
    return ".".join(labels[-3 if is_generic else -2 :])


def _desktop(host: str) -> str:
    """The host without the labels that say which form of the site it serves, if a site is left."""
    while (found := _FORM_OF_SITE.match(host)) and _is_site(host[found.end() :]):
        host = host[found.end() :]
    return host


def _is_site(host: str) -> bool:
    labels = host.partition(":")[0].split(".")
    is_suffix = len(labels) == 2 and len(labels[-1]) == 2 and labels[0] in _GENERIC_SECOND
    return len(labels) > 1 and not is_suffix


def _normalised(raw: str) -> str | None:
    parts = _split(raw)
    host = _host(parts) if parts else None
    if parts is None or host is None:
        return None
    scheme = parts.scheme.lower()
    port = "" if parts.port in (None, 0, _DEFAULT_PORTS[scheme]) else f":{parts.port}"
    path = _AMP_TAIL.sub("", _without_dots(_escape(parts.path, _PATH_SAFE)))
    while path != (folded := _AMP_TAIL.sub("", path)):
        path = folded
    query = _query(_escape(parts.query, _QUERY_SAFE))
    return f"{scheme}://{host}{port}{path or '/'}{'?' if query else ''}{query}"


def _split(raw: str) -> SplitResult | None:
    """The parts of an http(s) URL with a readable port, else None."""
    parts = split_url(raw)
    return parts if parts is not None and parts.scheme.lower() in _DEFAULT_PORTS else None


def _host(parts: SplitResult) -> str | None:
    host = (parts.hostname or "").rstrip(".")
    if ":" in host:
        if read_ip(host) is None:
            return None
        host = f"[{host}]"
    elif not host.isascii():
        try:
            host = idna.encode(host, uts46=True, transitional=False).decode("ascii")
        except (idna.IDNAError, UnicodeError, IndexError):
            return None
    while host.startswith("amp.") and host.count(".") >= 2:
        host = host.removeprefix("amp.")
    return host if _HOST.match(host) and ".." not in host else None


def _escape(text: str, safe: frozenset[str]) -> str:
    """Percent-encoding in its one normal form: unreserved characters plain, all others upper-case hex."""

    def one(found: re.Match[str]) -> str:
        code, char = found.groups()
        if code:
            plain = chr(int(code, 16))
            return plain if plain in _UNRESERVED else f"%{code.upper()}"
        return char if char in safe else "".join(f"%{byte:02X}" for byte in char.encode("utf-8", "replace"))

    return _ESCAPE.sub(one, text) if _NEEDS_CARE.search(text) else text


def _without_dots(path: str) -> str:
    """RFC 3986 section 5.2.4."""
    if "/." not in path:
        return path
    kept: list[str] = []
    segments = path.split("/")
    for segment in segments:
        if segment == "..":
            del kept[max(1, len(kept) - 1) :]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in {".", ".."}:
        kept.append("")
    return "/".join(kept)


def _query(query: str) -> str:
    """Without tracking and AMP marks, sorted by name; parameters of one name keep their order."""
    kept = []
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        lowered = name.lower()
        if not pair or lowered in _TRACKING or lowered.startswith(_TRACKING_PREFIXES):
            continue
        if (lowered, value.lower()) not in _AMP_QUERY:
            kept.append((name, pair))
    return "&".join(pair for _, pair in sorted(kept, key=lambda each: each[0]))


def _unwrap(url: str) -> str | None:
    """The page behind an AMP cache: cdn.ampproject.org/c/s/HOST/PATH, google.com/amp/s/HOST/PATH."""
    parts = split_url(url)
    if parts is None:
        return None
    host = parts.hostname or ""
    if host.endswith(".cdn.ampproject.org") or host == "cdn.ampproject.org":
        inner = _AMP_CACHE.match(parts.path)
    elif re.fullmatch(r"(?:www\.)?google\.[a-z.]{2,6}", host):
        inner = _GOOGLE_AMP.match(parts.path)
    else:
        return None
    if not inner:
        return None
    query = f"?{parts.query}" if parts.query else ""
    return f"{'https' if inner.group(1) else 'http'}://{inner.group(2)}{inner.group(3)}{query}"
