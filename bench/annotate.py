"""What annotating costs: µs an article, and as ratios to a bare automaton scan of the same text.

    python bench/annotate.py

The texts are generated here: sentences about countries among as many about nothing, as newspapers mix them;
2.3 KB of English, 1,200 characters of other languages. Their few words are all known to the table of folded
words; news has one new word in ten, which costs some 1.5 µs. Times are the sum of each text's best round, so
that a busy machine disturbs them less.
"""

import random
import resource
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.goals import Goal, tell
from ingest.annotate import gazetteer, load
from ingest.annotate.languages import shipped
from ingest.annotate.sentences import sentence_starts
from stream.text.fold import fold

ARTICLES = 60
ROUNDS = 40
CHARS = 2300
CHARS_OF_OTHERS = 1200
NAMES = (
    "Norway",
    "Poland",
    "Kenya",
    "Vietnam",
    "Chile",
    "Morocco",
    "Iran",
    "Turkey",
    "Tokyo",
    "Egyptian",
    "Danish",
)
VERBS = ("praised", "signed", "met", "warned", "visited", "invited", "briefed")
TEXT = """the committee reviewed several proposals about water roads schools and hospitals while local
residents asked for more detail on costs and dates before a final vote that many expect early next month"""
# Names, a sentence about two of them, and one about none.
OTHERS = {
    "ru": (
        ("Норвегия", "Польша", "Кения", "Чили", "Марокко"),
        "{} и {} начали переговоры о торговле зерном, сообщил представитель министерства. ",
        "Местные жители просят подробнее рассказать о расходах и сроках до окончательного голосования. ",
    ),
    "ar": (
        ("النرويج", "بولندا", "كينيا", "تشيلي", "المغرب"),
        "بدأت {} محادثات مع {} بشأن تجارة الحبوب، حسبما قال متحدث باسم الوزارة. ",
        "ويطلب السكان المحليون مزيدا من التفاصيل عن التكاليف والمواعيد قبل التصويت النهائي. ",
    ),
    "zh": (
        ("挪威", "波兰", "肯尼亚", "智利", "摩洛哥"),
        "{}外交部长与{}官员就粮食贸易举行了会谈。",
        "当地居民要求在最终投票前了解更多有关费用和日期的细节，委员会还审查了几项提案。",
    ),
    "ko": (
        ("노르웨이", "폴란드", "케냐", "칠레", "모로코"),
        "{}와 {}는 곡물 무역에 관한 회담을 시작했다고 대변인이 말했다. ",
        "지역 주민들은 최종 투표 전에 비용과 날짜에 대한 자세한 설명을 요구했다. ",
    ),
    "tr": (
        ("Norveç", "Polonya", "Kenya", "Şili", "Fas"),
        "{} ile {} tahıl ticareti konusunda görüşmelere başladı, diye açıkladı bakanlık sözcüsü. ",
        "Yerel halk son oylamadan önce masraflar ve tarihler hakkında daha fazla ayrıntı istiyor. ",
    ),
}
LIMIT_RATIO = 20.0
MOST_US = 150.0
MOST_US_OF_OTHERS = 400.0
MOST_LOAD_MS = 300.0
MOST_MB = 120.0


def article(chance: random.Random) -> str:
    """About 2.3 KB of English: one sentence in three names two countries."""
    sentences: list[str] = []
    while sum(map(len, sentences)) < CHARS:
        plain = " ".join(chance.choices(TEXT.split(), k=18)).capitalize() + "."
        one, other = chance.sample(NAMES, 2)
        about = f"{one} officials {chance.choice(VERBS)} a delegation from {other} after talks on farm trade."
        sentences.append(about if chance.random() < 0.33 else plain)
    return " ".join(sentences)


def foreign(language: str, chance: random.Random) -> str:
    """About 1,200 characters of another language, in the same mixture."""
    names, about, plain = OTHERS[language]
    text = ""
    while len(text) < CHARS_OF_OTHERS:
        text += about.format(*chance.sample(names, 2)) if chance.random() < 0.33 else plain
    return text


def micros(work: Callable[[str], object], texts: Sequence[str]) -> float:
    """µs of one text: the mean of each text's best round."""
    best = [float("inf")] * len(texts)
    for _ in range(ROUNDS):
        for place, text in enumerate(texts):
            started = time.perf_counter()
            work(text)
            best[place] = min(best[place], time.perf_counter() - started)
    return sum(best) / len(texts) * 1e6


def loading_ms(language: str) -> float:
    """CPU time of loading a language, the better of two."""
    rounds: list[float] = []
    for _ in range(2):
        tables = shipped()
        started = time.process_time()
        tables.get(language)
        rounds.append((time.process_time() - started) * 1e3)
    return min(rounds)


def main() -> int:
    """Print the table; exit 1 where annotating English costs more than `LIMIT_RATIO` scans."""
    annotator = load()
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    loads = {language: loading_ms(language) for language in ("en", "ar", "ko")}
    print("annotate: loading takes " + ", ".join(f"{code} {ms:.0f} ms" for code, ms in loads.items()))
    names = gazetteer.load("en")
    chance = random.Random(0)
    texts = [article(chance) for _ in range(ARTICLES)]
    scan = micros(lambda text: names.scan(fold(text, "en").data), texts)
    split = micros(lambda text: sentence_starts(text, "en"), texts)
    whole = micros(lambda text: annotator.annotate("", text, "en"), texts)
    print(f"annotate: fold and scan {scan:.1f} µs, sentences {split:.1f} µs ({split / scan:.1f}×)")
    print(f"annotate: whole article {whole:.0f} µs ({whole / scan:.1f}× the scan, limit {LIMIT_RATIO:.0f}×)")
    others = {language: _foreign_us(language, annotator.annotate) for language in OTHERS}
    tell(Goal("annotate 2.3 KB of English", round(whole), "µs", MOST_US, is_limit=True))
    slowest = max(others, key=others.__getitem__)
    tell(
        Goal(
            f"annotate 1,200 characters, slowest ({slowest})",
            round(others[slowest]),
            "µs",
            MOST_US_OF_OTHERS,
            is_limit=True,
        )
    )
    tell(Goal("load a language, slowest", round(max(loads.values())), "ms CPU", MOST_LOAD_MS, is_limit=True))
    tell(Goal("a process with English loaded", round(megabytes), "MB", MOST_MB, is_limit=True))
    return int(whole / scan > LIMIT_RATIO)


def _foreign_us(language: str, annotate: Callable[[str, str, str], object]) -> float:
    chance = random.Random(0)
    texts = [foreign(language, chance) for _ in range(ARTICLES // 3)]
    names = gazetteer.load(language)
    scan = micros(lambda text: names.scan(fold(text, language).data), texts)
    whole = micros(lambda text: annotate("", text, language), texts)
    print(f"annotate: {language} {whole:.0f} µs ({whole / scan:.1f}× fold and scan)")
    return whole


if __name__ == "__main__":
    raise SystemExit(main())
