"""Articles of our own making, in several languages, with the evidence that a matcher would give."""

from datetime import timedelta
from typing import Any

from alerts.alert import Match
from tests.support.alerting import NOON, make_event, make_match
from tests.wirewatch.web.scene import evidence

ENGLISH_TITLE = "Tehran and Ankara sign a pact on border rivers"
ENGLISH_LEAD = "The two neighbours will share gauges and flood warnings."
ENGLISH_TEXT = (
    "The foreign ministers met for two days in the lake town of Van.\n\n"
    "Iran and Turkey signed a pact on Tuesday that lets engineers of both countries read every gauge "
    "along the Aras.\n\n"
    "Farmers downstream had asked for such a step since the flood of last spring. “We want numbers before "
    "the water comes, not after,” said one of them. A first report is due in March."
)
PERSIAN_TITLE = "ایران و ترکیه درباره رودخانه‌های مرزی توافق کردند"
PERSIAN_TEXT = (
    "وزیران دو کشور دو روز در شهر وان گفت‌وگو کردند.\n\n"
    "ایران و ترکیه روز سه‌شنبه توافقی را امضا کردند که داده‌های رود ارس (Aras) را "
    "در اختیار هر دو طرف می‌گذارد.\n\n"
    "کشاورزان از بهار گذشته خواهان چنین گامی بودند."
)
GERMAN_TITLE = "Hafen nach Sturm wieder geöffnet"
GERMAN_TEXT = "Der Hafen ist wieder offen.\n\nDie Fähren fahren seit dem Morgen nach Plan."


def english(name: str = "rivers", **changes: Any) -> Match:
    event = make_event(
        name,
        title=ENGLISH_TITLE,
        lead=ENGLISH_LEAD,
        text=ENGLISH_TEXT,
        publisher="The Border Gazette",
        publisher_country="AM",
        dateline="VAN",
        source="wire",
        **changes,
    )
    proofs = evidence(
        event,
        ("when.countries", "Iran"),
        ("when.countries", "Turkey"),
        ("when.text", "a pact"),
        ("when.text", "pact on Tuesday"),
    )
    proofs += evidence(event, ("when.text", "pact"), field="title")
    proofs += evidence(event, ("when.text", "flood"), field="lead")
    values = {"countries": ("IR", "TR"), "theme": "water_sharing", "rule_title": "Iran–Turkey pact"}
    return make_match(event, "pact", evidence=proofs, **values)


def persian() -> Match:
    event = make_event(
        "persian",
        title=PERSIAN_TITLE,
        text=PERSIAN_TEXT,
        language="fa",
        publisher="روزنامهٔ مرز",
        source="gazette",
        published_at=NOON - timedelta(hours=2),
    )
    proofs = evidence(
        event, ("when.countries", "ایران"), ("when.countries", "ترکیه"), ("when.text", "توافقی")
    )
    values = {"countries": ("IR", "TR"), "theme": "water_sharing", "rule_title": "Iran–Turkey pact"}
    return make_match(event, "pact", evidence=proofs, severity="critical", **values)


def german() -> Match:
    event = make_event(
        "german", title=GERMAN_TITLE, text=GERMAN_TEXT, language="de", publisher="Küstenbote", source="wire"
    )
    proofs = evidence(event, ("when.text", "Hafen"))
    values = {"countries": ("DE",), "theme": None, "severity": "low", "is_test": True}
    return make_match(event, "trial", rule_title="A rule on trial", evidence=proofs, **values)
