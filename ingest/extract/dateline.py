"""Datelines and credits: where a story was filed, and which agency or photographer signed it.

AP Stylebook and AFP's manual: the place in capitals, perhaps a country and a date, perhaps the agency in
brackets, then a dash or a colon: "ANKARA: …", "PARIS (Reuters) - …", "KYIV, Ukraine, Nov 24 (AP) — …".
"""

import re
from typing import NamedTuple

_PLACE = r"(?:[^\W\d_a-zà-öø-ÿ][^\W\d_]*[.'’]?)(?:[ -](?:[^\W\d_]+[.'’]?)){0,3}"
_DATELINE = re.compile(
    rf"^\W{{0,2}}(?P<place>{_PLACE}(?:/{_PLACE})?)"
    r"(?:,\s[^\W\d_][\w .’'-]{1,25}){0,2}"  # country, state
    r"(?:,?\s\d{1,2}\s[^\W\d_]{3,10}\.?|,?\s[^\W\d_]{3,10}\.?\s\d{1,2})?"  # date
    r"\s?(?P<credit>[(\[][^()\[\]]{2,40}[)\]])?\s?(?P<mark>:|--|[-–—])\s+(?=\S)"
)
_CREDIT_AT_END = re.compile(
    r"(?:[(\[|©]|\s[–—]\s|(?<![^\W\d_])(?:photo|picture|image|credit|foto|bild|imagen|crédit|фото)\w*\s?[:/])"
    r"\s*(?P<credit>[^()\[\]|©]{2,80}?)\s*[)\]]?\.?$",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"^(?:photo|picture|image|credit|foto|bild|imagen|immagine|crédit|фото|file)\w*(?:\s(?:by|credit))?\s*[:/]\s*",
    re.IGNORECASE,
)
# Words in capitals before a colon or a dash that are no places.
_NO_PLACES = frozenset(
    (
        "NATO",
        "EU",
        "UN",
        "ISIL",
        "ISIS",
        "WHO",
        "IMF",
        "IAEA",
        "OPEC",
        "ASEAN",
        "WATCH",
        "VIDEO",
        "UPDATE",
        "UPDATED",
        "BREAKING",
        "EXCLUSIVE",
        "OPINION",
        "ANALYSIS",
        "COMMENT",
        "EDITORIAL",
        "EXPLAINER",
        "EXPLAINED",
        "FACTBOX",
        "TIMELINE",
        "LIVE",
        "PHOTOS",
        "GALLERY",
        "INTERVIEW",
        "NEWS",
        "ALERT",
        "NOTE",
        "CORRECTION",
        "RELATED",
        "READ",
        "MORE",
        "PODCAST",
        "REVIEW",
        "PREVIEW",
        "WARNING",
        "DEVELOPING",
        "JUST",
        "IN",
        "FAQ",
    )
)
_MAX_CHARS = 90


class Filed(NamedTuple):
    """A text without its dateline; None where there was none."""

    dateline: str | None
    credit: str | None
    text: str


def split_dateline(text: str) -> Filed:
    """Take the dateline off the start of a text.

    The place must be in capitals (or, in scripts without them, an agency in brackets must follow), so that
    a sentence that begins with a name and a colon is left alone.
    """
    found = _DATELINE.match(text[:_MAX_CHARS])
    if found is None:
        return Filed(None, None, text)
    place, credit = found["place"], found["credit"]
    is_loud = place.isupper() and len(place) >= 3 and not _NO_PLACES.issuperset(place.split())
    if not is_loud and not (credit and not place.islower()):
        return Filed(None, None, text)
    return Filed(place, credit.strip("()[] ") if credit else None, text[found.end() :])


def split_credit(caption: str) -> tuple[str, str | None]:
    """Part a caption from the credit at its end: `… in Ankara. (Reuters)`."""
    found = _CREDIT_AT_END.search(caption)
    if found is None:
        return caption, None
    credit = _LABEL.sub("", found["credit"]).strip()
    return caption[: found.start()].strip(" .|-–—/") + (
        "." if "." in caption[: found.start()] else ""
    ), credit or None
