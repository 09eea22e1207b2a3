"""Text of others, made safe for one line: a header, a log field, a terminal."""

# C0, DEL and C1 move a terminal's cursor and end headers; U+2028/2029 and U+0085 end lines for Python's
# email package; bidirectional overrides and isolates make a line read as something else (CVE-2021-42574).
_SPACED = (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_TABLE: dict[int, str] = (
    dict.fromkeys(_SPACED, " ") | dict.fromkeys(range(0xD800, 0xE000), "\ufffd") | {0xFEFF: ""}
)


def one_line(text: str, limit_chars: int) -> str:
    """`text` on one line of at most `limit_chars` characters, without controls, overrides or surrogates."""
    # Cut first: a hostile title may be megabytes long. Nothing grows afterwards.
    line = " ".join(text[: 4 * limit_chars].translate(_TABLE).split())
    return line if len(line) <= limit_chars else line[: limit_chars - 1].rstrip() + "…"


def scrub(text: str, secrets: tuple[str, ...]) -> str:
    """`text` with every secret replaced; a remote may echo what it was sent."""
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, "***")
    return text
