from datetime import UTC, datetime

import pytest

from ingest.annotate import Annotator


def named(annotator: Annotator, text: str, language: str = "en", year: int | None = None) -> list[str]:
    when = datetime(year, 6, 1, tzinfo=UTC) if year else None
    annotation = annotator.annotate("", text, language, published_at=when)
    return list(dict.fromkeys(mention.country for mention in annotation.mentions))


@pytest.mark.parametrize(
    ("text", "countries"),
    [
        ("Voters in Georgia chose a senator, Atlanta election officials said.", ["US"]),
        ("Georgia and Armenia opened a road, officials in Tbilisi said.", ["GE", "AM"]),
        ("Jordan Peterson wrote a book.", []),
        ("The coach praised Michael Jordan and Robert Jordan.", []),
        ("Israel and Jordan share water.", ["IL", "JO"]),
        ("She met Chad Wilson at noon.", []),
        ("Chad closed its frontier with Libya.", ["TD", "LY"]),
        ("We eat turkey on Thanksgiving.", []),
        ("The farm sells turkeys.", []),
        ("Turkey bought ships.", ["TR"]),
        ("Niger and Nigeria met.", ["NE", "NG"]),
        ("Guinea, Guinea-Bissau, Equatorial Guinea and Papua New Guinea", ["GN", "GW", "GQ", "PG"]),
        ("Congo and Rwanda signed in Kinshasa.", ["CD", "RW"]),
        ("Congo's capital Brazzaville was quiet.", ["CG"]),
        ("The two Koreas spoke.", ["KP", "KR"]),
        ("Northern Ireland and Ireland agreed.", ["GB", "IE"]),
        ("Dominica is an island.", ["DM"]),
        ("South Sudan and Sudan disagree.", ["SS", "SD"]),
        ("He lives in New Mexico.", ["US"]),
        ("Ships crossed the Indian Ocean and the South China Sea.", []),
        ("Paris Hilton sang.", []),
        ("Turkish Airlines serves French fries and Brazil nuts to a Persian cat.", []),
        ("The Washington Post reported it.", []),
        ("Latin American, North American, African American and Native American writers", []),
        ("tell us more about it", []),
        ("THE US AND IRAN AGREE", ["US", "IR"]),
        ("TELL US MORE", []),
        ("She wore a blue jersey.", []),
        ("It cost US$40 million.", []),
        ("The Pakistan Foreign Office protested.", ["PK"]),
        ("A Polish company sells nail polish.", ["PL"]),
        ("Franco-German plans", ["FR", "DE"]),
        ("A fire in Odessa, Texas.", ["US"]),
        ("He cited the Lisbon Declaration and heard the Boston Symphony that night.", []),
        ("A baker of Christian faith in Oslo", ["NO"]),
    ],
)
def test_given_an_ambiguous_name_when_read_then_case_and_neighbours_decide(
    annotator: Annotator, text: str, countries: list[str]
) -> None:
    assert named(annotator, text) == countries


def test_given_a_leader_when_dated_then_only_those_in_office_count_by_surname(annotator: Annotator) -> None:
    text = "Hollande spoke for an hour."

    assert named(annotator, text, year=2014) == ["FR"]
    assert named(annotator, text, year=1990) == []
    assert named(annotator, text) == ["FR"]


def test_given_a_common_surname_when_bare_then_it_needs_a_title_or_the_full_name(
    annotator: Annotator,
) -> None:
    assert named(annotator, "May was cold.") == []
    assert named(annotator, "Prime Minister May resigned.") == ["GB"]
    assert named(annotator, "Theresa May arrived. Then May left.") == ["GB"]


def test_given_another_forename_when_before_a_leaders_surname_then_it_is_somebody_else(
    annotator: Annotator,
) -> None:
    assert named(annotator, "The baker Ingrid Merkel won a prize.") == []
    assert named(annotator, "Yesterday Merkel won a vote.") == ["DE"]
    assert named(annotator, "The potter Merkel Aaltonen won a prize.") == []


