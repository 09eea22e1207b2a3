"""The dates of feeds, in every form seen in the wild, to an instant in UTC. Pure.

Forms: RFC 822/2822 with zone names, RFC 3339 and the partial forms of W3CDTF, asctime, `Month d, yyyy`,
month names of many languages, and East Asian dates; kurtmckee/feedparser:feedparser/datetimes/ and
miniflux/v2:internal/reader/date/parser.go list most. What is ambiguous (03/04/2026) is no date: a wrong one
is worse than none.
"""

import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone
from functools import cache

MAX_DATE_CHARS = 120
_FIRST_YEAR = 1900  # below: zero values of programs, and other calendars

# Minutes east of UTC. One meaning each, the commonest in news: IST India, BST Britain, CST America.
_ZONES_MIN = {
    name: minutes
    for names, minutes in (
        ("z ut utc gmt wet", 0),
        ("west bst cet met mez wat", 60),
        ("cest mest mesz eet cat sast", 120),
        ("eest msk eat trt", 180),
        ("irst", 210),
        ("gst", 240),
        ("irdt aft", 270),
        ("pkt uzt", 300),
        ("ist", 330),
        ("npt", 345),
        ("ict wib", 420),
        ("hkt sgt myt pht awst wita", 480),
        ("jst kst wit", 540),
        ("acst", 570),
        ("aest", 600),
        ("acdt", 630),
        ("aedt", 660),
        ("nzst", 720),
        ("nzdt", 780),
        ("ndt", -150),
        ("adt brt art", -180),
        ("nst", -210),
        ("ast clt edt", -240),
        ("est et cdt", -300),
        ("cst ct mdt", -360),
        ("mst mt pdt", -420),
        ("pst pt akdt", -480),
        ("akst", -540),
        ("hst", -600),
    )
    for name in names.split()
}
_ENGLISH = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# Languages whose month names turn up in dates that should have been English.
_LOCALES = (
    *("ar", "bg", "ca", "cs", "da", "de", "el", "es", "et", "fi", "fr", "hr", "hu", "id", "it", "lt"),
    *("lv", "nb", "nl", "pl", "pt", "ro", "ru", "sk", "sl", "sr", "sv", "tr", "uk", "vi"),
)

_CLOCK = r"(?P<hour>\d{1,2})[:h.](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,]\d+)?)?"
_NOON = r"(?:\s*(?P<noon>[ap])\.?m\.?)?"
_ZONE = r"(?:\s*(?P<zone>(?:(?:gmt|utc|ut)?\s*[+-]\s*\d{1,2}(?::?\d{1,2})?)|[a-z]{1,5})(?:\s+[a-z]{2,5})?)?"
_TIME = rf"[t,\s]*(?:at\s+)?(?:(?P<early>[ap])m\s*)?{_CLOCK}{_NOON}{_ZONE}"
_TAIL = rf"(?:{_TIME}|\s*{_ZONE.replace('zone', 'bare')})\s*"
_WEEKDAY = r"(?:[^\W\d]+\.?(?:,\s*|\s+))?"
_MONTH = r"(?P<name>[^\W\d_][^\W\d_]*)\.?"
_FORMS = tuple(
    re.compile(form)
    for form in (
        # 2026-11-24T09:30:00Z, 2026-11, 2026, 2026/11/24 09:30
        rf"{_WEEKDAY}(?P<year>\d{{4}})(?:([-/.])(?P<month>\d{{1,2}})(?:\2(?P<day>\d{{1,2}}))?)?{_TAIL}",
        rf"(?P<year>\d{{4}})(?P<month>\d{{2}})(?P<day>\d{{2}})(?:t?(?P<hour>\d{{2}})(?P<minute>\d{{2}})(?P<second>\d{{2}}))?{_ZONE}",
        # Tue, 24 Nov 2026 09:30:00 +0100, 24-Nov-26
        rf"{_WEEKDAY}(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.)?[\s-]*(?:de\s+)?{_MONTH},?[\s-]*(?:de\s+)?(?P<year>\d{{4}}|\d\d){_TAIL}",
        # November 24, 2026 9:30 am
        rf"{_WEEKDAY}{_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}}){_TAIL}",
        # Tue Nov 24 09:30:00 CET 2026
        rf"{_WEEKDAY}{_MONTH}\s+(?P<day>\d{{1,2}})\s+{_CLOCK}{_ZONE}\s+(?P<year>\d{{4}})",
        # 2026-november-24T9:30+01:00
        rf"(?P<year>\d{{4}})[-.\s]+{_MONTH}[-\s]+(?P<day>\d{{1,2}})\.?{_TAIL}",
        # 24.11.2026 09:30; with slashes only where it can be told which is the day
        rf"{_WEEKDAY}(?P<day>\d{{1,2}})\.\s?(?P<month>\d{{1,2}})\.\s?(?P<year>\d{{4}}){_TAIL}",
        rf"{_WEEKDAY}(?P<day>1[3-9]|2\d|3[01])[-/](?P<month>\d{{1,2}})[-/](?P<year>\d{{4}}){_TAIL}",
        rf"{_WEEKDAY}(?P<month>\d{{1,2}})[-/](?P<day>1[3-9]|2\d|3[01])[-/](?P<year>\d{{4}}){_TAIL}",
    )
)
_EAST_ASIAN = re.compile(r"[년年]\s*|[월月]\s*")
_EAST_NOON = re.compile(r"(오전|上午|午前)|(오후|下午|午後)")
_HANGUL = re.compile(r"[가-힣]")


