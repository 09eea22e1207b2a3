"""Examples for the OpenAPI document; the tests send and check them."""

from typing import Any

_ONE = {
    "url": "https://wire.example/2026/accord",
    "title": "Iran and Turkey sign a military cooperation accord",
    "text": "ANKARA. The defence ministers of Iran and Turkey signed an accord on Tuesday.",
    "published": "2026-11-24T09:30:00Z",
    "language": "en",
    "publisher": "Example Wire",
}
ARTICLE_EXAMPLES: dict[str, dict[str, Any]] = {
    "one": {"summary": "One article.", "value": _ONE},
    "several": {
        "summary": "Several; the second has a key that is misspelt.",
        "value": [
            _ONE,
            {"titel": "Hafen gesperrt", "html": "<p>Der Hafen ist gesperrt.</p>", "language": "de"},
        ],
    },
}
OUTCOME_EXAMPLE = {
    "articles": [
        {"index": 0, "state": "accepted", "event_id": "K5RWTL7Z4M3Y2QGB6XHDPVNJCA", "revision": 1},
        {
            "index": 1,
            "state": "accepted",
            "event_id": "B3QD7MZP5XKJ2RVN6HTYLWGCA4",
            "revision": 1,
            "warnings": ['"titel" is no key of an article and was left out: did you mean "title"?'],
        },
    ]
}
PROBLEM_EXAMPLE = {
    "type": "about:blank",
    "title": "Bad Request",
    "status": 400,
    "detail": "limit is a number from 1 to 500",
}
_ALERT: dict[str, Any] = {
    "type": "alert.raised",
    "timestamp": "2026-11-24T09:30:05.120Z",
    "data": {
        "alert_id": "3f0c9a51d2b84e7f96a1c05de7b2843a",
        "severity": "high",
        "rule": {
            "id": "iran-turkey-pact",
            "title": "Iran–Turkey pact",
            "version": "5d1c0f7a",
            "watchlist": "borders",
            "tags": ["treaty"],
        },
        "countries": ["IR", "TR"],
        "theme": None,
        "labels": [],
        "evidence": [
            {
                "clause": "when.countries",
                "field": "title",
                "sentence": "Iran and Turkey sign a military cooperation accord",
                "start": 0,
                "end": 4,
            }
        ],
        "article": {
            "event_id": "K5RWTL7Z4M3Y2QGB6XHDPVNJCA",
            "revision": 1,
            "title": "Iran and Turkey sign a military cooperation accord",
            "url": "https://wire.example/2026/accord",
            "source": "push",
            "publisher": "Example Wire",
            "language": "en",
            "published_at": "2026-11-24T09:30:00.000Z",
            "first_seen_at": "2026-11-24T09:30:04.870Z",
        },
    },
    "status": "live",
    "created_at": "2026-11-24T09:30:05.120Z",
}
LIST_EXAMPLE: dict[str, Any] = {
    "alerts": [_ALERT],
    "next": "MS4xNzk1NTEyNjA1MTIwMDAwLjNmMGM5YTUxZDJiODRlN2Y5NmExYzA1ZGU3YjI4NDNh",
}
SHOWN_EXAMPLE = {
    **_ALERT,
    "deliveries": [{"sink": "desk", "state": "delivered", "attempts": 1, "outcome": "delivered"}],
}
