"""What a plain word of YAML means: the core schema of YAML 1.2 (section 10.3.2), and nothing of YAML 1.1.

`NO`, `on`, `yes`, `22:00` and dates are text. `.inf` and `.nan` stay text too: no setting of ours is either.
"""

import re

Plain = str | int | float | bool | None

_WORDS: dict[str, Plain] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
_INT = re.compile(r"[-+]?[0-9]+")
_OCTAL_OR_HEX = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_LONGEST_NUMBER = 40  # longer runs of digits are text: identifiers, not quantities


def resolve(text: str) -> Plain:
    """Read an unquoted scalar; a number only when it is finite and of at most 40 characters."""
    if text in _WORDS:
        return _WORDS[text]
    if len(text) > _LONGEST_NUMBER or text[0] not in "-+.0123456789":
        return text
    if _INT.fullmatch(text):
        return int(text)
    if _OCTAL_OR_HEX.fullmatch(text):
        return int(text, 0)
    return _finite(text) if _FLOAT.fullmatch(text) else text


def _finite(text: str) -> float | str:
    number = float(text)
    return text if number in {float("inf"), float("-inf")} else number
