"""Text of others, made safe: for one line (a header, a log field, a terminal) or for many."""

# C0, DEL and C1 move a terminal's cursor and end headers; U+2028/2029 and U+0085 end lines for Python's
# email package; bidirectional overrides and isolates make a line read as something else (CVE-2021-42574).
_SPACED = (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_TABLE: dict[int, str] = (
    dict.fromkeys(_SPACED, " ")
    | dict.fromkeys(range(0xD800, 0xE000), "\ufffd")
    | dict.fromkeys((0xFEFF, 0x061C, 0x200E, 0x200F), "")
)
_LINES = _TABLE | {ord("\n"): "\n", ord("\t"): "\t"}


def one_line(text: str, limit_chars: int) -> str:
    """`text` on one line of at most `limit_chars` characters, without controls, overrides or surrogates."""
    # Cut first: a hostile title may be megabytes long. Nothing grows afterwards.
    line = " ".join(text[: 4 * limit_chars].translate(_TABLE).split())
    return line if len(line) <= limit_chars else line[: limit_chars - 1].rstrip() + "…"


def header_line(text: str, limit_chars: int) -> str:
    """`one_line` in which no encoded word (RFC 2047) is left for a reader to decode: `=?` becomes `= ?`.

    Whoever decodes once too often, as Python's email package before 3.12.5 does (CVE-2024-6923), would make
    the line breaks of it real ones.
    """
    return one_line(one_line(text, limit_chars).replace("=?", "= ?"), limit_chars)


def many_lines(text: str) -> str:
    """`text` with its lines and tabs, but without the other characters that `one_line` takes out."""
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_LINES)


def scrub(text: str, secrets: tuple[str, ...]) -> str:
    """`text` with every secret replaced; a remote may echo what it was sent."""
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, "***")
    return text
