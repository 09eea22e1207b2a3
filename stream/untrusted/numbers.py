"""Whole numbers as strangers write them."""

_EIGHTEEN_NINES = 10**18 - 1  # what fits into 64 bits whatever the digits


def whole_number(text: str, limit: int = _EIGHTEEN_NINES) -> int | None:
    """Read digits of ASCII to at most `limit`; None for anything else, a sign or a larger number too.

    `int` takes digits of every script, blanks and underscores, and raises past 4,300 digits.
    """
    if not text.isascii() or not text.isdecimal() or len(text) > len(str(limit)):
        return None
    number = int(text)
    return number if number <= limit else None
