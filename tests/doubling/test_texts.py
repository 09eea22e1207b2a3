"""Every step from a text to an annotated event takes time in line with its length, whatever it is made of."""

from collections.abc import Callable

import pytest

from ingest.annotate import load
from ingest.annotate.sentences import sentence_starts
from ingest.extract.characters import paragraphs, plain_title
from ingest.extract.decode import decode
from ingest.extract.fragment import fragment_text
from ingest.extract.page_text import clean_page
from ingest.language import detect_language
from stream.text.fold import fold
from tests.support.growth import is_linear
from tests.support.hostile_texts import TEXTS

CHARS = 8_192
LANGUAGES = {
    "ar": ("right to left", "right to left without spaces", "proclitics"),
    "zh": ("Chinese", "one country"),
    "ja": ("Japanese",),
    "th": ("Thai",),
}
STEPS: dict[str, Callable[[str], object]] = {
    "decode": lambda text: decode(text.encode("utf-8", "replace")),
    "decode damaged": lambda text: decode(b"\xff" + text.encode("utf-8", "replace")),
    "clean": paragraphs,
    "title": lambda text: plain_title(text, 1000),
    "fragment": fragment_text,
    "page as text": clean_page,
    "language": lambda text: detect_language(text, text),
    "fold": lambda text: fold(text).offsets,
    "sentences": lambda text: sentence_starts(text, "de"),
}


@pytest.mark.parametrize("kind", TEXTS)
@pytest.mark.parametrize("step", STEPS)
def test_given_hostile_text_when_doubled_and_doubled_then_a_step_is_linear(step: str, kind: str) -> None:
    assert is_linear(STEPS[step], TEXTS[kind], CHARS)


@pytest.mark.parametrize(
    ("language", "kind"),
    [*(("en", kind) for kind in TEXTS), *((one, kind) for one, kinds in LANGUAGES.items() for kind in kinds)],
)
def test_given_hostile_text_when_doubled_and_doubled_then_annotating_is_linear(
    language: str, kind: str
) -> None:
    annotator = load((language,))

    assert is_linear(
        lambda text: annotator.annotate("Iran and Turkey meet", text, language), TEXTS[kind], CHARS
    )
