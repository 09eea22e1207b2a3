"""The fast parser and the careful one, on texts that both take: the same values in the same places."""

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream.config import read
from stream.config.node import Mapping, Node, Scalar, Sequence
from stream.config.read import Read, parse

_CONFIG = Path(__file__).parents[3] / "config"
_PIECES = (
    *(
        "\n",
        "\n  ",
        "\n    ",
        "\n- ",
        "\n  - ",
        "- ",
        "a: ",
        "b: ",
        "c d: ",
        ": ",
        ":",
        "? ",
        ", ",
        " #",
        "# ",
    ),
    *("[", "]", "{", "}", "'", '"', "''", '\\"', "|\n  ", ">-\n  ", "---\n", "...\n", "%", "@"),
    *("word", "two words", "NO", "0x1F", "1_000", "null", "~", "http://x.y:1/", "é", "日本", "😀", "\u202eא"),
)
texts = st.lists(st.sampled_from(_PIECES), max_size=25).map("".join)


def seen(node: Node | None) -> Any:
    """A tree as plain data with every place; an empty value stands nowhere in particular."""
    if isinstance(node, Scalar):
        return (node.text, node.is_plain, (node.start, node.end) if node.text or not node.is_plain else None)
    if isinstance(node, Sequence):
        return (node.start, [seen(item) for item in node.items])
    if isinstance(node, Mapping):
        keys = [seen(key) for key in node.keys.values()]
        return (node.start, keys, [(name, seen(value)) for name, value in node.items.items()])
    return None


def is_unreadable(outcome: tuple[Any, Any]) -> bool:
    return any("not readable as YAML" in problem.message for problem in outcome[1])


def outcome(read: Read) -> tuple[Any, Any]:
    return seen(read.document.root) if read.document else None, read.problems


def both(text: str) -> tuple[Any, Any]:
    """What the two parsers make of a text."""
    with pytest.MonkeyPatch.context() as patch:
        quick = parse(text.encode(), "x.yaml")
        patch.setattr(read, "_UNLIKE", re.compile(""))
        careful = parse(text.encode(), "x.yaml")
    return outcome(quick), outcome(careful)


@given(texts)
def test_given_any_text_that_both_take_when_read_then_values_places_and_problems_agree(text: str) -> None:
    quick, careful = both(text)

    assert quick == careful or is_unreadable(careful)


@pytest.mark.parametrize("path", sorted(_CONFIG.rglob("*.yaml")), ids=lambda path: path.name)
def test_given_a_shipped_file_when_read_by_either_parser_then_they_agree(path: Path) -> None:
    quick, careful = both(path.read_text(encoding="utf-8"))

    assert quick == careful


@pytest.mark.parametrize("text", ["a:\tb\n", "a: b\r\nc: d\r\n", "a: 'b\u2028c'\n", "a: b\x85c: d\n"])
def test_given_what_the_fast_parser_reads_otherwise_when_read_then_the_careful_one_decides(text: str) -> None:
    quick, careful = both(text)

    assert quick == careful
