"""The filters: shapes, order, bad lines."""

import json
from pathlib import Path
from typing import Any

import pytest

from ingest.article import MAX_ARTICLE_BYTES
from stream.event import decode
from tests.wirewatch.cli.conftest import Call

PACT = "Iran and Turkey sign an arms pact"
PAGE = """<html lang="en"><head><title>{title}</title></head><body><nav>Home</nav><article><h1>{title}</h1>
<p>{title}, officials of both countries said on Monday after three days of talks about the matter.</p>
<p>The agreement will be put before both parliaments in the coming weeks, the two ministries added.</p>
</article></body></html>"""


def lines(path: Path, *articles: object) -> str:
    path.write_text("".join(f"{json.dumps(article)}\n" for article in articles))
    return str(path)


def test_given_articles_when_annotated_then_each_line_has_the_promised_shape(
    call: Call, config: Path, tmp_path: Path
) -> None:
    del config
    file = lines(
        tmp_path / "in.jsonl", {"id": "a", "title": PACT, "text": f"{PACT}. Oil fell."}, {"title": "Rain"}
    )

    ran = call("annotate", file)

    assert ran.code == 0
    first, second = ran.rows
    assert list(first) == [
        "id",
        "event_id",
        "language",
        "mentioned",
        "countries",
        "pairs",
        "themes",
        "evidence",
    ]
    assert (first["id"], second["id"]) == ("a", None)
    assert (first["language"], set(first["mentioned"]), first["pairs"]) == (
        "en",
        {"IR", "TR"},
        [["IR", "TR"]],
    )
    assert first["themes"] == ["arms"]
    assert first["evidence"][0] == {
        "pair": ["IR", "TR"],
        "theme": "arms",
        "labels": [],
        "field": "title",
        "sentence": PACT,
        "start": PACT.index("arms"),
        "end": len(PACT),
    }
    assert (second["pairs"], second["themes"], second["evidence"]) == ([], [], [])


def test_given_a_theme_and_a_pair_in_different_sentences_when_annotated_then_nothing_joins_them(
    call: Call, config: Path, tmp_path: Path
) -> None:
    del config
    text = "Iran and Turkey signed a fishing accord on Monday. Elsewhere, an arms pact was shelved."
    file = lines(tmp_path / "in.jsonl", {"title": "Accords of the week", "text": text})

    (row,) = call("annotate", file).rows

    assert (row["pairs"], row["themes"], row["evidence"]) == ([["IR", "TR"]], ["arms"], [])


def test_given_no_configuration_when_annotated_then_countries_are_found_and_no_themes(
    call: Call, tmp_path: Path
) -> None:
    (row,) = call("annotate", lines(tmp_path / "in.jsonl", {"title": PACT})).rows

    assert (row["pairs"], row["themes"]) == ([["IR", "TR"]], [])


@pytest.mark.parametrize("given", ["abc", "", 7, 2**53])
def test_given_an_id_when_filters_are_chained_then_it_comes_through_as_it_was(
    call: Call, tmp_path: Path, given: object
) -> None:
    normal = call("normalise", lines(tmp_path / "in.jsonl", {"id": given, "title": PACT}))
    (tmp_path / "events.jsonl").write_bytes(normal.out)

    (row,) = call("annotate", "events.jsonl").rows

    assert row["id"] == given
    assert row["event_id"] == normal.rows[0]["event_id"]


def test_given_an_event_when_normalised_then_it_is_left_as_it_is(call: Call, tmp_path: Path) -> None:
    event = {
        "schema_version": 1,
        "event_id": "E1",
        "source": "elsewhere",
        "title": PACT,
        "first_seen_at": "2026-01-01T00:00:00Z",
        "content_hash": "h",
        "a_field_of_tomorrow": [1],
    }

    ran = call("normalise", lines(tmp_path / "in.jsonl", event))

    assert ran.rows == [event]


