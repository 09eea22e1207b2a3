"""Keys of a pushed article that mean nothing to us: said, so that a misspelt one does not vanish. Pure."""

import msgspec

from stream.config.problem import did_you_mean

KEYS = ("id", "url", "title", "text", "html", "published", "language", "lang", "publisher", "source")
"""The keys of an article; see `ingest.article`."""

_EVENT_MARKS = frozenset({"schema_version", "event_id"})
_MOST = 10
_SHOWN_CHARS = 60
# Names that other formats have for the same.
_ELSEWHERE = {
    "body": "text",
    "content": "text",
    "articlebody": "text",
    "headline": "title",
    "date": "published",
    "datepublished": "published",
    "pubdate": "published",
    "link": "url",
    "guid": "id",
    "inlanguage": "language",
}

_keys = msgspec.json.Decoder(dict[str, msgspec.Raw])


def key_warnings(data: bytes) -> tuple[str, ...]:
    """A sentence for each key of an article that was left out, ten at most; none for a finished event.

    Nothing for what is no JSON object: that is refused elsewhere.
    """
    try:
        keys = _keys.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ()
    if not _EVENT_MARKS.isdisjoint(keys):
        return ()
    unknown = [key for key in keys if key not in KEYS]
    more = [f"and {len(unknown) - _MOST} more keys were left out"] if len(unknown) > _MOST else []
    return (*map(_warning, unknown[:_MOST]), *more)


def _warning(key: str) -> str:
    other = _ELSEWHERE.get(key[:_SHOWN_CHARS].casefold().replace("_", ""))
    hint = f'did you mean "{other}"?' if other else did_you_mean(key, KEYS)
    known = "" if hint else f": known are {', '.join(KEYS)}"
    return f'"{key[:_SHOWN_CHARS]}" is no key of an article and was left out{f": {hint}" if hint else known}'