def parse_feed_date(raw: str | None) -> datetime | None:
    """Return the instant, aware and in UTC, or None. A date without a zone is taken for UTC."""
    if not raw or len(raw) > MAX_DATE_CHARS:
        return None
    text = _plain(raw)
    for form in _FORMS:
        if found := form.fullmatch(text):
            return _instant(found.groupdict(), is_korean=bool(_HANGUL.search(raw)))
    return datetime.fromtimestamp(int(text), UTC) if re.fullmatch(r"1\d{9}", text) else None


def has_time(raw: str | None) -> bool:
    """Whether the date names a time of day, so that its precision can be told."""
    return bool(re.search(r"\d[:h.]\d\d|t\d{4}", _plain(raw or "")[8:])) if raw else False


def _plain(raw: str) -> str:
    """Lower case, without comments (RFC 822 has them in brackets), East Asian marks resolved."""
    text = unicodedata.normalize("NFKC", raw).casefold()
    text = _EAST_ASIAN.sub("-", text).replace("일", " ").replace("日", " ")
    text = _EAST_NOON.sub(lambda noon: "am " if noon.group(1) else "pm ", text)
    text = re.sub(r"\([^)]*\)?", " ", text).replace("\u2212", "-")
    return " ".join(text.split()).strip(" ,;")


def _instant(part: dict[str, str | None], *, is_korean: bool) -> datetime | None:
    month = _number(part.get("month"), 1) if not part.get("name") else _month(part["name"] or "")
    year = _year(part["year"] or "")
    offset = _offset_min(part.get("zone") or part.get("bare") or ("kst" if is_korean else ""))
    hour = _hour(_number(part.get("hour"), 0), part.get("noon") or part.get("early"))
    minute, second = _number(part.get("minute"), 0), _number(part.get("second"), 0)
    if month is None or offset is None or hour is None or minute > 59 or second > 60:
        return None
    try:
        day = datetime(year, month, _number(part.get("day"), 1), tzinfo=timezone(timedelta(minutes=offset)))
        time = timedelta(
            hours=hour,
            minutes=_number(part.get("minute"), 0),
            seconds=min(_number(part.get("second"), 0), 59),
        )
        return (day + time).astimezone(UTC) if year >= _FIRST_YEAR else None
    except (ValueError, OverflowError):
        return None


def _number(digits: str | None, otherwise: int) -> int:
    return int(digits) if digits else otherwise


def _year(digits: str) -> int:
    """Two digits as RFC 2822, 4.3, reads them."""
    year = int(digits)
    return year if len(digits) > 2 else year + (2000 if year < 50 else 1900)


def _hour(hour: int, noon: str | None) -> int | None:
    if hour > 24:
        return None
    if noon == "p" and hour < 12:
        return hour + 12
    return 0 if noon == "a" and hour == 12 else hour


def _offset_min(zone: str) -> int | None:
    """Minutes east of UTC; an unknown name counts as UTC (RFC 2822, 4.3), an impossible offset as no date."""
    numeric = re.search(r"([+-])\s*(\d{1,2}):?(\d{1,2})?$", zone)
    if numeric is None:
        return _ZONES_MIN.get(zone.strip(), 0)
    minutes = int(numeric.group(2)) * 60 + int(numeric.group(3) or 0)
    return (minutes if numeric.group(1) == "+" else -minutes) if minutes <= 15 * 60 else None


def _month(name: str) -> int | None:
    if name[:3] in _ENGLISH and name.isascii():
        return _ENGLISH.index(name[:3]) + 1
    bare, known = _bare(name), _foreign_months()
    words = [bare] if bare in known else [word for word in known if len(bare) > 2 and word.startswith(bare)]
    months = frozenset[int]().union(*(known[word] for word in words))
    return next(iter(months)) if len(months) == 1 else None


@cache
def _foreign_months() -> dict[str, frozenset[int]]:
    """Month names and abbreviations from CLDR; some mean two months in two languages."""
    from babel import Locale

    found: dict[str, frozenset[int]] = {}
    for code in _LOCALES:
        for names in Locale(code).months.values():
            for month, name in [*names["wide"].items(), *names["abbreviated"].items()]:
                found[_bare(name)] = found.get(_bare(name), frozenset()) | {month}
    return found


def _bare(name: str) -> str:
    """Letters only, without accents, so that ιούλ, ιουλ and Ιουλ. are one."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in decomposed if letter.isalpha())