def test_given_whole_pages_when_normalised_then_boilerplate_goes(call: Call, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(PAGE.format(title=PACT))
    (tmp_path / "page.txt").write_text(
        f"Home\nSearch form\n{PACT}\n\nANKARA - {PACT}, officials said on Monday.\n"
    )

    as_html = call("normalise", "--as", "html", "page.html").rows[0]
    as_text = call("normalise", "--as", "text", "page.txt").rows[0]

    assert (as_html["title"], as_text["title"]) == (PACT, PACT)
    assert "Home" not in as_html["text"]
    assert "Search form" not in as_text["text"]


def test_given_rules_when_articles_are_matched_then_only_what_holds_is_printed(
    call: Call, config: Path, tmp_path: Path
) -> None:
    file = lines(tmp_path / "in.jsonl", {"id": 1, "title": PACT}, {"id": 2, "title": "Iran and Turkey meet"})

    ran = call("match", "--watchlist", str(config / "watchlists"), file)

    (row,) = ran.rows
    assert ran.code == 0
    assert list(row) == ["id", "event_id", "rule", "severity", "countries", "theme", "labels", "evidence"]
    assert (row["id"], row["rule"], row["severity"], row["theme"]) == (1, "ir-tr", "high", "arms")
    assert sorted(row["countries"]) == ["IR", "TR"]
    for proof in row["evidence"]:
        assert list(proof) == ["clause", "field", "sentence", "start", "end"]
        assert (proof["field"], proof["sentence"]) == ("title", PACT)
    assert {PACT[proof["start"] : proof["end"]] for proof in row["evidence"]} >= {
        "Iran",
        "Turkey",
        "arms pact",
    }


def test_given_a_broken_watchlist_when_matched_then_it_exits_78_with_the_place(
    call: Call, config: Path, tmp_path: Path
) -> None:
    del config
    (tmp_path / "w.yaml").write_text("rules:\n  - id: one\n    when: {countries: [IR, UK]}\n")

    ran = call("match", "--watchlist", "w.yaml", lines(tmp_path / "in.jsonl", {"title": PACT}))

    assert (ran.code, ran.out) == (78, b"")
    assert 'w.yaml:3:28: "UK" is no country code known here' in ran.err
    assert "^" in ran.err


def test_given_bad_lines_among_good_ones_when_normalised_then_each_is_named_and_the_rest_goes_on(
    call: Call, tmp_path: Path
) -> None:
    good = b'{"title": "Iran and Turkey"}'
    bad = [
        b"garbage",
        b'{"title": "a\x00b',
        b"\xff\xfe",
        b'{"title": NaN}',
        b"[1]",
        b"{}",
        b'{"schema_version": 2, "event_id": "x"}',
        b"[" * 100_000,
    ]
    content = b"\n".join([good, *bad, b"", good])
    (tmp_path / "in.jsonl").write_bytes(b"\xef\xbb\xbf" + content)

    ran = call("normalise", "in.jsonl")

    assert ran.code == 65
    assert len(ran.rows) == 2
    said = ran.err.splitlines()
    assert [line.split(" ")[0] for line in said] == [f"in.jsonl:{number}:" for number in range(2, 10)]
    assert all(len(line) < 1000 for line in said)


def test_given_a_line_of_twelve_megabytes_when_normalised_then_it_alone_is_left_out(
    call: Call, tmp_path: Path
) -> None:
    huge = b'{"title": "' + b"x" * (MAX_ARTICLE_BYTES + 2_000_000) + b'"}'
    (tmp_path / "in.jsonl").write_bytes(b'{"title": "one"}\n' + huge + b'\n{"title": "two"}')

    ran = call("normalise", "in.jsonl")

    assert (ran.code, [row["title"] for row in ran.rows]) == (65, ["one", "two"])
    assert ran.err.startswith("in.jsonl:2: too_large")


def test_given_files_that_cannot_be_read_when_normalised_then_the_others_are(
    call: Call, tmp_path: Path
) -> None:
    (tmp_path / "folder").mkdir()
    file = lines(tmp_path / "in.jsonl", {"title": PACT})

    ran = call("normalise", "missing.jsonl", "folder", "a\0b", file)

    assert (ran.code, len(ran.rows)) == (65, 1)
    assert [line.split(":")[0] for line in ran.err.splitlines()[:2]] == ["missing.jsonl", "folder"]


def test_given_many_pages_and_lines_between_when_normalised_then_the_order_of_the_input_stays(
    call: Call, tmp_path: Path
) -> None:
    titles = [f"Report number {number} on the harvest of this year" for number in range(9)]
    articles: list[dict[str, Any]] = [
        {"html": PAGE.format(title=title)} if number % 3 else {"title": title, "text": "Words."}
        for number, title in enumerate(titles)
    ]
    file = tmp_path / "in.jsonl"
    lines(file, *articles)
    event = call("normalise", str(file)).rows[0]
    lines(file, *articles[:4], event, *articles[4:])

    ran = call("normalise", str(file))

    assert ran.code == 0
    assert [row["title"] for row in ran.rows] == [*titles[:4], titles[0], *titles[4:]]


def test_given_a_normalised_article_when_read_back_then_it_is_a_sound_event(
    call: Call, tmp_path: Path
) -> None:
    ran = call(
        "normalise", lines(tmp_path / "in.jsonl", {"id": "n1", "title": PACT, "url": "https://a.example/b"})
    )

    event = decode(ran.out.strip())

    assert (event.url, event.unknown) == ("https://a.example/b", {"id": "n1"})


def test_given_feeds_when_parsed_then_each_entry_is_a_line_and_what_is_none_is_named(
    call: Call, tmp_path: Path
) -> None:
    (tmp_path / "feed.xml").write_text(
        '<rss version="2.0"><channel><title>T</title><item><guid>g1</guid><title>One</title>'
        "<link>https://a.example/1</link><pubDate>Mon, 02 Mar 2026 10:00:00 GMT</pubDate>"
        "<description>Words</description></item></channel></rss>"
    )
    (tmp_path / "page.html").write_text("<!doctype html><html><body>no feed</body></html>")

    ran = call("feed", "parse", "page.html", "feed.xml")

    assert ran.code == 65
    assert ran.err.startswith("page.html: not a feed (html)")
    assert ran.rows == [
        {
            "file": "feed.xml",
            "id": "g1",
            "title": "One",
            "link": "https://a.example/1",
            "published": "2026-03-02T10:00:00.000Z",
            "content": "Words",
        }
    ]


def test_given_names_of_the_operator_when_annotated_then_they_are_found(
    call: Call, config: Path, tmp_path: Path
) -> None:
    (config / "gazetteer").mkdir()
    (config / "gazetteer" / "own.yaml").write_text("names: [{name: Vostara, kind: place, country: RU}]\n")
    file = lines(tmp_path / "in.jsonl", {"id": "a", "title": "Norway warns of flights from Vostara"})

    ran = call("annotate", file)

    assert ran.rows[0]["mentioned"] == ["NO", "RU"]
