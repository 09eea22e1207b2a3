"""What of a configuration may be shown: a value only where its key is known to be harmless.

Every output asks here: problems and their lines, `--show-origin`, lists, pages, logs. A key that nobody knows
may be a misspelt `password`, so its value is as secret; so is what no key names.
"""

import re
from collections.abc import Iterable

from stream.untrusted.addresses import split_url

HIDDEN = "***"

_SHORT = 3  # a value of so few characters is no secret
_SECRET_KEY = re.compile(
    r"headers|[\w-]*(?:password|passwd|secret|token|api[_-]?key|authorization|cookie)(?!\w*_file\b)[\w-]*",
    re.IGNORECASE,
)
_ADDRESSES = frozenset({"url"})  # shown without what may be secret in it
# The keys of every file and setting whose values are no secrets; a test compares them with the models. A
# section is none of them: a text in its place may be anything.
_HARMLESS = frozenset(
    """
    all all_of allow allow_private any any_of append_timeout_s article as backlog_days batch_bytes
    batch_items batch_records between body_s bootstrap_servers ca_file cert_file compression concurrency
    config_dir connect_timeout_s connections contact continue countries country dead_after_s
    dead_backoff_s default description enabled exclude expect fields first_backoff_s first_pause_s
    first_polls_spread_s first_try_s format full_retry_s grace_s head_s host hosts html id identity
    ignores inbox_keep_days include interval_s item_timeout_s items_per_commit key_file kind labels
    language languages lease_s level limits line_bytes lines_file_bytes linger_ms longest_backoff_s
    longest_pause_s match max_age max_articles max_body_bytes max_bytes max_calls max_entries
    max_items_in_flight max_records max_redirects mechanism member memory_mb min_insync name names near
    none of open_metrics owner page_bytes pair parse_timeout_s partition_by partitions password_file
    path per_client per_host phrase poll_deadline_s poll_timeout_s polls_at_once polls_per_host port
    ports proxies public_url published publisher publisher_country recursive regex replication
    retention_bytes retention_days rule salience schemes secrets_file section sender session_hours
    session_timeout_s severity since sinks size slop source start start_timeout_s state_dir status tag
    tags text theme timeout_s timezone title tls to token_file topic triggers until user_agent username
    users_file wait_s watchlist when within words
    denied suspended hypothetical past opinion ar az bg bn cs de el en es fa fr he hi hr hu id it ja ko
    ms nl pl pt ro ru sk sl sr sv sw th tr uk ur vi zh
    """.split()
)

_DSN = re.compile(r"(?<=\bpostgresql:)\S{3,}|(?<=\bpostgres:)\S{3,}")  # a password in it may hold anything
_URL = re.compile(r"""(?<=://)[^\s'"<>]+""")
_HOST = re.compile(r"(?:[\w.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?(?=[/?#]|$)")
_USER = re.compile(r"[^\s:@/,'\"]{1,64}:[^\s@/]{1,64}(?=@)")  # without bounds it would be quadratic


def is_secret(key: str) -> bool:
    """Whether a key says itself that all below it is secret; `password_file` only names a file."""
    return _SECRET_KEY.fullmatch(key) is not None


def is_harmless(key: str) -> bool:
    """Whether a key is known, and its value never a secret."""
    return key in _HARMLESS


def may_show(keys: Iterable[str]) -> bool:
    """Whether the value at a path of keys may be shown: the last is harmless, and none is secret."""
    path = list(keys)
    return bool(path) and is_harmless(path[-1]) and not any(map(is_secret, path))


def shown_value(keys: Iterable[str], text: str) -> str | None:
    """A value at a path of keys as it may be shown, of an address only the host; None: not at all."""
    path = list(keys)
    if may_show(path):
        return without_secrets(text)
    if path and path[-1] in _ADDRESSES and not any(map(is_secret, path)):
        return shown_address(text)
    return text if len(text) <= _SHORT and not any(map(is_secret, path)) else None


def shown_key(key: str) -> str:
    """A key as it may be shown: of one with a colon or equals sign in it, only what is before that."""
    name = re.split(r"[:=]", key, maxsplit=1)[0]
    return key if name == key else f"{name}…"


def shown_address(text: str) -> str | None:
    """Scheme and host of a URL of HTTP, the rest as stars; None for what is no such URL."""
    is_plain = re.match(r"https?://\S+$", text) is not None
    return without_secrets(text) if is_plain else None


def url_without_secrets(url: str) -> str:
    """A feed's address for people: no user, password, query or fragment."""
    parts = split_url(url)
    if parts is None:
        return HIDDEN
    more = "?…" if parts.query else ""
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}{more}"


def secrets_of_url(url: str) -> set[str]:
    """What of a URL a log may not say: user and password, the query and its longer values."""
    parts = split_url(url)
    if parts is None:
        return {url}
    values = {pair.partition("=")[2] for pair in parts.query.split("&")}
    found = {parts.netloc.rpartition("@")[0], parts.password or "", parts.query}
    return {one for one in found if one} | {value for value in values if len(value) > 2 * _SHORT}


def without_secrets(text: str) -> str:
    """Any text with stars, as many as characters, for who connects and for what is behind a URL's host."""
    text = _DSN.sub(lambda found: "*" * len(found[0]), text)
    text = _URL.sub(lambda found: _address(found[0]), text)
    return _USER.sub(lambda found: "*" * len(found[0]), text) if "@" in text else text


def _address(rest: str) -> str:
    """What follows `://`: the host alone is shown; a password with odd characters in it is no host."""
    end = len(rest.rstrip(",}])"))
    rest, after = rest[:end], rest[end:]
    user, at, place = rest.rpartition("@")
    host = _HOST.match(place)
    if host is None or "://" in user:
        return "*" * len(rest) + after
    begins = host.end() + place.startswith("/", host.end())
    return "*" * len(user) + at + place[:begins] + "*" * (len(place) - begins) + after
