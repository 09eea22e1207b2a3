import pytest

from ingest.annotate import Annotator


def pairs(annotator: Annotator, text: str, title: str = "", language: str = "en") -> list[tuple[str, str]]:
    annotation = annotator.annotate(title, text, language)
    return list(dict.fromkeys(relation.countries for relation in annotation.relations))


def roles(annotator: Annotator, text: str) -> dict[str, str]:
    annotation = annotator.annotate("", text, "en")
    return {mention.country: mention.reason for mention in annotation.mentions}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Norway and Poland sign a pact on mines.", [("NO", "PL")]),
        ("Kenya's minister told Uganda to wait.", [("KE", "UG")]),
        ("Vietnam, Laos and Cambodia agree to share water.", [("LA", "VN"), ("KH", "VN"), ("KH", "LA")]),
        ("Chile and Peru impose sanctions on Nicaragua.", [("CL", "NI"), ("NI", "PE")]),
        ("Brazil's foreign minister visited Angola after a week in Portugal.", [("AO", "BR")]),
        ("Talks between Benin and Togo resumed in Dakar.", [("BJ", "TG")]),
        ("Malta hosts talks between Algeria and Tunisia.", [("DZ", "TN")]),
        ("Malta offers to mediate in the quarrel between Algeria and Tunisia.", [("DZ", "MT"), ("MT", "TN")]),
        ("The India–Nepal border dispute flared again.", [("IN", "NP")]),
        ("Egypt recalls its ambassador to Qatar.", [("EG", "QA")]),
        ("Ghana and Togo end their fishing dispute, mediated by Gabon.", [("GH", "TG")]),
        ("In Moscow, Chinese President Xi Jinping met Vladimir Putin.", [("CN", "RU")]),
        (
            "Canadian jets were refuelled by the Danish navy, Italian officials said on Monday.",
            [("CA", "DK")],
        ),
        ("According to Reuters, Ghana thanked Togo, unlike Benin.", [("GH", "TG")]),
        ("A ship burned.", []),
        (
            "Denmark and Sweden promise to lend icebreakers to Estonia.",
            [("DK", "EE"), ("EE", "SE")],
        ),
        ("Zambia will carry Angolan oil to Malawi.", [("MW", "ZM")]),
        ("In a call with Danish minister Hansen, Norway's king thanks him.", [("DK", "NO")]),
        ("In a hall with Danish lamps, Norway's king met Peru's.", [("NO", "PE")]),
        (
            "A Finn held in Kenya and a Kenyan held in Chad go home in a swap between Finland and Kenya.",
            [("FI", "KE")],
        ),
        ("Portugal bases its submarines in Angola for the sake of Ghana.", [("AO", "PT")]),
        ("Ethnic Danes marched in Poland.", []),
        (
            "Ghana's tea Togo's ore Peru's tin Mali's salt Malta's nets Fiji's reef Oman's oud Laos' rice",
            [("GH", "TG")],
        ),
        (
            "Ghana's tea Togo's ore Mali's tin Malta's net Fiji's sea Oman's oud Laos' rye Peru's fig Iraq's",
            [],
        ),
        ("Spain beat Portugal in the World Cup semifinal.", []),
        ("Spain expels a Portuguese ambassador over the World Cup semifinal.", [("ES", "PT")]),
        ("A Danish bus crashed in Kenya on Friday.", []),
        ("A Danish bus was seen in Kenya on Friday.", [("DK", "KE")]),
        ("A Danish soldier in Kenya died when a bus crashed.", [("DK", "KE")]),
        ("Rain is forecast across Togo and Benin.", []),
        ("Peru and Chile deny that the two countries spied on Bolivia.", [("CL", "PE")]),
        ("Malta put tariffs on Tunisia and on Libya.", [("MT", "TN"), ("LY", "MT")]),
        ("Gabon says that Togo lends boats to Benin.", [("BJ", "TG")]),
        ("Gabon says that Togo is at fault.", [("GA", "TG")]),
        ("Gabon says that Togo has asked the country to sell timber to Benin.", [("GA", "TG")]),
        ("The Togo embassy in Gabon says that Benin will return Togo's boats.", [("BJ", "TG")]),
        ("Gabon says that Togo will leave its port of Libreville to sail for Benin.", [("GA", "TG")]),
        ("Chile will not plant trees in Peruvian-held Bolivia.", [("CL", "PE")]),
        ("Peru frees a fisherman after a deal brokered by Chile.", [("CL", "PE")]),
        ("After long talks in Lima, Peru and Chile lift the quota.", [("CL", "PE")]),
        ("Peru and Chile hold official talks about the Olympic torch and the semifinal.", [("CL", "PE")]),
        ("Qatar closes its embassy in Peru, which had thanked Chile.", [("PE", "QA")]),
        ("Gabon and Togo spoke in May, with Qatar acting as mediator.", [("GA", "TG")]),
        ("Fiji sends a doctor to Hong Kong after a request by China.", [("CN", "FJ")]),
        ("Fiji sends a doctor to Hong Kong.", [("FJ", "HK")]),
        ("China sends a doctor to Hong Kong.", [("CN", "HK")]),
        ("A Gabon district judge frees a Togolese sailor on his way to Benin.", [("GA", "TG")]),
        ("In Lima, Chile's president and Peru's prime minister lift the quota.", [("CL", "PE")]),
    ],
)
def test_given_a_sentence_when_read_then_it_relates_those_who_act_on_each_other(
    annotator: Annotator, text: str, expected: list[tuple[str, str]]
) -> None:
    assert sorted(pairs(annotator, text)) == sorted(expected)


