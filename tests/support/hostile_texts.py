"""Texts made to cost time, by what they are made of; each is of any length."""

from collections.abc import Callable

Make = Callable[[int], str]

_UNITS = {
    "one word": "military ",
    "one letter": "a",
    "one country": "Iran ",
    "pairs in sentences": "Iran and Turkey military cooperation. ",
    "pairs without stops": "Iran and Turkey military cooperation ",
    "pairs with commas": "Iran, Turkey, ",
    "pairs with hyphens": "Iran-Turkey-",
    "a war of one pair": "about the US-Iran war ",
    "credits without end": "Iran, Turkey said, ",
    "territories": "Fiji asks China for a port in Hong Kong. ",
    "themes only": "military cooperation joint exercise sanctions trade deal arms sale ",
    "themes and labels": "military cooperation denied suspended would not ",
    "all at once": "iran signs military cooperation with turkey while russia may deny sanctions ",
    "punctuation only": ".,;:!?",
    "stops only": ". ",
    "quotes never closed": "\u201cIran said ",
    "according to chains": "according to Iran according to Turkey ",
    "lists": "Iran, Turkey, Iraq, Syria, China, Japan, Russia and Ukraine. ",
    "lists without stops": "Iran, Turkey, Iraq, Syria, China, Japan, Russia and Ukraine, ",
    "conjunctions": "Iran and Turkey and Iraq and ",
    "between": "between Iran and Turkey ",
    "reports in reports": "Iran says that Turkey says that ",
    "brackets never closed": "(Iran ",
    "datelines": "ANKARA, Turkey (AP) \u2014 ",
    "dateline lines": "ANKARA:\nIran and Turkey\n",
    "dates": "24 November 2026, 2026-11-24 ",
    "marks on letters": "Iran\u0301\u0327 ",
    "marks only": "\u0301\u0327",
    "joiners inside": "I\u200dran \u200d",
    "joiners only": "\u200d",
    "directions turned": "\u202eIran\u202c ",
    "right to left": "\u0625\u064a\u0631\u0627\u0646 \u0648\u062a\u0631\u0643\u064a\u0627 ",
    "right to left without spaces": "\u0625\u064a\u0631\u0627\u0646\u0648\u062a\u0631\u0643\u064a\u0627",
    "proclitics": "\u0648\u0628\u0644",
    "Chinese": "\u4f0a\u6717\u548c\u571f\u8033\u5176\u519b\u4e8b\u5408\u4f5c",
    "Japanese": "\u30a4\u30e9\u30f3\u3068\u30c8\u30eb\u30b3\u306e\u8ecd\u4e8b\u5354\u529b",
    "Thai": "\u0e2d\u0e34\u0e2b\u0e23\u0e48\u0e32\u0e19\u0e41\u0e25\u0e30\u0e15\u0e38\u0e23\u0e01\u0e35",
    "line ends": "\n",
    "spaces": " ",
    "equal lines": "Iran and Turkey sign a pact\n",
    "title-like lines": "Iran And Turkey Sign A Defence Pact In Ankara\n",
    "menu lines": "Home\n",
    "caption lines": "Picture in Ankara (Reuters)\n",
    "wrapped lines": "Iran and Turkey have signed a pact of cooperation\nand more of the same words stand\n",
    "entities": "&amp;",
    "ampersands": "&",
    "digits": "9",
    "open brackets": "<",
    "open tags": "<a ",
    "capitals": "US AND IRAN ",
    "leaders": "President Recep Tayyip Erdogan met Vladimir Putin, Putin and Erdogan ",
    "namesakes": "Georgia and Jordan, Moscow, Idaho, ",
    "back references": "the two countries. Iran and Turkey. ",
    "abbreviations": "U.S. ",
    "flags": "\U0001f1ee\U0001f1f7",
    "addresses": "http://a.b/ a@b ",
}


def repeated(unit: str, before: str = "", after: str = "") -> Make:
    """Repeat a unit up to a length, between two fixed parts."""
    return lambda size: before + (unit * (size // len(unit) + 1))[:size] + after


TEXTS: dict[str, Make] = {name: repeated(unit) for name, unit in _UNITS.items()} | {
    "places before peoples": repeated("Moscow, Chinese, ", after="and Turkish leaders agree."),
    "cities with states": repeated("Delhi, Beijing, ", after="and India agree."),
    "a number without end": repeated("9", "&#"),
}
