"""The words that we ship for labels: phrases that say it in each language, and none that look like it."""

from functools import cache
from pathlib import Path

import pytest

from alerts.match.compile import compile_rules
from alerts.match.matcher import Matcher
from alerts.watchlist.themes import load_themes
from ingest.annotating import load_annotate
from ingest.item import RawItem, Rejected
from ingest.normalise import normalise
from stream.timing import utc_now

THEMES = Path(__file__).parents[2] / "config" / "themes"

annotate = cache(load_annotate)  # tables that no test changes


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    loaded = load_themes(THEMES)
    return compile_rules((), loaded.themes, loaded.labels)


def labels(matcher: Matcher, text: str, language: str) -> set[str]:
    item = RawItem(source="own", found_at=utc_now(), title=text, text=text, language=language)
    event = normalise(item, annotate())
    assert not isinstance(event, Rejected)
    return {label for hit in matcher.find_themes(event) for label in hit.labels}


@pytest.mark.parametrize(
    ("language", "text", "label"),
    [
        ("en", "Chile and Peru may sign a defence pact next week", "hypothetical"),
        ("fr", "Le Chili et le Pérou pourraient étendre leur coopération militaire", "hypothetical"),
        ("es", "Chile y Perú podrían ampliar la cooperación militar", "hypothetical"),
        ("pt", "O Chile e o Peru poderiam ampliar a cooperação militar", "hypothetical"),
        ("it", "Cile e Perù potrebbero ampliare la cooperazione militare", "hypothetical"),
        ("de", "Chile und Peru erwägen eine militärische Zusammenarbeit", "hypothetical"),
        ("nl", "Chili en Peru overwegen militaire samenwerking", "hypothetical"),
        ("pl", "Chile zawiesiło współpracę wojskową z Peru", "suspended"),
        ("ru", "Чили приостановила военное сотрудничество с Перу", "suspended"),
        ("uk", "Чилі призупинила військову співпрацю з Перу", "suspended"),
        ("tr", "Şili, Peru ile askeri iş birliğini askıya aldı", "suspended"),
        ("ar", "تشيلي علقت التعاون العسكري مع بيرو", "suspended"),
        ("fa", "شیلی همکاری نظامی با پرو را به حالت تعلیق درآورد", "suspended"),
        ("he", "צ'ילה השעתה את שיתוף הפעולה הצבאי עם פרו", "suspended"),
        ("hi", "चिली ने पेरू के साथ सैन्य सहयोग स्थगित कर दिया", "suspended"),
        ("zh", "智利暂停与秘鲁的军事合作", "suspended"),
        ("ja", "チリがペルーとの軍事協力を停止", "suspended"),
        ("ko", "칠레, 페루와 군사 협력 중단", "suspended"),
        ("id", "Cile menangguhkan kerja sama militer dengan Peru", "suspended"),
    ],
)
def test_given_a_language_when_its_words_say_so_then_the_label_is_there(
    matcher: Matcher, language: str, text: str, label: str
) -> None:
    assert label in labels(matcher, text, language)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Chile and Peru signed a defence pact on 5 May"),
        ("en", "Talks ended as Chile and Peru signed a defence pact that would take effect at once"),
        ("pt", "Chile e Peru reúnem-se e assinam acordo de defesa"),
        ("es", "Chile y Perú sí amplían la cooperación militar"),
        ("ar", "وقد وقعت تشيلي وبيرو اتفاقية عسكرية"),
        ("zh", "智利和秘鲁举行模拟联合军演"),
        ("de", "Chile und Peru haben ein Militärabkommen unterzeichnet, die Gespräche sind beendet"),
    ],
)
def test_given_words_that_only_look_like_a_label_when_read_then_it_is_not_there(
    matcher: Matcher, language: str, text: str
) -> None:
    assert labels(matcher, text, language).isdisjoint({"denied", "suspended", "hypothetical"})
