"""URLs, dates and headers as nobody should write them: right ones, mutated, and pieces thrown together."""

from random import Random

_URLS = (
    "https://news.example.org/2026/11/24/story?id=7&utm_source=x#top",
    "http://[2001:db8::1]:8080/a",
    "https://user:pass@news.example.org:443/%7Euser/../b",
    "https://www.google.com/amp/s/news.example.org/story.amp",
    "https://exämple.org/ä?q=ü",
    "//cdn.example.org/x",
    "../relative/path",
)
_URL_PIECES = (
    *("http", "https", "ftp", "javascript", "data", ":", "://", "//", "/", "\\", "@", "[", "]", "::"),
    *("::ffff:127.0.0.1",),
    *("v1.x", "%", "%00", "%zz", "%2F", "%C3%28", "xn--", "xn--a", "xn--\u00e4", "..", ".", "-", "_"),
    *("#", "?", "&", "=", ";"),
    *("127.0.0.1", "0x7f.1", "2130706433", "\uff11\uff12\uff17", "\u2100", "\u3002", "\u212a", "\u00df"),
    *("\u0130", ":80", ":99999", ":-1"),
    *(":\u0661", ":" + "9" * 30, "\x00", "\n", "\t", " ", "\ud800", "\u202e", "\ufeff", "a" * 70),
    *("a" * 300, "\U0001f4a9", "user"),
)  # fmt: skip
_DATES = (
    "2026-11-24T09:30:00Z",
    "Tue, 24 Nov 2026 09:30:00 +0100",
    "24 November 2026, 9.30 am CET",
    "20261124T093000",
    "1795512600",
    "1795512600000",
    "24.11.2026 09:30",
    "2026年11月24日 09:30",
    "November 24th, 2026",
)
_DATE_PIECES = (
    *("9" * 9, "9" * 20, "9" * 5_000, "0", "0000", "00", "1", "13", "24", "31", "32", "60", "61", "99"),
    *("2026", "9999", "10000"),
    *("Jan", "January", "feb.", "Mo", "Monday", "janvier", "\u0438\u044e\u043d\u044f", "AM", "pm", "T"),
    *("Z", "GMT", "UTC", "EST", "CET", "TRT"),
    *("+", "-", ":", "/", ".", ",", " ", "+9999", "-2359", "+24:00", "+00:60", "GMT+99", "e9", "1e400"),
    *("inf", "nan", "'26", "(", ")"),
    *("\u0661\u0662", "\u00b2", "\u0bf0", "\u4e00", "\u5e74", "\u6708", "\u65e5", "\uc624\uc804", "\x00"),
    *("\ud800", "\u2212", "\n", "[Europe/Berlin]"),
)  # fmt: skip
_HEADERS = (
    "120",
    "Tue, 24 Nov 2026 09:30:00 GMT",
    "public, max-age=600, stale-while-revalidate=30",
    'no-cache="set-cookie", max-age="600"',
    "=?utf-8?q?=0d=0aBcc:_x?=",
    'text/html; charset="utf-8"',
)
_HEADER_PIECES = (
    *("max-age", "=", ",", ";", '"', "no-cache", "no-store", "-", "-1", "1.5", ".", "1e9", "9" * 400),
    *("9" * 5_000, "\u0661", "\u00b2"),
    *("=?", "?=", "utf-8", "?q?", "?B?", "=0d=0a", "DQo=", "\r", "\n", "\r\n", "\r\n ", "\x00", "\x85"),
    *("\u2028", "\ud800", "\u202e"),
    *("Bcc:", "Fri, 01 Jan ", "99999999999999999999", " 00:00:00 GMT", "00:00:00", "-9999", "x" * 80),
    *("\u00fc" * 60, "\U0001f4a9"),
)  # fmt: skip


def odd_url(rng: Random) -> str:
    """Something where a URL should be."""
    return _odd(rng, _URLS, _URL_PIECES)


def odd_date(rng: Random) -> str:
    """Something where a date should be."""
    return _odd(rng, _DATES, _DATE_PIECES)


def odd_header(rng: Random) -> str:
    """Something where the value of a header should be."""
    return _odd(rng, _HEADERS, (*_HEADER_PIECES, *_DATE_PIECES))


def _odd(rng: Random, right: tuple[str, ...], pieces: tuple[str, ...]) -> str:
    if rng.random() < 0.4:
        return "".join(rng.choices(pieces, k=rng.randint(1, 8)))
    text = rng.choice(right)
    for _ in range(rng.randint(1, 4)):
        text = _mutated(rng, text, pieces)
    return text


def _mutated(rng: Random, text: str, pieces: tuple[str, ...]) -> str:
    """Something put in, something taken out, or one character turned into another."""
    at = rng.randint(0, len(text))
    match rng.randrange(4):
        case 0:
            return text[:at] + text[at + rng.randint(1, 6) :]
        case 1:
            return (
                text[:at]
                + chr(rng.choice((rng.randrange(0x80), rng.randrange(0x3000), rng.randrange(0x110000))))
                + text[at + 1 :]
            )
        case 2:
            return text[:at] + text[: rng.randint(0, 12)] + text[at:]
        case _:
            return text[:at] + rng.choice(pieces) + text[at:]
