from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stream.config.node import plain
from stream.config.problem import ConfigProblem
from stream.config.read import MOST_BYTES, parse, read


def problems_of(data: bytes) -> tuple[ConfigProblem, ...]:
    return parse(data, "f.yaml").problems


def only_problem(data: bytes) -> ConfigProblem:
    problems = problems_of(data)
    assert len(problems) == 1, [problem.render() for problem in problems]
    return problems[0]


@pytest.mark.parametrize(
    ("data", "line", "column", "words"),
    [
        (b"", 1, 1, "the file is empty"),
        (b"# nothing but a comment\n", 1, 1, "the file is empty"),
        (b"a: 1\nb: 2\na: 3\n", 3, 1, 'the key "a" stands here a second time, first on line 1'),
        (b"a: 1\r\nb: 2\r\na: 3\r\n", 3, 1, "first on line 1"),
        (b"{x: 1, y: {z: 1, z: 2}}", 1, 18, 'the key "z" stands here a second time'),
        (b"a:\n\tb: 1\n", 2, 1, "a tab stands where YAML wants spaces"),
        (b"\xef\xbb\xbfa: 1\n", 1, 1, "byte order mark"),
        (b"\xff\xfea\x00", 1, 1, "byte order mark"),
        (b"a: 1\nb\xc3\xa4: \xff\n", 2, 5, "the byte 0xff is not UTF-8"),
        (b"a: 1\nb: \x07\n", 2, 4, "the control character U+0007"),
        (b"a: &name [1]\n", 1, 4, "anchors (&name) and aliases (*name) are not used here"),
        (b"a: *name\n", 1, 4, "anchors (&name) and aliases (*name) are not used here"),
        (b"a: !!python/object:os.system x\n", 1, 4, "tags (!name) are not used here"),
        (b"%YAML 1.1\n---\na: on\n", 1, 1, "directives (%) are not used here"),
        (b"a: 1\n---\nb: 2\n", 2, 1, "a second document (---) begins here"),
        (b"? [a, b]\n: 1\n", 1, 3, "a list or mapping cannot be a key"),
        (b"title: Iran: Turkey\n", 1, 12, "not readable as YAML: mapping values are not allowed"),
        (b"a: [1, 2\n", 1, 4, "what begins here is not closed before the file ends"),
        (b"a: 'text\nb: c\n", 1, 4, "what begins here is not closed before the file ends"),
        (b'a: "\\q"\n', 1, 6, "not readable as YAML: found unknown escape character"),
        (b'a: "\\ud800"\n', 1, 4, "half of a surrogate pair"),
        (b'a: "\\U99999999"\n', 1, 1, "not readable as YAML"),
        (b"a: @desk\n", 1, 4, "not readable as YAML: found character '@'"),
    ],
)
def test_given_a_file_that_cannot_be_used_when_read_then_the_problem_says_where_and_why(
    data: bytes, line: int, column: int, words: str
) -> None:
    problem = only_problem(data)

    assert (problem.file, problem.line, problem.column) == ("f.yaml", line, column)
    assert words in problem.message


def test_given_several_problems_when_read_then_all_are_told_and_in_order() -> None:
    problems = problems_of(b"a: &x 1\nb: *x\na: !t 2\n")

    assert [(problem.line, problem.column) for problem in problems] == [(1, 4), (2, 4), (3, 1), (3, 4)]


def test_given_a_billion_laughs_when_read_then_it_is_refused_before_anything_unfolds() -> None:
    bomb = "a0: &a0 [lol]\n" + "".join(
        f"a{level}: &a{level} [" + ", ".join([f"*a{level - 1}"] * 9) + "]\n" for level in range(1, 10)
    )

    document, problems = parse(bomb.encode(), "bomb.yaml")

    assert document is not None
    assert {problem.message for problem in problems} == {
        "anchors (&name) and aliases (*name) are not used here"
    }
    assert "lol" in str(plain(document.root))


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? ", "[\n", "- a:\n"])
def test_given_five_thousand_levels_when_read_then_the_depth_is_refused(opening: str) -> None:
    text = opening * 5000 if opening != "- a:\n" else "".join(f"{'  ' * i}a:\n" for i in range(700))

    document, problems = parse(text.encode(), "deep.yaml")

    assert document is None
    assert problems[-1].message == "the file is nested more than 50 levels deep"


def test_given_fifty_levels_when_read_then_they_are_fine() -> None:
    document, problems = parse(("[" * 50 + "]" * 50).encode(), "deep.yaml")

    assert document is not None
    assert problems == ()


def test_given_two_megabytes_when_read_then_the_size_is_refused_unparsed(tmp_path: Path) -> None:
    path = tmp_path / "big.yaml"
    path.write_bytes(b"a: " + b"x" * 2_000_000)

    document, problems = read(path)

    assert document is None
    assert problems[0].message == "the file is larger than 1 MB"


def test_given_a_hundred_thousand_values_when_read_then_the_count_is_refused() -> None:
    document, problems = parse(b"[" + b"1," * 100_001 + b"]", "many.yaml")

    assert document is None
    assert problems[-1].message == "the file holds more than 100,000 values"


def test_given_endless_problems_when_read_then_a_hundred_are_told() -> None:
    document, problems = parse(b"- &a 1\n" * 20_000, "many.yaml")

    assert document is None
    assert len(problems) == 100


def test_given_no_such_file_when_read_then_it_is_a_problem_and_no_exception(tmp_path: Path) -> None:
    document, problems = read(tmp_path / "none.yaml")

    assert document is None
    assert problems[0].message == "the file cannot be read: No such file or directory"


def test_given_a_folder_for_a_file_when_read_then_it_is_a_problem(tmp_path: Path) -> None:
    assert "cannot be read" in read(tmp_path).problems[0].message


def test_given_the_largest_allowed_file_when_read_then_it_is_read() -> None:
    data = b"a: " + b"x" * (MOST_BYTES - 3)

    assert parse(data, "largest.yaml").problems == ()


YAML_LIKE = st.text(
    alphabet=st.sampled_from(list("ab: -?[]{},&*!|>'\"%@`#\n\t\r\\~0_.=<é語\u2028\ufeff\x85\x00")),
    max_size=60,
)


@settings(deadline=None)
@given(YAML_LIKE | st.text(max_size=80))
def test_given_any_text_when_read_then_it_is_a_document_or_problems_and_never_a_crash(text: str) -> None:
    data = text.encode("utf-8", "surrogatepass")

    document, problems = parse(data, "any.yaml")

    assert document is not None or problems
    lines = text.splitlines() or [""]
    for problem in problems:
        assert problem.line >= 1
        assert problem.column >= 1
        assert problem.line <= len(lines) + 1
        assert problem.render()


@settings(deadline=None)
@given(st.binary(max_size=80))
def test_given_any_bytes_when_read_then_it_is_a_document_or_problems(data: bytes) -> None:
    document, problems = parse(data, "any.yaml")

    assert document is not None or problems


# YAML folds these line breaks of old in quoted text.
TEXT = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u2028\u2029\ufffe\uffff"), max_size=10
)


@settings(deadline=None)
@given(st.dictionaries(st.from_regex(r"[a-z]{1,8}", fullmatch=True), st.lists(TEXT, max_size=4)))
def test_given_quoted_texts_of_any_kind_when_read_then_they_come_back(value: dict[str, list[str]]) -> None:
    text = msgspec.json.encode(value)

    document, problems = parse(text, "json.yaml")

    assert problems == ()
    assert document is not None
    assert plain(document.root) == value