@pytest.mark.parametrize(
    ("text", "country", "reason"),
    [
        ("Kenya thanked Uganda, Chad officials said.", "TD", "attribution"),
        ("According to Norway, Chile met Peru.", "NO", "attribution"),
        ("Kenya sent doctors to neighbours such as Uganda.", "UG", "example"),
        ("Kenya hosts scholars such as former Ugandan ministers.", "UG", "example"),
        ("Kenya sells tea to its neighbours, especially Uganda.", "UG", "counterpart"),
        ("The Kenyan president met the Ugandan leader in Ethiopia.", "ET", "place"),
        ("Kenya and Uganda spoke, which Tanzania welcomed.", "TZ", "clause"),
        ("Gabon dug a ditch along its border with Cameroon.", "CM", "border"),
        ("Norway spoke about the Syrian conflict.", "SY", "modifier"),
        ("Kenya seized a Malta-flagged tanker.", "MT", "modifier"),
        ("Kenya and Uganda signed a deal brokered by Qatar.", "QA", "mediator"),
        ("Norway fears war with Chile over Iceland.", "IS", "topic"),
        ("Oman, a key Qatari ally, thanked Kuwait.", "QA", "modifier"),
        ("Kenya thanked Uganda.", "KE", "actor"),
        ("Kenya thanked Uganda.", "UG", "counterpart"),
    ],
)
def test_given_a_mention_when_read_then_its_role_has_a_reason(
    annotator: Annotator, text: str, country: str, reason: str
) -> None:
    assert roles(annotator, text)[country] == reason


@pytest.mark.parametrize(
    "text",
    [
        "LIMA: Chile thanked Bolivia.",
        "LIMA, Sept 5 (Agency) — Chile thanked Bolivia.",
        "LIMA, Peru - Chile thanked Bolivia.",
        "Read this later\nLIMA: Chile thanked Bolivia.",
    ],
)
def test_given_a_dateline_when_read_then_the_place_of_writing_takes_no_part(
    annotator: Annotator, text: str
) -> None:
    assert roles(annotator, text)["PE"] == "dateline"
    assert pairs(annotator, text) == [("BO", "CL")]


def test_given_a_pair_when_the_text_points_back_then_that_sentence_reports_it_too(
    annotator: Annotator,
) -> None:
    text = "Kenya and Uganda signed a pact. It was long awaited. The two armies will train together."

    found = annotator.annotate("", text, "en").relations

    assert [(r.countries, r.sentence) for r in found] == [(("KE", "UG"), 0), (("KE", "UG"), 2)]
    assert found[1].reason == "the two"


def test_given_a_reaction_when_it_names_nobody_then_it_answers_the_sentence_before(
    annotator: Annotator,
) -> None:
    text = "Fiji closed its harbour. Both Tonga and Samoa protested."

    assert set(pairs(annotator, text)) == {("FJ", "TO"), ("FJ", "WS")}


