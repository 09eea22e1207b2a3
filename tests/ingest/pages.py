"""Small pages of our own in several languages, with the furniture that real ones have."""

from dataclasses import dataclass
from datetime import UTC, datetime

from ingest.item import RawItem
from ingest.normalise import normalise
from stream.event import ArticleEvent, Mention, Relation

FOUND_AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)

ENGLISH = (
    "The harbour council voted on Tuesday to rebuild the northern pier, which a storm broke last winter.",
    "Engineers told the council that the work would take fourteen months and could start as early as March.",
    "Fishing crews have unloaded at the southern quay since then, an hour's sail down the windy coast.",
    "The harbour will pay for the pier out of a fund that shipping companies and the city fill equally.",
)
GREEK = (
    "Το δημοτικό συμβούλιο ενέκρινε την Τρίτη την ανακατασκευή της βόρειας προβλήτας του λιμανιού.",
    "Οι μηχανικοί εκτιμούν ότι οι εργασίες θα διαρκέσουν δεκατέσσερις μήνες και θα αρχίσουν τον Μάρτιο.",
    "Τα αλιευτικά ξεφορτώνουν από τον χειμώνα στη νότια αποβάθρα, μία ώρα μακριά από την πόλη.",
)
ARABIC = (
    "وافق مجلس الميناء يوم الثلاثاء على إعادة بناء الرصيف الشمالي الذي حطمته عاصفة في الشتاء الماضي.",
    "وقال المهندسون إن العمل سيستغرق أربعة عشر شهرا ويمكن أن يبدأ في شهر آذار المقبل إذا توفر المال.",
    "ومنذ ذلك الحين تفرغ قوارب الصيد حمولتها عند الرصيف الجنوبي على بعد ساعة من المدينة.",
)
JAPANESE = (
    "港湾評議会は火曜日、昨年の冬の嵐で二つに折れた北側の桟橋を再建することを決めた。",
    "技術者らは評議会に対し、工事には十四か月かかり、早ければ三月にも始められると説明した。",
    "漁船はそれ以来、海岸をさらに一時間ほど下った南側の岸壁で荷揚げを続けている。",
)


@dataclass(frozen=True, slots=True)
class NoCountries:
    """What an annotator says of a text without countries."""

    sentences: tuple[int, ...] = (0,)
    mentions: tuple[Mention, ...] = ()
    countries: tuple[str, ...] = ()
    relations: tuple[Relation, ...] = ()


def no_countries(title: str, text: str, language: str, *, published_at: datetime | None) -> NoCountries:
    """An annotator for tests that are about everything else."""
    del title, text, language, published_at
    return NoCountries()


def news_page(
    title: str = "Council votes to rebuild the northern pier",
    paragraphs: tuple[str, ...] = ENGLISH,
    *,
    head: str = "",
    language: str = "en",
    site: str = "Harbour Post",
) -> str:
    """A whole page: menu, article, teasers, footer."""
    body = "".join(f"<p>{each}</p>" for each in paragraphs)
    menu = "".join(f"<li><a href='/{name}'>{name}</a></li>" for name in ("Home", "World", "Sport", "Weather"))
    return (
        f"<!doctype html><html lang='{language}'><head><title>{title} | {site}</title>{head}</head>"
        f"<body><nav><ul>{menu}</ul></nav><main><article><h1>{title}</h1>{body}</article></main>"
        f"<aside><h2>Most read</h2><ul><li><a href='/a'>Ferry late again</a></li></ul></aside>"
        f"<footer>© {site}. All rights reserved. <a href='/terms'>Terms</a></footer></body></html>"
    )


def event_of(item: RawItem) -> ArticleEvent:
    """The event of an item that must become one."""
    outcome = normalise(item, no_countries)
    assert isinstance(outcome, ArticleEvent), outcome
    return outcome
