from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter
from pydantic_core import PydanticCustomError

from stream.config.check import Checked, check, load
from stream.config.problem import ConfigProblem
from stream.config.read import parse


class Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Feed(Model):
    kind: Literal["feed"]
    url: str
    interval_s: int = Field(default=900, ge=60)
    password: str = ""
    tags: tuple[str, ...] = ()


class Files(Model):
    kind: Literal["files"]
    path: Path
    enabled: bool = True


def _even(number: int) -> int:
    if number % 2:
        raise PydanticCustomError("even", "{number} is odd", {"number": number, "suggestion": "add one"})
    return number


class Sources(Model):
    sources: tuple[Annotated[Feed | Files, Field(discriminator="kind")], ...] = ()
    level: Literal["debug", "info"] = "info"
    ratios: dict[Literal["a", "b"], float] = {}
    pairs: Annotated[int, AfterValidator(_even)] = 0
    names: Annotated[tuple[str, ...], Field(min_length=1)] = ("x",)


SOURCES = TypeAdapter(Sources)


def checked(text: str) -> Checked[Sources]:
    document, problems = parse(text.encode(), "s.yaml")
    assert document is not None
    assert problems == ()
    return check(document, SOURCES, later={"plan": "plan is not supported yet in this version"})


def only_problem(text: str) -> ConfigProblem:
    (problem,) = checked(text).problems
    return problem


def test_given_a_sound_file_when_checked_then_its_value_is_the_strict_model() -> None:
    result = checked("sources: [{kind: feed, url: u, tags: [a]}, {kind: files, path: seeds, enabled: false}]")

    assert result.problems == ()
    assert result.value == Sources(
        sources=(
            Feed(kind="feed", url="u", tags=("a",)),
            Files(kind="files", path=Path("seeds"), enabled=False),
        )
    )


def test_given_numbers_and_truths_where_text_is_wanted_when_checked_then_the_text_as_written_is_taken() -> (
    None
):
    result = checked("sources: [{kind: feed, url: 012, tags: [1e3, true, NO, 22:00, 2024-01-31, 0x1F]}]")

    assert result.value is not None
    feed = result.value.sources[0]
    assert isinstance(feed, Feed)
    assert feed.url == "012"
    assert feed.tags == ("1e3", "true", "NO", "22:00", "2024-01-31", "0x1F")


@pytest.mark.parametrize(
    ("text", "place", "message", "wanted", "suggestion"),
    [
        (
            "lvel: info",
            (1, 1),
            'the key "lvel" is not known here',
            "sources, level, ratios, pairs, names",
            "level",
        ),
        ("level: inof", (1, 8), "level is none of the words it may be", "debug, info", "info"),
        ("plan: x", (1, 1), "plan is not supported yet in this version", None, None),
        ("sources:\n  - kind: feed", (2, 5), 'the key "url" is missing here', None, None),
        ("sources:\n  - url: x", (2, 5), 'the key "kind" is missing here', None, None),
        ("sources:\n  - kind: fede", (2, 11), "kind is none of the words it may be", "feed, files", "feed"),
        ("sources: {kind: feed}", (1, 10), "sources is not a list", "a list", None),
        ("sources: [x]", (1, 11), "sources[0] is not a mapping (key: value)", "a mapping (key: value)", None),
        ("ratios: {c: 1}", (1, 10), '"c" is no key that may stand here', "a, b", None),
        ("ratios: {a: x}", (1, 13), "a is not a number", "a number", None),
        ("pairs: '2'", (1, 8), "pairs is not a whole number", "a whole number", None),
        ("pairs: 3", (1, 8), "3 is odd", None, "add one"),
        ("names: []", (1, 8), "names has too few entries", "at least 1", None),
        ("names: [[x]]", (1, 9), "names[0] is not text", "text", None),
        ("names:", (1, 7), "names is not a list", "a list", None),
        ("- a", (1, 1), "the file is not a mapping (key: value)", "a mapping (key: value)", None),
        (
            "sources:\n  - {kind: feed, url: x, intervall_s: 5}",
            (2, 26),
            'the key "intervall_s" is not known here',
            "kind, url, interval_s, password, tags",
            "interval_s",
        ),
        (
            "sources:\n  - {kind: feed, url: x, interval_s: 5}",
            (2, 38),
            "interval_s is too small",
            "at least 60",
            None,
        ),
    ],
)
def test_given_a_mistake_when_checked_then_place_message_and_advice_are_exact(
    text: str, place: tuple[int, int], message: str, wanted: str | None, suggestion: str | None
) -> None:
    problem = only_problem(text)

    assert (problem.line, problem.column) == place
    assert problem.message == message
    assert problem.wanted == wanted
    assert (problem.suggestion is None) if suggestion is None else suggestion in (problem.suggestion or "")


def test_given_many_mistakes_when_checked_then_all_are_told_in_order_of_the_file() -> None:
    text = "level: x\npairs: 1\nsources:\n  - {kind: feed}\n  - {kind: files, path: 3.5, enabled: maybe}\n"

    problems = checked(text).problems

    assert [(problem.line, problem.column) for problem in problems] == [(1, 8), (2, 8), (4, 5), (5, 39)]


def test_given_a_mistake_deep_inside_when_checked_then_the_key_names_the_way_to_it() -> None:
    problem = only_problem("sources:\n- {kind: feed, url: a}\n- {kind: feed, url: b, tags: [[]]}")

    assert problem.key == "sources[1].tags[0]"
    assert problem.found == "a list"


def test_given_a_secret_of_the_wrong_shape_when_checked_then_it_is_not_shown() -> None:
    problem = only_problem("sources:\n- kind: feed\n  url: a\n  password:\n    - s3cret\n")

    assert problem.found is None
    assert "s3cret" not in problem.render()


def test_given_a_part_of_a_file_when_checked_then_places_are_those_of_the_file() -> None:
    document, _ = parse(b"sinks:\n  a: {kind: feed, url: u}\n  b: {kind: feed}\n", "r.yaml")
    assert document is not None
    adapter = TypeAdapter(Feed)

    sound = check(document, adapter, at=("sinks", "a"))
    broken = check(document, adapter, at=("sinks", "b"))

    assert sound.value == Feed(kind="feed", url="u")
    assert (broken.problems[0].line, broken.problems[0].column) == (3, 6)


def test_given_a_repeated_key_when_loaded_then_there_is_no_value_and_both_problems(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text("level: info\nlevel: info\nx: 1\n")

    result = load(path, SOURCES, name="config/s.yaml")

    assert result.value is None
    assert [(problem.file, problem.line) for problem in result.problems] == [
        ("config/s.yaml", 2),
        ("config/s.yaml", 3),
    ]


def test_given_a_model_that_has_no_schema_when_checked_then_an_unknown_key_is_told_without_a_suggestion() -> (
    None
):
    class Opaque(Model):
        call: Callable[[], None] | None = None

    document, _ = parse(b"cal: x", "o.yaml")
    assert document is not None

    (problem,) = check(document, TypeAdapter(Opaque)).problems

    assert problem.message == 'the key "cal" is not known here'
    assert problem.suggestion is None