def test_given_a_long_article_when_others_pass_by_then_only_the_title_pair_is_reported(
    annotator: Annotator,
) -> None:
    title = "Nepal and Bhutan share a weather radar"
    text = (
        "Nepal and Bhutan will share a weather radar from next spring.\n"
        "The tower was built by a Finnish firm, according to Bhutanese engineers.\n"
        "Both countries lose harvests to hail every year.\n"
        "A ferry was stuck near Manila, where Indonesian sailors waited for a storm to pass.\n"
        "Nepal also repairs a bridge near its border with India."
    )

    annotation = annotator.annotate(title, text, "en")

    assert {relation.countries for relation in annotation.relations} == {("BT", "NP")}
    assert set(annotation.countries[:2]) == {"BT", "NP"}
    assert annotation.relations[0].field == "title"


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("IRAN AND TURKEY AGREE TO INCREASE MILITARY COOPERATION", [("IR", "TR")]),
        ("Iran And Turkey Agree To Increase Military Cooperation", [("IR", "TR")]),
        ("Kenya Thanks Ghana And Hopes For More From Fiji", [("GH", "KE")]),
        ("Kenya, Uganda Sign Pact", [("KE", "UG")]),
        ("China-India talks resume", [("CN", "IN")]),
    ],
)
def test_given_a_headline_when_its_case_says_nothing_then_the_pair_is_found(
    annotator: Annotator, title: str, expected: list[tuple[str, str]]
) -> None:
    assert pairs(annotator, "", title) == expected


def test_given_nothing_when_annotated_then_nothing_is_found(annotator: Annotator) -> None:
    annotation = annotator.annotate("", "", "en")

    assert annotation.sentences == (0,)
    assert not annotation.mentions
    assert not annotation.countries
    assert not annotation.relations


def test_given_one_word_of_sport_in_title_and_lead_when_read_then_it_is_no_sport(
    annotator: Annotator,
) -> None:
    title = "Canada hits Togo with fresh penalties"

    assert pairs(annotator, f"{title}.", title) == [("CA", "TG")]
    assert pairs(annotator, "Canada beat Togo in the final with two penalties.", title) == []


def test_given_a_line_that_begins_with_cities_and_a_dash_when_read_then_they_are_its_dateline(
    annotator: Annotator,
) -> None:
    text = "Home\nSport\nLondon/Tehran - Norway's navy thanked Chile."

    assert pairs(annotator, text) == [("CL", "NO")]
    assert roles(annotator, text)["GB"] == "dateline"


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("hi", "ओमान में ईरान और अमेरिका ने बातचीत की"),
        ("ur", "عمان میں ایران اور امریکہ کے مذاکرات"),
        ("bn", "ওমানে ইরান ও যুক্তরাষ্ট্রের আলোচনা"),
        ("tr", "Umman'da İran ve ABD görüştü"),
        ("tr", "İran ve ABD Umman’da görüştü"),
        ("az", "Omanda İran və ABŞ danışıqlara başladı"),
        ("hu", "Ománban kezdett tárgyalásokat Irán és az Egyesült Államok"),
        ("he", "בעומאן איראן וארצות הברית פתחו בשיחות"),
        ("ja", "オマーンでイランと米国が協議"),
        ("ja", "イランと米国、オマーンで協議"),
        ("ko", "이란과 미국, 오만서 협상"),
        ("zh", "伊朗和美国在阿曼举行谈判"),
        ("th", "อิหร่านและสหรัฐฯ เจรจาในโอมาน"),
        ("es", "En Omán, Irán y Estados Unidos abren conversaciones"),
    ],
)
def test_given_a_language_with_its_own_way_to_say_in_when_read_then_the_place_takes_no_part(
    annotator: Annotator, language: str, text: str
) -> None:
    assert pairs(annotator, text, language=language) == [("IR", "US")]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("az", "Kanada və Norveç anlaşdı"),  # ends as a place would
        ("he", "ברזיל ונורווגיה חתמו על הסכם"),  # begins as one
        ("bn", "নরওয়ে ও কানাডা চুক্তি সই করেছে"),
        ("ko", "노르웨이와 캐나다가 합의했다"),
        ("zh", "现在挪威和加拿大达成协议"),
        ("th", "ข้อตกลงที่แคนาดาและนอร์เวย์ลงนาม"),
    ],
)
def test_given_a_name_that_looks_like_a_place_when_read_then_it_takes_part(
    annotator: Annotator, language: str, text: str
) -> None:
    assert len(pairs(annotator, text, language=language)) == 1


def test_given_a_list_behind_in_when_a_comma_ends_it_then_all_of_it_is_the_place(
    annotator: Annotator,
) -> None:
    assert pairs(annotator, "In Oman, Iran and Iraq agree to trade.") == [("IQ", "IR")]
    assert pairs(annotator, "In Oman, Iran and Iraq, prices rose.") == []
