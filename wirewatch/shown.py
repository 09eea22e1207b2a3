"""Text of others as a terminal may get it: what would move its cursor or turn its lines is spelled out."""

# C0 but for line feed and tab, DEL, C1 (CSI among them), other line ends, and overrides of direction.
_CODES = (
    *(code for code in range(0x20) if chr(code) not in "\n\t"),
    *range(0x7F, 0xA0),
    *(0x61C, 0x200E, 0x200F, 0x2028, 0x2029),
    *range(0x202A, 0x202F),
    *range(0x2066, 0x206A),
    *range(0xD800, 0xE000),  # halves of characters, which no stream can encode
)
_SPELLED = {code: f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" for code in _CODES}
_ONE_LINE = _SPELLED | {ord("\n"): "\\n"}


def shown(text: str) -> str:
    r"""`text` with every control character but line feed and tab spelled out (`\x1b`)."""
    return text.translate(_SPELLED)


def shown_line(text: str) -> str:
    """`shown` on one line: line feeds are spelled out too."""
    return text.translate(_ONE_LINE)
