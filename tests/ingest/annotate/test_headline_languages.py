import pytest

from ingest.annotate import Annotator

HEADLINES = {
    "fr": "L'Iran et la Turquie conviennent de renforcer leur coopération militaire",
    "es": "Irán y Turquía acuerdan aumentar la cooperación militar",
    "pt": "Irã e Turquia concordam em ampliar a cooperação militar",
    "it": "Iran e Turchia rafforzano la cooperazione militare",
    "de": "Iran und Türkei vereinbaren engere militärische Zusammenarbeit",
    "nl": "Iran en Turkije breiden militaire samenwerking uit",
    "sv": "Iran och Turkiet utökar militärt samarbete",
    "pl": "Iran i Turcja zacieśniają współpracę wojskową",
    "cs": "Írán a Turecko posílí vojenskou spolupráci",
    "sk": "Irán a Turecko posilnia vojenskú spoluprácu",
    "sl": "Iran in Turčija krepita vojaško sodelovanje",
    "hr": "Iran i Turska jačaju vojnu suradnju",
    "sr": "Иран и Турска јачају војну сарадњу",
    "bg": "Иран и Турция засилват военното сътрудничество",
    "ru": "Иран и Турция договорились расширить военное сотрудничество",
    "uk": "Іран і Туреччина домовилися розширити військову співпрацю",
    "ro": "Iranul și Turcia convin să își extindă cooperarea militară",
    "hu": "Irán és Törökország bővíti katonai együttműködését",
    "el": "Το Ιράν και η Τουρκία ενισχύουν τη στρατιωτική συνεργασία",
    "tr": "İran ve Türkiye askeri iş birliğini artırma kararı aldı",
    "az": "İran və Türkiyə hərbi əməkdaşlığı genişləndirir",
    "ar": "إيران وتركيا تتفقان على زيادة التعاون العسكري",
    "fa": "ایران و ترکیه برای افزایش همکاری نظامی توافق کردند",
    "he": "איראן וטורקיה הסכימו להגביר את שיתוף הפעולה הצבאי",
    "hi": "ईरान और तुर्की सैन्य सहयोग बढ़ाने पर सहमत",
    "ur": "ایران اور ترکی فوجی تعاون بڑھانے پر متفق",
    "bn": "ইরান ও তুরস্ক সামরিক সহযোগিতা বাড়াতে সম্মত",
    "id": "Iran dan Turki sepakat tingkatkan kerja sama militer",
    "ms": "Iran dan Turki setuju tingkatkan kerjasama ketenteraan",
    "vi": "Iran và Thổ Nhĩ Kỳ nhất trí tăng cường hợp tác quân sự",
    "th": "อิหร่านและตุรกีตกลงเพิ่มความร่วมมือทางทหาร",
    "zh": "伊朗和土耳其同意加强军事合作",
    "ja": "イランとトルコ、軍事協力の強化で合意",
    "ko": "이란과 터키, 군사 협력 강화 합의",
    "sw": "Iran na Uturuki zakubaliana kuongeza ushirikiano wa kijeshi",
}


@pytest.mark.parametrize("language", HEADLINES)
def test_given_the_headline_in_a_language_when_annotated_then_it_relates_iran_and_turkey(
    annotator: Annotator, language: str
) -> None:
    found = annotator.annotate(HEADLINES[language], "", language)

    assert [relation.countries for relation in found.relations] == [("IR", "TR")]
    assert {mention.role for mention in found.mentions} == {"participant"}