@pytest.mark.parametrize(
    ("language", "text", "countries"),
    [
        ("ru", "Встреча с министром Турции прошла в Тегеране", ["TR", "IR"]),
        ("ar", "وتركيا وبإيران وللولايات المتحدة", ["TR", "IR", "US"]),
        ("tr", "Türkiye'nin İran'la anlaşması Moskova'da görüşüldü", ["TR", "IR", "RU"]),
        ("tr", "IRAK ve İRAN", ["IQ", "IR"]),
        ("fa", "ترکیه و ایران", ["TR", "IR"]),
        ("he", "בטורקיה ובאיראן", ["TR", "IR"]),
        ("zh", "伊朗外长访问土耳其，韩国表示欢迎", ["IR", "TR", "KR"]),
        ("ja", "イランとトルコ、インドネシアが会談", ["IR", "TR", "ID"]),
        ("ja", "ジャストインタイムの工場", []),
        ("ko", "이란이 터키를 방문했다", ["IR", "TR"]),
        ("pl", "Rozmowy Polski z Turcją o Iranie", ["PL", "TR", "IR"]),
        ("uk", "Зустріч Туреччини з Іраном", ["TR", "IR"]),
        ("de", "US-Soldaten in Litauen und deutsche Panzer", ["US", "LT", "DE"]),
        ("es", "EE. UU. y los ministros turcos", ["US", "TR"]),
        ("fr", "les soldats maliens et la Turquie", ["ML", "TR"]),
        ("ar", "قال رئيسالولايات المتحدة إن إيران ردت", ["US", "IR"]),
        ("ar", "زارالوزيركورياالشمالية أمس", ["KP"]),
        ("ar", "وزارة المالية تبحث دعم مالي جديد", []),
        ("ar", "القوات الفرنسية في مالي قرب تمبكتو", ["FR", "ML"]),
        ("ar", "أزالت الشرطة العراقيل من الطريق", []),
        ("fa", "نشست سنگاپورو دیدار رهبران کره شمالی", ["SG", "KP"]),
        ("fa", "روز دوشنبه در جمهوری دومینیکن", ["DO"]),
        ("zh", "中美贸易谈判重启，其中美国代表团先到", ["CN", "US"]),
        ("zh", "日中午，参加会议的代表到达", []),
        ("ja", "日米韓の防衛相が協議", ["JP", "US", "KR"]),
        ("ko", "한미 연합훈련 시작", ["KR", "US"]),
        ("he", "הוא ביצע קניה של רכב", []),
        ("he", "נשיא קניה נחת בניירובי", ["KE"]),
        (
            "pl",
            "W Singapurze amerykańscy i rosyjscy dyplomaci rozmawiali z Hiszpanami",
            ["SG", "US", "RU", "ES"],
        ),
        ("uk", "Зустріч у Домініканській Республіці з американцями", ["DO", "US"]),
        ("ru", "Переговоры россиян с американцами", ["RU", "US"]),
        ("de", "Unwetter in Nordmexiko, Hilfe aus der Dominikanischen Republik", ["MX", "DO"]),
        ("ar", "ترامب يلتقي أردوغان في أنقرة", ["US", "TR"]),
        ("ru", "Встреча с Зеленским в Париже, Путин ответил", ["UA", "FR", "RU"]),
        ("zh", "泽连斯基会见马克龙", ["UA", "FR"]),
        ("de", "Donald Trump ruft Selenskyj an", ["US", "UA"]),
        ("fr", "Poutine reçoit Donald Trump", ["RU", "US"]),
        ("it", "In tutti i modi i medici aiutano", []),
        ("hu", "Törökországban és Iránnal", ["TR", "IR"]),
        ("und", "Norway met Chile", ["NO", "CL"]),
        ("pt-BR", "Irã e Turquia", ["IR", "TR"]),
    ],
)
def test_given_other_languages_when_read_then_inflected_and_glued_forms_are_found(
    annotator: Annotator, language: str, text: str, countries: list[str]
) -> None:
    assert named(annotator, text, language) == countries
